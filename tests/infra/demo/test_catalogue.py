"""The demo catalogue: sound data, and pictures that always come out the same."""

import io
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from PIL import Image

from infra.demo.art import draw, draw_category, draw_hero
from infra.demo.model import DemoProduct, DemoVariant
from infra.demo.products import DEMO_CATEGORIES, DEMO_CUSTOMERS, DEMO_PRODUCTS

SAMPLE = DEMO_PRODUCTS[:: max(1, len(DEMO_PRODUCTS) // 8)]


def variants() -> list[DemoVariant]:
    return [variant for product in DEMO_PRODUCTS for variant in product.variants]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def check_digit(code: str) -> int:
    """By the GS1 general specifications, section 7.9: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(code[:-1])))
    return (10 - total % 10) % 10


def test_it_draws_the_same_bytes_twice() -> None:
    for product in SAMPLE:
        assert draw(product.pictures[-1], 200) == draw(product.pictures[-1], 200)


@pytest.mark.parametrize("product", SAMPLE, ids=lambda product: product.slug)
def test_it_draws_square_jpegs_of_1200_pixels(product: DemoProduct) -> None:
    picture = opened(draw(product.pictures[0]))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1200, 1200))


def test_it_can_draw_every_product_and_no_two_look_alike() -> None:
    drawn = [draw(product.pictures[0], 64) for product in DEMO_PRODUCTS]
    assert len(set(drawn)) == len(drawn)


def test_it_never_shows_the_same_picture_twice() -> None:
    shown = [replace(picture, alt="") for product in DEMO_PRODUCTS for picture in product.pictures]
    assert len(set(shown)) == len(shown)


def test_it_can_draw_every_view() -> None:
    views = {picture.view: picture for product in DEMO_PRODUCTS for picture in product.pictures}
    assert set(views) == {"main", "detail", "group", "scene"}
    assert all(opened(draw(picture, 64)).size == (64, 64) for picture in views.values())


def test_it_draws_the_hero_and_every_category() -> None:
    assert opened(draw_hero()).size == (2000, 1100)
    for category in DEMO_CATEGORIES:
        assert opened(draw_category(category.slug, 120)).size == (120, 80)


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
    ids=["category slugs", "product slugs", "product names", "SKUs", "barcodes", "customer addresses"],
)
def test_it_never_repeats(values: list[str]) -> None:
    assert [value for value, count in Counter(values).items() if count > 1] == []


def test_its_barcodes_are_valid_ean_13() -> None:
    for variant in variants():
        assert len(variant.barcode) == 13
        assert int(variant.barcode[-1]) == check_digit(variant.barcode)


def test_its_prices_are_decimals_with_two_places() -> None:
    for variant in variants():
        prices = [variant.price] + ([variant.compare_at_price] if variant.compare_at_price is not None else [])
        assert all(isinstance(price, Decimal) and price.as_tuple().exponent == -2 for price in prices)
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
        assert product.pictures[0].view == "main"
        assert all(picture.alt for picture in product.pictures)
        assert all(variant.picture is None or variant.picture < len(product.pictures) for variant in product.variants)


def test_it_has_sales_and_shortages_to_show() -> None:
    on_sale = [p for p in DEMO_PRODUCTS if any(variant.compare_at_price for variant in p.variants)]
    sold_out = [p for p in DEMO_PRODUCTS if not any(variant.stock for variant in p.variants)]
    several = [p for p in DEMO_PRODUCTS if len(p.variants) > 1]
    low = [variant for variant in variants() if variant.stock in (2, 3)]
    assert len(on_sale) >= 12
    assert len(sold_out) >= 5
    assert len(several) >= 20
    assert len(low) >= 4
