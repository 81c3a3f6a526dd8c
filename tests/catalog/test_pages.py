"""The pages of the catalogue."""

import json
import re
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.template.loader import render_to_string
from django.test import Client

from catalog.category_tree import category_tree
from catalog.models import Category, Product, ProductImage, Variant
from tests.factories import make_category, make_product, make_staff, make_user, make_variant

pytestmark = pytest.mark.django_db


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r'class="product-name">([^<]*)<', page)


def make_picture(product: Product, ident: str, **fields: Any) -> ProductImage:
    values = {
        "status": "ready",
        "widths": [160, 320, 640],
        "width": 640,
        "height": 480,
        "colour": "#aabbcc",
    }
    return ProductImage.objects.create(
        product=product, original=f"uploads/{ident}.jpg", **values | fields
    )


def make_shirt() -> tuple[Product, dict[str, Variant]]:
    """Make a shirt: small in red and blue, large only in red and sold out."""
    shirt = make_product(
        "Shirt", option_names=["Size", "Colour"], category=make_category("Clothes")
    )
    shirt.variants.all()[0].movements.all().delete()
    shirt.variants.all().delete()
    variants = {
        "small red": make_variant(
            shirt, options={"Size": "Small", "Colour": "Red"}, position=1, price="20.00"
        ),
        "small blue": make_variant(
            shirt, options={"Size": "Small", "Colour": "Blue"}, position=2, stock_level=2
        ),
        "large red": make_variant(
            shirt, options={"Size": "Large", "Colour": "Red"}, position=3, stock_level=0
        ),
    }
    return shirt, variants


def test_home_shows_categories_new_and_reduced_things(client: Client) -> None:
    make_category("Kitchen")
    make_product("Old pot")
    product = make_product("Cheaper pot")
    make_variant(product, price="5.00", compare_at_price=Decimal("8.00"), options={"Size": "S"})
    page = text(client, "/")
    assert "Kitchen" in page
    assert names(page) == ["Cheaper pot", "Old pot", "Cheaper pot"]
    assert "€8.00" in page


def test_an_empty_shop_still_has_a_home_page(client: Client) -> None:
    assert "New in the shop" not in text(client, "/")


def test_a_category_shows_what_stands_below_it_too(client: Client) -> None:
    kitchen = make_category("Kitchen", slug="kitchen")
    pans = make_category("Pans", kitchen, slug="pans")
    deep = make_category("Deep pans", Category.objects.get(pk=pans.pk), slug="deep-pans")
    make_product("Spoon", category=kitchen)
    make_product("Wok", category=deep)
    make_product("Chair", category=make_category("Living"))
    assert names(text(client, "/c/kitchen/")) == ["Wok", "Spoon"]
    page = text(client, "/c/deep-pans/")
    assert names(page) == ["Wok"]
    assert re.findall(r"<li[^>]*>\s*(?:<a href=\"([^\"]*)\">)?", page.split("Breadcrumb")[1])[
        :4
    ] == [
        "/",
        "/c/kitchen/",
        "/c/pans/",
        "",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Gold", "Tin", "Silver"]),
        ("?sort=price", ["Tin", "Silver", "Gold"]),
        ("?sort=-price", ["Gold", "Silver", "Tin"]),
        ("?in_stock=on", ["Gold", "Tin"]),
        ("?on_sale=on", ["Tin"]),
        ("?on_sale=on&in_stock=on&sort=price", ["Tin"]),
        ("?sort=nonsense", ["Gold", "Tin", "Silver"]),
    ],
)
def test_a_category_is_sorted_and_filtered(client: Client, query: str, expected: list[str]) -> None:
    category = make_category("Metal", slug="metal")
    make_product("Silver", price="20.00", stock_level=0, category=category)
    tin = make_product(
        "Tin", price="30.00", category=make_category("Tin", Category.objects.get(pk=category.pk))
    )
    make_variant(tin, price="10.00", compare_at_price=Decimal("11.00"), options={"Size": "S"})
    make_product("Gold", price="99.00", category=category)
    assert names(text(client, f"/c/metal/{query}")) == expected


def test_a_category_of_25_products_has_two_pages(client: Client) -> None:
    category = make_category("Metal", slug="metal")
    for number in range(25):
        make_product(f"Pot {number}", category=category)
    first = text(client, "/c/metal/?sort=price")
    assert len(names(first)) == 24
    assert "?sort=price&amp;page=2" in first
    second = text(client, "/c/metal/?sort=price&page=2")
    assert len(names(second)) == 1
    assert 'href="?sort=price"' in second
    text(client, "/c/metal/?page=3", 404)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1e3", "999999999999999999999", "٣", "101"])
def test_a_page_that_cannot_be_is_not_found(client: Client, number: str) -> None:
    make_category("Metal", slug="metal")
    text(client, f"/c/metal/?page={quote(number)}", 404)
    text(client, f"/search/?q=pot&page={quote(number)}", 404)


def test_a_category_that_is_new_is_found_at_once(client: Client) -> None:
    text(client, "/c/garden/", 404)
    make_category("Garden", slug="garden")
    assert "This shelf is still empty" in text(client, "/c/garden/")


def test_filters_that_leave_nothing_offer_a_way_out(client: Client) -> None:
    make_product("Pot", category=make_category("Garden", slug="garden"))
    assert "Show all of Garden" in text(client, "/c/garden/?on_sale=on")


def test_lists_and_pages_cost_few_queries(client: Client, django_assert_num_queries: Any) -> None:
    category = make_category("Metal", slug="metal")
    below = make_category("Tin", Category.objects.get(pk=category.pk))
    for number in range(30):
        product = make_product(
            f"Pot {number}", slug=f"pot-{number}", category=below if number % 2 else category
        )
        make_picture(product, f"p{number}")
    category_tree()
    for path, count in [
        ("/c/metal/", 1),
        ("/c/metal/?page=2", 1),
        ("/", 2),
        ("/search/?q=pot", 1),
        ("/p/pot-3/", 3),
    ]:
        with django_assert_num_queries(count):
            text(client, path)


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_only_staff_see_a_product_that_is_not_for_sale(client: Client, status: str) -> None:
    make_product(
        "Secret", slug="secret", status=status, category=make_category("Metal", slug="metal")
    )
    text(client, "/p/secret/", 404)
    client.force_login(make_user())
    text(client, "/p/secret/", 404)
    client.force_login(make_staff())
    assert f"the product is {status}" in text(client, "/p/secret/")
    assert "Secret" not in text(client, "/") + text(client, "/c/metal/") + text(
        client, "/search/?q=secret"
    )


def test_the_first_variant_that_can_be_bought_is_chosen(client: Client) -> None:
    shirt, variants = make_shirt()
    page = text(client, shirt.get_absolute_url())
    assert f'name="variant" value="{variants["small red"].pk}"' in page
    assert "€20.00" in page
    assert "In stock" not in page  # because there are only five
    assert "Only 5 left" in page


def test_the_address_chooses_a_variant(client: Client) -> None:
    shirt, variants = make_shirt()
    page = text(client, f"{shirt.get_absolute_url()}?variant={variants['small blue'].pk}")
    assert f'name="variant" value="{variants["small blue"].pk}"' in page
    assert "Only 2 left" in page
    assert 'max="2"' in page


@pytest.mark.parametrize("wanted", ["0", "x", "9" * 40, "1&variant="])
def test_a_variant_that_is_not_there_is_the_usual_one(client: Client, wanted: str) -> None:
    shirt, variants = make_shirt()
    page = text(client, f"{shirt.get_absolute_url()}?variant={wanted}")
    assert f'name="variant" value="{variants["small red"].pk}"' in page


def test_a_sold_out_choice_can_be_looked_at_but_not_bought(client: Client) -> None:
    shirt, variants = make_shirt()
    page = text(client, f"{shirt.get_absolute_url()}?variant={variants['large red'].pk}")
    assert "Sold out" in page
    assert "Add to cart" not in page


def test_option_values_lead_to_the_nearest_variant(client: Client) -> None:
    shirt, variants = make_shirt()
    context = client.get(f"{shirt.get_absolute_url()}?variant={variants['small blue'].pk}").context
    size, colour = context["options"]
    large, red = size.values[1], colour.values[0]
    assert (size.chosen, colour.chosen) == ("Small", "Blue")
    assert (large.variant, large.is_elsewhere) == (variants["large red"].pk, True)
    assert (red.variant, red.is_elsewhere, red.is_sold_out) == (
        variants["small red"].pk,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("fields", "stock_level", "words", "buyable"),
    [
        ({}, 0, "Sold out", False),
        ({}, 1, "Only 1 left", True),
        ({}, 6, "In stock", True),
        ({"track_stock": False}, 0, "In stock", True),
        ({"allow_backorder": True}, 0, "Made to order", True),
    ],
)
def test_stock_is_said_in_words(
    client: Client, fields: dict[str, Any], stock_level: int, words: str, buyable: bool
) -> None:
    product = make_product("Pot", stock_level=stock_level)
    product.variants.update(**fields)
    page = text(client, product.get_absolute_url())
    assert words in page
    assert ("Add to cart" in page) is buyable


def test_a_product_without_a_variant_cannot_be_bought(client: Client) -> None:
    product = Product.objects.create(name="Idea", slug="idea", status=Product.Status.ACTIVE)
    assert "cannot be bought yet" in text(client, product.get_absolute_url())


def test_each_add_form_has_an_operation_of_its_own(client: Client) -> None:
    product = make_product()
    operations = {client.get(product.get_absolute_url()).context["operation"] for _ in range(3)}
    assert len(operations) == 3


def test_pictures_come_from_renditions_and_the_chosen_variants_first(client: Client) -> None:
    product = make_product("Mug")
    make_picture(product, "front", alt="From the front", widths=[160, 320])
    make_picture(product, "broken", status="failed")
    second = make_picture(product, "blue", position=1)
    variant = make_variant(product, options={"Colour": "Blue"}, image=second)
    page = text(client, product.get_absolute_url())
    sources = re.findall(
        r'src="[^"]*/renditions/(\w+)/(\d+)\.webp"', page.split("gallery-thumbs")[0]
    )
    assert sources == [("front", "320"), ("blue", "640")]
    assert 'alt="From the front"' in page
    page = text(client, f"{product.get_absolute_url()}?variant={variant.pk}")
    assert re.findall(r"/renditions/(\w+)/640\.webp\"", page.split("gallery-strip")[1])[0] == "blue"


def test_a_product_without_pictures_has_a_placeholder(client: Client) -> None:
    assert "img/none.svg" in text(client, make_product().get_absolute_url())


def test_what_staff_wrote_is_escaped_or_cleaned(client: Client) -> None:
    evil = "</script><script>alert(1)</script>"
    product = make_product(
        f"Pot {evil}", brand=evil, description=f"<p>Fine</p>{evil}", seo_description=evil
    )
    make_picture(product, "evil", alt=f'"{evil}', colour='"><b>')
    for path in (product.get_absolute_url(), "/", "/search/?q=" + quote(evil + " pot")):
        page = text(client, path)
        assert "alert(1)</script>" not in page
    data = json.loads(
        text(client, product.get_absolute_url())
        .split('application/ld+json">')[1]
        .split("</script>")[0]
    )
    assert data["name"] == f"Pot {evil}"
    assert data["offers"][0]["price"] == "10.00"


@pytest.mark.parametrize(
    "path", ["/p/%00/", "/p/a%00b/", "/p/" + "x" * 5000 + "/", "/p/%ff/", "/c/%00/", "/p/'--/"]
)
def test_hostile_addresses_are_not_found(client: Client, path: str) -> None:
    text(client, path, 404)


def test_a_slug_may_be_in_any_script(client: Client) -> None:
    make_product("Teekanne", slug="teekänne-急須")
    text(client, "/p/" + quote("teekänne-急須") + "/")


def test_old_addresses_without_a_slash_lead_on(client: Client) -> None:
    product = make_product(slug="pot")
    assert client.get("/p/pot")["Location"] == product.get_absolute_url()


def test_pages_are_only_read(client: Client) -> None:
    assert client.post("/").status_code == 405
    assert client.head("/").status_code == 200


def test_crawlers_find_products_and_categories(client: Client) -> None:
    make_category("Metal", slug="metal")
    product = make_product("Pot")
    make_product("Secret", slug="secret", status="draft")
    assert "Disallow: /checkout/" in text(client, "/robots.txt")
    assert re.search(r"<loc>http[^<]*/sitemap-1.xml</loc>", text(client, "/sitemap.xml"))
    last = re.findall(r"sitemap-(\d+)\.xml", text(client, "/sitemap.xml"))[-1]
    assert product.get_absolute_url() in text(client, f"/sitemap-{last}.xml")
    assert "/c/metal/" in text(client, "/sitemap-1.xml")
    assert "secret" not in text(client, f"/sitemap-{last}.xml")
    text(client, "/sitemap-0.xml", 404)
    text(client, "/sitemap-999.xml", 404)


def test_error_pages_help(client: Client) -> None:
    page = text(client, "/nowhere/", 404)
    assert 'role="search"' in page
    assert "To the start page" in page


def test_the_page_for_a_broken_shop_needs_no_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert "Something broke on our side" in render_to_string("500.html")


def test_a_form_without_its_token_is_refused_in_plain_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/cart/add/", {"variant": "1"})
    assert response.status_code == 403
    assert "That page was open for too long" in response.content.decode()
