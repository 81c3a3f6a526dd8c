"""Paying an order: phase 2 asks the provider, outside of any transaction; phase 3 writes down what it said, once.

The browser's return, the worker and the reconciler all end in `finalise`.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog import listing, stock
from catalog.models import StockMovement
from orders.messages import order_payload, payment_payload
from orders.models import Order, OrderItem, Payment
from orders.payments.provider import Outcome, PaymentError, get_provider
from shop.events import publish

logger = logging.getLogger(__name__)

LIVE = (Payment.Status.CREATED, Payment.Status.PROCESSING, Payment.Status.CAPTURED)
OPEN = (Payment.Status.CREATED, Payment.Status.PROCESSING)
NOT_PAID = "It was not paid in time."
#: A payment that is younger than this is still in its own request's hands.
PATIENCE = timedelta(seconds=5)


class WrongAmount(Exception):
    """The provider speaks of another amount or currency than ours; nothing of it is believed."""


def pay(order: Order, details: Mapping[str, Any]) -> Payment:
    """Charge what is owed and return the payment as it is then: captured, processing or failed.

    Repeating it while a payment is open asks the provider with the same key, so nothing is charged twice. Raises
    PaymentError when the provider gave no clear answer; the reconciler will ask again.
    """
    payment = live_payment(order)
    if payment.status == Payment.Status.CAPTURED:
        return payment
    outcome = get_provider(payment.provider).start(payment, details)
    return finalise(payment.pk, outcome)


def live_payment(order: Order) -> Payment:
    """Return the order's one payment that is open or captured; a new one where the last has failed."""
    live = Payment.objects.filter(order=order, status__in=LIVE)
    payment = live.first()
    if payment is not None:
        return payment
    try:
        with transaction.atomic():
            return Payment.objects.create(
                order=order, provider=settings.PAYMENT_PROVIDER, amount=order.total, currency=order.currency
            )
    except IntegrityError:
        return live.get()  # Another request started it meanwhile.


@transaction.atomic
def finalise(payment_id: UUID, outcome: Outcome) -> Payment:
    """Write down what the provider said of a payment; the second time it does nothing. Raises WrongAmount."""
    order = Order.objects.select_for_update(no_key=True).get(payments=payment_id)
    payment = Payment.objects.get(pk=payment_id)
    if payment.status not in OPEN or payment.status == outcome.status:
        return payment
    if (outcome.amount, outcome.currency) != (payment.amount, payment.currency):
        raise WrongAmount(f"Payment {payment_id}: {outcome.amount} {outcome.currency} is not what we asked for.")
    payment.status = outcome.status
    payment.transaction_id = outcome.transaction_id
    payment.error = outcome.error
    payment.save(update_fields=["status", "transaction_id", "error", "updated_at"])
    if outcome.status == Payment.Status.CAPTURED:
        _mark_paid(order, payment)
    return payment


def _mark_paid(order: Order, payment: Payment) -> None:
    items = list(order.items.order_by("pk"))
    was_cancelled = order.status == Order.Status.CANCELLED
    if was_cancelled and not _take_again(order, items):
        logger.error("Order %s was paid after it was cancelled, and the goods are gone: refund it.", order.number)
        publish("payment.needs_refund", order_payload(order, items, payment=payment_payload(payment)))
        return
    order.status = Order.Status.PAID
    order.paid_at = timezone.now()
    order.cancelled_at = None
    order.save(update_fields=["status", "paid_at", "cancelled_at"])
    publish("order.paid", order_payload(order, items, payment=payment_payload(payment)))
    if was_cancelled:
        _refresh_listings(order)


def _refresh_listings(order: Order) -> None:
    """Let the lists know of the stock that an order took or gave back."""
    listing.refresh_listings(list(order.items.values_list("variant__product_id", flat=True)))


def _take_again(order: Order, items: list[OrderItem]) -> bool:
    """Take the stock of an order that was given up before its money came; say whether it was there."""
    try:
        with transaction.atomic():
            taken = stock.take({item.variant_id: item.quantity for item in items}, order_number=order.number)
    except stock.OutOfStock:
        return False
    for item in items:
        item.stock_taken = taken[item.variant_id]
    OrderItem.objects.bulk_update(items, ["stock_taken"])
    return True


def cancel_unpaid(order: Order) -> bool:
    """Give up an order that was not paid: first make sure that no money can come any more, then return its stock.

    Says whether the order is cancelled now; money that had come in between pays it instead. Raises PaymentError.
    """
    for payment in Payment.objects.filter(order=order, status__in=OPEN):
        finalise(payment.pk, get_provider(payment.provider).cancel(payment))
    with transaction.atomic():
        if not Order.objects.filter(pk=order.pk, status=Order.Status.PENDING).update(
            status=Order.Status.CANCELLED, cancelled_at=timezone.now()
        ):
            return False
        order.refresh_from_db()
        items = list(order.items.order_by("pk"))
        taken = {item.variant_id: item.stock_taken for item in items}
        stock.give_back(taken, reason=StockMovement.Reason.RELEASE, order_number=order.number)
        publish("order.cancelled", order_payload(order, items, cancellation={"reason": NOT_PAID}))
        _refresh_listings(order)
    return True


def reconcile() -> Iterator[str]:
    """Settle what a crash, a slow provider or a shopper who walked away left; yield a line for each thing done."""
    now = timezone.now()
    waiting = Payment.objects.filter(status=Payment.Status.PROCESSING, updated_at__lt=now - PATIENCE)
    for payment in waiting.order_by("created_at", "pk"):
        yield from _attempt(f"payment {payment.pk}", lambda payment=payment: settle(payment).get_status_display())
    expired = Order.objects.unpaid_since(now - timedelta(minutes=settings.CHECKOUT_EXPIRY_MINUTES))
    for order in expired:
        yield from _attempt(
            f"order {order.number}", lambda order=order: "cancelled" if cancel_unpaid(order) else "paid after all"
        )


def settle(payment: Payment) -> Payment:
    """Ask the provider how a payment stands and write it down. Raises PaymentError."""
    return finalise(payment.pk, get_provider(payment.provider).look_up(payment))


def _attempt(what: str, act: Any) -> Iterator[str]:
    """Do one thing; a provider that does not answer must not keep the others waiting."""
    try:
        yield f"{what}: {act()}"
    except (PaymentError, WrongAmount) as error:
        logger.exception("Reconciling %s failed.", what)
        yield f"{what}: {error}"
