"""A shopper's steps on the way to an order, in a browser."""

import re
import uuid
from collections.abc import Mapping

from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Product
from orders.models import Order

ORDER_BUTTON = re.compile("^Order")


def put_into_cart(page: Page, product: Product, quantity: int = 2) -> None:
    page.goto(product.get_absolute_url())
    page.get_by_label("Quantity").fill(str(quantity))
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()


def cart_owner(page: Page, email: str = "") -> str:
    """Return the hash key of the page's cart.

    It is the user's, or the one named by the guest's signed cookie.
    """
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    return (
        cookies["cart"].partition(":")[0]
        if "cart" in cookies
        else f"user-{User.objects.get(email=email).pk}"
    )


BERLIN = {
    "country": "DE",
    "Street and number": "Hauptstraße 1",
    "Postcode": "10115",
    "City": "Berlin",
}


def fill_address(
    page: Page, email: str = "ada@example.com", place: Mapping[str, str] = BERLIN
) -> None:
    """Go from the cart to the review; `place` has the country's code, and fields by label."""
    page.get_by_role("link", name="Checkout").click()
    page.wait_for_url("**/checkout/")
    guests = page.get_by_label("E-mail")
    if guests.count():  # An account orders with its own.
        guests.fill(email)
    # Find the address by its group: until the stylesheet has loaded, the invoice address is visible
    # too.
    address = page.get_by_role("group", name="Where it goes")
    address.get_by_role("combobox", name="Country").select_option(place["country"])
    for label, text in {"Full name": "Ada Lovelace", **place}.items():
        if label != "country":
            address.get_by_role("textbox", name=label).fill(text)
    page.get_by_role("button", name="Go on to delivery").click()
    page.get_by_label(re.compile("Standard")).check()
    page.get_by_role("button", name="Go on to review").click()
    expect(page.get_by_role("button", name=ORDER_BUTTON)).to_be_visible()


def fill_card(page: Page, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Valid until").fill("12/49")
    page.get_by_label("Security code").fill("123")


def press_order(page: Page, number: str = "") -> None:
    """Press the order button, after filling in a card if one is named."""
    if number:
        fill_card(page, number)
    page.get_by_role("button", name=ORDER_BUTTON).click()


def use_voucher(page: Page, code: str) -> None:
    page.get_by_text("Have a voucher?").click()
    page.get_by_label("Voucher code").fill(code)
    page.keyboard.press("Enter")


def expect_thanks(page: Page, timeout: float = 15_000) -> Order:
    """Wait for the page of a paid order, and return the order."""
    expect(page.get_by_role("heading", name="Thank you, Ada Lovelace")).to_be_visible(
        timeout=timeout
    )
    return order_of(page)


def order_of(page: Page) -> Order:
    """Return the order whose page or payment page is open."""
    found = re.search(r"/orders/([\w-]+)/", page.url)
    assert found, page.url
    return Order.objects.get(token=found[1])


def new_email() -> str:
    return f"ada-{uuid.uuid4().hex[:8]}@example.com"
