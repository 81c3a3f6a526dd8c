"""Issue documents: a number without gaps and the frozen contents, in one transaction.

A rollback gives the number back.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from orders.documents.credit_note import credit_note_data
from orders.documents.invoice import invoice_data, settling_payment
from orders.models import DocumentSeries, Invoice, Order, Refund
from shop.errors import DomainError

PREFIXES = {Invoice.Kind.INVOICE: "INV", Invoice.Kind.CREDIT_NOTE: "CN"}


class NotInvoiceable(DomainError):
    """There is no such document.

    The order was never paid, or the refund is of money that did not pay it.
    """

    code = "not_invoiceable"


@transaction.atomic
def issue_invoice(order: Order) -> Invoice:
    """Return the invoice of a paid order; issue it now if that has not been done.

    Raises NotInvoiceable.
    """
    # The lock on the order makes sure that there is one invoice. The lock on the series gives the
    # number; it is taken last, so it is held for the shortest time.
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    issued = order.invoices.filter(kind=Invoice.Kind.INVOICE).first()
    if issued is not None:
        return issued
    if order.paid_at is None:
        raise NotInvoiceable(f"Order {order.number} was never paid.")
    return _issue_document(
        Invoice.Kind.INVOICE, lambda number, now: invoice_data(order, number, now), order=order
    )


@transaction.atomic
def issue_credit_note(refund: Refund) -> Invoice:
    """Return the credit note of a successful refund; issue it now if that has not been done.

    Its invoice is issued first. Raises NotInvoiceable, also for money that was returned because it
    had never paid an order.
    """
    order = Order.objects.select_for_update(no_key=True).get(payments=refund.payment_id)
    refund = Refund.objects.select_related("payment").get(pk=refund.pk)
    issued = Invoice.objects.filter(refund=refund).first()
    if issued is not None:
        return issued
    if refund.status != Refund.Status.SUCCEEDED or refund.payment != settling_payment(order):
        raise NotInvoiceable(f"Refund {refund.pk} takes nothing back that was billed.")
    # A credit note refers to its invoice by number.
    invoice = issue_invoice(order)

    def contents(number: str, now: datetime) -> dict[str, Any]:
        return credit_note_data(refund, invoice, number, now)

    return _issue_document(Invoice.Kind.CREDIT_NOTE, contents, order=order, refund=refund)


def _issue_document(
    kind: Invoice.Kind, contents: Callable[[str, datetime], dict[str, Any]], **of: Any
) -> Invoice:
    now = timezone.now()
    # The year in the shop's time zone, as the date on the document.
    year = timezone.localdate(now).year
    sequence = _next_number(kind, year)
    number = f"{PREFIXES[kind]}-{year}-{sequence:06d}"
    data = contents(number, now)
    return Invoice.objects.create(
        kind=kind,
        year=year,
        sequence=sequence,
        number=number,
        data=data,
        data_sha256=digest(data),
        issued_at=now,
        **of,
    )


def _next_number(kind: Invoice.Kind, year: int) -> int:
    # A row instead of a PostgreSQL sequence, which would lose numbers in a rollback.
    series, _ = DocumentSeries.objects.select_for_update().get_or_create(kind=kind, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def digest(data: dict[str, Any]) -> str:
    """Return the SHA-256 of data as canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
