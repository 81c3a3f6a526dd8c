"""Strangers are slowed down where trying costs or tells something; the limits are those shipped."""

import pytest
from django.test import Client
from django.urls import reverse

from orders.fulfilment.shipments import ship
from orders.models import Order, Payment, Return
from orders.payments.providers.dummy import DECLINED
from tests.factories import (
    ADDRESS,
    make_order,
    make_product,
    make_shipping_method,
    make_voucher,
)
from tests.orders.shopping import CARD, place

pytestmark = pytest.mark.django_db

BAD_CARD = CARD | {"card_number": DECLINED}


@pytest.fixture(autouse=True)
def behind_a_proxy(settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1


def statuses(client: Client, url: str, data: dict, count: int, addresses: int = 999) -> list[int]:
    """Send a form again and again, from so many addresses in turn."""
    answers = []
    for number in range(count):
        who = f"198.51.{number % addresses // 256}.{number % addresses % 256}"
        answers.append(client.post(url, data, headers={"X-Forwarded-For": who}).status_code)
    return answers


def test_ten_cards_can_be_tried_on_an_order(client: Client) -> None:
    order = place(payment_details=BAD_CARD)
    url = reverse("orders:pay", args=[order.token])
    assert statuses(client, url, BAD_CARD, 26) == [302] * 10 + [429] * 16
    page = client.post(url, CARD, headers={"X-Forwarded-For": "203.0.113.1"})
    assert int(page.headers["Retry-After"]) > 500
    assert "Too many attempts. Please try again in 10 minutes." in page.content.decode()
    assert CARD["card_number"] in page.content.decode()  # what was typed
    assert Order.objects.get().status == Order.Status.PENDING


def test_cards_are_counted_over_all_orders_of_an_address(client: Client) -> None:
    answers: list[int] = []
    for _ in range(8):
        url = reverse("orders:pay", args=[place(payment_details=BAD_CARD).token])
        answers += statuses(client, url, BAD_CARD, 9, addresses=1)
    assert answers == [302] * 60 + [429] * 12


def test_paying_is_never_too_much(client: Client, settings) -> None:
    settings.LIMITS = settings.LIMITS | {"pay.address": (1, 600)}
    for _ in range(4):
        order = place(payment_details=BAD_CARD)
        url = reverse("orders:pay", args=[order.token])
        assert statuses(client, url, CARD, 1, addresses=1) == [302]
        order.refresh_from_db()
        assert order.status == Order.Status.PAID


def test_a_mistyped_card_is_no_attempt(client: Client) -> None:
    url = reverse("orders:pay", args=[place(payment_details=BAD_CARD).token])
    assert statuses(client, url, CARD | {"expiry": "x"}, 20) == [200] * 20
    assert Payment.objects.count() == 1


def fill_in_checkout(client: Client) -> None:
    variant = make_product().variants.get()
    client.post(reverse("carts:add"), {"variant": variant.pk, "quantity": 1, "operation": "a" * 32})
    make_shipping_method()
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})


def test_voucher_codes_cannot_be_guessed(client: Client) -> None:
    fill_in_checkout(client)
    make_voucher("TEN")
    url, back = reverse("orders:voucher"), "orders:delivery"
    answers: list[int] = []
    for number in range(12):
        answers += statuses(client, url, {"code": f"A{number}", "back": back}, 1)
    assert answers == [302] * 10 + [429] * 2
    # Not even the right one is told now, and it is kept in the field, beside the reason.
    refused = client.post(url, {"code": "ten", "back": back})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 500
    assert refused.headers["HX-Redirect"] == reverse(back)
    page = client.get(reverse(back)).content.decode()
    assert "Too many attempts. Please try again in 10 minutes." in page
    assert 'value="TEN"' in page


def test_voucher_codes_are_counted_by_address_whatever_the_cart(settings) -> None:
    settings.LIMITS = settings.LIMITS | {"voucher.address": (12, 600)}
    url, answers = reverse("orders:voucher"), []
    for number in range(14):
        data = {"code": f"A{number}", "back": "orders:review"}
        answers += statuses(Client(), url, data, 1, addresses=1)
    assert answers == [302] * 12 + [429] * 2


def test_valid_codes_and_taking_one_out_are_not_counted(client: Client) -> None:
    fill_in_checkout(client)
    make_voucher("TEN")
    url = reverse("orders:voucher")
    for code in ["TEN", ""] * 12:
        assert statuses(client, url, {"code": code, "back": "orders:review"}, 1) == [302]


def test_an_order_number_cannot_be_tried_with_many_emails(client: Client) -> None:
    order = make_order()
    url = reverse("orders:find")
    data = {"number": order.number, "email": "wrong@example.com"}
    assert statuses(client, url, data, 12) == [200] * 10 + [429] * 2
    right = client.post(url, {"number": order.number.lower(), "email": order.email})
    assert right.status_code == 429
    assert order.email in right.content.decode()


def test_order_numbers_cannot_be_tried_from_one_address(client: Client) -> None:
    url = reverse("orders:find")
    answers = []
    for number in range(22):
        data = {"number": f"A{number}", "email": "who@example.com"}
        answers += statuses(client, url, data, 1, addresses=1)
    assert answers == [200] * 20 + [429] * 2


def test_returns_are_limited_and_the_form_keeps_what_was_typed(client: Client) -> None:
    order = make_order(quantity=20)
    ship(order, key=order.checkout_key)
    url = reverse("orders:return_items", args=[order.token])
    item = order.items.get()
    answers = []
    for _ in range(12):
        key = str(client.get(url).context["form"]["key"].value())
        data = {"key": key, f"item_{item.pk}": "1", "reason": "Too blue."}
        answers += statuses(client, url, data, 1)
    assert answers == [302] * 10 + [429] * 2
    assert Return.objects.count() == 10
    assert "Too blue." in client.post(url, data).content.decode()


def test_a_flood_of_forged_webhooks_is_logged_twenty_times(client: Client, caplog) -> None:
    url = reverse("orders:webhook", args=["test"])
    answers = statuses(client, url, {}, 30, addresses=1)
    assert answers == [400] * 20 + [429] * 10
    assert len([line for line in caplog.records if "was refused" in line.getMessage()]) == 20
    assert statuses(client, url, {}, 1, addresses=1) == [429]
    assert client.post(url, headers={"X-Forwarded-For": "192.0.2.9"}).status_code == 400
