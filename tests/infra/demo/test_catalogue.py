"""The demo catalogue has valid data, and a picture file for everything that has a picture."""

import hashlib
from collections import Counter
from decimal import Decimal

import pytest
from PIL import Image

from infra.demo.load import PICTURES
from infra.demo.model import DemoProduct, DemoVariant, in_shop_currency
from infra.demo.orders import vouchers
from infra.demo.products import DEMO_CATEGORIES, DEMO_CUSTOMERS, DEMO_PRODUCTS
from tests.currencies import fits, open_shop


def variants() -> list[DemoVariant]:
    return [variant for product in DEMO_PRODUCTS for variant in product.variants]


def numbers(product: DemoProduct) -> range:
    return range(1, len(product.pictures) + 1)


def check_digit(code: str) -> int:
    """Compute the check digit of a GTIN.

    GS1 general specifications, section 7.9: weights 3 and 1 from the right.
    """
    total = sum(
        int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(code[:-1]))
    )
    return (10 - total % 10) % 10


def test_its_pictures_are_small_and_no_wider_than_1200_pixels() -> None:
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 7_000_000
    for path in PICTURES.iterdir():
        with Image.open(path) as picture:
            assert (path.name, picture.format, picture.mode) == (path.name, "WEBP", "RGB")
            # As wide as the second widest rendition, so that pages show it as sharp as any other.
            assert 960 <= picture.width <= 1200


def test_every_picture_has_its_file_and_no_file_is_left_over() -> None:
    products = {
        f"{product.slug}-{number}" for product in DEMO_PRODUCTS for number in numbers(product)
    }
    categories = {f"category-{category.slug}" for category in DEMO_CATEGORIES}
    assert {path.stem for path in PICTURES.iterdir()} == products | categories


def test_it_never_shows_the_same_picture_twice() -> None:
    shown = [hashlib.sha256(path.read_bytes()).digest() for path in PICTURES.iterdir()]
    assert len(set(shown)) == len(shown)


def test_it_has_about_60_products_in_8_categories() -> None:
    top = [category.slug for category in DEMO_CATEGORIES if category.parent_slug is None]
    assert len(top) == 8
    assert 55 <= len(DEMO_PRODUCTS) <= 75


def test_its_categories_exist_and_parents_come_first() -> None:
    known: set[str | None] = {None}
    for category in DEMO_CATEGORIES:
        assert category.parent_slug in known
        known.add(category.slug)
    assert {product.category_slug for product in DEMO_PRODUCTS} <= known


@pytest.mark.parametrize(
    "values",
    [
        [category.slug for category in DEMO_CATEGORIES],
        [product.slug for product in DEMO_PRODUCTS],
        [product.name for product in DEMO_PRODUCTS],
        [variant.sku for variant in variants()],
        [variant.barcode for variant in variants()],
        [customer.email for customer in DEMO_CUSTOMERS],
    ],
    ids=[
        "category slugs",
        "product slugs",
        "product names",
        "SKUs",
        "barcodes",
        "customer addresses",
    ],
)
def test_it_never_repeats(values: list[str]) -> None:
    assert [value for value, count in Counter(values).items() if count > 1] == []


def test_its_barcodes_are_valid_ean_13() -> None:
    for variant in variants():
        assert len(variant.barcode) == 13
        assert int(variant.barcode[-1]) == check_digit(variant.barcode)


def test_its_prices_are_decimals_with_two_places() -> None:
    for variant in variants():
        prices = [variant.price] + (
            [variant.compare_at_price] if variant.compare_at_price is not None else []
        )
        assert all(
            isinstance(price, Decimal) and price.as_tuple().exponent == -2 for price in prices
        )
        assert variant.compare_at_price is None or variant.compare_at_price > variant.price > 0


def test_its_variants_name_every_option_and_differ() -> None:
    for product in DEMO_PRODUCTS:
        assert product.variants
        assert all(tuple(variant.options) == product.option_names for variant in product.variants)
        chosen = [tuple(variant.options.values()) for variant in product.variants]
        assert len(set(chosen)) == len(chosen)


def test_its_pictures_are_there_described_and_linked() -> None:
    for product in DEMO_PRODUCTS:
        assert 2 <= len(product.pictures) <= 5
        assert all(product.pictures)
        assert all(
            variant.picture is None or variant.picture < len(product.pictures)
            for variant in product.variants
        )


def test_it_has_sales_and_shortages_to_show() -> None:
    on_sale = [p for p in DEMO_PRODUCTS if any(variant.compare_at_price for variant in p.variants)]
    sold_out = [p for p in DEMO_PRODUCTS if not any(variant.stock for variant in p.variants)]
    several = [p for p in DEMO_PRODUCTS if len(p.variants) > 1]
    low = [variant for variant in variants() if variant.stock in (2, 3)]
    assert len(on_sale) >= 12
    assert len(sold_out) >= 5
    assert len(several) >= 20
    assert len(low) >= 4


@pytest.mark.parametrize(
    ("code", "price"), [("EUR", "19.99"), ("JPY", "1999"), ("KWD", "1.999"), ("CLP", "1999")]
)
def test_its_prices_are_prices_in_any_currency(code: str, price: str) -> None:
    with open_shop((code, False)):
        assert in_shop_currency(Decimal("19.99")) == Decimal(price)
        for variant in variants():
            assert fits(in_shop_currency(variant.price), code)
        amounts = [fields[name] for fields in vouchers() for name in ("minimum",) if name in fields]
        assert amounts
        assert all(fits(amount, code) for amount in amounts)
