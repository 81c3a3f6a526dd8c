"""The parts of the demo catalogue, as plain data that `load_demo` turns into rows."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings

from shop.currencies import find_currency
from shop.money import round_price


@dataclass(frozen=True)
class DemoCategory:
    """A category; `parent_slug` is None at the top level."""

    slug: str
    name: str
    description: str
    parent_slug: str | None = None


@dataclass(frozen=True)
class DemoVariant:
    """One purchasable form of a product.

    `options` maps each of the product's option names to a value. `picture` is the index, in the
    product's pictures, of the one that shows this variant.
    """

    sku: str
    options: dict[str, str]
    price: Decimal
    compare_at_price: Decimal | None
    stock: int
    weight_grams: int
    barcode: str
    picture: int | None = None


@dataclass(frozen=True)
class DemoProduct:
    """A product with at least one variant and at least two pictures; the first is the main one.

    `pictures` holds their alternative texts; the files are `pictures/<slug>-<number from 1>.webp`.
    """

    slug: str
    name: str
    category_slug: str
    brand: str
    product_type: str
    tags: tuple[str, ...]
    description_html: str
    option_names: tuple[str, ...]
    variants: tuple[DemoVariant, ...]
    pictures: tuple[str, ...]
    seo_title: str = ""
    seo_description: str = ""


@dataclass(frozen=True)
class DemoAddress:
    """A postal address; `country` is an ISO 3166-1 alpha-2 code."""

    full_name: str
    line1: str
    city: str
    postcode: str
    country: str
    company: str = ""
    line2: str = ""
    region: str = ""
    phone: str = ""


@dataclass(frozen=True)
class DemoCustomer:
    """A person with an account and one address."""

    email: str
    first_name: str
    last_name: str
    address: DemoAddress = field(repr=False)


def in_shop_currency(euros: Decimal) -> Decimal:
    """Return a price of the demo as a shop with SHOP_CURRENCY has it.

    Its digits stay, so it looks like a price: 19.99 EUR are 1999 JPY and 1.999 KWD.
    """
    return round_price(euros.scaleb(2 - find_currency(settings.SHOP_CURRENCY).digits))
