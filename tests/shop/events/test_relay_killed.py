"""Relays killed between publishing and marking lose nothing, and each email is sent once."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from shop.events import outbox
from shop.models import Event
from tests.infra.lambdas.orders import paid_event
from tests.shop.events.listening import Listener, drain

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
#: RELAY_KILLS=1000 kills more of them.
KILLS = int(os.environ.get("RELAY_KILLS", "100"))
BATCH = 2


def kill_relays(times: int) -> int:
    """Let relays run and die on the tests' database; return how many were killed."""
    database = (
        f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.shop.events.relay_that_dies", str(times), str(BATCH)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return int(done.stdout)


def mails() -> Counter[str]:
    """Return how many emails each address received."""
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        accounts = json.load(answer)["messages"].values()
    return Counter(address for account in accounts for mail in account for address in mail["To"])


def test_a_relay_killed_again_and_again_delivers_every_event_and_no_mail_goes_out_twice(
    listener: Listener,
):
    with transaction.atomic():
        orders = [
            outbox.publish("order.paid", paid_event()["payload"])
            for _ in range((KILLS + 1) * BATCH)
        ]
    assert kill_relays(KILLS) == KILLS
    # Each relay marked one batch, published the next one and died.
    assert Event.objects.exclude(published_at=None).count() == KILLS * BATCH
    drain()
    ids = {str(event.pk) for event in orders}
    heard = Counter(message["id"] for message in listener.hear(4 * len(ids)))
    assert set(heard) == ids
    assert sum(heard.values()) == len(ids) + KILLS * BATCH, "a kill repeats one batch, no more"
    recipients = {event.payload["order"]["email"] for event in orders}
    deadline = time.monotonic() + 60
    while not recipients <= set(got := mails()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert {got[recipient] for recipient in recipients} == {1}
