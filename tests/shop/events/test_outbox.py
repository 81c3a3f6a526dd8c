"""Events are written together with the change they report, and reach the topic whatever fails."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import BotoCoreError
from django.db import connection, transaction

from infra.devstack.fault_proxy import FaultProxy
from shop.events import outbox
from shop.models import Event
from tests.shop.events.conftest import SNS_AWAY
from tests.shop.events.listening import Listener, drain, publish

pytestmark = pytest.mark.django_db(transaction=True)

TOO_LONG = "x" * 300_000  # SNS accepts 256 KB
REFUSAL = (
    b"<ErrorResponse><Error><Type>Sender</Type>"
    b"<Code>BatchRequestTooLong</Code></Error></ErrorResponse>"
)


def test_an_event_needs_a_transaction():
    with pytest.raises(RuntimeError):
        outbox.publish("order.paid", {})


def test_an_event_dies_with_its_transaction():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.publish("order.paid", {})
        raise ZeroDivisionError
    assert not Event.objects.exists()


def test_the_relay_sends_each_event_once(listener: Listener):
    publish(12)
    assert [outbox.relay_batch() for _ in range(3)] == [10, 2, 0]
    heard = listener.hear(12)
    assert sorted(message["payload"]["number"] for message in heard) == list(range(12))
    assert {(message["type"], message["version"]) for message in heard} == {("test.counted", 1)}


def test_relays_at_once_send_each_event_once(listener: Listener):
    def relay(_: int) -> int:
        try:
            return drain()
        finally:
            connection.close()

    ids = {str(event.pk) for event in publish(100)}
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(relay, range(4))) == 100
    heard = [message["id"] for message in listener.hear(101)]
    assert len(heard) == 100
    assert set(heard) == ids


def test_a_poison_event_is_set_aside_and_holds_up_nobody(listener: Listener):
    (poison,) = publish(1, text=TOO_LONG)
    publish(12)
    assert outbox.relay_batch() == 10
    poison.refresh_from_db()
    assert (poison.attempts, poison.published_at, poison.set_aside_at) == (1, None, None)
    drain()
    poison.refresh_from_db()
    assert (poison.attempts, poison.published_at) == (outbox.MAX_ATTEMPTS, None)
    assert poison.set_aside_at
    assert "too long" in poison.error
    assert len(listener.hear(13)) == 12
    assert not Event.objects.waiting().exists()


def test_a_batch_that_is_refused_for_one_event_is_sent_one_by_one(
    listener: Listener, fresh_clients, monkeypatch
):
    """AWS refuses the whole batch if its total is too long; the emulator refuses only the entry.

    A proxy therefore stands in for AWS.
    """
    (poison,) = publish(1, text=TOO_LONG)
    publish(5)
    with FaultProxy(os.environ["AWS_ENDPOINT_URL"]) as proxy:
        proxy.refuse = lambda body: (400, REFUSAL) if len(body) > 262_144 else None
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", proxy.url)
        drain()
    poison.refresh_from_db()
    assert poison.set_aside_at
    assert poison.attempts == outbox.MAX_ATTEMPTS
    assert len(listener.hear(6)) == 5


def test_sns_being_away_is_counted_against_nobody(listener: Listener, fresh_clients, monkeypatch):
    publish(3)
    with monkeypatch.context() as away:
        away.setenv("AWS_ENDPOINT_URL_SNS", SNS_AWAY)
        for _ in range(outbox.MAX_ATTEMPTS + 1):
            with pytest.raises(BotoCoreError):
                outbox.relay_batch()
    assert set(Event.objects.values_list("attempts", "set_aside_at", "published_at")) == {
        (0, None, None)
    }
    outbox._sns.cache_clear()
    assert drain() == 3
    assert len(listener.hear(4)) == 3
