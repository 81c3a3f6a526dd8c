"""Answers that are lost, late or duplicated, and errors of every kind."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from orders.models import Payment, Refund
from orders.payments.providers.base import PaymentError, get_provider
from orders.payments.providers.stripe import RETRIES, StripeProvider
from tests.orders.payments.stripe.payments import make_payment, make_refund, note
from tests.orders.payments.stripe.server import SECRET_KEY

pytestmark = pytest.mark.django_db

ALL_TRIES = RETRIES + 1


@pytest.fixture
def payment(provider) -> Payment:
    return make_payment()


def test_it_repeats_a_creation_whose_answer_was_lost(server, provider, payment):
    server.lose("POST /v1/payment_intents")
    assert provider.start(payment, {}).status == Payment.Status.CREATED
    assert len(server.account.intents) == 1


def test_it_is_unclear_when_every_answer_was_lost_and_finds_the_intent_later(
    server, provider, payment
):
    server.lose("POST /v1/payment_intents", ALL_TRIES)
    with pytest.raises(PaymentError, match="APIConnectionError"):
        provider.start(payment, {})
    (intent_id,) = server.account.intents
    assert provider.look_up(payment).transaction_id == intent_id


def test_it_cancels_an_intent_of_which_only_stripe_knows(server, provider, payment):
    server.lose("POST /v1/payment_intents", ALL_TRIES)
    with pytest.raises(PaymentError):
        provider.start(payment, {})
    assert provider.cancel(payment).status == Payment.Status.CANCELLED
    assert [intent["status"] for intent in server.account.intents.values()] == ["canceled"]


def test_it_cancels_though_the_answer_to_that_was_lost(server, provider, payment):
    note(payment, provider.start(payment, {}))
    server.lose("/cancel", ALL_TRIES)
    with pytest.raises(PaymentError):
        provider.cancel(payment)
    assert provider.cancel(payment).status == Payment.Status.CANCELLED


def test_it_refunds_once_though_the_answer_was_lost(server, provider, payment):
    note(payment, provider.start(payment, {}))
    server.account.confirm(payment.transaction_id)
    refund = make_refund(payment, "4.90")
    server.lose("POST /v1/refunds", ALL_TRIES)
    with pytest.raises(PaymentError):
        provider.refund(refund)
    server.forget_keys()
    assert provider.refund(refund).status == Refund.Status.SUCCEEDED
    assert server.account.received() == 1000


def test_it_refunds_once_when_two_ask_at_the_same_time(server, provider, payment):
    note(payment, provider.start(payment, {}))
    server.account.confirm(payment.transaction_id)
    refund = make_refund(payment, "4.90")
    server.network.delayed = 1

    def ask(_: int) -> str:
        try:
            return provider.refund(refund).status
        except PaymentError:
            return "unclear"

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, range(4)))
    assert answers <= {Refund.Status.SUCCEEDED, "unclear"}
    assert server.account.received() == 1000


def test_it_opens_one_intent_when_many_start_at_the_same_time(server, provider, payment):
    server.network.delayed = 1

    def start(_: int) -> str:
        try:
            return provider.start(payment, {}).status
        except PaymentError:
            return "unclear"

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(start, range(8)))
    assert answers <= {Payment.Status.CREATED, "unclear"}
    assert len(server.account.intents) == 1


def test_it_charges_and_refunds_once_over_a_bad_network(server, provider):
    server.network.lost = server.network.doubled = server.network.delayed = 0.25
    server.network.delay = 0.002

    def insist(call, *arguments):
        for _ in range(50):
            try:
                return call(*arguments)
            except PaymentError:
                continue
        raise AssertionError("It was never clear.")

    for number in range(20):
        payment = make_payment()
        # Every second payment lost its answer and its process, so that nothing was saved.
        outcome = insist(provider.start, payment, {})
        if number % 2:
            note(payment, outcome)
        with server.lock:
            server.account.confirm(outcome.transaction_id)
        note(payment, insist(provider.cancel, payment))
        assert payment.status == Payment.Status.CAPTURED
        assert (
            insist(provider.refund, make_refund(payment, "4.90")).status == Refund.Status.SUCCEEDED
        )
    assert len(server.account.intents) == len(server.account.refunds) == 20
    assert server.account.received() == 20 * 1000


@pytest.mark.parametrize("call", [StripeProvider.look_up, StripeProvider.cancel])
def test_it_is_unclear_when_stripe_is_broken(server, provider, payment, call):
    note(payment, provider.start(payment, {}))
    server.fail("", ALL_TRIES)
    with pytest.raises(PaymentError, match="APIError HTTP 500"):
        call(provider, payment)


def test_it_is_unclear_when_nobody_answers(settings, provider, payment):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.STRIPE_API_URL = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(PaymentError, match="APIConnectionError"):
            StripeProvider().start(payment, {})


def test_it_is_unclear_when_stripe_is_too_slow(server, provider, payment, monkeypatch):
    monkeypatch.setattr("orders.payments.providers.stripe.TIMEOUT", (0.05, 0.05))
    monkeypatch.setattr("orders.payments.providers.stripe.RETRIES", 0)
    server.network.delayed, server.network.delay = 1, 0.15
    with pytest.raises(PaymentError, match="APIConnectionError"):
        StripeProvider().start(payment, {})


def test_it_tells_no_secret_when_the_key_is_wrong(settings, provider, payment):
    settings.STRIPE_SECRET_KEY = "sk_live_of_another_shop"
    with pytest.raises(PaymentError, match="AuthenticationError HTTP 401") as caught:
        StripeProvider().start(payment, {})
    assert "sk_" not in str(caught.value)


def test_it_is_unclear_when_the_key_was_used_for_something_else(server, provider, payment):
    provider.start(payment, {})
    payment.amount += 1
    with pytest.raises(PaymentError, match="IdempotencyError"):
        provider.start(payment, {})
    assert len(server.account.intents) == 1


@pytest.mark.parametrize(
    "error",
    [
        stripe.RateLimitError("slow down", http_status=429),
        stripe.PermissionError("not yours", http_status=403),
        stripe.CardError("declined", "", "card_declined", http_status=402),
    ],
)
def test_it_is_unclear_for_every_other_error(provider, payment, monkeypatch, error):
    def raise_error(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(provider._client.v1.payment_intents, "create", raise_error)
    with pytest.raises(PaymentError, match=type(error).__name__):
        provider.start(payment, {})


def test_it_is_built_once_a_process(provider):
    assert get_provider("stripe") is provider
    assert provider._client is provider._client
    assert SECRET_KEY not in repr(provider)
