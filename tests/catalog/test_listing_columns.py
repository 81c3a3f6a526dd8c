"""The data on the product row that lists and search need."""

from decimal import Decimal

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import stock
from catalog.listing_columns import refresh_listings
from catalog.models import Product, ProductImage, Variant
from tests.factories import make_category, make_product, make_variant

pytestmark = pytest.mark.django_db


def refreshed(product: Product) -> Product:
    refresh_listings([product.pk])
    product.refresh_from_db()
    return product


def found(words: str) -> list[str]:
    query = SearchQuery(words, config="english", search_type="websearch")
    return list(Product.objects.filter(search_vector=query).values_list("slug", flat=True))


def test_the_price_is_the_lowest_that_can_be_bought() -> None:
    product = make_product(price="5.00", stock_level=0)
    dearer = make_variant(
        product, price="8.00", options={"Size": "L"}, compare_at_price=Decimal("12.00")
    )
    make_variant(product, price="9.00", options={"Size": "XL"})
    product = refreshed(product)
    assert (product.listing_price, product.listing_compare_at_price) == (
        Decimal("8.00"),
        Decimal("12.00"),
    )
    assert (product.listing_price_varies, product.listing_in_stock) == (True, True)
    Variant.objects.exclude(pk=dearer.pk).update(track_stock=True)
    for variant in product.variants.all():
        stock.set_level(variant, 0)
    product = refreshed(product)
    assert (product.listing_price, product.listing_in_stock) == (Decimal("5.00"), False)


def test_a_compare_at_price_that_is_no_higher_is_not_shown() -> None:
    product = make_product(price="5.00")
    product.variants.update(compare_at_price=Decimal("5.00"))
    assert refreshed(product).listing_compare_at_price is None


def test_what_is_not_counted_or_may_be_back_ordered_is_in_stock() -> None:
    product = make_product(stock_level=0)
    product.variants.update(track_stock=False)
    assert refreshed(product).listing_in_stock
    product.variants.update(track_stock=True, allow_backorder=True)
    assert refreshed(product).listing_in_stock


def test_the_picture_is_the_first_that_is_ready() -> None:
    product = make_product()
    for position, status in ((1, "processing"), (3, "ready"), (2, "ready")):
        ProductImage.objects.create(
            product=product,
            position=position,
            status=status,
            alt=str(position),
            original=f"uploads/{position}.jpg",
        )
    assert refreshed(product).listing_image["alt"] == "2"
    ProductImage.objects.all().delete()
    assert refreshed(product).listing_image is None


def test_a_product_without_variants_has_no_price() -> None:
    product = Product.objects.create(name="Idea", slug="idea")
    product = refreshed(product)
    assert (product.listing_price, product.listing_in_stock) == (None, False)


def test_search_looks_at_names_brands_options_and_texts() -> None:
    product = make_product(
        "Clay pot",
        slug="pot",
        brand="Potterly",
        tags=["Balcony"],
        category=make_category("Garden"),
        description="<p>Fired</p><p>twice &amp; glazed by <b>hand</b></p>",
    )
    make_variant(product, sku="XZ-9000", options={"Colour": "Vermilion"})
    refresh_listings([product.pk])
    for words in (
        "pots",
        "potterly",
        "balconies",
        "garden",
        "vermilion",
        "XZ-9000",
        "fired twice",
        "glazing hands",
    ):
        assert found(words) == ["pot"], words
    assert found("strong") == []
    product.name = "Vase"
    product.save()
    refresh_listings([product.pk])
    assert found("pot") == []


def test_a_text_without_end_is_still_found_by_its_beginning() -> None:
    product = make_product(
        "Book", slug="book", description="begin " + " ".join(f"w{n}" for n in range(300_000))
    )
    refresh_listings([product.pk])
    assert found("begin") == ["book"]


def test_the_number_of_queries_does_not_grow_with_the_products() -> None:
    ids = [make_product().pk for _ in range(40)]
    counts = []
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connection) as captured:
            refresh_listings(some)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[1] <= 6  # four, and the two of the savepoint


def test_it_does_not_count_as_an_edit() -> None:
    product = make_product()
    before = product.updated_at
    assert refreshed(product).updated_at == before
