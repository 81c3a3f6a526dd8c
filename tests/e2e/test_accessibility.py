"""axe-core finds no fault on the shopper's pages, light and dark.

A keyboard is enough to buy something.
"""

import re
import uuid
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from catalog.listing_columns import refresh_listings
from catalog.models import Product
from orders.models import Order, Refund
from orders.payments import refunds
from orders.payments.providers.dummy import DECLINED, LOST, SECOND_STEP, SLOW
from tests.e2e.buying import (
    fill_address,
    fill_card,
    order_of,
    press_order,
    put_into_cart,
    use_voucher,
)
from tests.e2e.conftest import NewPage
from tests.factories import (
    make_category,
    make_order,
    make_product,
    make_shipping_method,
    make_variant,
    make_voucher,
)

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
    assert not found, [
        (page.url, fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found
    ]


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_axe_finds_nothing(new_page: NewPage, product: Product, width: int, scheme: str) -> None:
    page = new_page(width=width, scheme=scheme)
    pages = ["/", product.category.get_absolute_url(), "/search/?q=pot", "/nowhere/"]
    pages += [
        "/account/login/",
        "/account/signup/",
        "/account/password/reset/",
        product.get_absolute_url(),
    ]
    for path in pages:
        page.goto(path)
        assert_accessible(page)
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Checkout").click()
    page.get_by_label("The invoice goes to another address").check()
    page.get_by_role("button", name="Go on to delivery").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_the_way_to_an_order(
    new_page: NewPage, product: Product, width: int, scheme: str
) -> None:
    make_voucher("TEN")
    page = new_page(width=width, scheme=scheme)
    put_into_cart(page, product)
    fill_address(page)
    use_voucher(page, "nine")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_text("Test cards", exact=True).click()
    assert_accessible(page)
    page.goto("/checkout/delivery/")
    use_voucher(page, "ten")
    expect(page.get_by_role("button", name="Remove the voucher TEN")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("button", name="Go on to review").click()
    product.variants.filter(stock__gt=0).update(price=Decimal(12))
    press_order(page, DECLINED)
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    press_order(page)
    expect(page.get_by_role("heading", name="Pay your order")).to_be_visible()
    assert_accessible(page)
    fill_card(page, SECOND_STEP)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("heading", name="Confirm your payment")).to_be_visible()
    assert_accessible(page)
    page.goto(order_of(page).secret_url())
    assert_accessible(page)


@pytest.mark.parametrize("card", [SLOW, LOST], ids=["slow", "lost"])
def test_axe_finds_nothing_while_an_order_waits(
    new_page: NewPage, product: Product, card: str
) -> None:
    page = new_page(width=390)
    put_into_cart(page, product)
    fill_address(page)
    press_order(page, card)
    expect(page.get_by_role("list", name="What happened so far")).to_be_visible()
    assert_accessible(page)


def test_axe_finds_nothing_on_what_became_of_an_order(new_page: NewPage, product: Product) -> None:
    page = new_page(scheme="dark")
    variant = product.variants.order_by("pk")[0]
    for status in Order.Status:
        order = make_order(
            variant=variant,
            status=status,
            cancelled_at=timezone.now() if status == "cancelled" else None,
        )
        refunds.refund(order, key=uuid.uuid4(), amount=Decimal(2), reason="The lid had a chip.")
        Refund.objects.create(payment=order.payments.get(), amount=Decimal(1), currency="EUR")
        page.goto(order.secret_url())
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
    assert button.evaluate("button => getComputedStyle(button).outlineStyle") != "none", (
        "the focus can be seen"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
