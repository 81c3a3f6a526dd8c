"""Settle what a crash, a slow provider or a shopper who left has left open.

Celery beat runs this every minute; so does `manage.py reconcile` on demand.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone

from orders.cancellation import cancel_lapsed
from orders.cart_lines import empty_cart_of, put_lines_back
from orders.models import Order, Payment, Refund
from orders.payments.charge import settle_payment
from orders.payments.refunds import settle_refund
from orders.states import OPEN_PAYMENTS, OPEN_REFUNDS

logger = logging.getLogger(__name__)

#: Anything newer than this is still being handled by its own request.
MIN_AGE = timedelta(seconds=5)


def reconcile() -> Iterator[str]:
    """Settle everything that was left open; yield a line for each thing done or found wrong."""
    now = timezone.now()
    expiry = now - timedelta(minutes=settings.CHECKOUT_EXPIRY_MINUTES)
    yield from _settle_payments(now - MIN_AGE, expiry)
    yield from _cancel_expired(expiry)
    yield from _settle_refunds(now - MIN_AGE)
    yield from _empty_carts(now - MIN_AGE)
    yield from _put_lines_back()


def _settle_payments(before: datetime, expiry: datetime) -> Iterator[str]:
    """Ask the providers about payments without a final answer.

    Payments of expired orders are left to `_cancel_expired()`, which stops them first.
    """
    waiting = Payment.objects.filter(
        status__in=OPEN_PAYMENTS, updated_at__lt=before
    ).select_related("order")
    for payment in waiting.exclude(order__in=Order.objects.unpaid_since(expiry)).order_by(
        "created_at", "pk"
    ):
        yield from _attempt_step(f"payment {payment.pk}", partial(_settle_payment, payment))


def _settle_payment(payment: Payment) -> str:
    settled = settle_payment(payment)
    return settled.get_status_display() if settled.status != payment.status else ""


def _cancel_expired(expiry: datetime) -> Iterator[str]:
    for order in Order.objects.unpaid_since(expiry):
        yield from _attempt_step(f"order {order.number}", partial(_cancel_unpaid, order))


def _cancel_unpaid(order: Order) -> str:
    if cancel_lapsed(order):
        return "cancelled"
    order.refresh_from_db()
    # Still pending: the provider could not stop the payment, so ask again in a minute.
    return "" if order.status == Order.Status.PENDING else "paid after all"


def _settle_refunds(before: datetime) -> Iterator[str]:
    for refund in Refund.objects.filter(
        status__in=OPEN_REFUNDS, updated_at__lt=before
    ).select_related("payment"):
        yield from _attempt_step(f"refund {refund.pk}", partial(_settle_refund, refund))


def _settle_refund(refund: Refund) -> str:
    settled = settle_refund(refund)
    return settled.get_status_display() if settled.status != refund.status else ""


def _empty_carts(before: datetime) -> Iterator[str]:
    """Remove from the carts what was ordered, where the request that placed the order could not."""
    for order in Order.objects.with_cart_to_empty().filter(placed_at__lt=before):
        yield from _attempt_step(f"cart of order {order.number}", partial(empty_cart_of, order))


def _put_lines_back() -> Iterator[str]:
    """Put the lines of orders that ended unpaid back into their carts."""
    for order in Order.objects.with_lines_to_put_back():
        yield from _attempt_step(f"lines of order {order.number}", partial(put_lines_back, order))


def _attempt_step(what: str, act: Callable[[], str]) -> Iterator[str]:
    """Do one thing; its failure must not keep the others waiting."""
    try:
        done = act()
    except Exception as error:  # noqa: BLE001 - logged with its traceback, told, and tried again in a minute
        logger.exception("Reconciling %s failed.", what)
        done = f"{type(error).__name__}: {error}"
    if done:
        yield f"{what}: {done}"
