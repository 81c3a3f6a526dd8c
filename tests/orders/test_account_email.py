"""Orders of an account go by its confirmed email, also after that has changed."""

import pytest
from django.test import Client
from django.urls import reverse

from orders import events
from orders.models import Order
from orders.payments import charge
from shop.models import Event
from tests.factories import ADDRESS, make_order, make_product, make_user
from tests.orders.shopping import CARD, place

pytestmark = pytest.mark.django_db


def test_a_mail_goes_to_the_email_that_the_account_has_when_it_is_sent() -> None:
    """The event was written before the change, and the mail has the order's secret address."""
    alice = make_user("old@example.com")
    charge.pay(place(user=alice, email=alice.email), CARD)
    paid = Event.objects.get(type="order.paid")
    assert paid.payload["order"]["email"] == "old@example.com"
    alice.email = "new@example.com"
    alice.save()
    (sent,) = events.with_order_urls([paid.payload])
    assert sent["order"]["email"] == "new@example.com"
    assert sent["order"]["url"].startswith("http")


def test_a_guests_mail_goes_to_the_email_typed() -> None:
    place(email="ada@example.com")
    created = Event.objects.get(type="order.created")
    assert events.with_order_urls([created.payload])[0]["order"]["email"] == "ada@example.com"


def test_takes_one_query_for_all(django_assert_num_queries) -> None:
    for _ in range(3):
        place(user=make_user())
    payloads = [event.payload for event in Event.objects.filter(type="order.created")]
    with django_assert_num_queries(1):
        events.with_order_urls(payloads)


def test_pages_and_staff_see_the_new_email_from_the_next_sign_in(client: Client) -> None:
    alice, bob = make_user("old@example.com"), make_user("bob@example.com")
    order, others = make_order(alice), make_order(bob)
    alice.email = "new@example.com"
    alice.save()
    alice.confirm_email()
    client.post("/account/login/", {"login": alice.email, "password": "correct horse battery"})
    order.refresh_from_db()
    others.refresh_from_db()
    assert (order.email, others.email) == ("new@example.com", "bob@example.com")


def test_signed_in_nobody_orders_with_another_email(client: Client) -> None:
    product = make_product()
    data = {"variant": product.variants.get().pk, "quantity": 1, "operation": "a" * 32}
    client.post(reverse("carts:add"), data)
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "victim@example.com"})
    alice = make_user("alice@example.com")
    client.force_login(alice)
    page = client.get(reverse("orders:checkout"))
    assert "We'll email <strong>alice@example.com</strong>" in page.content.decode()
    assert 'name="email"' not in page.content.decode()
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "victim@example.com"})
    assert client.session["checkout"]["email"] == "alice@example.com"
    assert not Order.objects.exists()
