"""The products, delivery method and voucher of a drill."""

import uuid
from decimal import Decimal

from catalog import stock
from catalog.listing_columns import refresh_listings
from catalog.models import Product, StockMovement, Variant
from orders.models import ShippingMethod, Voucher

PRICE = Decimal("10.00")
VOUCHER = "DRILL"


def make_product(name: str, units: int) -> Variant:
    """Make a purchasable product with one variant; return the variant."""
    slug = f"drill-{uuid.uuid4().hex[:12]}"
    product = Product.objects.create(name=name, slug=slug, status=Product.Status.ACTIVE)
    variant = Variant.objects.create(product=product, price=PRICE, sku=slug.upper(), options={})
    stock.set_level(variant, units, reason=StockMovement.Reason.IMPORT)
    refresh_listings([product.pk])
    return variant


def make_delivery() -> ShippingMethod:
    """Make the delivery method of all of a drill's orders."""
    return ShippingMethod.objects.create(name="Standard", price=Decimal("4.90"))


def make_voucher() -> Voucher:
    """Make a voucher without a limit. Its uses are counted all the same, so its row is locked."""
    return Voucher.objects.create(code=VOUCHER, kind=Voucher.Kind.PERCENT, value=10)
