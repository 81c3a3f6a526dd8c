"""Sending an order, in one parcel or several: each is written once, whatever is clicked twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum

from accounts.models import User
from orders.events import item_payload, order_payload
from orders.models import Order, OrderItem, Refund, Shipment, ShipmentItem
from orders.states import move
from shop.events.outbox import publish

#: Of an order's items: units that were refunded without a return, and so are neither sent nor sent
# back.
REFUNDED_UNSENT = Q(refund_items__refund__returned=None) & ~Q(
    refund_items__refund__status=Refund.Status.FAILED
)
SHIPPABLE = (Order.Status.PAID, Order.Status.PARTLY_FULFILLED)


class ShipmentRefused(Exception):
    """Nothing was sent; the message says why, to staff."""


@dataclass(frozen=True)
class Tracking:
    """How a parcel goes; all of it may be empty."""

    carrier: str = ""
    number: str = ""
    url: str = ""


def left_to_ship(order: Order) -> dict[int, int]:
    """Return how many units of each item (by pk) are still to be sent; what was refunded unsent is
    not. Two queries.
    """
    shipped = (
        ShipmentItem.objects.filter(shipment__order=order)
        .order_by()
        .values("item")
        .annotate(n=Sum("quantity"))
    )
    out = {row["item"]: row["n"] for row in shipped}
    items = order.items.order_by("pk").annotate(
        given_up=Sum("refund_items__quantity", filter=REFUNDED_UNSENT)
    )
    return {
        item.pk: max(item.quantity - out.get(item.pk, 0) - (item.given_up or 0), 0)
        for item in items
    }


def ship(
    order: Order,
    *,
    key: UUID,
    quantities: Mapping[int, int] | None = None,
    tracking: Tracking = Tracking(),
    actor: User | None = None,
) -> Shipment:
    """Send units of an order's items (by pk), or all that is left. The same key is the same parcel.

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
        mark_fulfilled(order)
        items = list(order.items.order_by("pk"))
        publish(
            "order.shipped",
            order_payload(order, items, shipment=_shipment_payload(shipment, items, wanted)),
        )
    return shipment


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


def mark_fulfilled(order: Order) -> None:
    """Move an order of which a part was sent to fulfilled if nothing is left to send, inside a
    transaction.
    """
    if not any(left_to_ship(order).values()):
        partly = Order.objects.filter(pk=order.pk, status=Order.Status.PARTLY_FULFILLED)
        move(partly, Order.Status.FULFILLED)


def _shipment_payload(
    shipment: Shipment, items: list[OrderItem], units: Mapping[int, int]
) -> dict[str, object]:
    return {
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "items": [item_payload(item, units[item.pk]) for item in items if item.pk in units],
    }
