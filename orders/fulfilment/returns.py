"""Returns: a shopper asks, staff approve, take the goods in and refund.

Each step happens once and is an event.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from catalog import listing, stock
from catalog.models import StockMovement
from orders.events import item_payload, order_payload
from orders.fulfilment.shipments import REFUNDED_UNSENT
from orders.models import Order, OrderItem, Refund, Return, ReturnItem
from orders.payments import refunds
from orders.states import RETURN, ReturnStatus, move
from shop.events.outbox import publish


class ReturnRefused(Exception):
    """The step was not done; the message says why."""


def returnable(order: Order) -> dict[int, int]:
    """Return how many units of each item (by pk) a shopper may ask to send back now: of what was
    sent in time.
    """
    since = timezone.now() - timedelta(days=settings.SHOP_RETURN_DAYS)
    sent = _units_by_item(
        order.items.filter(shipment_items__shipment__created_at__gte=since),
        "shipment_items__quantity",
    )
    asked = _units_by_item(
        order.items.exclude(return_items=None),
        "return_items__quantity",
        ~Q(return_items__returned__status="rejected"),
    )
    back = _units_by_item(
        order.items.exclude(refund_items=None),
        "refund_items__quantity",
        REFUNDED_UNSENT,
    )
    left = {}
    for item in order.items.order_by("pk"):
        taken = asked.get(item.pk, 0)
        left[item.pk] = max(
            min(sent.get(item.pk, 0) - taken, item.quantity - back.get(item.pk, 0) - taken), 0
        )
    return left


def _units_by_item(
    items: QuerySet[OrderItem], quantity: str, only: Q | None = None
) -> dict[int, int]:
    summed = items.order_by().values("pk").annotate(units=Sum(quantity, filter=only))
    return {row["pk"]: row["units"] or 0 for row in summed}


def request_return(
    order: Order, *, key: UUID, quantities: Mapping[int, int], reason: str
) -> Return:
    """Ask to return units of an order's items (by pk).

    The same key is the same return. Raises ReturnRefused.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        asked = Return.objects.filter(pk=key, order=order).first()
        if asked is not None:
            return asked
        left = returnable(order)
        wanted = {pk: units for pk, units in quantities.items() if units}
        if not wanted:
            raise ReturnRefused("Say how many of which item you want to send back.")
        for pk, units in wanted.items():
            if not 0 < units <= left.get(pk, 0):
                raise ReturnRefused(
                    f"No more than {left.get(pk, 0)} units of that can be sent back."
                )
        returned = Return.objects.create(id=key, order=order, reason=reason)
        ReturnItem.objects.bulk_create(
            ReturnItem(returned=returned, item_id=pk, quantity=units)
            for pk, units in wanted.items()
        )
        _publish_return("return.requested", returned)
    return returned


def approve_return(returned: Return, *, answer: str = "") -> None:
    """Let the shopper send it. Raises ReturnRefused where it is past that."""
    _move_return(returned, ReturnStatus.APPROVED, answer=answer)


def reject_return(returned: Return, *, answer: str) -> None:
    """Say no, and why. Raises ReturnRefused where it is past that."""
    _move_return(returned, ReturnStatus.REJECTED, answer=answer)


@transaction.atomic
def receive_return(returned: Return, *, restock: bool) -> None:
    """Note that the goods are here, and put them back into the stock or not.

    Raises ReturnRefused.
    """
    order = Order.objects.select_for_update(no_key=True).get(pk=returned.order_id)
    back = {}
    if restock:
        for line in returned.items.select_related("item"):
            back[line.item.variant_id] = min(line.quantity, refunds.units_not_restocked(line.item))
    if not _move_return(returned, ReturnStatus.RECEIVED, restocked=restock):
        return
    stock.give_back(back, reason=StockMovement.Reason.RETURN, order_number=order.number)
    listing.refresh_listings(
        list(returned.items.values_list("item__variant__product_id", flat=True))
    )


def refund_return(returned: Return, *, actor: User | None = None) -> Refund:
    """Refund what was received; the return is refunded once the money is back.

    Raises ReturnRefused, RefundRefused.
    """
    returned.refresh_from_db()
    if returned.status not in (ReturnStatus.RECEIVED, ReturnStatus.REFUNDED):
        raise ReturnRefused(
            f"This return is {returned.get_status_display().lower()}, not received."
        )
    return refunds.refund(
        returned.order,
        key=returned.pk,
        quantities={line.item_id: line.quantity for line in returned.items.all()},
        reason="You sent it back.",
        actor=actor,
        returned=returned,
    )


@transaction.atomic
def _move_return(returned: Return, target: ReturnStatus, **fields: Any) -> bool:
    """Take a return a step on, and tell of it; say whether this call did, or the first of two
    clicks.
    """
    if not move(Return.objects.filter(pk=returned.pk), target, updated_at=timezone.now(), **fields):
        returned.refresh_from_db()
        if returned.status == target:
            return False
        raise ReturnRefused(f"This return is {returned.get_status_display().lower()} already.")
    returned.refresh_from_db()
    _publish_return(f"return.{target}", returned)
    return True


def next_steps(returned: Return) -> set[str]:
    """Return the states to which staff may take a return from here."""
    return RETURN[returned.status]


def _publish_return(event_type: str, returned: Return) -> None:
    order = returned.order
    publish(
        event_type,
        order_payload(order, order.items.order_by("pk"), **{"return": return_payload(returned)}),
    )


def return_payload(returned: Return) -> dict[str, object]:
    """Return what events tell of a return."""
    lines = returned.items.select_related("item").order_by("item")
    return {
        "id": str(returned.pk),
        "reason": returned.reason,
        "answer": returned.answer,
        "items": [item_payload(line.item, line.quantity) for line in lines],
    }
