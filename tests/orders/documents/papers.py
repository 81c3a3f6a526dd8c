"""Orders that have documents, and the text of a PDF."""

import uuid
from decimal import Decimal
from io import BytesIO

from django.utils import timezone
from pypdf import PdfReader

from catalog.models import Variant
from orders.models import Order, OrderItem, Refund, TaxTerms
from orders.payments import charge
from orders.payments.providers.dummy import WORKS
from orders.payments.refunds import refund
from orders.pricing.quote import new_item, quote_items
from orders.pricing.vouchers import Discount
from tests.factories import make_order, make_product
from tests.orders.shopping import place

RATES = {"standard": Decimal(19), "reduced": Decimal(7)}


def paid_order(**fields) -> Order:
    """Make a paid order of one line, without using a cart or a provider."""
    return make_order(paid_at=timezone.now(), **fields)


def bought(quantity: int = 3, **wishes) -> Order:
    """Place an order and pay for it."""
    order = place(quantity, **wishes)
    charge.pay(order, {"card_number": WORKS})
    order.refresh_from_db()
    return order


def refunded(order: Order, **what) -> Refund:
    return refund(order, key=uuid.uuid4(), **what)


def long_order(lines: int, *, tax_included: bool = True, **fields) -> Order:
    """Make a paid order of many lines with two tax rates, a discount and taxed delivery."""
    product = make_product()
    made = [
        Variant(
            product=product,
            sku=f"LONG-{number:03d}",
            price=Decimal(3) + number,
            options={"Size": number},
        )
        for number in range(lines)
    ]
    variants = Variant.objects.bulk_create(made)
    items = [new_item(variant, at % 4 + 1) for at, variant in enumerate(variants)]
    for at, item in enumerate(items):
        item.name, item.options = f"Thing number {at}", {"Size": "L"}
        item.tax_class = "reduced" if at % 3 else "standard"
    off = Discount(Decimal("12.34"), [variant.pk for variant in variants])
    taxed = {"tax": TaxTerms(RATES), "tax_included": tax_included}
    priced = quote_items(items, delivery=Decimal("4.90"), discount=off, **taxed)
    names = (
        "items_total",
        "shipping_total",
        "shipping_tax",
        "discount_total",
    )
    amounts = {
        name: getattr(priced, name) for name in (*names, "tax_total", "tax_included", "total")
    }
    amounts["shipping_taxes"] = [part.as_json() for part in priced.delivery]
    order = paid_order(
        variant=product.variants.order_by("pk").first(), voucher_code="TWELVE", **amounts | fields
    )
    order.items.all().delete()
    for item in items:
        item.order, item.tax_class = order, "standard"
    OrderItem.objects.bulk_create(items)
    return order


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return "\n".join(pages_of(pdf))
