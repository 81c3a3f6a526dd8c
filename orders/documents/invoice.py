"""The data of an invoice, as it is frozen in its row.

Amounts and percentages are strings, dates are ISO 8601.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.models import options_text
from orders.models import Order, OrderItem, Payment
from orders.payments.providers.base import get_provider
from orders.states import PAID_PAYMENTS
from shop.countries import country_name
from shop.formatting import format_percent
from shop.money import ZERO, plain_money

VERSION = 1


def invoice_data(order: Order, number: str, issued_at: datetime) -> dict[str, Any]:
    """Return everything that the invoice of a paid order shows."""
    items = list(order.items.order_by("pk"))
    names = ("items_total", "discount_total", "shipping_total", "tax_total", "tax_removed", "total")
    return heading(order, number, issued_at) | {
        "items": [_invoiced_item(item, order.currency) for item in items],
        "voucher_code": order.voucher_code,
        "taxes": _taxes_by_rate(order, items),
        "payment": _payment_data(order),
        **{name: plain_money(getattr(order, name), order.currency) for name in names},
    }


def heading(order: Order, number: str, issued_at: datetime) -> dict[str, Any]:
    """Return the data with which both invoices and credit notes of an order begin."""
    return {
        "version": VERSION,
        "number": number,
        "issued_on": iso_date(issued_at),
        "paper": settings.SHOP_PAPER,
        "currency": order.currency,
        "tax_included": order.tax_included,
        "seller": {
            "name": settings.SHOP_NAME,
            "lines": settings.SHOP_SELLER,
            "tax_id": settings.SHOP_SELLER_TAX_ID,
        },
        "buyer": _freeze_address(order.billing_address),
        "ship_to": _freeze_address(order.shipping_address),
        "email": order.email,
        "order": {
            "number": order.number,
            "placed_on": iso_date(order.placed_at),
            "paid_on": iso_date(order.paid_at),
            "shipping_method": order.shipping_method,
        },
    }


def iso_date(moment: datetime | None) -> str:
    """Return the date of a moment in the shop's time zone, or an empty string for None."""
    return timezone.localdate(moment).isoformat() if moment else ""


def _freeze_address(address: Mapping[str, str]) -> dict[str, str]:
    """Return an order's copy of an address with the country's name, and its code for the layout."""
    code = address.get("country", "")
    return {**address, "country": country_name(code), "country_code": code}


def _invoiced_item(item: OrderItem, currency: str) -> dict[str, Any]:
    return {
        "name": item.name,
        "sku": item.sku,
        "options": options_text(item.options),
        "quantity": item.quantity,
        "unit_price": plain_money(item.unit_price, currency),
        "total": plain_money(item.total, currency),
        "discount": plain_money(item.discount, currency),
        "tax_percent": format_percent(item.tax_percent),
        "tax": plain_money(item.tax, currency),
    }


def _taxes_by_rate(order: Order, items: Iterable[OrderItem]) -> list[dict[str, str]]:
    """Return the net, tax and gross of each rate, highest rate first; delivery is included."""
    included = order.tax_included
    parts = [(item.tax_percent, item.gross(tax_included=included), item.tax) for item in items]
    parts += [
        (part.percent, part.gross(tax_included=included), part.tax) for part in order.delivery_parts
    ]
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for percent, gross, tax in parts:
        gross_sum, tax_sum = sums.get(percent, (ZERO, ZERO))
        sums[percent] = gross_sum + gross, tax_sum + tax
    return [
        tax_row(format_percent(percent), *sums[percent], order.currency)
        for percent in sorted(sums, reverse=True)
    ]


def tax_row(percent: str, gross: Decimal, tax: Decimal, currency: str) -> dict[str, str]:
    """Return a row of the tax table."""
    amounts = {"net": gross - tax, "tax": tax, "gross": gross}
    return {"percent": percent} | {
        name: plain_money(amount, currency) for name, amount in amounts.items()
    }


def settling_payment(order: Order) -> Payment | None:
    """Return the payment that paid an order: the one captured first.

    Payments captured after it have been refunded. A payment's `updated_at` is the time of its
    capture; refunds do not change it.
    """
    return (
        order.payments.filter(status__in=PAID_PAYMENTS).order_by("updated_at", "pk").first()
        if order.paid_at
        else None
    )


def _payment_data(order: Order) -> dict[str, str] | None:
    payment = settling_payment(order)
    if payment is None:
        return None
    return {
        "method": get_provider(payment.provider).label,
        "reference": payment.transaction_id,
        "amount": plain_money(payment.amount, payment.currency),
        "paid_on": iso_date(order.paid_at),
    }
