"""Emails are complete as text, safe as HTML, and well-formed when sent."""

import email
import re
from decimal import Decimal
from email.policy import default
from types import ModuleType
from typing import Any

import pytest

from shop.currencies import currencies
from shop.money import format_money, plain_money
from tests.infra.lambdas.orders import low_stock_event, make_order, paid_event, return_of

PRICED = (
    *("order_confirmation", "order_received", "payment_received", "payment_failed"),
    *("order_cancelled", "order_refunded"),
)
UNPRICED = ("order_shipped", "return_approved", "return_rejected", "return_received")
NAMES = (*PRICED, *UNPRICED)
STAFF = (
    "payment_needs_refund",
    "refund_failed",
    "return_requested",
    "mail_bounced",
    "dispute_opened",
    "dispute_closed",
)


def payload(**fields: Any) -> dict[str, Any]:
    sections = {
        "refund": {"amount": "79.00", "error": "The card is closed."},
        "return": return_of(make_order(**fields)),
        "dispute": {
            "amount": "79.00",
            "status": "lost",
            "reason": "product_not_received",
            "respond_by": "2026-11-20T12:00:00+00:00",
        },
        "bounce": {
            "kind": "order_shipped",
            "recipient": "ada@exmaple.com",
            "reason": "The mail server refused it for good: no such user",
        },
    }
    return paid_event(**fields)["payload"] | sections


def render(mails: ModuleType, template: str, **fields: Any) -> Any:
    return mails.render(template, payload(**fields), shop_name="Trivet")


@pytest.mark.parametrize("amount", ["1234567", "0", "-3"])
def test_mails_show_money_as_pages_do(mails: ModuleType, amount: str) -> None:
    for currency in currencies():
        written = plain_money(Decimal(amount), currency)
        assert mails.money(written, currency) == format_money(Decimal(amount), currency)


def test_the_day_of_an_order_is_that_of_its_own_clock(mails: ModuleType) -> None:
    assert mails.date("2027-01-01T00:30:00+13:00") == "1 January 2027"


def test_the_confirmation_says_everything_in_plain_text(mails: ModuleType) -> None:
    text = render(mails, "order_confirmation", number="7K4M9QXD").text
    assert text == (
        "Hello Ada Lovelace,\n"
        "\n"
        "thank you for your order. We have your payment of €1,093.89 and\n"
        "are getting everything ready. You hear from us again as soon as\n"
        "your parcel is on its way.\n"
        "\n"
        "Order 7K4M9QXD                                   5 November 2026\n"
        "----------------------------------------------------------------\n"
        "2 x Oak serving board                                     €79.00\n"
        "    Size: Large\n"
        "    €39.50 each\n"
        "1 x Napkin <b>Crème</b> & ring                         €1,009.99\n"
        "----------------------------------------------------------------\n"
        "Items                                                  €1,088.99\n"
        "Delivery (Standard)                                        €4.90\n"
        "Total                                                  €1,093.89\n"
        "\n"
        "We deliver to\n"
        "    Ada Lovelace\n"
        "    12 St James's Square\n"
        "    London\n"
        "    SW1Y 4JH\n"
        "    United Kingdom\n"
        "\n"
        "Delivery\n"
        "    Standard\n"
        "\n"
        "See your order: https://shop.example/orders/3f2c9a51b7/\n"
        "\n"
        "-- \n"
        "Trivet\n"
        "Is something not right? Just reply to this mail.\n"
    )


@pytest.mark.parametrize("name", NAMES)
def test_html_escapes_what_people_wrote(mails: ModuleType, name: str) -> None:
    html = render(mails, name, name="<script>alert(1)</script>").html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "Napkin &lt;b&gt;Crème&lt;/b&gt; &amp; ring" in html


@pytest.mark.parametrize("name", NAMES)
def test_html_has_a_picture_only_where_there_is_one(mails: ModuleType, name: str) -> None:
    sources = re.findall(r'<img src="([^"]*)"', render(mails, name).html)
    assert sources == ["https://pictures.example/board/160.webp"]


@pytest.mark.parametrize("name", [*PRICED, *UNPRICED])
def test_text_leads_to_the_order_and_back_to_us(mails: ModuleType, name: str) -> None:
    mail = render(mails, name, number="7K4M9QXD")
    assert "See your order: https://shop.example/orders/3f2c9a51b7/" in mail.text
    assert "https://shop.example/orders/3f2c9a51b7/" in mail.html
    assert "admin" not in mail.text + mail.html
    assert "7K4M9QXD" in mail.subject
    assert mail.text.endswith("reply to this mail.\n")


def test_a_reminder_has_number_amount_and_link_and_nothing_that_was_typed(
    mails: ModuleType,
) -> None:
    mail = render(mails, "payment_reminder", number="7K4M9QXD")
    assert mail.subject == "Your order 7K4M9QXD isn't paid yet"
    assert "order 7K4M9QXD for €1,093.89 isn't paid yet." in mail.text
    assert "Complete your order: https://shop.example/orders/3f2c9a51b7/\n" in mail.text
    assert 'href="https://shop.example/orders/3f2c9a51b7/"' in mail.html
    for typed in ("Ada", "St James", "Oak serving board"):
        assert typed not in mail.text + mail.html
    assert max(map(len, mail.text.splitlines())) <= 64


@pytest.mark.parametrize("name", UNPRICED)
def test_what_moves_in_parcels_has_a_number_and_no_price(mails: ModuleType, name: str) -> None:
    mail = render(mails, name)
    assert "2 x Oak serving board\n" in mail.text
    assert "2 pieces" in mail.html
    assert "€" not in mail.text + mail.html


@pytest.mark.parametrize("name", STAFF)
def test_staff_are_led_to_the_admin(mails: ModuleType, name: str) -> None:
    mail = render(mails, name, number="7K4M9QXD")
    assert "7K4M9QXD" in mail.subject
    for part in (mail.text, mail.html):
        assert "https://shop.example/admin/orders/order/7/change/" in part


def test_a_cancelled_order_says_what_becomes_of_the_money(mails: ModuleType) -> None:
    unpaid = payload() | {"cancellation": {"reason": "It was not paid in time.", "refund": ""}}
    paid = payload() | {"cancellation": {"reason": "", "refund": "1093.89"}}
    for part in ("text", "html"):
        first, second = (
            " ".join(
                getattr(mails.render("order_cancelled", told, shop_name="Trivet"), part).split()
            )
            for told in (unpaid, paid)
        )
        assert "It was not paid in time." in first
        assert "You have not been charged." in first
        assert "€1,093.89 goes back to you" in second


def test_an_order_that_costs_nothing_is_not_said_to_be_paid(mails: ModuleType) -> None:
    free = payload() | {"payment": {"provider": "", "amount": "0.00", "error": "", "late": False}}
    mail = mails.render("order_confirmation", free, shop_name="Trivet")
    assert "payment" not in mail.text
    assert "nothing to pay" in mail.text


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_text_is_wider_than_a_screen(mails: ModuleType, name: str) -> None:
    long_name = "Hand-thrown stoneware pasta bowl with a speckled reactive glaze, a set of four"
    items = [make_order()["items"][0] | {"name": long_name}]
    lines = render(mails, name, items=items).text.splitlines()
    assert max(map(len, lines)) <= 64
    assert " ".join(" ".join(lines).split()).count("a set of four") == 1


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({"discount_total": "10.00", "total": "1083.89"}, ["Discount −€10.00", "Total €1,083.89"]),
        (
            {"discount_total": "10.00", "voucher_code": "TEN", "total": "1083.89"},
            ["Discount (TEN) −€10.00"],
        ),
        ({"shipping_total": "0.00", "total": "1088.99"}, ["Delivery (Standard) free"]),
        ({"tax_total": "170.00"}, ["Total €1,093.89", "including €170.00 tax"]),
        (
            {"tax_total": "10.00", "tax_included": False, "total": "1103.89"},
            ["Tax €10.00", "Total €1,103.89"],
        ),
        ({"currency": "CHF"}, ["Total CHF 1,093.89"]),
    ],
)
def test_totals_add_up_as_they_are_read(
    mails: ModuleType, fields: dict[str, str], lines: list[str]
) -> None:
    mail = render(mails, "order_confirmation", **fields)
    text = " ".join(mail.text.split())
    html = " ".join(re.sub(r"<[^>]+>", " ", mail.html).split())
    assert all(line in text and line in html for line in lines)
    assert ("tax" in text.lower()) == ("tax_total" in fields)


def test_a_shipped_mail_has_the_tracking_and_only_what_was_shipped(mails: ModuleType) -> None:
    shipment = {
        "carrier": "DHL",
        "tracking_number": "0034",
        "tracking_url": "https://dhl.example/0034",
    }
    items = make_order()["items"][:1]
    mail = mails.render(
        "order_shipped", payload() | {"shipment": shipment | {"items": items}}, shop_name="Trivet"
    )
    for part in (mail.text, mail.html):
        assert "DHL" in part
        assert "0034" in part
        assert "https://dhl.example/0034" in part
        assert "Oak serving board" in part
        assert "Napkin" not in part


def test_a_payload_that_lacks_something_is_an_error(mails: ModuleType) -> None:
    with pytest.raises(Exception, match="'payment' is undefined"):
        mails.render("order_confirmation", {"order": make_order()}, shop_name="Trivet")


def test_low_stock_names_what_is_low(mails: ModuleType) -> None:
    mail = mails.render("low_stock", low_stock_event(stock=0)["payload"], shop_name="Trivet")
    assert mail.subject == "Sold out: Café cup (Size: S)"
    assert "SKU:      CC-1" in mail.text


def test_on_the_wire_it_is_seven_bit_multipart_with_proper_headers(mails: ModuleType) -> None:
    mail = mails.Mail("Crème, 7K4M9QXD", "Total €1\n", "<p>Total €1</p>")
    raw = mail.as_bytes(
        sender_name="Trivet & Söhne", sender="shop@trivet.example", recipient="ada@example.com"
    )
    assert raw.isascii()
    message = email.message_from_bytes(raw, policy=default)
    assert message["From"] == "Trivet & Söhne <shop@trivet.example>"
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "Crème, 7K4M9QXD"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in message.iter_parts()] == [
        "Total €1",
        "<p>Total €1</p>",
    ]


def test_a_recipient_cannot_smuggle_in_a_header(mails: ModuleType) -> None:
    mail = mails.Mail("Hello", "Hello", "<p>Hello</p>")
    with pytest.raises(ValueError, match="linefeed|invalid|Invalid"):
        mail.as_bytes(
            sender_name="T",
            sender="a@trivet.example",
            recipient="a@example.com\nBcc: b@example.com",
        )
