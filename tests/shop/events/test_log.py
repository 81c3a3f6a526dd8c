"""The event log in the analytics bucket contains every event, whatever happens to SNS.

In the same way SNS gets every event, whatever happens to the log.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError
from django.conf import settings

from shop.events import log, outbox
from shop.models import Event
from tests.racing import running
from tests.shop.events.conftest import S3_AWAY, SNS_AWAY
from tests.shop.events.listening import publish

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]


def objects() -> dict[str, list[dict[str, Any]]]:
    """Return the lines of each object in the log."""
    s3, bucket = boto3.client("s3"), settings.ANALYTICS_RESULTS_BUCKET
    keys = [
        found["Key"]
        for found in s3.list_objects_v2(Bucket=bucket, Prefix="events/").get("Contents", [])
    ]
    bodies = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys}
    return {key: [json.loads(line) for line in body.splitlines()] for key, body in bodies.items()}


@pytest.fixture(autouse=True)
def empty_log() -> None:
    s3, bucket = boto3.client("s3"), settings.ANALYTICS_RESULTS_BUCKET
    for key in objects():
        s3.delete_object(Bucket=bucket, Key=key)


def test_each_event_is_the_line_that_sns_gets():
    made = publish(3, text="Grüße\nzweite Zeile")
    assert [log.archive_batch() for _ in range(2)] == [3, 0]
    (lines,) = objects().values()
    assert lines == [json.loads(outbox.message(event)) for event in made]
    assert not Event.objects.unarchived().exists()


def test_keys_go_by_the_hour_of_the_event():
    moment = datetime(2026, 11, 5, 23, 59, 59, tzinfo=UTC)
    for event, at in zip(publish(3), (moment, moment, moment + timedelta(seconds=1)), strict=True):
        Event.objects.filter(pk=event.pk).update(created_at=at)
    log.archive_batch()
    written = {key.rpartition("/")[0]: len(lines) for key, lines in objects().items()}
    assert written == {"events/date=2026-11-05/hour=23": 2, "events/date=2026-11-06/hour=00": 1}


def test_a_batch_is_bounded(monkeypatch):
    monkeypatch.setattr(log, "BATCH", 4)
    publish(9)
    assert [log.archive_batch() for _ in range(3)] == [4, 4, 1]
    assert sorted(len(lines) for lines in objects().values()) == [1, 4, 4]


def test_a_crash_between_writing_and_marking_repeats_the_same_object():
    def crash() -> None:
        raise ZeroDivisionError

    publish(3)
    with pytest.raises(ZeroDivisionError), running(crash, after="shop.events.log._write_objects"):
        log.archive_batch()
    assert log.archive_batch() == 3
    assert [len(lines) for lines in objects().values()] == [3]


def test_the_safety_net_leaves_fresh_events_to_the_relay():
    publish(1)
    assert log.archive_batch(timedelta(seconds=60)) == 0
    Event.objects.update(created_at=datetime(2026, 11, 5, tzinfo=UTC))
    assert log.archive_batch(timedelta(seconds=60)) == 1


def test_nothing_is_marked_while_s3_is_away(fresh_clients, monkeypatch):
    publish(2)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", S3_AWAY)
    with pytest.raises(BotoCoreError):
        log.archive_batch()
    assert Event.objects.unarchived().count() == 2


@contextmanager
def relay(**environment: str) -> Iterator[None]:
    """Run the real relay next to the test."""
    database = (
        f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    )
    process = subprocess.Popen(
        [sys.executable, "manage.py", "relay"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database} | environment,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("away", "done"),
    [
        ({"AWS_ENDPOINT_URL_S3": S3_AWAY}, {"published_at__isnull": False, "archived_at": None}),
        ({"AWS_ENDPOINT_URL_SNS": SNS_AWAY}, {"published_at": None, "archived_at__isnull": False}),
    ],
    ids=["s3", "sns"],
)
def test_the_relay_does_the_one_while_the_other_is_away(away, done):
    publish(3)
    with relay(**away):
        deadline = time.monotonic() + 15
        while Event.objects.filter(**done).count() < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert Event.objects.filter(**done).count() == 3
