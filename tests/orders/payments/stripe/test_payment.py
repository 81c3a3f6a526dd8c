"""Starting, looking up and cancelling a payment at Stripe."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from orders.models import Payment
from orders.payments.providers.base import PaymentError
from orders.payments.providers.stripe import StripeProvider, from_minor, to_minor
from shop.currencies import currencies
from tests.currencies import amounts, open_shop
from tests.orders.payments.stripe.account import DECLINED, SECOND_STEP, SLOW
from tests.orders.payments.stripe.payments import make_payment, note
from tests.orders.payments.stripe.server import StripeServer

pytestmark = pytest.mark.django_db

CREATED, PROCESSING = Payment.Status.CREATED, Payment.Status.PROCESSING
CAPTURED, CANCELLED, FAILED = (
    Payment.Status.CAPTURED,
    Payment.Status.CANCELLED,
    Payment.Status.FAILED,
)


@pytest.fixture
def payment(provider) -> Payment:
    return make_payment()


@pytest.fixture
def started(provider, payment) -> Payment:
    return note(payment, provider.start(payment, {}))


def only_intent(server: StripeServer) -> dict:
    (intent,) = server.account.intents.values()
    return intent


def test_it_opens_one_intent_that_names_the_payment(server, provider, payment):
    outcome = provider.start(payment, {})
    intent = only_intent(server)
    assert (intent["amount"], intent["currency"]) == (1490, "eur")
    assert intent["metadata"] == {"payment": str(payment.pk), "order": payment.order.number}
    assert (outcome.status, outcome.amount, outcome.currency) == (CREATED, Decimal("14.90"), "EUR")
    assert (outcome.transaction_id, outcome.client_secret) == (
        intent["id"],
        intent["client_secret"],
    )


def test_it_uses_the_same_intent_when_started_again(server, provider, payment):
    first = provider.start(payment, {})
    assert provider.start(payment, {}) == first
    assert provider.start(note(payment, first), {}) == first
    only_intent(server)


def test_it_is_captured_once_the_shopper_paid(server, provider, started):
    server.account.confirm(started.transaction_id)
    outcome = provider.look_up(started)
    assert (outcome.status, outcome.amount, outcome.error) == (CAPTURED, Decimal("14.90"), "")
    assert not outcome.client_secret


def test_it_reports_what_was_received_and_not_what_was_asked(server, provider, started):
    server.account.confirm(started.transaction_id)
    only_intent(server)["amount_received"] = 1000
    assert provider.look_up(started).amount == Decimal("10.00")


def test_it_stays_open_after_a_declined_card_and_takes_the_next(server, provider, started):
    server.account.confirm(started.transaction_id, DECLINED)
    declined = provider.look_up(started)
    assert (declined.status, declined.error) == (CREATED, "Your card was declined.")
    assert declined.client_secret
    server.account.confirm(started.transaction_id)
    assert provider.look_up(started).status == CAPTURED
    assert only_intent(server)["amount_received"] == 1490


def test_it_says_so_in_our_words_when_the_error_is_not_for_the_shopper(server, provider, started):
    server.account.confirm(started.transaction_id, DECLINED)
    only_intent(server)["last_payment_error"] |= {
        "type": "api_error",
        "message": "pm_123 has no mandate",
    }
    assert "mandate" not in provider.look_up(started).error
    assert "Nothing was charged" in provider.look_up(started).error


def test_it_waits_for_the_shoppers_second_step(server, provider, started):
    server.account.confirm(started.transaction_id, SECOND_STEP)
    assert provider.look_up(started).status == CREATED
    server.account.settle(started.transaction_id)
    assert provider.look_up(started).status == CAPTURED


def test_it_waits_for_a_slow_bank(server, provider, started):
    server.account.confirm(started.transaction_id, SLOW)
    assert note(started, provider.look_up(started)).status == PROCESSING
    server.account.settle(started.transaction_id)
    assert provider.look_up(started).status == CAPTURED


def test_it_closes_a_payment_that_a_slow_bank_refused(server, provider, started):
    server.account.confirm(started.transaction_id, SLOW)
    note(started, provider.look_up(started))
    server.account.settle(started.transaction_id, paid=False)
    for _ in range(2):
        outcome = provider.look_up(started)
        assert (outcome.status, outcome.error) == (
            CANCELLED,
            "The bank did not confirm the payment.",
        )
    assert only_intent(server)["status"] == "canceled"


@pytest.mark.parametrize(
    ("state", "status"), [("requires_confirmation", CREATED), ("requires_capture", PROCESSING)]
)
def test_it_knows_the_states_that_we_do_not_use(server, provider, started, state, status):
    only_intent(server)["status"] = state
    assert provider.look_up(started).status == status


def test_it_calls_an_unknown_state_unclear(server, provider, started):
    only_intent(server)["status"] = "requires_luck"
    with pytest.raises(PaymentError, match="requires_luck"):
        provider.look_up(started)


def test_it_tells_the_present_state_though_the_creation_was_never_written_down(
    server, provider, payment
):
    server.account.confirm(provider.start(payment, {}).transaction_id)
    assert provider.look_up(payment).status == CAPTURED
    assert provider.start(payment, {}).status == CAPTURED
    only_intent(server)


def test_it_finds_an_old_intent_whose_key_is_forgotten(server, provider, payment):
    server.account.confirm(provider.start(payment, {}).transaction_id)
    server.forget_keys()
    payment.created_at = timezone.now() - timedelta(days=2)
    assert provider.look_up(payment).status == CAPTURED
    only_intent(server)


def test_it_cancels_an_old_payment_that_never_reached_stripe(server, provider, payment):
    payment.created_at = timezone.now() - timedelta(days=2)
    assert provider.cancel(payment).status == CANCELLED
    assert "GET /v1/payment_intents/search" in server.requests


def test_it_cancels_an_open_intent(server, provider, started):
    assert provider.cancel(started).status == CANCELLED
    assert only_intent(server)["status"] == "canceled"
    assert provider.cancel(started).status == CANCELLED
    assert provider.look_up(started).status == CANCELLED


def test_it_can_not_be_started_once_it_was_cancelled(server, provider, payment):
    assert provider.cancel(payment).status == CANCELLED
    outcome = provider.start(payment, {})
    assert (outcome.status, outcome.client_secret) == (CANCELLED, "")
    only_intent(server)


def test_it_tells_of_money_that_came_before_the_cancellation(server, provider, started):
    server.account.confirm(started.transaction_id)
    assert provider.cancel(started).status == CAPTURED


def test_it_can_not_cancel_while_the_bank_is_at_work_but_later(server, provider, started):
    server.account.confirm(started.transaction_id, SLOW)
    assert provider.cancel(started).status == PROCESSING
    server.account.settle(started.transaction_id, paid=False)
    assert provider.cancel(started).status == CANCELLED


def test_it_does_not_call_a_payment_cancelled_that_opened_again_meanwhile(
    server, provider, started, monkeypatch
):
    server.account.confirm(started.transaction_id, SLOW)
    refuse = server.account.cancel_intent

    def refuse_and_settle(intent_id: str) -> dict:
        try:
            return refuse(intent_id)
        finally:
            server.account.settle(intent_id, paid=False)

    monkeypatch.setattr(server.account, "cancel_intent", refuse_and_settle)
    with pytest.raises(PaymentError, match="cancel it again"):
        provider.cancel(started)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("10.50", "EUR", 1050),
        ("0.01", "USD", 1),
        ("9999999999.99", "GBP", 999999999999),
        ("500.00", "JPY", 500),
        ("12000", "KRW", 12000),
        ("5.12", "KWD", 5120),
        ("1.00", "BHD", 1000),
        ("5.00", "ISK", 500),
        ("7.00", "UGX", 700),
    ],
)
def test_it_counts_in_the_smallest_unit_and_back(amount, currency, minor):
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


# Stripe has no LYD.
@given(some.sampled_from(sorted(currencies() - {"LYD"})), some.data())
def test_it_counts_all_that_a_shop_with_stripe_can_charge(currency, data):
    with open_shop((currency, True)):
        amount = data.draw(amounts(currency, 99_999_999))
    assert from_minor(to_minor(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("500.00", "JPY"), ("99.00", "KRW"), ("5.12", "KWD"), ("120.00", "ISK")],
)
def test_it_charges_other_currencies_to_the_unit(server, provider, amount, currency):
    payment = make_payment(amount, currency)
    server.account.confirm(provider.start(payment, {}).transaction_id)
    outcome = provider.look_up(payment)
    assert (outcome.status, outcome.amount, outcome.currency) == (
        CAPTURED,
        Decimal(amount),
        currency,
    )


@pytest.mark.parametrize(
    ("amount", "currency"), [("10.50", "JPY"), ("3.50", "ISK"), ("5.125", "KWD"), ("0.10", "EUR")]
)
def test_it_fails_what_stripe_can_not_take(server, provider, amount, currency):
    payment = make_payment("1.00", currency)
    payment.amount = Decimal(amount)
    for outcome in (
        provider.start(payment, {}),
        provider.look_up(payment),
        provider.cancel(payment),
    ):
        assert (outcome.status, outcome.error) == (FAILED, "This amount can't be paid this way.")
    assert not server.account.intents


def test_it_talks_to_nobody_before_it_is_asked():
    assert "_client" not in vars(StripeProvider())
