"""Refunding money through Stripe."""

from decimal import Decimal

import pytest

from orders.models import Payment, Refund
from orders.payments.providers.base import PaymentError
from tests.orders.payments.stripe.account import SLOW, WORKS
from tests.orders.payments.stripe.payments import make_payment, make_refund, note

pytestmark = pytest.mark.django_db

PROCESSING, SUCCEEDED, FAILED = (
    Refund.Status.PROCESSING,
    Refund.Status.SUCCEEDED,
    Refund.Status.FAILED,
)


@pytest.fixture
def pay(server, provider):
    """Return a function that makes a paid payment."""

    def pay(amount: str = "14.90", currency: str = "EUR", card: str = WORKS) -> Payment:
        payment = make_payment(amount, currency)
        note(payment, provider.start(payment, {}))
        server.account.confirm(payment.transaction_id, card)
        if card == SLOW:
            server.account.settle(payment.transaction_id)
        return note(payment, provider.look_up(payment))

    return pay


def test_it_refunds_the_whole(server, provider, pay):
    refund = make_refund(pay(), "14.90")
    outcome = provider.refund(refund)
    (known,) = server.account.refunds.values()
    assert (outcome.status, outcome.amount, outcome.currency) == (
        SUCCEEDED,
        Decimal("14.90"),
        "EUR",
    )
    assert outcome.transaction_id == known["id"]
    assert known["metadata"] == {"refund": str(refund.pk)}
    assert server.account.received() == 0


def test_it_refunds_in_parts(server, provider, pay):
    payment = pay()
    for amount in ("4.90", "4.90", "5.10"):
        assert provider.refund(make_refund(payment, amount)).status == SUCCEEDED
    assert server.account.received() == 0


def test_it_refunds_once_however_often_it_is_asked(server, provider, pay):
    refund = make_refund(pay(), "4.90")
    assert provider.refund(refund) == provider.refund(refund)
    assert server.account.received() == 1000


def test_it_refunds_once_though_the_key_is_forgotten(server, provider, pay):
    refund = make_refund(pay(), "4.90")
    first = provider.refund(refund)
    server.forget_keys()
    assert provider.refund(refund) == first
    assert server.account.received() == 1000


def test_it_finds_its_own_refund_among_many(server, provider, pay):
    payment = pay("200.00")
    refund = make_refund(payment, "1.00")
    first = provider.refund(refund)
    for _ in range(120):
        server.account.create_refund({"payment_intent": payment.transaction_id, "amount": "100"})
    server.forget_keys()
    assert provider.refund(refund) == first
    assert len(server.account.refunds) == 121


def test_it_fails_what_is_more_than_there_is(server, provider, pay):
    payment = pay()
    assert provider.refund(make_refund(payment, "10.00")).status == SUCCEEDED
    outcome = provider.refund(make_refund(payment, "10.00"))
    assert outcome.status == FAILED
    assert "greater than unrefunded amount" in outcome.error
    assert server.account.received() == 490


def test_it_fails_when_everything_went_back_already(server, provider, pay):
    payment = pay()
    provider.refund(make_refund(payment, "14.90"))
    assert "already been refunded" in provider.refund(make_refund(payment, "1.00")).error
    assert server.account.received() == 0


@pytest.mark.parametrize(
    ("failure", "status"), [("", SUCCEEDED), ("expired_or_canceled_card", FAILED)]
)
def test_it_waits_for_a_slow_bank(server, provider, pay, failure, status):
    refund = make_refund(pay(card=SLOW), "14.90")
    outcome = provider.refund(refund)
    assert outcome.status == PROCESSING
    server.account.settle_refund(outcome.transaction_id, failure=failure)
    outcome = provider.refund(refund)
    assert outcome.status == status
    assert ("has expired" in outcome.error) == bool(failure)
    assert len(server.account.refunds) == 1


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("500.00", "JPY", 500), ("5.12", "KWD", 5120)]
)
def test_it_refunds_other_currencies_to_the_unit(server, provider, pay, amount, currency, minor):
    outcome = provider.refund(make_refund(pay(amount, currency), amount))
    assert (outcome.status, outcome.amount) == (SUCCEEDED, Decimal(amount))
    assert [refund["amount"] for refund in server.account.refunds.values()] == [minor]


def test_it_fails_an_amount_that_stripe_can_not_move(server, provider, pay):
    outcome = provider.refund(make_refund(pay("500.00", "JPY"), "0.50"))
    assert (outcome.status, "too many digits" in outcome.error) == (FAILED, True)


def test_it_tells_its_own_refunds_from_those_of_the_dashboard(server, provider, pay):
    payment = pay()
    provider.refund(make_refund(payment, "4.90"))
    made = server.account.create_refund({"payment_intent": payment.transaction_id, "amount": "500"})
    (outcome,) = provider.dashboard_refunds(payment)
    assert (outcome.transaction_id, outcome.amount, outcome.status) == (
        made["id"],
        Decimal("5.00"),
        SUCCEEDED,
    )


def test_it_goes_on_with_a_refund_of_the_dashboard_and_makes_no_other(server, provider, pay):
    payment = pay(card=SLOW)
    made = server.account.create_refund({"payment_intent": payment.transaction_id, "amount": "500"})
    refund = make_refund(payment, "5.00")
    refund.transaction_id = made["id"]
    assert provider.refund(refund).status == PROCESSING
    assert len(server.account.refunds) == 1


def test_it_is_unclear_when_stripe_does_not_know_the_payment(provider):
    payment = make_payment(transaction_id="pi_of_another_account", status=Payment.Status.CAPTURED)
    with pytest.raises(PaymentError):
        provider.refund(make_refund(payment, "1.00"))
