"""Hand out what the shop knows about a person, as Article 20 of the GDPR asks: in a form that
machines read.

Amounts are strings in the currency of their order, times are in UTC (ISO 8601).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model

from accounts.address_book import addresses_of
from accounts.devices import devices_of
from accounts.models import Address, User
from carts.cart import Cart
from orders.models import (
    Dispute,
    DocumentDownload,
    Invoice,
    Order,
    OrderItem,
    Payment,
    Refund,
    Return,
    Shipment,
)
from orders.personal_data.subject import Subject
from orders.timeline import notifications_of
from shop.money import plain_money

#: The columns that are handed out. A test walks the models: what is not here is named there.
COLUMNS: dict[type[Model], tuple[str, ...]] = {
    User: ("email", "first_name", "last_name", "date_joined", "last_login"),
    Address: (*Address.FIELDS, "is_default", "created_at"),
    Order: (
        "number",
        "email",
        "status",
        "currency",
        "items_total",
        "shipping_total",
        "discount_total",
        "tax_total",
        "total",
        "voucher_code",
        "shipping_address",
        "billing_address",
        "shipping_method",
        "note",
        "placed_at",
        "paid_at",
        "cancelled_at",
    ),
    OrderItem: ("name", "sku", "options", "attributes", "quantity", "unit_price", "total"),
    Payment: ("provider", "transaction_id", "amount", "currency", "status", "created_at"),
    Dispute: ("transaction_id", "amount", "currency", "status", "reason", "created_at"),
    Refund: ("transaction_id", "amount", "currency", "status", "reason", "created_at"),
    Return: ("status", "reason", "answer", "created_at"),
    Shipment: ("carrier", "tracking_number", "tracking_url", "created_at"),
    Invoice: ("kind", "number", "issued_at"),
    DocumentDownload: ("ip_address", "created_at"),
}


def export(subject: Subject) -> dict[str, Any]:
    """Return everything about a person; DjangoJSONEncoder writes it. Raises StoreUnavailable."""
    data: dict[str, Any] = {"orders": [_order(order) for order in subject.orders]}
    if subject.user is not None:
        data = _account(subject.user) | data
    return data


def _account(user: User) -> dict[str, Any]:
    return {
        "account": _columns(user),
        "addresses": [_columns(address) for address in addresses_of(user)],
        "devices": [
            {
                "browser": device.browser,
                "ip_address": device.ip_address,
                "signed_in": device.first_seen,
                "last_seen": device.last_seen,
            }
            for device in devices_of(user)
        ],
        "cart": [
            {
                "line": line.key,
                "quantity": line.quantity,
                "added_at": line.added_at,
                "attributes": line.attributes,
            }
            for line in Cart(f"user-{user.pk}").all_lines()
        ],
    }


def _order(order: Order) -> dict[str, Any]:
    refunds = Refund.objects.filter(payment__order=order)
    downloads = DocumentDownload.objects.filter(invoice__order=order)
    return _columns(order, order.currency) | {
        "items": _rows(order.items.all(), order.currency),
        "payments": _rows(order.payments.all(), order.currency),
        "refunds": _rows(refunds, order.currency),
        "disputes": _rows(Dispute.objects.filter(payment__order=order), order.currency),
        "shipments": _rows(order.shipments.all()),
        "returns": _rows(order.returns.all()),
        "documents": _rows(order.invoices.all()),
        "downloads": _rows(downloads),
        "messages": [
            {"kind": note.notification_type, "to": note.recipient, "sent_at": note.sent_at}
            for note in notifications_of(order)
            if note.channel == "email" and note.recipient == order.email
        ],
    }


def _rows(rows: Iterable[Model], currency: str = "") -> list[dict[str, Any]]:
    return [_columns(row, currency) for row in rows]


def _columns(row: Model, currency: str = "") -> dict[str, Any]:
    """Return the columns of a row; `currency` is that of its amounts, if it has any."""
    values = {name: getattr(row, name) for name in COLUMNS[row._meta.model]}
    amounts = {name: value for name, value in values.items() if isinstance(value, Decimal)}
    return values | {name: plain_money(amount, currency) for name, amount in amounts.items()}
