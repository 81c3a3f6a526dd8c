"""What staff must know about an order's money: conditions for lists, sentences for one order."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from catalog.models import StockMovement
from orders.models import Dispute, Order, Payment, Refund
from orders.payments.refunds import MADE_AT_PROVIDER
from orders.states import OPEN_PAYMENTS, OPEN_REFUNDS
from shop.formatting import format_date, format_datetime
from shop.money import ZERO, format_money

#: A payment or refund that stays open for longer is worth a look; most providers need seconds.
STUCK_AFTER = timedelta(hours=1)


class Alert(NamedTuple):
    """Something that staff must know; `kind` is bad (act), open (watch) or quiet (know)."""

    kind: str
    text: str


def partly_refunded() -> Exists:
    """Return the condition that some of an order's money was refunded, but not all."""
    some = Refund.objects.filter(
        status=Refund.Status.SUCCEEDED, payment__status=Payment.Status.CAPTURED
    )
    return Exists(some.filter(payment__order=OuterRef("pk")))


def needs_attention() -> Q:
    """Return the condition that staff must see to an order's money.

    That is, a refund failed and no other followed it, a cancelled order's money was kept, or a
    dispute waits for an answer.
    """
    later = Refund.objects.filter(
        payment=OuterRef("payment"), created_at__gt=OuterRef("created_at")
    )
    failed = Refund.objects.filter(
        ~Exists(later.exclude(status=Refund.Status.FAILED)),
        payment__order=OuterRef("pk"),
        status=Refund.Status.FAILED,
    )
    kept = Payment.objects.filter(
        order=OuterRef("pk"), status=Payment.Status.CAPTURED, refunded__lt=F("amount")
    )
    disputed = Dispute.objects.filter(payment__order=OuterRef("pk"), status=Dispute.Status.OPEN)
    return Q(Exists(failed)) | Q(Exists(kept), status=Order.Status.CANCELLED) | Q(Exists(disputed))


def alerts(
    order: Order,
    payments: Sequence[Payment],
    refunds: Sequence[Refund],
    movements: Iterable[StockMovement],
) -> Iterator[Alert]:
    """Yield what staff must know about an order, most urgent first; `refunds` are oldest first."""
    yield from _kept(order, payments)
    yield from _failed(refunds)
    yield from _stuck(payments, refunds)
    yield from _by_itself(order, refunds, movements)
    if order.erased_at:
        day = format_date(order.erased_at)
        yield Alert("quiet", f"The customer was erased on {day}. Only the invoices name them.")


def dispute_alerts(disputes: Iterable[Dispute]) -> Iterator[Alert]:
    """Yield what staff must know about the disputes of an order's payments."""
    for dispute in disputes:
        amount = format_money(dispute.amount, dispute.currency)
        why = dispute.reason.replace("_", " ") or "no reason given"
        if dispute.status == Dispute.Status.OPEN:
            until = f" by {format_date(dispute.respond_by)}" if dispute.respond_by else ""
            yield Alert(
                "bad",
                f"The customer disputes {amount} at their bank ({why}). Answer in the payment "
                f"provider's dashboard{until}. Ship and refund nothing until it's decided.",
            )
        elif dispute.status == Dispute.Status.LOST:
            yield Alert("quiet", f"A dispute ({why}) was lost: the bank took {amount} back.")
        else:
            yield Alert("quiet", f"A dispute of {amount} ({why}) was won.")


def _kept(order: Order, payments: Iterable[Payment]) -> Iterator[Alert]:
    if order.status != Order.Status.CANCELLED:
        return
    captured = [payment for payment in payments if payment.status == Payment.Status.CAPTURED]
    kept = sum((payment.amount - payment.refunded for payment in captured), ZERO)
    if kept:
        amount = format_money(kept, order.currency)
        yield Alert(
            "bad",
            f"The order is cancelled, but {amount} of its money is still with the shop: refund it.",
        )


def _failed(refunds: Sequence[Refund]) -> Iterator[Alert]:
    for index, refund in enumerate(refunds):
        later = [each for each in refunds[index + 1 :] if each.payment_id == refund.payment_id]
        if refund.status == Refund.Status.FAILED and all(
            each.status == Refund.Status.FAILED for each in later
        ):
            amount, why = (
                format_money(refund.amount, refund.currency),
                refund.error.rstrip(".") or "no reason given",
            )
            yield Alert(
                "bad",
                f"A refund of {amount} failed at the provider ({why}), and the shop still has the "
                "money. Try it again "
                "with “Refund…”; if it fails again, ask the shopper for a bank account and pay it "
                "from the shop's.",
            )


def _stuck(payments: Iterable[Payment], refunds: Iterable[Refund]) -> Iterator[Alert]:
    since = timezone.now() - STUCK_AFTER
    waiting: list[Payment | Refund] = [each for each in payments if each.status in OPEN_PAYMENTS]
    waiting += [each for each in refunds if each.status in OPEN_REFUNDS]
    for each in waiting:
        if each.created_at < since:
            what, amount = each._meta.verbose_name, format_money(each.amount, each.currency)
            yield Alert(
                "open",
                f"The {what} of {amount} has been open since {format_datetime(each.created_at)}. "
                "The shop asks the "
                "provider every minute; if it stays, look there for "
                f"{each.transaction_id or each.pk}.",
            )


def _by_itself(
    order: Order, refunds: Iterable[Refund], movements: Iterable[StockMovement]
) -> Iterator[Alert]:
    """Report money that was refunded without staff, and late money that revived its order."""
    for refund in refunds:
        if refund.actor_id is None and refund.status != Refund.Status.FAILED:
            done = "went back" if refund.status == Refund.Status.SUCCEEDED else "is on its way back"
            amount = format_money(refund.amount, refund.currency)
            if refund.reason == MADE_AT_PROVIDER:
                yield Alert(
                    "quiet",
                    f"{amount} {done} from the provider's own pages, so the stock was left as it "
                    "is.",
                )
            else:
                yield Alert(
                    "quiet",
                    f"{amount} came when the order could not take it any more, and {done} by "
                    "itself.",
                )
    lives = order.status in (
        Order.Status.PAID,
        Order.Status.PARTLY_FULFILLED,
        Order.Status.FULFILLED,
    )
    # Only a cancelled order releases its stock, so a live one must have been revived.
    if lives and any(each.reason == StockMovement.Reason.RELEASE for each in movements):
        yield Alert(
            "quiet",
            "The money came after the order was cancelled. The goods were there, so the order "
            "holds.",
        )
