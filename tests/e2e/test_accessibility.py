"""axe-core finds nothing on the pages that a shopper sees, light and dark; and a keyboard alone can buy."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from catalog.listing import refresh_listings
from catalog.models import Product
from tests.e2e.conftest import NewPage
from tests.factories import make_category, make_product, make_shipping_method, make_variant

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def product() -> Product:
    make_shipping_method()
    product = make_product("Clay pot", category=make_category(), option_names=["Size"])
    product.variants.update(options={"Size": "Small"}, compare_at_price="15.00")
    make_variant(product, options={"Size": "Large"}, stock_level=0)
    refresh_listings([product.pk])
    return product


def assert_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not found, [(page.url, fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")])
def test_axe_finds_nothing(new_page: NewPage, product: Product, width: int, scheme: str) -> None:
    page = new_page(width=width, scheme=scheme)
    pages = ["/", product.category.get_absolute_url(), "/search/?q=pot", "/nowhere/"]
    pages += ["/account/login/", "/account/signup/", "/account/password/reset/", product.get_absolute_url()]
    for path in pages:
        page.goto(path)
        assert_accessible(page)
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Checkout").click()
    page.get_by_role("button", name="Go on to delivery").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)


def test_a_keyboard_alone_puts_something_into_the_cart(new_page: NewPage, product: Product) -> None:
    page = new_page()
    page.goto(product.get_absolute_url())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    button = page.get_by_role("button", name="Add to cart")
    for _ in range(40):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    assert button.evaluate("button => getComputedStyle(button).outlineStyle") != "none", "the focus can be seen"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
