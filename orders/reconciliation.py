"""Settle what a crash, a slow provider or a shopper who left has left open.

There are four jobs. Celery beat starts each every minute, as a task of its own, so that none waits
for another; `manage.py reconcile` runs all of them on demand. A job that is still running is not
started again beside itself.

A provider may accept a connection and never answer. A job then gives up on it for this run, see
BUDGET, and goes on with the others. In the next run it begins with what it has not tried for
longest, so that one payment that always hangs does not keep the others waiting either.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from orders.cancellation import cancel_lapsed
from orders.cart_lines import empty_cart_of, put_lines_back
from orders.models import Order, Payment, Refund
from orders.models.order import OrderQuerySet
from orders.payments.charge import settle_payment
from orders.payments.refunds import settle_refund
from orders.payments.reminders import orders_to_remind, remind
from orders.states import OPEN_PAYMENTS, OPEN_REFUNDS
from shop.locks import run_alone

logger = logging.getLogger(__name__)

#: Anything newer than this is still being handled by its own request.
MIN_AGE = timedelta(seconds=5)
#: For how many seconds a run may ask one provider. What was begun ends by the provider's own
#: timeouts, so a run takes 15 + 27 seconds with Stripe; less than the minute until the next.
BUDGET = 15.0
OLDEST_ATTEMPT_FIRST = (F("tried_at").asc(nulls_first=True), "pk")

Tried = TypeVar("Tried", Payment, Refund)


def reconcile() -> Iterator[str]:
    """Run all jobs, one after the other; yield a line for each thing done or found wrong."""
    for name in JOBS:
        yield from run_job(name)


def run_job(name: str) -> Iterator[str]:
    """Run one of JOBS, unless it is running already; yield as `reconcile()` does."""
    with run_alone(f"reconcile {name}") as alone:
        if alone:
            yield from JOBS[name]()
        else:
            logger.info("Reconciling %s: another run is still at it.", name)


def settle_payments() -> Iterator[str]:
    """Ask the providers about payments without a final answer.

    Payments of expired orders are left to `cancel_expired()`, which stops them first.
    """
    waiting = Payment.objects.filter(
        status__in=OPEN_PAYMENTS, updated_at__lt=timezone.now() - MIN_AGE
    ).exclude(order__in=_expired_orders())
    yield from _ask_providers(
        waiting.select_related("order").order_by(*OLDEST_ATTEMPT_FIRST),
        lambda payment: f"payment {payment.pk}",
        _settle_payment,
    )


def _settle_payment(payment: Payment) -> str:
    settled = settle_payment(payment)
    return settled.get_status_display() if settled.status != payment.status else ""


def cancel_expired() -> Iterator[str]:
    """Cancel the orders that were not paid in time, after reminding shoppers of younger ones."""
    for order in orders_to_remind().exclude(pk__in=_expired_orders()):
        yield from _attempt_step(f"order {order.number}", partial(_remind, order))
    # Where a payment is open, its provider has to stop it first.
    open_payments = Payment.objects.filter(status__in=OPEN_PAYMENTS, order__in=_expired_orders())
    for order in _expired_orders().exclude(payments__status__in=OPEN_PAYMENTS):
        yield from _attempt_step(f"order {order.number}", partial(_cancel_unpaid, order))
    yield from _ask_providers(
        open_payments.select_related("order").order_by(*OLDEST_ATTEMPT_FIRST),
        lambda payment: f"order {payment.order.number}",
        lambda payment: _cancel_unpaid(payment.order),
    )


def _remind(order: Order) -> str:
    return "reminded" if remind(order) else ""


def _expired_orders() -> OrderQuerySet:
    expiry = timezone.now() - timedelta(minutes=settings.CHECKOUT_EXPIRY_MINUTES)
    return Order.objects.unpaid_since(expiry)


def _cancel_unpaid(order: Order) -> str:
    if cancel_lapsed(order):
        return "cancelled"
    order.refresh_from_db()
    # Still pending: the provider could not stop the payment, so ask again in a minute.
    return "" if order.status == Order.Status.PENDING else "paid after all"


def settle_refunds() -> Iterator[str]:
    """Ask the providers to make refunds that are not made yet, or how they stand."""
    waiting = Refund.objects.filter(
        status__in=OPEN_REFUNDS, updated_at__lt=timezone.now() - MIN_AGE
    )
    yield from _ask_providers(
        waiting.select_related("payment__order").order_by(*OLDEST_ATTEMPT_FIRST),
        lambda refund: f"refund {refund.pk}",
        _settle_refund,
    )


def _settle_refund(refund: Refund) -> str:
    settled = settle_refund(refund)
    return settled.get_status_display() if settled.status != refund.status else ""


def settle_carts() -> Iterator[str]:
    """Let goods be in an order or in a cart, never in both.

    What was ordered leaves the cart, where the request that placed the order could not do that; the
    lines of orders that ended unpaid go back.
    """
    placed = Order.objects.with_cart_to_empty().filter(placed_at__lt=timezone.now() - MIN_AGE)
    for order in placed:
        yield from _attempt_step(f"cart of order {order.number}", partial(empty_cart_of, order))
    for order in Order.objects.with_lines_to_put_back():
        yield from _attempt_step(f"lines of order {order.number}", partial(put_lines_back, order))


JOBS: dict[str, Callable[[], Iterator[str]]] = {
    "payments": settle_payments,
    "expired orders": cancel_expired,
    "refunds": settle_refunds,
    "carts": settle_carts,
}


def _ask_providers(
    rows: Iterable[Tried], name: Callable[[Tried], str], act: Callable[[Tried], str]
) -> Iterator[str]:
    """Act on each row, as long as its provider's budget lasts."""
    spent: defaultdict[str, float] = defaultdict(float)
    left: Counter[str] = Counter()
    for row in rows:
        if spent[row.provider] >= BUDGET:
            left[row.provider] += 1
            continue
        started = time.monotonic()
        # Before the attempt, so that the next run begins with others even if this one is killed.
        type(row)._default_manager.filter(pk=row.pk).update(tried_at=timezone.now())
        lines = list(_attempt_step(name(row), partial(act, row)))
        spent[row.provider] += time.monotonic() - started
        yield from lines
    for provider, count in left.items():
        logger.warning("%s is slow: %d left for the next run.", provider, count)


def _attempt_step(what: str, act: Callable[[], str]) -> Iterator[str]:
    """Do one thing; its failure must not keep the others waiting."""
    try:
        done = act()
    except Exception as error:  # noqa: BLE001 - logged with its traceback, told, and tried again in a minute
        logger.exception("Reconciling %s failed.", what)
        done = f"{type(error).__name__}: {error}"
    if done:
        yield f"{what}: {done}"
