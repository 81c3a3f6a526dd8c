"""The event log: every event as a line of JSON, for Flink and other readers.

The log is in the analytics bucket. Keys are `events/date=YYYY-MM-DD/hour=HH/<name>.jsonl`, by the
events' created_at in UTC. Events are written at least once: readers recognise repetitions by the
id. The log does not depend on SNS: either may be unavailable while the other goes on.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shop.events.outbox import message
from shop.models import Event

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: The maximum number of events in an object, and the seconds after which one is written.
BATCH = 500
FLUSH_SECONDS = 10.0
TIMEOUTS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


def archive_batch(older_than: timedelta = timedelta(0)) -> int:
    """Write one batch of events to the bucket and mark it; return the number of events.

    Does nothing if the oldest event is younger than `older_than`. Raises BotoCoreError and
    ClientError, in which case nothing is marked. A crash between writing and marking repeats a
    batch.
    """
    # As in the relay, the transaction includes the call to AWS: the row locks keep other workers
    # from these events.
    with transaction.atomic():
        events = list(
            Event.objects.unarchived().select_for_update(skip_locked=True, no_key=True)[:BATCH]
        )
        if not events or events[0].created_at > timezone.now() - older_than:
            return 0
        _write_objects(events)
        Event.objects.filter(pk__in=[event.pk for event in events]).update(
            archived_at=timezone.now()
        )
    return len(events)


def _write_objects(events: Sequence[Event]) -> None:
    bucket = settings.ANALYTICS_RESULTS_BUCKET
    for key, body in _objects(events):
        _s3_client().put_object(
            Bucket=bucket, Key=key, Body=body, ContentType="application/x-ndjson"
        )


def _objects(events: Sequence[Event]) -> Iterator[tuple[str, bytes]]:
    """Yield key and content of one object per hour.

    The key is made from the content, so a repeated batch overwrites the first instead of adding to
    it.
    """
    # groupby() needs sorted events; unarchived() returns the oldest first.
    for hour, group in groupby(
        events, key=lambda event: f"{event.created_at:date=%Y-%m-%d/hour=%H}"
    ):
        body = "".join(f"{message(event)}\n" for event in group).encode()
        yield f"events/{hour}/{hashlib.sha256(body).hexdigest()[:32]}.jsonl", body


@cache
def _s3_client() -> "S3Client":
    return boto3.client("s3", region_name=settings.AWS_REGION, config=TIMEOUTS)
