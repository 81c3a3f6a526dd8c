"""Cancel orders: those that were not paid in time, and those that staff cancel."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog import listing_columns, stock
from catalog.models import StockMovement
from orders import events
from orders.models import Order, Payment, Refund
from orders.payments import refunds
from orders.payments.charge import finalise_payment
from orders.payments.providers.base import get_provider
from orders.payments.refunds import RefundRefused
from orders.pricing import vouchers
from orders.states import OPEN_PAYMENTS, move
from orders.units import by_variant, not_restocked
from shop.money import ZERO

NOT_PAID = "It was not paid in time."


def cancel_unpaid(order: Order, reason: str = NOT_PAID) -> bool:
    """Cancel an unpaid order and restock it, after making sure that no more money can come.

    Return whether the order is cancelled now. Money that came in the meantime pays it instead, and
    a payment that the provider can no longer stop keeps it pending. Raises PaymentError and
    WrongAmount.
    """
    for payment in Payment.objects.filter(order=order, status__in=OPEN_PAYMENTS):
        # The provider first: stock must not be given away while the money for it can still come.
        finalise_payment(payment.pk, get_provider(payment.provider).cancel(payment))
    return _close_unpaid(order, reason)


@transaction.atomic
def _close_unpaid(order: Order, reason: str) -> bool:
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    # Checked again under the lock: the money may have come, or a new payment may have been started.
    if (
        order.status != Order.Status.PENDING
        or order.payments.filter(status__in=OPEN_PAYMENTS).exists()
    ):
        return False
    taken = by_variant((item, item.stock_taken) for item in order.items.all())
    _close_cancelled(order, taken, reason)
    return True


def cancel_order(order: Order, *, key: UUID, reason: str = "", actor: User | None = None) -> None:
    """Cancel an order of which nothing was shipped: restock its items and refund its money.

    `key` becomes the id of the refund; a second call does nothing. Raises RefundRefused,
    WrongAmount, WrongRefund, and PaymentError as long as it is unknown whether an unpaid order has
    been paid in the meantime.
    """
    if order.status == Order.Status.PENDING and cancel_unpaid(order, reason):
        return
    refund = _cancel_paid(order, key=key, reason=reason, actor=actor)
    if refund is not None:
        # After the commit, so that the provider is not called while the order is locked.
        refunds.attempt_refund(refund)


@transaction.atomic
def _cancel_paid(order: Order, *, key: UUID, reason: str, actor: User | None) -> Refund | None:
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if order.cancelled_at:
        return None  # The first of two clicks cancelled it.
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
    """Move a locked order to cancelled, and release its voucher use and its stock.

    `taken` maps the pk of variants to units; `owed` is the amount that is refunded.
    """
    move(Order.objects.filter(pk=order.pk), Order.Status.CANCELLED, cancelled_at=timezone.now())
    order.refresh_from_db()
    # The voucher is locked before the stock, as in `place_order()`.
    vouchers.release_voucher(order)
    stock.give_back(taken, reason=StockMovement.Reason.RELEASE, order_number=order.number)
    items = list(order.items.select_related("variant").order_by("pk"))
    events.order_cancelled(order, items, reason=reason, refund=owed)
    listing_columns.refresh_listings([item.variant.product_id for item in items])
