"""Changes made by staff in Stripe's dashboard.

The shop learns of them by webhooks, and its records follow.
"""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from orders.admin.alerts import alerts
from orders.models import Order, Payment, Refund
from orders.payments import refunds
from orders.payments.charge import settle_payment, start_payment
from shop.models import Event
from tests.orders.payments.stripe.account import SLOW, WORKS
from tests.orders.payments.stripe.conftest import WEBHOOK_SECRETS
from tests.orders.payments.stripe.webhooks import deliver
from tests.orders.shopping import place

pytestmark = pytest.mark.django_db


@pytest.fixture
def buy(server, provider):
    """Return a function that returns the payment of a paid order."""

    def buy(card: str = WORKS) -> Payment:
        payment, _secret = start_payment(place(provider="stripe"), {}, "stripe")
        server.account.confirm(payment.transaction_id, card)
        if card == SLOW:
            server.account.settle(payment.transaction_id)
        server.account.events.clear()
        return settle_payment(payment)

    return buy


def refund_there(server, payment: Payment, minor: int) -> str:
    made = server.account.create_refund(
        {"payment_intent": payment.transaction_id, "amount": str(minor)}
    )
    return made["id"]


def tell(server) -> set[int]:
    """Send every event that exists, and return the status codes of the answers."""
    codes = set()
    for event in server.account.events:
        sent = deliver(event, WEBHOOK_SECRETS[0])
        headers = {"Stripe-Signature": sent.signature}
        answer = Client().post(
            "/payments/stripe/webhook/", sent.body, content_type="application/json", headers=headers
        )
        codes.add(answer.status_code)
    return codes


def told() -> list[str]:
    return list(Event.objects.filter(type__contains="refund").values_list("type", flat=True))


def test_a_refund_is_taken_over_once(server, buy):
    payment = buy()
    refund_id = refund_there(server, payment, 500)
    assert tell(server) == tell(server) == {200}
    refund = Refund.objects.get()
    payment.refresh_from_db()
    assert (refund.transaction_id, refund.amount, refund.status) == (
        refund_id,
        Decimal("5.00"),
        Refund.Status.SUCCEEDED,
    )
    assert (payment.refunded, payment.order.status, told()) == (
        Decimal("5.00"),
        Order.Status.PAID,
        ["order.refunded"],
    )
    (alert,) = alerts(payment.order, [payment], [refund], [])
    assert (
        alert.text
        == "€5.00 went back from the provider's own pages, so the stock was left as it is."
    )


def test_the_order_is_refunded_when_all_of_it_went_back(server, buy):
    payment = buy()
    refunds.refund(payment.order, key=uuid4(), amount=Decimal("1.00"))
    refund_there(server, payment, int(payment.amount * 100) - 100)
    assert tell(server) == {200}
    payment.refresh_from_db()
    payment.order.refresh_from_db()
    assert (payment.status, payment.order.status) == (
        Payment.Status.REFUNDED,
        Order.Status.REFUNDED,
    )
    assert told() == ["order.refunded", "order.refunded"]


def test_it_comes_again_while_a_refund_of_ours_is_in_the_way(server, buy):
    payment = buy()
    ours = refunds.begin_refund(payment.order, payment.amount, key=uuid4())
    refund_there(server, payment, 500)
    assert tell(server) == {503}
    assert Refund.objects.get() == ours
    assert refunds.attempt_refund(ours).status == Refund.Status.FAILED, (
        "Stripe has not that much left"
    )
    assert tell(server) == {200}
    payment.refresh_from_db()
    assert payment.refunded == Decimal("5.00")


@pytest.mark.parametrize("heard", ["while it is on its way", "afterwards"])
def test_what_the_bank_sends_back_is_ours_again(server, buy, heard):
    payment = buy(SLOW)
    refund_id = refund_there(server, payment, 500)
    if heard == "while it is on its way":
        assert tell(server) == {200}
        assert Refund.objects.get().status == Refund.Status.PROCESSING
    server.account.settle_refund(refund_id, failure="declined")
    assert tell(server) == {200}
    payment.refresh_from_db()
    assert payment.refunded == 0
    assert not Refund.objects.exclude(status=Refund.Status.FAILED).exists()
    assert len(server.account.refunds) == 1


def test_nothing_is_made_of_refunds_that_the_shop_made(server, buy):
    payment = buy()
    ours = refunds.refund(payment.order, key=uuid4(), amount=Decimal("5.00"))
    assert tell(server) == {200}
    assert Refund.objects.get() == ours
