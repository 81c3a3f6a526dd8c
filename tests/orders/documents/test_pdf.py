"""The content of the PDFs, and that the same row gives the same bytes."""

import hashlib
import json
import os
import re
import subprocess
import sys
from decimal import Decimal

import pytest
from django.conf import settings as configured
from PIL import Image

from orders.documents.issue import issue_credit_note, issue_invoice
from orders.documents.pdf.bidi import in_visual_order
from orders.documents.pdf.invoice import InvoiceDrawing, render
from orders.documents.pdf.text import Style, runs, shorten, width_of, wrap
from orders.models import Invoice
from shop.currencies import currencies
from shop.money import format_money
from tests.factories import ADDRESS, make_tax_rate
from tests.orders.documents.papers import (
    bought,
    long_order,
    pages_of,
    paid_order,
    refunded,
    text_of,
)

pytestmark = pytest.mark.django_db

RENDER = """
import hashlib, json, sys
import django; django.setup()
from orders.documents.pdf.invoice import InvoiceDrawing
print(hashlib.sha256(InvoiceDrawing(json.load(sys.stdin), "Invoice").render()).hexdigest())
"""


def test_the_same_row_gives_the_same_bytes_here_and_in_another_process():
    invoice = issue_invoice(
        long_order(5, billing_address=ADDRESS | {"full_name": "山田 محمد Ελένη"})
    )
    pdf = render(invoice)
    assert pdf == render(Invoice.objects.get(pk=invoice.pk))
    elsewhere = subprocess.run(
        [sys.executable, "-c", RENDER],
        input=json.dumps(invoice.data),
        env=os.environ
        | {"PYTHONHASHSEED": "7", "DJANGO_SETTINGS_MODULE": "shop.settings", "TZ": "Asia/Tokyo"},
        cwd=configured.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout.strip() == hashlib.sha256(pdf).hexdigest()


@pytest.mark.parametrize("tax_included", [True, False])
def test_every_figure_of_sixty_lines_is_on_the_paper(tax_included):
    order = long_order(60, tax_included=tax_included)
    invoice = issue_invoice(order)
    pages = pages_of(render(invoice))
    text = "\n".join(pages)
    figures = set(re.findall(r"€[\d,]+\.\d\d", text))
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"{invoice.number} · Page {number} of {len(pages)}" in page
        assert "Unit price" in page, "the head of the table is repeated"
    for item in order.items.all():
        assert item.name in text
        assert f"{item.sku} · Size: L" in text
        assert f"Discount −{format_money(item.discount, order.currency)}" in text
        assert {
            format_money(item.unit_price, order.currency),
            format_money(item.total, order.currency),
        } <= figures
    for name in ("items_total", "discount_total", "shipping_total", "total"):
        assert format_money(getattr(order, name), order.currency) in text, name
    for row in invoice.data["taxes"]:
        assert {
            format_money(Decimal(row[name]), order.currency) for name in ("net", "tax", "gross")
        } <= figures
    assert {"19", "7"} == set(re.findall(r"(\d+)\s%", text))
    assert "Discount (TWELVE)" in text
    assert order.number in text


def test_a_credit_note_names_its_invoice_and_why():
    make_tax_rate("19")
    note = issue_credit_note(refunded(bought(), reason="It came with a crack."))
    text = text_of(render(note))
    invoice = Invoice.objects.get(kind="invoice")
    for part in (
        "Credit note",
        note.number,
        invoice.number,
        "€30.00",
        "€4.90",
        "€34.90",
        "€5.57",
        "with a crack",
    ):
        assert part in text, part


def test_an_order_for_nothing_says_so():
    order = paid_order(shipping_total=0, items_total=10, discount_total=10, total=0)
    order.payments.all().delete()
    assert "There was nothing to pay." in text_of(render(issue_invoice(order)))


@pytest.mark.parametrize(("paper", "size"), [("A4", "595.2756 841.8898"), ("Letter", "612 792")])
def test_the_paper_is_the_shops(settings, paper, size):
    settings.SHOP_PAPER = paper
    assert f"/MediaBox [ 0 0 {size} ]".encode() in render(issue_invoice(paid_order()))


def test_a_logo_stands_where_the_name_would(settings, tmp_path):
    invoice = issue_invoice(paid_order())
    plain = render(invoice)
    settings.SHOP_LOGO = str(tmp_path / "logo.png")
    Image.new("RGBA", (400, 100), "#1f6f5c80").save(settings.SHOP_LOGO)
    assert b"/Subtype /Image" in render(invoice)
    assert b"/Subtype /Image" not in plain


@pytest.mark.parametrize(
    "name",
    [
        *("Zoë Ångström", "Ελένη Παπαδοπούλου", "Юлия Ёлкина", "Đặng Thị Ngọc"),
        *("山田 太郎", "김민수", "สมชาย ใจดี", "Հայաստան"),
    ],
)
def test_names_in_any_script_print(name):
    invoice = issue_invoice(paid_order(billing_address=ADDRESS | {"full_name": name}))
    assert name in text_of(render(invoice))


def test_addresses_are_laid_out_as_in_their_country():
    london = ADDRESS | {"city": "London", "postcode": "W1U 4EF", "country": "GB"}
    invoice = issue_invoice(paid_order(billing_address=london))
    assert "London\nW1U 4EF\nUnited Kingdom" in text_of(render(invoice))


def test_rows_from_before_the_code_of_the_country_was_kept_print():
    data = issue_invoice(paid_order()).data
    for party in ("buyer", "ship_to"):
        del data[party]["country_code"]
        data[party] |= {"city": "London", "postcode": "W1U 4EF", "country": "United Kingdom"}
    text = text_of(InvoiceDrawing(data, "Invoice").render())
    assert "Lindenstraße 7\nW1U 4EF London\nUnited Kingdom" in text


def test_arabic_and_hebrew_are_drawn_from_right_to_left():
    assert in_visual_order("שלום (Nour) 2026") == "2026 (Nour) םולש"
    assert in_visual_order("Firma שלום 12 GmbH") == "Firma 12 םולש GmbH"
    assert in_visual_order("רחוב 12-3, תל") == "לת ,12-3 בוחר"
    assert in_visual_order("No. 7 (b)") == "No. 7 (b)"
    [(font, text)] = runs("محمد", Style())
    assert font == "NotoSansArabic-Regular"
    assert text == "\ufeaa\ufee4\ufea4\ufee3", "the letters are joined"


def test_what_no_font_has_is_replaced_and_nothing_crashes():
    strange = "\U00013000 \U0001f600 a\x00b \ud83d \u200f\u202e"
    invoice = issue_invoice(
        paid_order(note="", billing_address=ADDRESS | {"full_name": "\U00013000 a\x0bb \u200f"})
    )
    assert "\ufffd a b" in text_of(render(invoice))
    assert wrap(strange, Style(), 200) == ["\U00013000 \U0001f600 ab"]


def test_text_is_wrapped_within_its_width():
    for text in ("word " * 30, "unbroken" * 30, "東京都千代田区丸の内" * 8, "", "  "):
        assert all(width_of(line, Style()) <= 120 for line in wrap(text, Style(), 120))
        assert width_of(shorten(text, Style(), 120), Style()) <= 120
    assert "".join(wrap("unbroken" * 9, Style(), 50)) == "unbroken" * 9


def test_every_currency_can_be_printed():
    for code in sorted(currencies()):
        amount = format_money(Decimal(-1234567), code)
        for style in (Style(), Style(bold=True)):
            drawn = "".join(text for _font, text in runs(amount, style))
            assert sorted(drawn) == sorted(amount), code
