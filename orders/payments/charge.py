"""Charge orders: phases 2 and 3 of placing an order.

Phase 2 calls the payment provider, outside of any transaction. Phase 3 records the provider's
answer; its effects happen once. Phase 1 is orders/checkout/place.py.

The browser's return, the webhook, the worker and the reconciler all end in `finalise_payment()`.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from catalog import listing_columns, stock
from orders import events
from orders.cart_lines import RETURN_TEXTS, attempt_put_back
from orders.guest_orders import owner_by_email
from orders.models import Order, OrderItem, Payment
from orders.payments.closing import Ending, close_unpaid
from orders.payments.providers.base import PaymentError, PaymentResult, get_provider
from orders.payments.refunds import refund_remainder
from orders.pricing import vouchers
from orders.states import OPEN_PAYMENTS, PAID_PAYMENTS, PAYMENT, CartReturn, move
from orders.units import take_stock
from shop.errors import DomainError

logger = logging.getLogger(__name__)

UNPAYABLE = (Order.Status.CANCELLED, Order.Status.REFUNDED)
# Reasons of the refunds that the shop makes by itself.
REFUSED = "The payment provider does not take this amount."
TOO_LATE = "The order could no longer be fulfilled when the money came."
PAID_TWICE = "The order was paid already."
UNCLEAR = "We could not reach the payment provider. Nothing is lost: we ask again by ourselves."
# The task imports this module, so it is sent by name instead of being imported here.
SETTLE_TASK = "orders.tasks.settle_payment"


@dataclass(frozen=True)
class NextStep:
    """What a shopper does after an attempt to pay, and the URL of the page for it.

    `code` tells programs the outcome: `paid`, `processing`, `action_required`, `failed` (the
    shopper may try again), `refused` (nobody can pay it, and its lines are back in the cart),
    `unclear` (the shop asks the provider again by itself) or `not_payable`.
    `message` is for the shopper.
    """

    code: str
    url: str
    message: str = ""


class NotPayable(DomainError):
    """The order is not, or no longer, waiting for payment."""

    code = "not_payable"


class WrongAmount(DomainError):
    """The provider reported an amount or currency other than ours; its answer is discarded."""

    code = "wrong_amount"


def pay(
    order: Order,
    details: Mapping[str, Any],
    provider: str = "",
    *,
    payment: Payment | None = None,
) -> Payment:
    """Charge an order, or continue its open payment, and return the updated payment.

    `details` is what the provider's `clean_details()` returned. `provider` is a name in
    PAYMENT_PROVIDERS; by default it is the provider of the order's current payment, or the first of
    PAYMENT_PROVIDERS_OFFERED. `payment` is the one that was just created with the order; passing it
    saves a query. Calling this again while a payment is open sends the provider the same
    idempotency key, so nothing is charged twice.

    Raises NotPayable, WrongAmount, and PaymentError if the provider gave no clear answer; the
    reconciler will ask again.
    """
    return start_payment(order, details, provider, payment=payment)[0]


def pay_and_get_next_step(
    order: Order,
    details: Mapping[str, Any],
    provider: str = "",
    *,
    payment: Payment | None = None,
) -> NextStep:
    """Do what `pay()` does and return the next step, even if there is no clear answer yet."""
    if not order.is_payable:
        return NextStep("not_payable", order.secret_url())
    try:
        return next_step(order, pay(order, details, provider, payment=payment))
    except NotPayable:
        return NextStep("not_payable", order.secret_url())
    except (PaymentError, WrongAmount):
        return unclear_step(order)


def check_returning_payment(order: Order) -> NextStep:
    """Check the payment of a shopper who was sent back by a provider, and return the next step."""
    payment = order.payments.filter(status__in=OPEN_PAYMENTS).first()
    if payment is None:
        return NextStep("not_payable", order.secret_url())
    if get_provider(payment.provider).scripted and not payment.transaction_id:
        # It was never started, and asking about it would start it.
        return NextStep("action_required", reverse("orders:pay", args=[order.token]))
    return settle_and_get_next_step(order, payment)


def settle_and_get_next_step(order: Order, payment: Payment) -> NextStep:
    """Ask the provider how a payment stands, and return the next step."""
    try:
        return next_step(order, settle_payment(payment))
    except (PaymentError, WrongAmount):
        return unclear_step(order)


def next_step(order: Order, payment: Payment) -> NextStep:
    """Return the next step for the state of a payment.

    A worker checks a payment that is still being processed.
    """
    if payment.status in PAID_PAYMENTS:
        return NextStep("paid", order.secret_url())
    pay_page = reverse("orders:pay", args=[order.token])
    if payment.status == Payment.Status.FAILED:
        order.refresh_from_db()
    if order.cart_return != CartReturn.NONE:
        attempt_put_back(order)
        text = f"{payment.error} {RETURN_TEXTS[order.cart_return]}"
        return NextStep("refused", reverse("carts:cart"), text.strip())
    if payment.error:
        return NextStep("failed", pay_page, payment.error)
    if payment.status == Payment.Status.CREATED:
        return NextStep("action_required", payment.next_url or pay_page)
    if payment.status == Payment.Status.PROCESSING:
        settle_later(payment)
        return NextStep("processing", order.secret_url())
    return NextStep("not_payable", order.secret_url())


def unclear_step(order: Order) -> NextStep:
    """Return the `unclear` step and log the provider's exception, which is being handled."""
    logger.exception("The payment of order %s has no clear answer yet.", order.number)
    return NextStep("unclear", order.secret_url(), UNCLEAR)


def settle_later(payment: Payment) -> None:
    """Have a worker check a slow payment in 3 seconds.

    If the queue cannot be reached, the reconciler checks the payment a little later.
    """
    try:
        # No retries: a shopper is waiting for this page.
        current_app.send_task(SETTLE_TASK, [str(payment.pk)], countdown=3, expires=60, retry=False)
    except (OperationalError, BotoCoreError, ClientError):
        logger.exception(
            "Payment %s waits for the reconciler: the queue cannot be reached.", payment.pk
        )


def start_payment(
    order: Order,
    details: Mapping[str, Any],
    provider: str = "",
    *,
    payment: Payment | None = None,
) -> tuple[Payment, str]:
    """Do what `pay()` does; also return the client secret for the provider's own script, if any."""
    if payment is None or provider not in ("", payment.provider):
        payment = current_payment(order, provider)
    if payment.status in PAID_PAYMENTS:
        return payment, ""
    outcome = get_provider(payment.provider).start(payment, details)
    return finalise_payment(payment.pk, outcome), outcome.client_secret


def resume_payment(order: Order, provider: str) -> tuple[Payment | None, str]:
    """Return the order's payment that was started at a provider, and its client secret.

    It only asks the provider: nothing is created. Both are empty if there is no such payment.
    Raises PaymentError and WrongAmount.
    """
    started = order.payments.filter(status=Payment.Status.CREATED, provider=provider)
    payment = started.exclude(transaction_id="").first()
    if payment is None:
        return None, ""
    outcome = get_provider(provider).look_up(payment)
    return finalise_payment(payment.pk, outcome), outcome.client_secret


def current_payment(order: Order, provider: str = "") -> Payment:
    """Return the order's open or successful payment, or a new one if the last one failed.

    A payment that is open at another provider is cancelled there first. Raises NotPayable,
    WrongAmount and PaymentError.
    """
    payment = _live_payment(order)
    if (
        payment is not None
        and payment.status in OPEN_PAYMENTS
        and provider not in ("", payment.provider)
    ):
        # Only one payment of an order may be open, or the shopper could pay at both providers.
        payment = finalise_payment(payment.pk, get_provider(payment.provider).cancel(payment))
        if payment.status == Payment.Status.PROCESSING:
            # The provider can no longer stop it.
            raise NotPayable(f"The payment of order {order.number} is being processed.")
        payment = payment if payment.status in PAID_PAYMENTS else None
    return payment or _new_payment(order, provider)


def _live_payment(order: Order) -> Payment | None:
    return (
        order.payments.filter(status__in=[*OPEN_PAYMENTS, *PAID_PAYMENTS])
        .order_by("created_at", "pk")
        .first()
    )


@transaction.atomic
def _new_payment(order: Order, provider: str) -> Payment:
    locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    payment = _live_payment(locked)  # Another request may have created one.
    if payment is not None:
        return payment
    if not locked.is_payable:
        raise NotPayable(f"Order {order.number} does not wait for a payment.")
    name = provider or settings.PAYMENT_PROVIDERS_OFFERED[0]
    return Payment.objects.create(
        order=locked, provider=name, amount=locked.total, currency=locked.currency
    )


def settle_payment(payment: Payment) -> Payment:
    """Ask the provider for the state of a payment and record it.

    Raises PaymentError and WrongAmount.
    """
    return finalise_payment(payment.pk, get_provider(payment.provider).look_up(payment))


@transaction.atomic
def finalise_payment(payment_id: UUID, outcome: PaymentResult) -> Payment:
    """Record the provider's answer about a payment; its effects happen once.

    Raises WrongAmount.
    """
    # Every flow locks the order's row first, so answers about one order are applied one at a time.
    # no_key lets others insert rows that refer to the order.
    order = Order.objects.select_for_update(no_key=True).get(payments=payment_id)
    payment = Payment.objects.get(pk=payment_id)
    if outcome.status != payment.status and outcome.status not in PAYMENT[payment.status]:
        return payment  # Older than what we know.
    if (outcome.amount, outcome.currency) != (payment.amount, payment.currency):
        raise WrongAmount(
            f"Payment {payment_id}: {outcome.amount} {outcome.currency} is not what we asked for."
        )
    changes = {
        "transaction_id": outcome.transaction_id or payment.transaction_id,
        # The column holds 200 characters.
        "error": outcome.error[:200],
        "next_url": outcome.next_url if outcome.status == Payment.Status.CREATED else "",
    }
    if outcome.status == payment.status and all(
        getattr(payment, name) == value for name, value in changes.items()
    ):
        return payment
    # A declined payment may stay open for the next attempt, so it is a new error, not a new status,
    # that tells of a failure.
    failed_anew = bool(changes["error"]) and changes["error"] != payment.error
    # A shopper whose payment was processing was told to wait, so another email tells how it ended.
    late = payment.status == Payment.Status.PROCESSING
    moved = move(
        Payment.objects.filter(pk=payment_id), outcome.status, **changes, updated_at=timezone.now()
    )
    if not moved:
        # The status is the same and only details differ. updated_at stays: it is the time of the
        # capture.
        Payment.objects.filter(pk=payment_id, status=outcome.status).update(**changes)
    for name, value in {"status": outcome.status, **changes}.items():
        setattr(payment, name, value)
    if moved and outcome.status == Payment.Status.CAPTURED:
        _apply_captured_payment(order, payment, late=late)
    elif outcome.is_final_refusal:
        close_unpaid(order, Ending(REFUSED, lines_to=order.cart_owner, told=True))
    elif order.status == Order.Status.PENDING:
        if moved and outcome.status == Payment.Status.PROCESSING:
            events.order_processing(order, payment)
        elif failed_anew:
            events.payment_failed(order, payment, late=late)
    return payment


def _apply_captured_payment(order: Order, payment: Payment, *, late: bool) -> None:
    """Let captured money pay its order.

    If the order is paid already, or cannot be revived, the money is refunded.
    """
    items = list(order.items.order_by("pk"))
    if order.status == Order.Status.PENDING:
        mark_paid(order, items, payment, late=late)
    elif order.status == Order.Status.CANCELLED and _revive_order(order, items):
        logger.warning("Order %s lives again: its money came after it was cancelled.", order.number)
        mark_paid(order, items, payment)
        listing_columns.refresh_listings(
            list(order.items.values_list("variant__product_id", flat=True))
        )
    else:
        logger.error(
            "Order %s cannot be had for the money of payment %s: it goes back.",
            order.number,
            payment.pk,
        )
        # This only reserves the money; the provider is called after the commit, by the reconciler.
        refund = refund_remainder(
            payment, reason=TOO_LATE if order.status in UNPAYABLE else PAID_TWICE
        )
        events.payment_needs_refund(order, items, refund)


def mark_paid(
    order: Order, items: Sequence[OrderItem], payment: Payment | None = None, *, late: bool = False
) -> None:
    """Move an order to paid, in the caller's transaction, which holds the lock on its row.

    `payment` is None if the order cost nothing. `late` means that the shopper had been told that
    the payment was still being processed.
    """
    paid_at = timezone.now()
    # A revived order is no longer cancelled. A paid guest order belongs to the account that has its
    # email.
    move(
        Order.objects.filter(pk=order.pk),
        Order.Status.PAID,
        paid_at=paid_at,
        cancelled_at=None,
        cart_return=CartReturn.NONE,
        user=owner_by_email(order),
    )
    order.status, order.paid_at, order.cancelled_at = Order.Status.PAID, paid_at, None
    events.order_paid(order, items, payment, late=late)


def _revive_order(order: Order, items: list[OrderItem]) -> bool:
    """Take back the stock and the voucher use that a cancelled order had released.

    Return whether all of it was still available. The order must not have been paid by other money.
    """
    if order.payments.filter(status__in=PAID_PAYMENTS).count() > 1 or order.paid_at:
        return False  # It was paid before and cancelled by staff.
    if order.cart_return not in (CartReturn.NONE, CartReturn.DUE):
        return False  # Its lines are in a cart, perhaps in another order by now.
    try:
        # A savepoint: if the stock is sold out, the voucher use is undone, but not the caller's
        # changes. The voucher is locked before the stock, as in `place_order()`.
        with transaction.atomic():
            vouchers.reuse_voucher(order)
            take_stock(items, order.number)
    except (stock.OutOfStock, vouchers.VoucherRefused):
        return False
    OrderItem.objects.bulk_update(items, ["stock_taken"])
    return True
