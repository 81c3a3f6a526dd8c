"""What a drill sells, and how it is sent."""

import uuid
from decimal import Decimal

from catalog import stock
from catalog.listing import refresh_listings
from catalog.models import Product, StockMovement, Variant
from orders.models import ShippingMethod, Voucher

PRICE = Decimal("10.00")
VOUCHER = "DRILL"


def make_product(name: str, units: int) -> Variant:
    """Make a product that can be bought, with one variant; return that."""
    slug = f"drill-{uuid.uuid4().hex[:12]}"
    product = Product.objects.create(name=name, slug=slug, status=Product.Status.ACTIVE)
    variant = Variant.objects.create(product=product, price=PRICE, sku=slug.upper(), options={})
    stock.set_level(variant, units, reason=StockMovement.Reason.IMPORT)
    refresh_listings([product.pk])
    return variant


def make_delivery() -> ShippingMethod:
    """Make the way in which all of a drill's orders are sent."""
    return ShippingMethod.objects.create(name="Standard", price=Decimal("4.90"))


def make_voucher() -> Voucher:
    """Make a voucher that takes nothing off: its uses are counted all the same, so its row is
    locked.
    """
    return Voucher.objects.create(code=VOUCHER, kind=Voucher.Kind.PERCENT, value=0)
