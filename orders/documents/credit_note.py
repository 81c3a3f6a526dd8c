"""The data of a credit note.

Its tax is a share of the invoice's: all credit notes of an order add up to its invoice.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from catalog.models import options_text
from orders.documents.invoice import heading, iso_date, tax_row
from orders.models import Invoice, Order, OrderItem, Refund, RefundItem
from orders.payments.providers.base import get_provider
from orders.pricing.quote import paid_for_units, share
from shop.formatting import format_percent
from shop.money import ZERO, plain_money, round_money

Shares = dict[str, Decimal]


def credit_note_data(
    refund: Refund, invoice: Invoice, number: str, issued_at: datetime
) -> dict[str, Any]:
    """Return everything that the credit note of a refund shows; `invoice` is the order's."""
    order = invoice.order
    items = [
        _credited_item(order, line) for line in refund.items.select_related("item").order_by("pk")
    ]
    rest = refund.amount - sum((Decimal(item["amount"]) for item in items), ZERO)
    delivery = _credited_delivery(order) if rest == order.shipping_gross else []
    notes = order.invoices.filter(kind=Invoice.Kind.CREDIT_NOTE)
    before = list(notes.order_by("year", "sequence").values_list("data", flat=True))
    return heading(order, number, issued_at) | {
        "invoice": {"number": invoice.number, "issued_on": invoice.data["issued_on"]},
        "items": items,
        "other": _remainder(order, refund, rest, has_items=bool(items)),
        "taxes": credited_taxes(refund.amount, [*items, *delivery], invoice.data, before),
        "total": plain_money(refund.amount, refund.currency),
        "reason": refund.reason,
        "payment": {
            "method": get_provider(refund.payment.provider).label,
            "reference": refund.transaction_id,
            "amount": plain_money(refund.amount, refund.currency),
            "paid_on": iso_date(refund.updated_at),
        },
    }


def _credited_item(order: Order, line: RefundItem) -> dict[str, Any]:
    item = line.item
    return {
        "name": item.name,
        "sku": item.sku,
        "options": options_text(item.options),
        "quantity": line.quantity,
        "tax_percent": format_percent(item.tax_percent),
        "amount": plain_money(_paid_for_line(order, item, line), order.currency),
    }


def _paid_for_line(order: Order, item: OrderItem, line: RefundItem) -> Decimal:
    """Return what was paid for the units of a refund line, including tax."""
    refund = line.refund
    earlier = Q(refund__created_at__lt=refund.created_at) & ~Q(refund__status=Refund.Status.FAILED)
    # Counting on from earlier refunds makes the rounded parts of a line add up to its total.
    first = item.refund_items.filter(earlier).aggregate(units=Sum("quantity"))["units"] or 0
    return paid_for_units(order, item, first=first, units=line.quantity)


def _credited_delivery(order: Order) -> list[dict[str, str]]:
    """Return what was paid for the delivery by tax rate."""
    return [
        {
            "tax_percent": format_percent(part.percent),
            "amount": plain_money(part.gross(tax_included=order.tax_included), order.currency),
        }
        for part in order.delivery_parts
    ]


def _remainder(
    order: Order, refund: Refund, rest: Decimal, *, has_items: bool
) -> dict[str, str] | None:
    """Return the label and amount of what is not accounted for by the items, if anything."""
    if not rest:
        return None
    if refund.amount == order.total and not has_items:
        label = "The whole amount"
    elif rest == order.shipping_gross:
        label = f"Delivery: {order.shipping_method}"
    elif not has_items:
        label = "A part of the amount"
    else:
        label = "Further amount" if rest > 0 else "Not refunded"
    return {"label": label, "amount": plain_money(rest, refund.currency)}


def credited_taxes(
    amount: Decimal,
    items: Iterable[Mapping[str, Any]],
    invoice: Mapping[str, Any],
    before: Iterable[Mapping[str, Any]],
) -> list[dict[str, str]]:
    """Return the net, tax and gross of each tax rate in an amount.

    Items, among them the parts of a delivery, count at their own rate. The rest is shared among the
    invoice's rates by what is left of each after the earlier credit notes, `before`; so is the tax.
    No more is credited of a rate than the invoice has of it. `invoice` and `before` are data as
    they are frozen.
    """
    currency = invoice["currency"]
    gross = {row["percent"]: Decimal(row["gross"]) for row in invoice["taxes"]}
    tax = {row["percent"]: Decimal(row["tax"]) for row in invoice["taxes"]}
    credited = dict.fromkeys(gross, ZERO)
    for row in (row for note in before for row in note["taxes"]):
        credited[row["percent"]] += Decimal(row["gross"])
    left = {percent: gross[percent] - credited[percent] for percent in gross}
    shares = _gross_by_rate(amount, items, left, currency)
    rows = []
    for percent in (percent for percent in gross if shares[percent]):
        known, upto = (
            round_money(tax[percent] * part / gross[percent], currency)
            for part in (credited[percent], credited[percent] + shares[percent])
        )
        rows.append(tax_row(percent, shares[percent], upto - known, currency))
    return rows


def _gross_by_rate(
    amount: Decimal, items: Iterable[Mapping[str, Any]], left: Shares, currency: str
) -> Shares:
    wanted = dict.fromkeys(left, ZERO)
    for item in items:
        wanted[item["tax_percent"]] += Decimal(item["amount"])
    wanted = {percent: min(wanted[percent], left[percent]) for percent in left}
    rest = amount - sum(wanted.values(), ZERO)
    room = {percent: left[percent] - wanted[percent] for percent in left} if rest > 0 else wanted
    parts = share(rest, list(room.values()), currency)
    return {percent: wanted[percent] + part for percent, part in zip(left, parts, strict=True)}
