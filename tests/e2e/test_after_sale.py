"""After the sale, in browsers: the parcel, its tracking, the invoice, and a return."""

import re
import time
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from catalog.listing_columns import refresh_listings
from orders.models import DocumentDownload, Order, Refund, Return
from orders.payments.providers.dummy import WORKS
from tests.e2e.buying import expect_thanks, fill_address, new_email, press_order, put_into_cart
from tests.e2e.conftest import NewPage, wait_for_mail
from tests.factories import PASSWORD, make_product, make_shipping_method, make_staff

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def buy(page: Page, email: str) -> Order:
    make_shipping_method("Standard", "4.90")
    product = make_product("Clay pot", price="19.99", stock_level=5)
    refresh_listings([product.pk])
    put_into_cart(page, product, 2)
    fill_address(page, email)
    press_order(page, WORKS)
    return expect_thanks(page)


def open_admin(page: Page, order: Order) -> None:
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(make_staff().email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()
    page.goto(f"/admin/orders/order/{order.pk}/change/")


def send(staff: Page) -> None:
    staff.get_by_role("link", name="Send a parcel").click()
    staff.get_by_label("Carrier").fill("DHL")
    staff.get_by_label("Tracking number").fill("00340434")
    staff.get_by_label("Tracking link").fill("https://dhl.example/00340434")
    staff.get_by_role("button", name="It is sent").click()
    expect(staff.get_by_text("The parcel is noted")).to_be_visible()


def invoice_link(page: Page, seconds: float = 20) -> Locator:
    """Return the link to the invoice's PDF, which the worker generates after the payment."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        link = page.get_by_role("link", name="Invoice")
        if link.count():
            return link
        page.reload()
    raise AssertionError("The invoice was not made.")


def test_from_the_parcel_to_the_refund(new_page: NewPage) -> None:
    shopper, staff, email = new_page(width=390), new_page(), new_email()
    order = buy(shopper, email)
    open_admin(staff, order)
    send(staff)

    shopper.reload()
    link = shopper.get_by_role("link", name=re.compile("Track the parcel"))
    expect(link).to_have_attribute("href", "https://dhl.example/00340434")
    assert "00340434" in wait_for_mail(email, "on its way", seconds=40)["BodyText"]

    with shopper.expect_download() as waiting:
        invoice_link(shopper).click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")
    assert DocumentDownload.objects.get().invoice.order == order

    shopper.get_by_role("link", name="Send something back").click()
    shopper.get_by_label("Clay pot").fill("1")
    shopper.get_by_label("Why do you send it back?").fill("It is larger than I thought.")
    shopper.get_by_role("button", name="Ask for the return").click()
    expect(shopper.get_by_text("We answer soon")).to_be_visible()

    for step in ("Approve", "It is here", "Refund it"):
        staff.goto(f"/admin/orders/order/{order.pk}/returns/{Return.objects.get().pk}/")
        staff.get_by_role("button", name=step).click()
        expect(staff.locator(".messagelist .success")).to_be_visible()
    refund = Refund.objects.get()
    assert (refund.status, refund.amount) == (Refund.Status.SUCCEEDED, Decimal("19.99"))
    shopper.reload()
    expect(shopper.get_by_text("We have sent €19.99 back to you.")).to_be_visible()
    assert "19.99" in wait_for_mail(email, "refund", seconds=40)["BodyText"]
