"""Delivery is taxed as the country asks, exports are free of tax, and documents say how."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.documents.issue import issue_credit_note, issue_invoice
from orders.documents.pdf import invoice as invoice_pdf
from orders.models import DeliveryTax, Order, ShippingMethod, TaxRate, TaxRules, TaxTerms
from tests.factories import (
    make_product,
    make_shipping_method,
    make_tax_rate,
    make_tax_rules,
    make_voucher,
)
from tests.orders.checkout.test_pages import fill, order, to_review
from tests.orders.documents.papers import refunded, text_of

pytestmark = pytest.mark.django_db(transaction=True)
RULES = "/admin/orders/taxrules/"
SWISS = {"country": "CH", "postcode": "8001", "city": "Zürich"}


@pytest.fixture(autouse=True)
def german_shop(settings: Any) -> None:
    settings.SHOP_COUNTRY = "DE"
    make_tax_rate("19")
    make_tax_rate("7", tax_class="reduced")
    make_tax_rules("DE")


@pytest.fixture
def goods(client: Client) -> None:
    """Fill the cart with goods of 100 at 19 % and 20 at 7 %, net."""
    fill(client, make_product("Lamp", price="119.00"))
    fill(client, make_product("Book", price="21.40", tax_class="reduced"))


def buy(client: Client, **address: str) -> Order:
    order(client, to_review(client, **address))
    placed = Order.objects.get()
    assert placed.status == Order.Status.PAID
    return placed


def test_reads_the_terms_of_a_country() -> None:
    german = {"standard": Decimal(19), "reduced": Decimal(7)}
    assert TaxRate.objects.terms_in("DE") == TaxTerms(german, DeliveryTax.GOODS)
    assert TaxRate.objects.terms_in("CH") == TaxRate.objects.terms_in("") == TaxTerms()
    rules = make_tax_rules("CH", delivery=DeliveryTax.STANDARD, is_export=True)
    domestic = TaxTerms(german, DeliveryTax.GOODS)
    assert TaxRate.objects.terms_in("CH") == TaxTerms(domestic=domestic)
    make_tax_rate("8.1", country="CH")
    assert TaxRate.objects.terms_in("CH") == TaxTerms({"standard": Decimal("8.1")})
    assert str(rules) == "Switzerland"


@pytest.mark.parametrize("country", ["DE", "CH", "FR"])
def test_an_order_reads_them_with_its_delivery_method(country: str) -> None:
    make_tax_rules("CH", is_export=True)
    pk = make_shipping_method().pk
    with CaptureQueriesContext(connection) as queries:
        method = ShippingMethod.objects.with_tax_of(country, pk)
        assert method
        terms = method.tax_terms(country)
    assert len(queries) == 1
    assert terms == TaxRate.objects.terms_in(country)


def test_prices_without_tax_have_none_to_remove(settings: Any) -> None:
    make_tax_rules("CH", is_export=True)
    settings.SHOP_PRICES_INCLUDE_TAX = False
    assert TaxRate.objects.terms_in("CH") == TaxTerms(delivery=DeliveryTax.GOODS)


def test_an_invoice_and_its_credit_notes_share_the_delivery(client: Client, goods: None) -> None:
    placed = buy(client)
    assert (placed.shipping_total, placed.total) == (Decimal("4.90"), Decimal("145.30"))
    # 4.90 in proportion to 119.00 and 21.40.
    assert [(part.percent, part.amount) for part in placed.delivery_parts] == [
        (19, Decimal("4.15")),
        (7, Decimal("0.75")),
    ]
    invoice = issue_invoice(placed)
    taxes = {row["percent"]: row for row in invoice.data["taxes"]}
    assert taxes["19"] == {"percent": "19", "net": "103.49", "tax": "19.66", "gross": "123.15"}
    assert taxes["7"] == {"percent": "7", "net": "20.70", "tax": "1.45", "gross": "22.15"}
    assert "€123.15" in text_of(invoice_pdf.render(invoice))

    note = issue_credit_note(refunded(placed, amount=Decimal("4.90")))
    assert note.data["other"]["label"] == "Delivery: Standard"
    assert [(row["percent"], row["gross"]) for row in note.data["taxes"]] == [
        ("19", "4.15"),
        ("7", "0.75"),
    ]
    rest = issue_credit_note(refunded(placed))
    for percent, row in taxes.items():
        for name in ("net", "tax", "gross"):
            credited = [
                Decimal(part[name])
                for data in (note.data, rest.data)
                for part in data["taxes"]
                if part["percent"] == percent
            ]
            assert sum(credited) == Decimal(row[name])


def test_a_refund_of_the_delivery_is_credited_at_its_own_rate(client: Client) -> None:
    TaxRules.objects.update(delivery=DeliveryTax.STANDARD)
    fill(client, make_product("Book", price="21.40", tax_class="reduced"))
    placed = buy(client)
    note = issue_credit_note(refunded(placed, amount=Decimal("4.90")))
    assert note.data["taxes"] == [{"percent": "19", "net": "4.12", "tax": "0.78", "gross": "4.90"}]


def test_staff_see_the_tax_of_each_rate(staff: Client) -> None:
    shopper = Client()
    fill(shopper, make_product("Lamp", price="119.00"))
    fill(shopper, make_product("Book", price="21.40", tax_class="reduced"))
    placed = buy(shopper)
    page = staff.get(reverse("admin:orders_order_change", args=[placed.pk])).content.decode()
    assert "€19.66: 19\N{NO-BREAK SPACE}%, included" in page
    assert "€1.45: 7\N{NO-BREAK SPACE}%, included" in page


def test_an_export_is_charged_without_tax_and_says_so(client: Client, goods: None) -> None:
    make_tax_rules("CH", is_export=True)
    cart = client.get(reverse("carts:cart")).content.decode()
    assert "€140.40" in cart, "prices of the shop's own country"
    page = to_review(client, **SWISS)
    text = page.content.decode()
    offers = client.get(reverse("orders:delivery")).content.decode()
    for shown in ("€100.00", "€20.00", "€120.00", "€4.19", "€124.19", "Export: €21.11 tax removed"):
        assert shown in text, shown
    assert "Prices include tax" not in text.partition("<footer")[0]
    assert "€4.19" in offers
    answer = order(client, page)
    placed = Order.objects.get()
    assert answer.url == placed.secret_url()
    assert (placed.total, placed.tax_total) == (Decimal("124.19"), 0)
    assert placed.tax_removed == Decimal("21.11")
    assert "Export: €21.11 tax removed" in client.get(placed.secret_url()).content.decode()
    invoice = issue_invoice(placed)
    assert "Export delivery, free of tax." in text_of(invoice_pdf.render(invoice))
    assert [row["tax"] for row in invoice.data["taxes"]] == ["0.00"]


def test_a_voucher_counts_what_the_cart_shows_and_is_taken_off_net(
    client: Client, goods: None
) -> None:
    make_tax_rules("CH", is_export=True)
    make_voucher("TWENTY", kind="fixed", value=Decimal("14.04"), minimum=Decimal("140.40"))
    to_review(client, **SWISS)
    client.post(reverse("orders:voucher"), {"code": "TWENTY", "back": "orders:review"})
    quote = client.get(reverse("orders:review")).context["quote"]
    assert quote.items_total == 120
    # A tenth of the goods, whose shares are 11.90 and 2.14 with tax.
    assert quote.discount_total == Decimal("12.00")


def test_goods_to_other_countries_keep_their_price(client: Client, goods: None) -> None:
    page = to_review(client, **SWISS)
    assert page.context["quote"].total == Decimal("145.30")


@pytest.mark.parametrize(
    ("fields", "setting", "words"),
    [
        ({"country": "DE"}, {}, "own country"),
        ({"country": "CH"}, {"SHOP_COUNTRY": ""}, "SHOP_COUNTRY"),
        ({"country": "CH"}, {"SHOP_PRICES_INCLUDE_TAX": False}, "without tax already"),
        ({"country": "FR"}, {}, "has tax rates"),
    ],
)
def test_staff_cannot_make_an_export_of_what_is_none(
    staff: Client, settings: Any, fields: dict[str, str], setting: dict[str, Any], words: str
) -> None:
    TaxRules.objects.all().delete()
    make_tax_rate("20", country="FR")
    for name, value in setting.items():
        setattr(settings, name, value)
    data = {"delivery": "goods", "is_export": "on"} | fields
    answer = staff.post(f"{RULES}add/", data)
    assert words in str(answer.context["adminform"].form.errors["is_export"])
    assert not TaxRules.objects.exists()


def test_staff_set_what_a_country_asks_for_once(staff: Client) -> None:
    data = {"country": "CH", "delivery": "standard", "is_export": "on"}
    assert staff.post(f"{RULES}add/", data).status_code == 302
    again = staff.post(f"{RULES}add/", data).content.decode()
    assert "This country has an entry already: change that one." in again
    page = staff.get(RULES).content.decode()
    assert "Switzerland" in page
    assert "At the standard rate" in page
