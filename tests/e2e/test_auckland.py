"""A shop in Auckland lives by its own clock, and sells to its neighbours with their tax."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from catalog.models import Product
from orders.documents import storage
from orders.documents.issue import issue_invoice
from orders.models import Order, Voucher
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
from tests.factories import ADDRESS, make_order, make_product, make_shipping_method, make_tax_rate

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AUCKLAND = ZoneInfo("Pacific/Auckland")
QUEEN_STREET = {
    "country": "NZ",
    "Street and number": "12 Queen Street",
    "Postcode": "1010",
    "City": "Auckland",
}
#: Half past midnight of New Year's Day in Auckland, and noon of the day before by UTC.
NEW_YEAR = datetime(2024, 12, 31, 11, 30, tzinfo=UTC)


@pytest.fixture
def address(shop_url: str, tmp_path) -> Iterator[str]:
    """Start a web server in Auckland; the worker and the relay are those of a shop by UTC."""
    here = {"SHOP_TIME_ZONE": "Pacific/Auckland", "SHOP_CURRENCY": "NZD", "SHOP_COUNTRY": "NZ"}
    with running_shop(tmp_path, ["web"], **here) as url:
        yield url


@pytest.fixture
def product() -> Product:
    make_shipping_method("Standard", "11.50", countries=["NZ", "AU"])
    make_tax_rate("15", country="NZ")
    return make_product("Clay pot", price="23.00", stock_level=9)


def tonight() -> datetime:
    """Return one minute to midnight in Auckland, at least ten minutes ahead."""
    soon = datetime.now(AUCKLAND) + timedelta(minutes=10)
    return datetime.combine(soon.date(), time(23, 59), AUCKLAND)


def add_voucher(staff: Page, end: datetime) -> Voucher:
    staff.goto("/admin/orders/voucher/add/")
    expect(staff.get_by_text("Time zone of the shop: Pacific/Auckland.").first).to_be_visible()
    staff.locator("#id_code").fill("TONIGHT")
    staff.locator("#id_value").fill("10")
    staff.get_by_label("Ends at, date").fill(end.date().isoformat())
    staff.get_by_label("Ends at, time").fill("23:59")
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.locator(".messagelist .success")).to_be_visible()
    expect(staff.get_by_text(f"until {end.day} {end:%b %Y}, 23:59")).to_be_visible()
    return Voucher.objects.get()


def test_a_voucher_that_ends_tonight_and_an_order_with_its_tax(
    new_page: NewPage, address: str, product: Product
) -> None:
    shopper, staff, email = new_page(width=390, shop=address), new_page(shop=address), new_email()
    end = tonight()
    open_admin(staff, make_order())
    voucher = add_voucher(staff, end)
    assert voucher.ends_at == end

    put_into_cart(shopper, product, 2)
    shopper.get_by_role("link", name="Checkout").click()
    countries = shopper.get_by_role("combobox", name="Country").first.locator("option")
    assert countries.all_inner_texts() == ["Choose a country", "Australia", "New Zealand"]
    shopper.go_back()
    fill_address(shopper, email, QUEEN_STREET)
    use_voucher(shopper, "tonight")
    # 46.00 less a tenth, and 11.50: with 15 % tax in it.
    expect(shopper.locator(".totals").first).to_contain_text("$52.90")
    expect(shopper.get_by_text("Including NZ$6.90 tax.")).to_be_visible()
    press_order(shopper, WORKS)
    order = expect_thanks(shopper)
    assert (order.total, order.tax_total) == (Decimal("52.90"), Decimal("6.90"))
    placed = order.placed_at.astimezone(AUCKLAND)
    shown = f"{placed.day} {placed:%B %Y, %H:%M %Z}"
    assert shown.endswith(("NZDT", "NZST"))
    expect(shopper.get_by_text(shown).first).to_be_visible()
    text = wait_for_mail(email, order.number, seconds=40)["BodyText"]
    assert f"{placed.day} {placed:%B %Y}" in text
    assert "Auckland 1010" in text

    Voucher.objects.update(ends_at=timezone.now())
    put_into_cart(shopper, product, 1)
    fill_address(shopper, email, QUEEN_STREET)
    use_voucher(shopper, "tonight")
    expect(shopper.get_by_text("“TONIGHT” isn't a valid code.")).to_be_visible()
    expect(shopper.locator(".totals").first).to_contain_text("$34.50")


@transaction.atomic
def order_of_new_year(product: Product) -> Order:
    """Make an order with its invoice as the shop does half an hour after the year began."""
    there = ADDRESS | {"line1": "12 Queen Street", "postcode": "1010", "city": "Auckland"}
    order = make_order(
        variant=product.variants.get(),
        placed_at=NEW_YEAR,
        paid_at=NEW_YEAR,
        currency="NZD",
        shipping_address=there | {"country": "NZ"},
        billing_address=there | {"country": "NZ"},
    )
    issue_invoice(order)
    return order


def test_an_order_at_half_past_midnight_is_of_the_new_year(
    new_page: NewPage,
    address: str,
    product: Product,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The bucket outlives the test's database, in which the same numbers are issued again.
    storage._documents_bucket().bucket.object_versions.delete()
    with monkeypatch.context() as clock:
        settings.TIME_ZONE = "Pacific/Auckland"
        clock.setattr(timezone, "now", lambda: NEW_YEAR)
        order = order_of_new_year(product)
    assert order.invoices.get().number == "INV-2025-000001"

    shopper, staff = new_page(shop=address), new_page(shop=address)
    shopper.goto(order.secret_url())
    expect(shopper.get_by_text("1 January 2025, 00:30 NZDT").first).to_be_visible()
    with shopper.expect_download() as waiting:
        invoice_link(shopper).click()
    reader = PdfReader(BytesIO(waiting.value.path().read_bytes()))
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)
    assert "INV-2025-000001" in text
    assert text.count("1 Jan 2025") == 3, "issued, ordered and paid"
    assert "31 Dec" not in text
    assert "Auckland 1010" in text

    open_admin(staff, order)
    expect(staff.get_by_text("1 Jan 2025, 00:30").first).to_be_visible()
    expect(staff.get_by_text("in the shop's time zone, Pacific/Auckland")).to_be_visible()
