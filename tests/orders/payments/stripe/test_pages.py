"""The pages on which a shopper pays with Stripe."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

from orders.models import Order, Payment
from tests.orders.payments.stripe.account import DECLINED, SECOND_STEP, WORKS
from tests.orders.shopping import place

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(provider) -> Order:
    return place(provider="stripe")


def only_intent(server) -> dict:
    (intent,) = server.account.intents.values()
    return intent


def start(client: Client, order: Order) -> None:
    """Press the button of the pay page, which begins the payment and shows the page again."""
    path = f"/orders/{order.token}/pay/"
    assert client.post(path, {"provider": "stripe"}).headers["Location"] == path


def test_it_gives_the_page_what_the_payment_element_needs(server, client: Client, order):
    start(client, order)
    page = client.get(f"/orders/{order.token}/pay/").content.decode()
    intent = only_intent(server)
    assert f'data-client-secret="{intent["client_secret"]}"' in page
    assert 'data-publishable-key="pk_test_the_shops_own"' in page
    assert f'data-return-url="{settings.SHOP_URL}/orders/{order.token}/return/"' in page
    assert 'role="alert"' in page
    assert "needs JavaScript" in page
    assert re.findall(r"<script src=.(\S*stripe\S*)\"", page) == [
        "https://js.stripe.com/v3/",
        "/static/js/stripe.js",
    ]
    assert "sk_test" not in page


def test_it_asks_for_nothing_before_there_is_a_payment():
    assert (
        render_to_string("orders/payments/stripe.html").strip()
        == '<p class="soft">You pay on the next page.</p>'
    )


def test_it_keeps_the_intent_when_the_page_is_loaded_again(server, client, order):
    start(client, order)
    for _ in range(3):
        client.get(f"/orders/{order.token}/pay/")
    only_intent(server)
    assert order.payments.get().transaction_id == only_intent(server)["id"]


def test_the_browsers_return_pays_the_order(server, client, order):
    start(client, order)
    server.account.confirm(only_intent(server)["id"], WORKS)
    answer = client.get(f"/orders/{order.token}/return/?redirect_status=failed")
    assert answer.headers["Location"] == f"/orders/{order.token}/"
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


@pytest.mark.parametrize("card", [DECLINED, SECOND_STEP])
def test_the_browsers_return_is_not_believed(server, client, order, card):
    start(client, order)
    server.account.confirm(only_intent(server)["id"], card)
    answer = client.get(f"/orders/{order.token}/return/?redirect_status=succeeded")
    assert answer.headers["Location"] == f"/orders/{order.token}/pay/"
    assert order.payments.get().status == Payment.Status.CREATED


def test_it_says_so_when_stripe_is_away(server, client, order):
    start(client, order)
    server.fail("", 10)
    answer = client.get(f"/orders/{order.token}/pay/", follow=True)
    assert answer.redirect_chain == [(f"/orders/{order.token}/", 302)]
    assert "could not reach the payment provider" in answer.content.decode()
    assert Order.objects.get().status == Order.Status.PENDING
