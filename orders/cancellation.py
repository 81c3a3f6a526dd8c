"""Giving up an order: one that was not paid in time, or one that staff cancel."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog import listing, stock
from catalog.models import StockMovement
from orders import events
from orders.models import Order, Payment, Refund
from orders.payments import refunds
from orders.payments.charge import finalise_payment
from orders.payments.providers.base import get_provider
from orders.payments.refunds import RefundRefused
from orders.pricing import vouchers
from orders.states import OPEN_PAYMENTS, move
from orders.units import not_restocked
from shop.money import ZERO

NOT_PAID = "It was not paid in time."


def cancel_unpaid(order: Order, reason: str = NOT_PAID) -> bool:
    """Give up an order that was not paid: first make sure that no money can come any more, then
    return its stock.

    Says whether the order is cancelled now. Money that had come in between pays it instead, and a
    payment that the provider can no longer stop keeps it waiting. Raises PaymentError.
    """
    for payment in Payment.objects.filter(order=order, status__in=OPEN_PAYMENTS):
        finalise_payment(payment.pk, get_provider(payment.provider).cancel(payment))
    return _close_unpaid(order, reason)


@transaction.atomic
def _close_unpaid(order: Order, reason: str) -> bool:
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if (
        order.status != Order.Status.PENDING
        or order.payments.filter(status__in=OPEN_PAYMENTS).exists()
    ):
        return False
    _close_cancelled(
        order, {item.variant_id: item.stock_taken for item in order.items.all()}, reason
    )
    return True


def cancel_order(order: Order, *, key: UUID, reason: str = "", actor: User | None = None) -> None:
    """Cancel for staff an order of which nothing was sent: its goods go back to the stock, its
    money to the shopper.

    `key` is the refund's; the second time nothing happens. Raises RefundRefused, and PaymentError
    while it is unknown whether an unpaid order has been paid meanwhile.
    """
    if order.status == Order.Status.PENDING and cancel_unpaid(order, reason):
        return
    refund = _cancel_paid(order, key=key, reason=reason, actor=actor)
    if refund is not None:
        refunds.attempt_refund(refund)


@transaction.atomic
def _cancel_paid(order: Order, *, key: UUID, reason: str, actor: User | None) -> Refund | None:
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if order.cancelled_at:
        return None  # By the first of two clicks.
    if order.status == Order.Status.PENDING:
        raise RefundRefused(
            f"The payment of order {order.number} is being processed. Try again in some minutes."
        )
    if order.status != Order.Status.PAID:
        raise RefundRefused(
            f"Order {order.number} is {order.get_status_display().lower()}: refund it instead."
        )
    left = refunds.refundable(order).amount
    if Refund.objects.filter(pk=key).exists():
        raise RefundRefused("This form has made a refund before. Open it anew.")
    _close_cancelled(
        order,
        not_restocked(order),
        reason,
        left,
    )
    return refunds.begin_refund(order, left, key=key, reason=reason, actor=actor) if left else None


def _close_cancelled(
    order: Order, taken: Mapping[int, int], reason: str, owed: Decimal = ZERO
) -> None:
    """Move a locked order to cancelled and give back its voucher and its stock; `owed` is what it
    is refunded.
    """
    move(Order.objects.filter(pk=order.pk), Order.Status.CANCELLED, cancelled_at=timezone.now())
    order.refresh_from_db()
    vouchers.release_voucher(order)
    stock.give_back(taken, reason=StockMovement.Reason.RELEASE, order_number=order.number)
    items = list(order.items.select_related("variant").order_by("pk"))
    events.order_cancelled(order, items, reason=reason, refund=owed)
    listing.refresh_listings([item.variant.product_id for item in items])
