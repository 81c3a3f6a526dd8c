"""The admin edits delivery methods, tax rates and vouchers, and explains what is not possible."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import ShippingMethod, TaxRate, Voucher, VoucherUse
from shop.countries import COUNTRIES
from tests.admin_forms import filled
from tests.factories import (
    make_category,
    make_order,
    make_product,
    make_shipping_method,
    make_tax_rate,
    make_voucher,
)
from tests.orders.admin.test_refunds import messages_of

pytestmark = pytest.mark.django_db
VOUCHERS, TAXES, METHODS = (
    f"/admin/orders/{name}/" for name in ("voucher", "taxrate", "shippingmethod")
)


def voucher_page(voucher: Voucher) -> str:
    return reverse("admin:orders_voucher_change", args=[voucher.pk])


def new_voucher(staff: Client, **fields: Any) -> dict[str, Any]:
    return (
        filled(staff, f"{VOUCHERS}add/")
        | {"code": "SPRING", "kind": "percent", "value": "10"}
        | fields
    )


def test_stores_a_code_in_capitals_and_without_spaces(staff: Client) -> None:
    shelf = make_category()
    data = new_voucher(
        staff, code=" spring 25 ", minimum="20", categories=[shelf.pk], once_per_customer="on"
    )
    assert staff.post(f"{VOUCHERS}add/", data).status_code == 302
    voucher = Voucher.objects.get()
    assert (voucher.code, voucher.value, voucher.minimum) == ("SPRING25", Decimal(10), Decimal(20))
    assert voucher.once_per_customer
    assert list(voucher.categories.all()) == [shelf]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"code": "  "}, "code", "required"),
        ({"code": "te n"}, "code", "There is a voucher with this code already."),
        ({"value": "100.01"}, "value", "100 at most"),
        ({"value": "0"}, "value", "How much does it take off?"),
        ({"value": ""}, "value", "How much does it take off?"),
        ({"value": "-1", "kind": "fixed"}, "value", "greater than or equal to 0"),
        ({"max_uses": "-1"}, "max_uses", "greater than or equal to 0"),
        (
            {
                "starts_at_0": "2026-05-05",
                "starts_at_1": "10:00",
                "ends_at_0": "2026-05-05",
                "ends_at_1": "10:00",
            },
            "ends_at",
            "It must end after it starts.",
        ),
    ],
)
def test_says_what_is_wrong_with_a_voucher(
    staff: Client, fields: dict[str, str], field: str, words: str
) -> None:
    make_voucher("TEN")
    answer = staff.post(f"{VOUCHERS}add/", new_voucher(staff, **fields))
    assert words in str(answer.context["adminform"].form.errors[field])
    assert Voucher.objects.count() == 1


def test_free_delivery_needs_no_value(staff: Client) -> None:
    for number, value in enumerate(("", "120")):
        data = new_voucher(staff, code=f"FREE{number}", kind="free_delivery", value=value)
        assert staff.post(f"{VOUCHERS}add/", data).status_code == 302
    assert set(Voucher.objects.values_list("value", flat=True)) == {Decimal(0)}


def test_keeps_the_uses_that_were_counted_while_the_page_was_open(staff: Client) -> None:
    voucher = make_voucher(max_uses=9)
    data = filled(staff, voucher_page(voucher)) | {"value": "15"}
    Voucher.objects.update(uses=3)
    assert staff.post(voucher_page(voucher), data).status_code == 302
    voucher.refresh_from_db()
    assert (voucher.uses, voucher.value) == (3, Decimal(15))
    answer = staff.post(voucher_page(voucher), data | {"max_uses": "2"})
    assert "used 3 times already" in str(answer.context["adminform"].form.errors["max_uses"])


def test_shows_the_orders_that_used_a_voucher_and_keeps_it(staff: Client) -> None:
    voucher, order = make_voucher("SPRING", uses=1), make_order(voucher_code="SPRING")
    VoucherUse.objects.create(voucher=voucher, order=order, customer="ada@example.com", once=False)
    page = staff.get(voucher_page(voucher)).content.decode()
    assert order.number in page
    assert "ada@example.com" in page
    for method in (staff.get, staff.post):
        answer = method(reverse("admin:orders_voucher_delete", args=[voucher.pk]), {"post": "yes"})
        assert answer.url == voucher_page(voucher)
        assert "stays for the books" in messages_of(answer)[0]
    staff.post(
        VOUCHERS, {"action": "delete_selected", "_selected_action": [voucher.pk], "post": "yes"}
    )
    assert Voucher.objects.exists()


def test_deletes_a_voucher_that_nobody_used(staff: Client) -> None:
    staff.post(reverse("admin:orders_voucher_delete", args=[make_voucher().pk]), {"post": "yes"})
    assert not Voucher.objects.exists()


def test_shows_in_words_what_vouchers_do(staff: Client) -> None:
    make_voucher("A", value=Decimal("12.50"), max_uses=3, uses=3)
    make_voucher("B", kind="fixed", value=Decimal(5), minimum=Decimal(50), is_active=False)
    make_voucher("C", kind="free_delivery", value=0, max_uses=7, uses=2)
    page = staff.get(VOUCHERS).content.decode()
    for words in (
        "12.5 % off",
        "€5.00 off",
        "free delivery",
        "2 of 7",
        "€50.00",
        "Used up",
        "Switched off",
        ">Active<",
    ):
        assert words in page, words


def test_adds_a_tax_rate_once_a_country_and_class(staff: Client) -> None:
    data = {"country": "DE", "tax_class": "reduced", "percent": "7"}
    assert staff.post(f"{TAXES}add/", data).status_code == 302
    page = staff.post(f"{TAXES}add/", data).content.decode()
    assert "This country has a rate for these goods already: change that one." in page
    assert TaxRate.objects.get().percent == 7


@pytest.mark.parametrize(
    ("country", "percent"), [("DE", "100.1"), ("DE", "-1"), ("DE", ""), ("XX", "19"), ("", "19")]
)
def test_refuses_a_tax_rate_that_cannot_be(staff: Client, country: str, percent: str) -> None:
    data = {"country": country, "tax_class": "standard", "percent": percent}
    assert staff.post(f"{TAXES}add/", data).context["adminform"].form.errors
    assert not TaxRate.objects.exists()


@pytest.mark.parametrize(("percent", "kept"), [("5.5", "5.5"), ("101", "7")])
def test_changes_a_tax_rate_in_the_list(staff: Client, percent: str, kept: str) -> None:
    rate = make_tax_rate("7")
    forms = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": rate.pk, "_save": "Save"}
    staff.post(TAXES, forms | {"form-0-percent": percent})
    rate.refresh_from_db()
    assert rate.percent == Decimal(kept)
    page = staff.get(TAXES).content.decode()
    assert COUNTRIES["DE"] in page
    assert f'value="{kept}"' in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"min_weight_grams": "5000", "max_weight_grams": "4999"}, "max_weight_grams"),
        ({"days_min": "5", "days_max": "4"}, "days_max"),
        ({"free_from": "-1"}, "free_from"),
        ({"price": "-0.01"}, "price"),
        ({"countries": ["XX"]}, "countries"),
    ],
)
def test_refuses_a_delivery_that_cannot_be(
    staff: Client, fields: dict[str, Any], field: str
) -> None:
    url = reverse("admin:orders_shippingmethod_change", args=[make_shipping_method().pk])
    answer = staff.post(url, filled(staff, url) | fields)
    assert field in answer.context["adminform"].form.errors


def test_sets_the_weights_of_a_delivery(staff: Client) -> None:
    method = make_shipping_method()
    url = reverse("admin:orders_shippingmethod_change", args=[method.pk])
    data = filled(staff, url) | {
        "min_weight_grams": "500",
        "max_weight_grams": "31500",
        "countries": ["DE", "AT"],
    }
    assert staff.post(url, data).status_code == 302
    assert ShippingMethod.objects.get().countries == ["DE", "AT"]
    assert "500 g to 31.5 kg" in staff.get(METHODS).content.decode()


def test_sets_the_tax_class_of_a_product(staff: Client) -> None:
    product = make_product()
    url = reverse("admin:catalog_product_change", args=[product.pk])
    assert staff.post(url, filled(staff, url) | {"tax_class": "reduced"}).status_code == 302
    product.refresh_from_db()
    assert product.tax_class == "reduced"
