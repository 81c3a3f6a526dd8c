"""Cancel orders: unpaid ones for their shopper or because time is up, and any for staff."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from accounts.models import User
from carts.cart import Cart
from orders.cart_lines import attempt_put_back, empty_cart_of
from orders.models import Order, Payment, Refund
from orders.payments import refunds
from orders.payments.charge import finalise_payment
from orders.payments.closing import LAPSED, Ending, close_order, close_unpaid
from orders.payments.providers.base import get_provider
from orders.payments.refunds import RefundRefused
from orders.states import OPEN_PAYMENTS
from orders.units import not_restocked
from shop.errors import DomainError

CHANGED = "You changed it before it was paid."
NOT_WANTED = "You cancelled it before it was paid."


class NotWithdrawable(DomainError):
    """The order is paid, or its payment can no longer be stopped, so its shopper keeps it."""

    code = "not_withdrawable"


def cancel_unpaid(order: Order, ending: Ending = LAPSED) -> bool:
    """Cancel an unpaid order and restock it, after making sure that no more money can come.

    Return whether the order is cancelled now. Money that came in the meantime pays it instead, and
    a payment that the provider can no longer stop keeps it pending. Raises PaymentError and
    WrongAmount.
    """
    for payment in Payment.objects.filter(order=order, status__in=OPEN_PAYMENTS):
        # The provider first: stock must not be given away while the money for it can still come.
        finalise_payment(payment.pk, get_provider(payment.provider).cancel(payment))
    return _close_unpaid(order, ending)


@transaction.atomic
def _close_unpaid(order: Order, ending: Ending) -> bool:
    # Checked again under the lock: the money may have come, or a new payment may have been started.
    return close_unpaid(Order.objects.select_for_update(no_key=True).get(pk=order.pk), ending)


def cancel_lapsed(order: Order) -> bool:
    """Cancel an order that was not paid in time; its lines go back to the cart they came from.

    Returns and raises what `cancel_unpaid()` does.
    """
    return cancel_unpaid(order, replace(LAPSED, lines_to=order.cart_owner))


def withdraw(order: Order, cart: Cart, reason: str) -> Order:
    """Cancel an unpaid order for its shopper, and put its lines into the shopper's cart.

    `reason` is CHANGED or NOT_WANTED. Repeating the call finishes what an earlier one began. If the
    cart fails half way, the reconciler puts the lines back a little later. Returns the order as it
    is now. Raises NotWithdrawable, PaymentError, WrongAmount and StoreUnavailable; in these cases
    nothing has changed.
    """
    if not order.cart_emptied and order.cart_owner and order.is_payable:
        # Now, because `cart` may be another one than that from which the lines came.
        empty_cart_of(order)
    cancel_unpaid(order, Ending(reason, lines_to=cart.owner, told=True))
    order.refresh_from_db()
    if order.status != Order.Status.CANCELLED:
        raise NotWithdrawable(
            f"Order {order.number} is already paid, or its payment is being processed."
        )
    attempt_put_back(order)
    return order


def cancel_order(order: Order, *, key: UUID, reason: str = "", actor: User | None = None) -> None:
    """Cancel an order of which nothing was shipped: restock its items and refund its money.

    `key` becomes the id of the refund; a second call does nothing. Raises RefundRefused,
    WrongAmount, WrongRefund, and PaymentError as long as it is unknown whether an unpaid order has
    been paid in the meantime.
    """
    if order.status == Order.Status.PENDING and cancel_unpaid(order, Ending(reason)):
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
    close_order(order, not_restocked(order), Ending(reason, left))
    return refunds.begin_refund(order, left, key=key, reason=reason, actor=actor) if left else None
