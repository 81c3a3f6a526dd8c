"""Staff type and read prices with the digits of the shop's currency."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from catalog.models import Product, Variant
from orders.models import ShippingMethod, Voucher
from tests.admin_forms import filled
from tests.currencies import open_shop
from tests.factories import (
    make_product,
    make_shipping_method,
    make_staff,
    make_user,
    make_voucher,
)

pytestmark = pytest.mark.django_db
SHOPS = {
    "JPY": ("985", "500", "¥985", "¥500", "Amounts in JPY have no decimals."),
    "KWD": ("4.125", "1.250", "KWD 4.125", "KWD 1.250", "Amounts in KWD have 3 decimals at most."),
}


@pytest.fixture(params=SHOPS)
def shop(request) -> str:
    with open_shop((request.param, False)):
        yield request.param


@pytest.fixture
def rows(shop: str) -> list[Product | Variant | ShippingMethod | Voucher]:
    price, delivery = SHOPS[shop][:2]
    product = make_product(price=price)
    method = make_shipping_method(price=delivery, free_from=price)
    voucher = make_voucher(kind="fixed", value=delivery, minimum=price)
    return [product, product.variants.get(), method, voucher]


def client(*permissions: str) -> Client:
    user = make_user(is_staff=True) if permissions else make_staff()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    made = Client()
    made.force_login(user)
    return made


def text_of(page: bytes) -> str:
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def page_of(row, what: str = "change") -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}"
    return reverse(name, args=[row.pk] if what == "change" else [])


def test_lists_and_read_only_pages_show_prices_as_the_shop_does(shop, rows):
    price, delivery = SHOPS[shop][2:4]
    names = ("product", "variant", "shippingmethod", "voucher")
    viewer = client(*(f"view_{name}" for name in names))
    for row in rows:
        wanted = {price, delivery} if isinstance(row, ShippingMethod | Voucher) else {price}
        for what in ("change", "changelist"):
            answer = viewer.get(page_of(row, what))
            assert answer.status_code == 200
            text = text_of(answer.content)
            assert all(amount in text for amount in wanted), (row, what, text)


def test_forms_show_and_take_the_digits_of_the_currency(shop, rows):
    price, delivery, *_shown, fault = SHOPS[shop]
    staff = client()
    for row in rows:
        answers = filled(staff, page_of(row))
        prices = {
            name: value
            for name, value in answers.items()
            if re.search(r"(^|-)(price|free_from|value|minimum)$", name)
            if "__prefix__" not in name
        }
        assert set(prices.values()) <= {price, delivery}, prices
        assert prices
        for name in prices:
            wrong = answers | {name: f"{price}9" if "." in price else f"{price}.5"}
            page = text_of(staff.post(page_of(row), wrong).content)
            # A voucher's value may be a percentage, which has three decimals in any shop.
            assert fault in page or "no more than 3 decimal places" in page, (row, name)
        assert staff.post(page_of(row), answers).status_code == 302
