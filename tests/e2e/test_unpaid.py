"""A shopper whose payment fails gets everything back, in a browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from carts.cart import Cart
from catalog.models import Product
from orders.models import Order
from orders.payments.providers.dummy import DECLINED, WORKS
from orders.reconciliation import reconcile
from tests.e2e.buying import (
    ORDER_BUTTON,
    cart_owner,
    expect_thanks,
    fill_address,
    new_email,
    order_of,
    press_order,
    put_into_cart,
)
from tests.e2e.conftest import NewPage, wait_for_mail
from tests.factories import make_product, make_shipping_method

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def product() -> Product:
    make_shipping_method("Standard", "4.90")
    return make_product("Clay pot", price="20.00", stock_level=2)


def be_declined(page: Page, product: Product, email: str = "ada@example.com") -> Order:
    """Order the last two units with a card that is declined."""
    put_into_cart(page, product, 2)
    fill_address(page, email)
    press_order(page, DECLINED)
    expect(page.get_by_text("Your card was declined")).to_be_visible()
    return order_of(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_declined_then_changed_and_paid(
    new_page: NewPage, product: Product, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    first = be_declined(page, product)
    page.get_by_role("button", name="Change this order").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    expect(page.get_by_text("Your items are back in your cart.")).to_be_visible()
    page.get_by_label("Quantity").fill("1")
    if javascript:
        page.keyboard.press("Tab")
    else:
        page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_label("Total", exact=True)).to_contain_text("€20.00")
    expect(page.get_by_label("Total", exact=True)).not_to_contain_text("€40.00")
    page.goto("/checkout/review/")
    expect(page.get_by_text("ada@example.com")).to_be_visible()
    expect(page.get_by_role("button", name=ORDER_BUTTON)).to_contain_text("€24.90")
    press_order(page, WORKS)
    second = expect_thanks(page)
    first.refresh_from_db()
    assert (first.status, second.items.get().quantity) == (Order.Status.CANCELLED, 1)
    assert product.variants.get().stock == 1
    assert Cart(cart_owner(page)).lines() == []


def test_a_lapsed_order_whose_cart_is_full_again(new_page: NewPage, product: Product) -> None:
    email = new_email()
    page = new_page()
    order = be_declined(page, product, email)
    page.goto("/cart/")
    expect(page.get_by_role("heading", name="You have an unpaid order")).to_be_visible()

    Order.objects.update(placed_at=timezone.now() - timedelta(minutes=11))
    list(reconcile())
    mail = wait_for_mail(email, f"Your order {order.number} isn't paid yet")
    assert order.token in str(mail).replace("=\\r\\n", "")

    Order.objects.update(placed_at=timezone.now() - timedelta(hours=1))
    list(reconcile())
    page.goto(order.secret_url())
    expect(page.get_by_role("heading", name="This order was cancelled")).to_be_visible()
    expect(page.get_by_text("Your items are back in your cart.")).to_be_visible()
    page.get_by_role("link", name="View cart").click()
    expect(page.get_by_label("Quantity")).to_have_value("2")
    expect(page.get_by_role("link", name="Checkout")).to_be_visible()


def test_cancelled_on_a_phone(new_page: NewPage, product: Product) -> None:
    page = new_page(width=390)
    order = be_declined(page, product)
    page.goto(order.secret_url())
    page.get_by_role("button", name="Cancel this order").click()
    expect(page.get_by_role("heading", name="This order was cancelled")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert sum(line.quantity for line in Cart(cart_owner(page)).lines()) == 2
