"""Refund payments.

A Refund row reserves the amount first, then the provider is asked, then the effects of its answer
happen once.

A refund's id is its idempotency key at the provider and the key of the form that asked for it, so a
double click refunds once.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from catalog import listing_columns, stock
from catalog.models import StockMovement
from orders import events
from orders.models import Order, Payment, Refund, RefundItem, Return
from orders.payments.providers.base import PaymentError, RefundResult, get_provider
from orders.pricing.quote import paid_for_units
from orders.states import OPEN_REFUNDS, REFUND, move
from orders.units import by_variant, end_order, units_of
from shop.errors import DomainError
from shop.money import ZERO, digits_fault, format_money

logger = logging.getLogger(__name__)

MADE_AT_PROVIDER = "It was refunded at the payment provider."


class RefundRefused(DomainError):
    """The refund was not started; the message tells staff why."""

    code = "refund_refused"


class WrongRefund(DomainError):
    """The provider reported an amount or currency other than ours; its answer is discarded."""

    code = "wrong_refund"


@dataclass(frozen=True)
class Refundable:
    """What is left to refund of an order.

    `amount` is in the order's currency. `quantities` and `values` map the pk of each item to the
    units that are left, and to what was paid for them.
    """

    amount: Decimal
    quantities: dict[int, int]
    values: dict[int, Decimal]


def refundable(order: Order) -> Refundable:
    """Return what is left to refund of an order, with two queries."""
    payments = order.payments.filter(status=Payment.Status.CAPTURED)
    amount = sum((payment.amount - payment.refunded for payment in payments), ZERO)
    quantities, values = {}, {}
    for pk, units in units_of(order).items():
        quantities[pk] = units.to_refund
        values[pk] = paid_for_units(order, units.item, first=units.refunded, units=units.to_refund)
    return Refundable(amount, quantities, values)


def refund(
    order: Order,
    *,
    key: UUID,
    amount: Decimal | None = None,
    quantities: Mapping[int, int] | None = None,
    restock: bool = False,
    reason: str = "",
    actor: User | None = None,
    returned: Return | None = None,
) -> Refund:
    """Refund an amount, units of items, or everything that is left.

    `amount` is in the order's currency, `quantities` maps the pk of items to units. With
    `quantities` the amount defaults to what was paid for them; without either, everything that is
    left is refunded. `restock` puts the units back into stock once the money has been returned.
    `returned` is the return that is being refunded; its units were restocked, if at all, when they
    were received.

    The same key gives the same refund. If the provider gives no clear answer, the refund stays open
    and the reconciler continues it. Raises RefundRefused and WrongRefund.
    """
    with transaction.atomic():
        locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        begun = Refund.objects.filter(pk=key).select_related("payment").first()
        if begun is None:
            # Read under the order's lock, or two requests could refund the same units.
            left = refundable(locked)
            if amount is None and quantities is None:
                amount, quantities = left.amount, left.quantities
            wanted = {pk: units for pk, units in (quantities or {}).items() if units}
            _check_units(locked, left, wanted)
            if amount is None:
                amount = value_of(locked, left, wanted)
            _check_digits(locked, left, amount)
            begun = begin_refund(
                locked,
                amount,
                key=key,
                restock=restock and bool(wanted),
                reason=reason,
                actor=actor,
            )
            RefundItem.objects.bulk_create(
                RefundItem(refund=begun, item_id=pk, quantity=units) for pk, units in wanted.items()
            )
            if returned is not None:
                Return.objects.filter(pk=returned.pk).update(refund=begun)
        elif begun.payment.order_id != order.pk:
            raise RefundRefused("This form belongs to another order.")
    # After the commit: the provider must not be called while the order is locked, and after a crash
    # the reconciler finds the row.
    return attempt_refund(begun)


def _check_units(order: Order, left: Refundable, wanted: Mapping[int, int]) -> None:
    for pk, units in wanted.items():
        if not 0 < units <= left.quantities.get(pk, 0):
            raise RefundRefused(
                f"Order {order.number} has {left.quantities.get(pk, 0)} units of that left to "
                "refund."
            )


def _check_digits(order: Order, left: Refundable, amount: Decimal) -> None:
    """Refuse an amount that no provider could return; everything that is left was paid once."""
    fault = digits_fault(amount, order.currency)
    if fault and amount != left.amount:
        raise RefundRefused(fault)


def value_of(order: Order, left: Refundable, wanted: Mapping[int, int]) -> Decimal:
    """Return what was paid for units of items (by pk), but no more than is left to refund.

    Less than that may be left after refunds of a plain amount.
    """
    items = order.items.filter(pk__in=wanted)
    firsts = {item.pk: item.quantity - left.quantities[item.pk] for item in items}
    value = sum(
        (
            paid_for_units(order, item, first=firsts[item.pk], units=wanted[item.pk])
            for item in items
        ),
        ZERO,
    )
    return min(value, left.amount)


def begin_refund(
    order: Order,
    amount: Decimal,
    *,
    key: UUID,
    restock: bool = False,
    reason: str = "",
    actor: User | None = None,
) -> Refund:
    """Reserve an amount of a payment with a conditional update, and create the refund.

    Raises RefundRefused.
    """
    if amount <= 0:
        raise RefundRefused(f"There is nothing left to refund of order {order.number}.")
    # An order may have several captured payments, but a refund belongs to one of them.
    for payment in order.payments.filter(status=Payment.Status.CAPTURED).order_by(
        "created_at", "pk"
    ):
        if _reserve_amount(payment.pk, amount):
            return Refund.objects.create(
                id=key,
                payment=payment,
                amount=amount,
                currency=payment.currency,
                restock=restock,
                reason=reason,
                actor=actor,
            )
    left = format_money(refundable(order).amount, order.currency)
    raise RefundRefused(
        f"That is more than what is left to refund of order {order.number}: {left}."
    )


def _reserve_amount(payment_id: UUID, amount: Decimal) -> bool:
    # One statement checks and reserves, so concurrent refunds cannot exceed the payment.
    enough = Payment.objects.filter(
        pk=payment_id, status=Payment.Status.CAPTURED, refunded__lte=F("amount") - amount
    )
    return bool(enough.update(refunded=F("refunded") + amount))


def reserve_what_is_left(payment: Payment, amount: Decimal) -> Decimal:
    """Reserve an amount of a payment, or what is left of it; return how much that was.

    The caller holds the lock on the order, in its transaction.
    """
    payment.refresh_from_db(fields=["refunded", "amount"])
    taken = min(payment.amount - payment.refunded, amount)
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + taken)
    return taken


def refund_remainder(payment: Payment, *, reason: str) -> Refund:
    """Create the refund of what is left of a payment, in the caller's transaction.

    The reconciler then asks the provider for it.
    """
    payment.refresh_from_db(fields=["refunded", "amount"])
    left = payment.amount - payment.refunded
    Payment.objects.filter(pk=payment.pk).update(refunded=F("amount"))
    return Refund.objects.create(
        payment=payment, amount=left, currency=payment.currency, reason=reason
    )


def import_provider_refunds(payment: Payment) -> None:
    """Record refunds of a captured payment that were made in the provider's dashboard.

    Raises PaymentError, also while an open refund of ours reserves the money, and WrongRefund.
    """
    for made in get_provider(payment.provider).dashboard_refunds(payment):
        _import_provider_refund(payment, made)


@transaction.atomic
def _import_provider_refund(payment: Payment, made: RefundResult) -> None:
    # transaction_id is not unique: this lock keeps two webhooks from recording one refund twice.
    Order.objects.select_for_update(no_key=True).get(pk=payment.order_id)
    refund = Refund.objects.filter(payment=payment, transaction_id=made.transaction_id).first()
    if refund is None:
        if made.status == Refund.Status.FAILED:
            return  # It failed before we heard of it.
        if not _reserve_amount(payment.pk, made.amount):
            # The webhook is answered with 503, so the provider sends it again.
            raise PaymentError(
                "A refund made at the provider takes what an open one of ours reserves: ask again."
            )
        refund = Refund.objects.create(
            payment=payment,
            transaction_id=made.transaction_id,
            amount=made.amount,
            currency=made.currency,
            reason=MADE_AT_PROVIDER,
        )
    finalise_refund(refund.pk, made)


def attempt_refund(refund: Refund) -> Refund:
    """Ask the provider to make an open refund, and return the updated refund.

    Without a clear answer it stays open for the reconciler. Raises WrongRefund.
    """
    try:
        return settle_refund(refund)
    except PaymentError:
        logger.exception("Refund %s has no clear answer yet.", refund.pk)
        return refund


def settle_refund(refund: Refund) -> Refund:
    """Ask the provider to make a refund, or how it stands, and record the answer.

    Raises PaymentError and WrongRefund.
    """
    if refund.status not in OPEN_REFUNDS:
        return refund
    return finalise_refund(refund.pk, get_provider(refund.payment.provider).refund(refund))


@transaction.atomic
def finalise_refund(refund_id: UUID, outcome: RefundResult) -> Refund:
    """Record the provider's answer about a refund; its effects happen once.

    Raises WrongRefund.
    """
    order = Order.objects.select_for_update(no_key=True).get(payments__refunds=refund_id)
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    # Nothing new, or older than what we know.
    if outcome.status not in REFUND[refund.status]:
        return refund
    if (outcome.amount, outcome.currency) != (refund.amount, refund.currency):
        raise WrongRefund(
            f"Refund {refund_id}: {outcome.amount} {outcome.currency} is not what we asked for."
        )
    changes = {
        "transaction_id": outcome.transaction_id,
        "error": outcome.error[:200],
        "updated_at": timezone.now(),
    }
    move(Refund.objects.filter(pk=refund_id), outcome.status, **changes)
    refund.refresh_from_db()
    if refund.status == Refund.Status.FAILED:
        # The reserved amount can be refunded again.
        Payment.objects.filter(pk=refund.payment_id).update(refunded=F("refunded") - refund.amount)
        events.refund_failed(order, refund)
    elif refund.status == Refund.Status.SUCCEEDED:
        close_refunded(order)
        events.order_refunded(order, refund)
        if move(
            Return.objects.filter(refund=refund), Return.Status.REFUNDED, updated_at=timezone.now()
        ):
            events.return_refunded(order, refund)
        # Refunded units need not be shipped any more, so this may have been all that was left.
        end_order(order)
        # Cancelling has restocked everything that the order still held.
        if refund.restock and not order.cancelled_at:
            _restock_refunded(order, refund)
    return refund


def close_refunded(order: Order) -> None:
    """Move payments and the order to refunded once all of their money has gone back.

    Money that is still on its way back does not count.
    """
    done = Payment.objects.filter(order=order, status=Payment.Status.CAPTURED, refunded=F("amount"))
    for payment in done.exclude(refunds__status__in=OPEN_REFUNDS):
        move(Payment.objects.filter(pk=payment.pk), Payment.Status.REFUNDED)
    if not order.payments.filter(status=Payment.Status.CAPTURED).exists():
        move(Order.objects.filter(pk=order.pk), Order.Status.REFUNDED)


def _restock_refunded(order: Order, refund: Refund) -> None:
    """Restock the units of a refund, but no more than the order had taken from stock."""
    units = units_of(order)
    back = []
    for line in refund.items.select_related("item").order_by("pk"):
        # `units_of()` counts this refund's units as restocked, because it has just succeeded.
        out = line.item.stock_taken - units[line.item_id].restocked + line.quantity
        back.append((line.item, max(min(line.quantity, out), 0)))
    stock.give_back(by_variant(back), reason=StockMovement.Reason.RETURN, order_number=order.number)
    products = refund.items.values_list("item__variant__product_id", flat=True)
    listing_columns.refresh_listings(list(products))
