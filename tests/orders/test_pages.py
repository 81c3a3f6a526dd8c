"""The checkout's pages, as a browser without JavaScript sees them."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Product, Variant
from orders.models import Order, Payment
from orders.payments.test import DECLINED, SLOW, WORKS
from tests.factories import ADDRESS, make_product, make_shipping_method, make_user

pytestmark = pytest.mark.django_db

CARD = {"card_number": WORKS, "expiry": "12/49", "security_code": "123"}


def fill(client: Client, product: Product | None = None, quantity: int = 1) -> Product:
    product = product or make_product(price="10.00", stock_level=5)
    data = {"variant": product.variants.get().pk, "quantity": quantity, "operation": uuid.uuid4().hex}
    client.post(reverse("carts:add"), data)
    return product


def to_review(client: Client, **address):
    method = make_shipping_method(price="4.90")
    answer = client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"} | address)
    assert answer.url == reverse("orders:delivery"), answer.context["form"].errors
    answer = client.post(reverse("orders:delivery"), {"shipping_method": method.pk})
    assert answer.url == reverse("orders:review")
    return client.get(reverse("orders:review"))


def order(client: Client, page, **changes):
    data = CARD | {"key": page.context["key"].hex, "total": str(page.context["quote"].total)} | changes
    return client.post(reverse("orders:review"), data)


def test_a_guest_buys(client):
    product = fill(client, quantity=2)
    page = to_review(client)
    assert "€24.90" in page.content.decode()
    answer = order(client, page)
    placed = Order.objects.get()
    assert answer.url == placed.get_absolute_url()
    assert (placed.status, placed.total, placed.user) == (Order.Status.PAID, Decimal("24.90"), None)
    assert "Thank you, Ada Lovelace" in client.get(answer.url).content.decode()
    assert product.variants.get().stock == 3
    assert "Your cart is empty" in client.get(reverse("carts:cart")).content.decode()


def test_a_user_buys_and_keeps_the_address(client):
    user = make_user()
    client.force_login(user)
    fill(client)
    order(client, to_review(client, save_address="on"))
    assert Order.objects.get().user == user
    assert user.addresses.get().city == "Berlin"


def test_a_declined_card_can_be_followed_by_another(client):
    fill(client)
    answer = order(client, to_review(client), card_number=DECLINED)
    placed = Order.objects.get()
    assert answer.url == reverse("orders:pay", args=[placed.token])
    assert "Your card was declined" in client.get(answer.url).content.decode()
    answer = client.post(answer.url, CARD)
    assert answer.url == placed.get_absolute_url()
    placed.refresh_from_db()
    assert placed.status == Order.Status.PAID


def test_a_slow_card_is_said_to_be_processed(client):
    fill(client)
    answer = order(client, to_review(client), card_number=SLOW)
    assert "being processed" in client.get(answer.url).content.decode()
    assert Payment.objects.get().status == Payment.Status.PROCESSING


def test_the_button_pressed_twice_orders_once(client):
    fill(client)
    page = to_review(client)
    assert order(client, page).url == order(client, page).url
    assert Order.objects.count() == 1


def test_another_total_is_said_and_nothing_is_ordered(client):
    fill(client)
    page = to_review(client)
    Variant.objects.update(price="11.00")
    answer = order(client, page, seen=page.context["seen"])
    text = answer.content.decode()
    assert "The total has changed to €15.90" in text
    assert "1 × Clay pot: €10.00 before, now €11.00." in text
    assert WORKS in text, "the card need not be typed again"
    assert not Order.objects.exists()
    assert order(client, answer).url == Order.objects.get().get_absolute_url()


def test_what_is_sold_out_in_between_leads_back_to_the_cart(client):
    fill(client)
    page = to_review(client)
    Variant.objects.update(stock=0)
    assert order(client, page).url == reverse("carts:cart")
    assert "Sold out" in client.get(reverse("carts:cart")).content.decode()


@pytest.mark.parametrize("total", ["", "abc", "-1", "1e5", "NaN", "14.900001", "9" * 30])
def test_a_total_that_is_no_amount_orders_nothing(client, total):
    fill(client)
    assert order(client, to_review(client), total=total).status_code in (200, 302)
    assert not Order.objects.exists()


@pytest.mark.parametrize("field", ["full_name", "line1", "city", "country", "email", "postcode"])
def test_what_is_missing_is_said_beside_its_field(client, field):
    fill(client)
    answer = client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com", field: ""})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert ADDRESS["line1"] in answer.content.decode() or field == "line1", "nothing that was typed is lost"


@pytest.mark.parametrize("page", ["orders:checkout", "orders:delivery", "orders:review"])
def test_an_empty_cart_has_no_checkout(client, page):
    assert client.get(reverse(page)).status_code == 302


def test_a_country_without_delivery_is_said(client):
    fill(client)
    make_shipping_method(countries=["AT"])
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})
    assert "we do not deliver to Germany" in client.get(reverse("orders:delivery")).content.decode()


def test_nobody_guesses_an_order(client):
    assert client.get(reverse("orders:order", args=["x" * 24])).status_code == 404
    assert client.get("/orders/%00/pay/").status_code == 404
