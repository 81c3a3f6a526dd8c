"""Days, years and hours of an order are those of the shop's clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders import events
from orders.documents.issue import issue_credit_note, issue_invoice
from orders.documents.pdf import invoice as invoice_pdf
from orders.documents.pdf.packing_slip import packing_slips
from orders.models import Shipment, Voucher
from orders.pricing.vouchers import VoucherRefused, discount_for
from orders.units import returnable
from shop.formatting import format_date, format_datetime, format_moment
from tests.admin_forms import filled
from tests.factories import make_order, make_voucher
from tests.orders.documents.papers import bought, paid_order, refunded, text_of

pytestmark = pytest.mark.django_db
VOUCHERS = "/admin/orders/voucher/"
#: Half past midnight on New Year's Day in Auckland, and noon of the day before by UTC.
NEW_YEAR = datetime(2026, 12, 31, 11, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def auckland(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "31 December 2026, 11:30 UTC"),
        ("Pacific/Auckland", "1 January 2027, 00:30 NZDT"),
        ("Europe/Berlin", "31 December 2026, 12:30 CET"),
        ("America/Sao_Paulo", "31 December 2026, 08:30 UTC-03"),
        ("Asia/Kathmandu", "31 December 2026, 17:15 UTC+0545"),
    ],
)
def test_writes_a_moment_by_the_shops_clock(settings: Any, zone: str, shown: str) -> None:
    settings.TIME_ZONE = zone
    assert format_moment(NEW_YEAR) == shown
    assert format_datetime(NEW_YEAR).endswith(shown.partition(", ")[2][:5])
    assert format_date(NEW_YEAR).split()[0] == shown.split()[0]


def test_an_invoice_has_the_years_number_and_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NEW_YEAR - timedelta(minutes=31))
    last = issue_invoice(paid_order())
    set_clock(monkeypatch, NEW_YEAR)
    first = issue_invoice(paid_order(placed_at=NEW_YEAR))
    assert (last.number[:8], last.data["issued_on"]) == ("INV-2026", "2026-12-31")
    assert (first.number, first.data["issued_on"]) == ("INV-2027-000001", "2027-01-01")
    assert first.data["order"]["placed_on"] == "2027-01-01"
    assert text_of(invoice_pdf.render(first)).count("1 Jan 2027") == 3


@pytest.mark.django_db(transaction=True)
def test_a_credit_note_has_the_years_number_and_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    refund = refunded(bought())
    set_clock(monkeypatch, NEW_YEAR)
    note = issue_credit_note(refund)
    assert (note.number, note.data["issued_on"]) == ("CN-2027-000001", "2027-01-01")


def test_slips_pages_and_the_admin_show_the_day(client: Client, staff: Client) -> None:
    order = make_order(placed_at=NEW_YEAR, paid_at=NEW_YEAR)
    assert "1 Jan 2027" in text_of(packing_slips([order]))
    page = Client().get(f"/orders/{order.token}/").content.decode()
    assert page.count("1 January 2027, 00:30 NZDT") == 2
    admin = staff.get("/admin/orders/order/").content.decode()
    assert "1 Jan 2027, 00:30" in admin
    assert "in the shop's time zone, Pacific/Auckland" in admin
    assert str(Shipment(order=order, created_at=NEW_YEAR)) == "1 Jan 2027"


def test_an_event_tells_the_mail_the_day() -> None:
    order = make_order(placed_at=NEW_YEAR)
    payload = events.order_payload(order, order.items.all())
    assert payload["order"]["placed_at"] == "2027-01-01T00:30:00+13:00"


def test_staff_type_the_end_of_a_voucher_by_the_shops_clock(staff: Client) -> None:
    add = f"{VOUCHERS}add/"
    page = staff.get(add).content.decode()
    assert page.count("Time zone of the shop: Pacific/Auckland") == 2
    times = {"ends_at_0": "2026-12-31", "ends_at_1": "23:59"}
    data = filled(staff, add) | {"code": "NY", "kind": "percent", "value": "10"} | times
    assert staff.post(add, data).status_code == 302
    voucher = Voucher.objects.get()
    assert voucher.ends_at == datetime(2026, 12, 31, 10, 59, tzinfo=UTC)
    assert "until 31 Dec 2026, 23:59" in staff.get(VOUCHERS).content.decode()
    again = filled(staff, f"{VOUCHERS}{voucher.pk}/change/")
    assert staff.post(f"{VOUCHERS}{voucher.pk}/change/", again).status_code == 302
    voucher.refresh_from_db()
    assert voucher.ends_at == datetime(2026, 12, 31, 10, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        ("Pacific/Auckland", "2027-04-04", "2027-04-03T13:30"),
        ("Europe/Berlin", "2026-10-25", "2026-10-25T00:30"),
    ],
)
def test_an_hour_that_comes_twice_starts_early_and_ends_late(
    staff: Client, settings: Any, zone: str, day: str, first: str
) -> None:
    settings.TIME_ZONE = zone
    times = {"starts_at_0": day, "starts_at_1": "02:30", "ends_at_0": day, "ends_at_1": "02:30"}
    add = f"{VOUCHERS}add/"
    data = filled(staff, add) | {"code": "NY", "kind": "percent", "value": "10"} | times
    assert staff.post(add, data).status_code == 302
    voucher = Voucher.objects.get()
    assert voucher.starts_at == datetime.fromisoformat(f"{first}+00:00")
    assert voucher.ends_at == voucher.starts_at + timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Auckland", "2026-09-27"), ("Europe/Berlin", "2027-03-28")]
)
def test_a_skipped_hour_is_refused_with_one_that_exists(
    staff: Client, settings: Any, zone: str, day: str
) -> None:
    settings.TIME_ZONE = zone
    add = f"{VOUCHERS}add/"
    times = {"ends_at_0": day, "ends_at_1": "02:30"}
    data = filled(staff, add) | {"code": "NY", "kind": "percent", "value": "10"} | times
    errors = staff.post(add, data).context["adminform"].form.errors["ends_at"]
    assert "clocks go forward" in errors[0]
    assert "Enter 03:30" in errors[0]
    assert not Voucher.objects.exists()


def test_a_voucher_works_until_midnight_of_the_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order()
    midnight = NEW_YEAR - timedelta(minutes=30)
    voucher = make_voucher(ends_at=midnight)
    set_clock(monkeypatch, midnight - timedelta(seconds=1))
    assert discount_for(voucher, list(order.items.all()), "").amount
    set_clock(monkeypatch, midnight)
    with pytest.raises(VoucherRefused):
        discount_for(voucher, list(order.items.all()), "")


def test_a_return_can_be_asked_for_to_the_end_of_the_last_day(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SHOP_RETURN_DAYS = 30
    order = make_order()
    item = order.items.get()
    shipment = Shipment.objects.create(order=order)
    shipment.items.create(item=item, quantity=1)
    # Sent at eight in the morning of 2 December in Auckland; 1 January is the last day.
    Shipment.objects.update(created_at=datetime(2026, 12, 1, 19, tzinfo=UTC))
    for moment, left in (("2027-01-01T10:59", 1), ("2027-01-01T11:00", 0)):
        set_clock(monkeypatch, datetime.fromisoformat(f"{moment}+00:00"))
        assert returnable(order) == {item.pk: left}
