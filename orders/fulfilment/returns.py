"""Returns: a shopper requests one, and staff approve, receive and refund it.

Each step happens once and publishes an event.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog import listing_columns, stock
from catalog.models import StockMovement
from orders import events
from orders.models import Order, Refund, Return, ReturnItem
from orders.payments import refunds
from orders.states import RETURN, ReturnStatus, move
from orders.units import by_variant, returnable, units_of
from shop.errors import DomainError

REFUNDABLE = (ReturnStatus.RECEIVED, ReturnStatus.REFUNDED)


class ReturnRefused(DomainError):
    """The step was not taken; the message says why."""

    code = "return_refused"


def request_return(
    order: Order, *, key: UUID, quantities: Mapping[int, int], reason: str
) -> Return:
    """Request the return of units of an order's items (by pk).

    The same key gives the same return. Raises ReturnRefused.
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
        events.return_moved(returned)
    return returned


def approve_return(returned: Return, *, answer: str = "") -> None:
    """Approve a return, so that the shopper can send it.

    Raises ReturnRefused if it is past that.
    """
    _move_return(returned, ReturnStatus.APPROVED, answer=answer)


def reject_return(returned: Return, *, answer: str) -> None:
    """Reject a return; `answer` says why. Raises ReturnRefused if it is past that."""
    _move_return(returned, ReturnStatus.REJECTED, answer=answer)


@transaction.atomic
def receive_return(returned: Return, *, restock: bool) -> None:
    """Record that the goods have arrived, and restock them if wanted.

    Raises ReturnRefused.
    """
    order = Order.objects.select_for_update(no_key=True).get(pk=returned.order_id)
    back = {}
    if restock:
        # Before the return is marked as restocked, or its units would count as restocked already.
        units = units_of(order)
        back = by_variant(
            (line.item, min(line.quantity, units[line.item_id].to_restock))
            for line in returned.items.select_related("item")
        )
    if not _move_return(returned, ReturnStatus.RECEIVED, restocked=restock):
        return
    stock.give_back(back, reason=StockMovement.Reason.RETURN, order_number=order.number)
    listing_columns.refresh_listings(
        list(returned.items.values_list("item__variant__product_id", flat=True))
    )


def refund_return(returned: Return, *, actor: User | None = None) -> Refund | None:
    """Refund what was received; the return becomes refunded once the money has been returned.

    If nothing is left to refund of it, the return is closed, and None returned. Raises
    ReturnRefused, RefundRefused and WrongRefund.
    """
    quantities = _close_or_get_units(returned)
    if returned.status == ReturnStatus.CLOSED:
        return None
    return refunds.refund(
        returned.order,
        key=_refund_key(returned),
        quantities=quantities,
        reason="You sent it back.",
        actor=actor,
        returned=returned,
    )


@transaction.atomic
def _close_or_get_units(returned: Return) -> dict[int, int]:
    """Return the units (by pk of the item) that are left to refund, or close the return."""
    order = Order.objects.select_for_update(no_key=True).get(pk=returned.order_id)
    returned.refresh_from_db()
    if returned.status not in (*REFUNDABLE, ReturnStatus.CLOSED):
        raise ReturnRefused(
            f"This return is {returned.get_status_display().lower()}, not received."
        )
    # Some of it may have been refunded without the return, or have cost nothing.
    left = refunds.refundable(order)
    units = {
        line.item_id: min(line.quantity, left.quantities[line.item_id])
        for line in returned.items.all()
    }
    under_way = returned.refund is not None and returned.refund.status != Refund.Status.FAILED
    if not under_way and not refunds.value_of(order, left, units):
        this = Return.objects.filter(pk=returned.pk)
        move(this, ReturnStatus.CLOSED, updated_at=timezone.now())
        returned.refresh_from_db()
    return units


def _refund_key(returned: Return) -> UUID:
    """Return the key of a return's refund: its own id, so that it is refunded only once.

    After a refund that failed it is another one, made of that one's.
    """
    if returned.refund is None:
        return returned.pk
    failed = returned.refund.status == Refund.Status.FAILED
    return uuid5(returned.refund.pk, "again") if failed else returned.refund.pk


@transaction.atomic
def _move_return(returned: Return, target: ReturnStatus, **fields: Any) -> bool:
    """Move a return to its next state and publish that.

    Return False if an earlier call has done it, such as the first of two clicks. Raises
    ReturnRefused.
    """
    if not move(Return.objects.filter(pk=returned.pk), target, updated_at=timezone.now(), **fields):
        returned.refresh_from_db()
        if returned.status == target:
            return False
        raise ReturnRefused(f"This return is {returned.get_status_display().lower()} already.")
    returned.refresh_from_db()
    events.return_moved(returned)
    return True


def next_steps(returned: Return) -> set[str]:
    """Return the states to which staff may move a return from its current one."""
    return RETURN[returned.status]
