"""Reading Stripe's webhooks.

The events follow Stripe's documentation of API version 2026-10-28.endive.
"""

import json
import random
import time
from pathlib import Path
from uuid import UUID

import pytest

from orders.payments.providers.base import WebhookEvent, WebhookRefused
from tests.orders.payments.stripe.conftest import WEBHOOK_SECRETS
from tests.orders.payments.stripe.payments import make_payment
from tests.orders.payments.stripe.webhooks import TOLERANCE, forge, sign

EVENTS = Path(__file__).parent / "events"
PAYMENT, REFUND = (
    UUID("6f1c9a52-0b0e-4c3d-9a54-3f5c2f1f7a10"),
    UUID("b2a7d9de-6c4e-4f0c-8b1e-0d6f7f1c2e33"),
)
INTENT = "pi_3SQzTrLkdIwHu7ix1a2B3c4D"


def read(name: str) -> bytes:
    return (EVENTS / f"{name}.json").read_bytes()


def parse(
    provider, body: bytes, secret: str = WEBHOOK_SECRETS[0], at: float | None = None
) -> WebhookEvent:
    return provider.parse_webhook(body, {"Stripe-Signature": sign(body, secret, at)})


def parse_changed(provider, name: str, **fields: object) -> WebhookEvent:
    event = json.loads(read(name))
    event["data"]["object"] |= fields
    return parse(provider, json.dumps(event).encode())


@pytest.mark.parametrize("outcome", ["succeeded", "payment_failed", "processing", "canceled"])
def test_it_reads_whose_payment_has_changed(provider, outcome):
    assert parse(provider, read(f"payment_intent.{outcome}")) == WebhookEvent(payment_id=PAYMENT)


def test_it_reads_whose_refund_has_changed(provider):
    assert parse(provider, read("refund.updated")) == WebhookEvent(refund_id=REFUND)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "field"),
    [("charge.refunded", "refunds_of"), ("charge.dispute.created", "disputes_of")],
)
def test_it_finds_the_payment_of_a_charge_by_its_intent(provider, name, field):
    assert parse(provider, read(name)) == WebhookEvent()
    payment = make_payment(transaction_id=INTENT)
    assert parse(provider, read(name)) == WebhookEvent(**{field: payment.pk})


@pytest.mark.django_db
def test_it_finds_the_payment_of_a_refund_that_is_not_ours(provider):
    payment = make_payment(transaction_id=INTENT)
    changed = parse_changed(provider, "refund.updated", metadata={}, payment_intent=INTENT)
    assert changed == WebhookEvent(refunds_of=payment.pk)


@pytest.mark.parametrize("secret", WEBHOOK_SECRETS)
def test_it_takes_each_secret_while_one_is_being_replaced(provider, secret):
    assert parse(provider, read("refund.updated"), secret).refund_id == REFUND


def test_it_takes_a_header_with_the_signatures_of_several_secrets(provider):
    body, now = read("refund.updated"), time.time()
    both = f"{sign(body, 'whsec_gone', now)},{sign(body, WEBHOOK_SECRETS[1], now).split(',')[1]}"
    assert provider.parse_webhook(body, {"Stripe-Signature": both}).refund_id == REFUND


def test_it_refuses_what_is_older_than_five_minutes(provider):
    body, now = read("refund.updated"), time.time()
    assert parse(provider, body, at=now - TOLERANCE + 5).refund_id == REFUND
    with pytest.raises(WebhookRefused, match="older than five minutes"):
        parse(provider, body, at=now - TOLERANCE - 5)


def test_it_refuses_every_forgery(provider):
    chance, seen = random.Random(1), set()
    event = json.loads(read("payment_intent.succeeded"))
    for _ in range(200):
        forged = forge(event, WEBHOOK_SECRETS, chance)
        seen.add(forged.what)
        with pytest.raises(WebhookRefused):
            provider.parse_webhook(forged.body, {"Stripe-Signature": forged.signature})
    assert len(seen) == 13


def test_it_refuses_all_without_a_header_or_without_secrets(provider, settings):
    with pytest.raises(WebhookRefused):
        provider.parse_webhook(read("refund.updated"), {})
    for secrets in ([], [""]):
        settings.STRIPE_WEBHOOK_SECRETS = secrets
        with pytest.raises(WebhookRefused):
            parse(provider, read("refund.updated"), "")


@pytest.mark.parametrize(
    "body",
    [
        *[b"", b"{", b"[1", b"\x00", b"[" * 100_000, b'{"a":' * 100_000, b"[1e999]", b"[NaN]"],
        b"9" * 10_000,
    ],
    ids=lambda body: str(body[:10]),
)
def test_it_refuses_what_is_signed_but_not_readable(provider, body):
    with pytest.raises(WebhookRefused, match="not JSON"):
        parse(provider, body)


@pytest.mark.parametrize(
    "body", [b"null", b"[]", b"{}", b'"text"', b'{"type": 1}', b'{"type": "payment_intent.x"}']
)
def test_it_makes_nothing_of_events_of_another_shape(provider, body):
    assert parse(provider, body) == WebhookEvent()


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        {},
        "text",
        {"payment": None},
        {"payment": 7},
        {"payment": "42"},
        {"payment": ["x"]},
    ],
)
def test_it_makes_nothing_of_metadata_that_is_not_ours(provider, metadata):
    assert parse_changed(provider, "payment_intent.succeeded", metadata=metadata) == WebhookEvent()


@pytest.mark.parametrize("intent", [None, "", 7, {"id": INTENT}])
def test_it_makes_nothing_of_a_charge_without_an_intent(provider, intent):
    assert parse_changed(provider, "charge.refunded", payment_intent=intent) == WebhookEvent()


def test_it_makes_nothing_of_other_events(provider):
    assert (
        parse(provider, b'{"type": "customer.created", "data": {"object": {}}}') == WebhookEvent()
    )
