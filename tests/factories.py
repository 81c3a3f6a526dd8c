"""Plain functions that make test data; every argument has a sensible default."""

import uuid
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.text import slugify

from accounts import address_book
from accounts.models import Address, User
from catalog import stock
from catalog.listing_columns import refresh_listings
from catalog.models import Category, Product, StockMovement, Variant
from orders.models import (
    DeliveryTax,
    DummyCharge,
    Order,
    OrderItem,
    Payment,
    ShippingMethod,
    TaxRate,
    TaxRules,
    Voucher,
)

_numbers = count(1)
PASSWORD = "correct horse battery"
ADDRESS = {
    "full_name": "Ada Lovelace",
    "company": "",
    "line1": "Lindenstraße 7",
    "line2": "",
    "postcode": "10969",
    "city": "Berlin",
    "region": "",
    "country": "DE",
    "phone": "",
}


def make_user(email: str = "", **fields: Any) -> User:
    """Make a user with a confirmed email address and PASSWORD."""
    email = email or f"alice{next(_numbers)}@example.com"
    user = User.objects.create(email=email, password=_hashed_password(), **fields)
    user.confirm_email()
    return user


@cache
def _hashed_password() -> str:
    # Hashing deliberately takes a quarter of a second; once is enough here.
    return make_password(PASSWORD)


def make_staff(email: str = "staff@example.com") -> User:
    return make_user(email, is_staff=True, is_superuser=True)


def make_category(name: str = "Kitchen", parent: Category | None = None, **fields: Any) -> Category:
    fields = {"name": name, "slug": f"{slugify(name)}-{next(_numbers)}"} | fields
    shelves = Category.objects
    return shelves.add_child(parent, fields) if parent else shelves.add_root(fields)


def make_product(
    name: str = "Clay pot", price: str = "10.00", stock_level: int = 5, **fields: Any
) -> Product:
    """Make an active product with one variant; `make_variant` adds more."""
    number = next(_numbers)
    product = Product.objects.create(
        **{"name": name, "slug": f"product-{number}", "status": Product.Status.ACTIVE} | fields
    )
    make_variant(product, price=price, stock_level=stock_level)
    return product


def make_variant(
    product: Product, *, price: str = "10.00", stock_level: int = 5, **fields: Any
) -> Variant:
    fields = {"sku": f"SKU-{next(_numbers)}", "options": {}} | fields
    variant = Variant.objects.create(product=product, price=Decimal(price), **fields)
    stock.set_level(variant, stock_level, reason=StockMovement.Reason.IMPORT)
    refresh_listings([product.pk])
    return variant


def make_shipping_method(
    name: str = "Standard", price: str = "4.90", **fields: Any
) -> ShippingMethod:
    return ShippingMethod.objects.create(name=name, price=Decimal(price), **fields)


def make_voucher(code: str = "TEN", **fields: Any) -> Voucher:
    return Voucher.objects.create(
        **{"code": code, "kind": Voucher.Kind.PERCENT, "value": Decimal(10)} | fields
    )


def make_tax_rate(percent: str = "19", country: str = "DE", **fields: Any) -> TaxRate:
    return TaxRate.objects.create(country=country, percent=Decimal(percent), **fields)


def make_tax_rules(country: str = "DE", **fields: Any) -> TaxRules:
    return TaxRules.objects.create(**{"country": country, "delivery": DeliveryTax.GOODS} | fields)


def make_address(user: User, **fields: Any) -> Address:
    address = Address(**ADDRESS | fields)
    address_book.save_address(user, address)
    return address


def make_order(
    user: User | None = None, *, variant: Variant | None = None, quantity: int = 1, **fields: Any
) -> Order:
    """Make a paid order with one line, as if it had been placed in the past.

    The stock is not changed. orders.checkout.place places real orders.
    """
    variant = variant or make_product().variants.get()
    total = variant.price * quantity
    amounts = {
        "items_total": total,
        "shipping_total": Decimal("4.90"),
        "total": total + Decimal("4.90"),
    }
    copies = {
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "shipping_method": "Standard",
    }
    email = user.email if user else "guest@example.com"
    known = {
        "checkout_key": uuid.uuid4(),
        "email": email,
        "currency": "EUR",
        "placed_at": timezone.now(),
    }
    order = Order.objects.create(
        **{"user": user, "status": Order.Status.PAID} | known | amounts | copies | fields
    )
    line = {
        "name": variant.product.name,
        "sku": variant.sku or "",
        "unit_price": variant.price,
        "total": total,
    }
    OrderItem.objects.create(order=order, variant=variant, quantity=quantity, **line)
    payment = Payment.objects.create(
        order=order,
        provider="test",
        amount=order.total,
        currency=order.currency,
        status=Payment.Status.CAPTURED,
    )
    DummyCharge.objects.create(
        idempotency_key=str(payment.pk),
        payment_id=payment.pk,
        status="succeeded",
        reference=f"test_{payment.pk.hex[:20]}",
        amount=order.total,
        currency=order.currency,
    )
    return order
