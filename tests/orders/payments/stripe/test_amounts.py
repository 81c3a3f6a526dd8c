"""Amounts that Stripe never takes: known before the order is placed, or given back at once."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from orders.checkout.place import place_order
from orders.models import Order, Payment
from orders.payments.providers import stripe_limits
from orders.payments.providers.base import AmountNotAccepted
from shop.models import Event
from tests.factories import ADDRESS, make_product, make_shipping_method
from tests.orders.checkout.test_pages import fill
from tests.orders.shopping import agree, new_cart
from tests.orders.shopping import fill as fill_cart

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("amount", "currency", "accepted"),
    [
        ("0.50", "EUR", True),
        ("0.49", "EUR", False),
        ("0.30", "GBP", True),
        ("0.29", "GBP", False),
        ("50", "JPY", True),
        ("49", "JPY", False),
        ("10.50", "JPY", False),
        ("174.99", "HUF", False),
        ("999999.99", "EUR", True),
        ("1000000.00", "EUR", False),
        ("99999999", "JPY", True),
        ("100000000", "JPY", False),
        ("9999999.99", "INR", True),
        ("0.010", "KWD", True),
        ("0.011", "KWD", False),
    ],
)
def test_it_knows_which_amounts_are_taken(provider, amount, currency, accepted):
    if accepted:
        provider.check_amount(Decimal(amount), currency)
        return
    with pytest.raises(AmountNotAccepted, match="can't be paid this way"):
        provider.check_amount(Decimal(amount), currency)


def to_review(client: Client):
    """Fill a cart with something for 0.10 that is delivered for free, and go to the review."""
    fill(client, make_product(price="0.10"))
    method = make_shipping_method(price="0.00")
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})
    client.post(reverse("orders:delivery"), {"shipping_method": method.pk})
    return client.get(reverse("orders:review"))


def press(client: Client, page):
    shown = {"key": page.context["key"].hex, "agreed": page.context["agreed"]}
    return client.post(reverse("orders:review"), shown | {"provider": "stripe"})


def nothing_was_written(server) -> bool:
    return not (
        Order.objects.exists()
        or Payment.objects.exists()
        or Event.objects.exists()
        or server.account.intents
    )


def test_the_review_says_so_and_has_no_button(server, provider, client):
    page = to_review(client)
    text = page.content.decode()
    assert "The smallest possible payment is €0.50." in text
    assert "Order and pay" not in text
    assert nothing_was_written(server)
    # Another tab still shows a button from before.
    answer = press(client, page)
    assert answer.url == reverse("orders:review")
    assert "The smallest possible payment is €0.50." in client.get(answer.url).content.decode()
    assert nothing_was_written(server)


def test_another_provider_that_takes_it_is_offered(provider, client, settings):
    settings.PAYMENT_PROVIDERS_OFFERED = ["stripe", "test"]
    page = to_review(client)
    assert [choice["name"] for choice in page.context["providers"]] == ["test"]
    assert page.context["chosen"] == "test"


def test_placing_the_order_refuses_it_and_writes_nothing(server, provider):
    cart = new_cart()
    variant = fill_cart(cart, make_product(price="0.10"))
    method = make_shipping_method(price="0.00")
    wanted = agree(cart, provider="stripe", payment_details={}, shipping_method_id=method.pk)
    with pytest.raises(AmountNotAccepted) as refused:
        place_order(wanted, cart)
    assert refused.value.code == "amount_not_accepted"
    assert nothing_was_written(server)
    assert len(cart.lines()) == 1
    variant.refresh_from_db()
    assert variant.stock == 5


def test_a_final_refusal_gives_the_cart_back(server, provider, client, monkeypatch):
    """Stripe may refuse more than it says, such as what is too little once converted."""
    monkeypatch.setattr(stripe_limits, "LEAST", {})
    answer = press(client, to_review(client))
    assert answer.url == reverse("carts:cart")
    order = Order.objects.get()
    assert order.status == Order.Status.CANCELLED
    assert order.payments.get().status == Payment.Status.FAILED
    assert order.items.get().variant.stock == 5
    cart = client.get(answer.url)
    assert len(cart.context["contents"].lines) == 1
    text = cart.content.decode()
    assert "can&#x27;t be paid this way. Your items are back in your cart." in text
    assert client.get(reverse("orders:review")).status_code == 200
    assert not server.account.intents


def test_a_final_refusal_on_the_pay_page_gives_the_cart_back(server, provider, client, settings):
    settings.PAYMENT_PROVIDERS_OFFERED = ["test", "stripe"]
    page = to_review(client)
    card = {"card_number": "4000000000000002", "expiry": "12/49", "security_code": "123"}
    shown = {"key": page.context["key"].hex, "agreed": page.context["agreed"]}
    client.post(reverse("orders:review"), shown | card | {"provider": "test"})
    order = Order.objects.get()
    answer = client.post(reverse("orders:pay", args=[order.token]), {"provider": "stripe"})
    assert answer.url == reverse("carts:cart")
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert len(client.get(answer.url).context["contents"].lines) == 1
