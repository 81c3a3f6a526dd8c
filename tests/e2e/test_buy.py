"""Somebody buys something in a browser; the results are checked where they are stored."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from carts.cart import Cart
from catalog.listing_columns import refresh_listings
from catalog.models import Product, Variant
from orders.models import Order, Payment
from orders.payments.providers.dummy import DECLINED, SLOW, WORKS
from shop.models import Event
from tests.e2e.buying import cart_owner, fill_address, fill_card, new_email, put_into_cart
from tests.e2e.conftest import NewPage, wait_for_mail
from tests.factories import make_product, make_shipping_method

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PASSWORD = "a lamp beside the window"


@pytest.fixture
def product() -> Product:
    make_shipping_method("Standard", "4.90")
    product = make_product("Clay pot", price="19.99", stock_level=5)
    refresh_listings([product.pk])
    return product


def sign_up(page: Page, email: str) -> None:
    page.goto("/account/signup/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    mail = wait_for_mail(email, "")
    code = re.search(r"^ {4}(\S+)$", mail["BodyText"], re.MULTILINE)
    assert code, mail["BodyText"]
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/account/")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "javascript"])
@pytest.mark.parametrize("who", ["guest", "new user"])
def test_buying(
    new_page: NewPage, product: Product, who: str, javascript: bool, width: int
) -> None:
    email = new_email()
    page = new_page(width=width, javascript=javascript)
    if who == "new user":
        sign_up(page, email)
    put_into_cart(page, product)
    owner = cart_owner(page, email)
    assert [line.quantity for line in Cart(owner).lines()] == [2]
    fill_address(page, email)
    expect(page.get_by_role("button", name="Order and pay €44.88")).to_be_visible()
    fill_card(page, WORKS)
    page.get_by_role("button", name="Order and pay").click()
    expect(page.get_by_role("heading", name="Thank you, Ada Lovelace")).to_be_visible()

    order = Order.objects.get()
    assert page.url.endswith(order.secret_url())
    assert (order.status, order.total, order.email) == (Order.Status.PAID, Decimal("44.88"), email)
    assert order.user == (User.objects.get(email=email) if who == "new user" else None)
    item = order.items.get()
    assert (item.quantity, item.unit_price, item.total) == (2, Decimal("19.99"), Decimal("39.98"))
    payment = order.payments.get()
    assert (payment.status, payment.amount) == (Payment.Status.CAPTURED, Decimal("44.88"))
    assert payment.transaction_id.startswith("test_")
    variant = Variant.objects.get()
    assert variant.stock == 3 == sum(variant.movements.values_list("delta", flat=True))
    assert Cart(owner).lines() == []
    mail = wait_for_mail(email, order.number)
    assert "44.88" in mail["BodyText"]
    assert Event.objects.filter(type="order.paid").exclude(published_at=None).exists()


def test_a_declined_card_and_then_one_that_works(new_page: NewPage, product: Product) -> None:
    page = new_page()
    put_into_cart(page, product, 1)
    fill_address(page, "ada@example.com")
    fill_card(page, DECLINED)
    page.get_by_role("button", name="Order and pay").click()
    expect(page.get_by_text("Your card was declined. Nothing was charged.")).to_be_visible()
    fill_card(page, WORKS)
    page.get_by_role("button", name="Pay €24.89").click()
    expect(page.get_by_role("heading", name="Thank you, Ada Lovelace")).to_be_visible()
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["captured", "failed"]


def test_a_slow_card_is_settled_while_the_shopper_waits(
    new_page: NewPage, product: Product
) -> None:
    page = new_page()
    put_into_cart(page, product, 1)
    fill_address(page, "ada@example.com")
    fill_card(page, SLOW)
    page.get_by_role("button", name="Order and pay").click()
    expect(page.get_by_role("heading", name="Your payment is being processed")).to_be_visible()
    expect(page.get_by_role("heading", name="Thank you, Ada Lovelace")).to_be_visible(
        timeout=30_000
    )


def test_the_cart_changes_without_a_reload(new_page: NewPage, product: Product) -> None:
    page = new_page()
    put_into_cart(page, product, 1)
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("complementary").get_by_text("€39.98").first).to_be_visible()
    expect(page.locator("#cart-link")).to_contain_text("2")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()
    assert page.evaluate("window.stayed")
