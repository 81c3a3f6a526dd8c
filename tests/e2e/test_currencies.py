"""Shops in yen and in Kuwaiti dinar sell, from the shelf to the refund, in their own digits."""

import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from catalog.models import Product
from orders.documents import storage
from orders.models import Order, Refund
from orders.payments.providers.dummy import WORKS
from tests.e2e.buying import (
    expect_thanks,
    fill_address,
    new_email,
    press_order,
    put_into_cart,
    use_voucher,
)
from tests.e2e.conftest import NewPage, running_shop, wait_for_mail
from tests.e2e.test_after_sale import invoice_link, open_admin
from tests.factories import (
    make_category,
    make_product,
    make_shipping_method,
    make_tax_rate,
    make_voucher,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


class Shop(NamedTuple):
    """What is sold in a currency, and what it comes to: three pieces, 10 % off, 8 % tax in it."""

    currency: str
    prefix: str
    price: str
    delivery: str
    amounts: dict[str, str]


YEN = Shop(
    "JPY",
    "¥",
    "985",
    "500",
    # A tenth of 2955 is 295.5; a third of the 2659 that are left is 886.33.
    {
        "items": "2,955",
        "off": "296",
        "tax": "234",
        "total": "3,159",
        "unit": "886",
        "rest": "2,273",
    },
)
DINAR = Shop(
    "KWD",
    "KWD\xa0",
    "4.125",
    "1.250",
    # A tenth of 12.375 is 1.2375; a third of the 11.137 that are left is 3.7123.
    {
        "items": "12.375",
        "off": "1.238",
        "tax": "0.918",
        "total": "12.387",
        "unit": "3.712",
        "rest": "8.675",
    },
)


@pytest.fixture(params=[YEN, DINAR], ids=["yen", "dinar"])
def shop(request) -> Shop:
    return request.param


@pytest.fixture(autouse=True)
def _empty_bucket() -> None:
    # The bucket outlives the test's database, in which the same numbers are issued again.
    storage._documents_bucket().bucket.object_versions.delete()


@pytest.fixture
def address(shop: Shop, shop_url: str, tmp_path) -> Iterator[str]:
    """Start a web server in the shop's currency; the worker and the relay are the euro shop's."""
    with running_shop(tmp_path, ["web"], SHOP_CURRENCY=shop.currency) as url:
        yield url


@pytest.fixture
def product(shop: Shop) -> Product:
    make_shipping_method("Standard", shop.delivery)
    make_tax_rate("8")
    make_voucher("TEN")
    shelf = make_category("Kitchen")
    return make_product("Clay pot", price=shop.price, stock_level=9, category=shelf)


def shown(shop: Shop, name: str) -> str:
    return f"{shop.prefix}{shop.amounts[name]}"


def expect_totals(page: Page, shop: Shop) -> None:
    totals = page.locator(".totals").first
    for name in ("items", "total"):
        expect(totals).to_contain_text(shown(shop, name))
    expect(totals).to_contain_text(f"−{shown(shop, 'off')}")
    expect(page.get_by_text(f"Including {shown(shop, 'tax')} tax.")).to_be_visible()


def test_from_the_shelf_to_the_refund(
    new_page: NewPage, shop: Shop, address: str, product: Product
) -> None:
    email = new_email()
    shopper, staff = new_page(width=390, shop=address), new_page(shop=address)
    price = f"{shop.prefix}{shop.price}"
    assert product.category
    shopper.goto(product.category.get_absolute_url())
    expect(shopper.get_by_text(price)).to_be_visible()
    put_into_cart(shopper, product, 3)
    expect(shopper.get_by_text(shown(shop, "items")).first).to_be_visible()
    fill_address(shopper, email)
    use_voucher(shopper, "ten")
    expect_totals(shopper, shop)
    press_order(shopper, WORKS)
    order = expect_thanks(shopper)
    expect_totals(shopper, shop)

    text = wait_for_mail(email, order.number, seconds=40)["BodyText"]
    assert shown(shop, "total") in text
    assert f"including {shown(shop, 'tax')} tax" in text
    assert_invoice(shopper, shop)
    refund_one(staff, shop, order)
    shopper.reload()
    expect(shopper.get_by_text(f"We have sent {shown(shop, 'unit')} back to you.")).to_be_visible()
    assert shown(shop, "unit") in wait_for_mail(email, "refund", seconds=40)["BodyText"]
    for page in (shopper, staff):
        assert not re.search(r"[€$]\d", page.content())


def assert_invoice(page: Page, shop: Shop) -> None:
    with page.expect_download() as waiting:
        invoice_link(page).click()
    reader = PdfReader(BytesIO(waiting.value.path().read_bytes()))
    text = "\n".join(sheet.extract_text() for sheet in reader.pages).replace("\xa0", " ")
    for name in ("items", "off", "tax", "total"):
        assert shown(shop, name).replace("\xa0", " ") in text, name
    assert "\N{REPLACEMENT CHARACTER}" not in text


def refund_one(staff: Page, shop: Shop, order: Order) -> None:
    """Refund one of the three pieces in the admin."""
    open_admin(staff, order)
    staff.get_by_role("link", name="Refund…").click()
    staff.get_by_label("Some items").check()
    staff.locator("input[name^=item_]").fill("1")
    staff.get_by_label("Why").fill("One has a crack.")
    staff.get_by_role("button", name="Go on").click()
    expect(staff.get_by_text(f"{shown(shop, 'unit')} goes back")).to_be_visible()
    expect(staff.get_by_text(f"{shown(shop, 'rest')} is left to refund")).to_be_visible()
    staff.get_by_role("button", name=f"Refund {shown(shop, 'unit')}").click()
    expect(staff.locator(".messagelist .success")).to_contain_text(shown(shop, "unit"))
    refund = Refund.objects.get()
    unit = Decimal(shop.amounts["unit"].replace(",", ""))
    assert (refund.status, refund.amount) == (Refund.Status.SUCCEEDED, unit)
