"""Ship an order, in one shipment or several.

Each is recorded once, even if its form is sent twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import User
from orders import events
from orders.models import Dispute, Order, Refund, Shipment, ShipmentItem
from orders.payments.refunds import MADE_AT_PROVIDER
from orders.states import move
from orders.units import end_order, left_to_ship
from shop.errors import DomainError

SHIPPABLE = (Order.Status.PAID, Order.Status.PARTLY_FULFILLED)


class ShipmentRefused(DomainError):
    """Nothing was shipped; the message tells staff why."""

    code = "shipment_refused"


class ShipmentOnHold(ShipmentRefused):
    """Something about the order's money should be looked at before it's shipped."""

    code = "shipment_on_hold"


@dataclass(frozen=True)
class Tracking:
    """How a shipment travels; any of the fields may be empty."""

    carrier: str = ""
    number: str = ""
    url: str = ""


def ship(
    order: Order,
    *,
    key: UUID,
    quantities: Mapping[int, int] | None = None,
    tracking: Tracking = Tracking(),
    actor: User | None = None,
    despite_hold: bool = False,
) -> Shipment:
    """Ship units of an order's items (by pk), or everything that is left.

    The same key gives the same shipment. `despite_hold` ships although `hold_reason()` says not to.
    Raises ShipmentRefused.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        sent = Shipment.objects.filter(pk=key, order=order).first()
        if sent is not None:
            return sent
        left = left_to_ship(order)
        wanted = {
            pk: units for pk, units in (left if quantities is None else quantities).items() if units
        }
        _check_quantities(order, left, wanted)
        if not despite_hold and (reason := hold_reason(order)):
            raise ShipmentOnHold(reason)
        shipment = Shipment.objects.create(
            id=key,
            order=order,
            carrier=tracking.carrier,
            tracking_number=tracking.number,
            tracking_url=tracking.url,
            actor=actor,
        )
        ShipmentItem.objects.bulk_create(
            ShipmentItem(shipment=shipment, item_id=pk, quantity=units)
            for pk, units in wanted.items()
        )
        move(Order.objects.filter(pk=order.pk), Order.Status.PARTLY_FULFILLED)
        # Only a partly shipped order becomes fulfilled, hence two moves.
        end_order(order)
        events.order_shipped(shipment, wanted)
    return shipment


def hold_reason(order: Order) -> str:
    """Return why staff should look before they ship an order whose status allows it, or ""."""
    disputes = Dispute.objects.filter(payment__order=order)
    if disputes.exclude(status=Dispute.Status.WON).exists():
        return "The customer disputed the payment at their bank: the shop may not keep it."
    refunds = Refund.objects.filter(payment__order=order, reason=MADE_AT_PROVIDER)
    if refunds.exclude(status=Refund.Status.FAILED).exists():
        return "Money was refunded in the payment provider's dashboard, without saying for what."
    return ""


def _check_quantities(order: Order, left: Mapping[int, int], wanted: Mapping[int, int]) -> None:
    if order.status not in SHIPPABLE:
        raise ShipmentRefused(
            f"Order {order.number} is {order.get_status_display().lower()}: nothing is to be sent."
        )
    if not wanted:
        raise ShipmentRefused("How many of which item? All stand at none.")
    for pk, units in wanted.items():
        if not 0 < units <= left.get(pk, 0):
            raise ShipmentRefused(f"No more than {left.get(pk, 0)} units of that are left to send.")
