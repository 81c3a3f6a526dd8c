"""Order events: written with the change they describe, then sent to SNS by the relay.

A message is `{"id", "type", "version", "created_at", "payload"}`; the type is also a message
attribute, for filters. Delivery is at least once and in no guaranteed order, so every consumer must
tolerate repetition. docs/events.md lists types and payloads.

A payload holds no secret. What a mail needs of that kind is added by EVENT_SECRETS_ADDED_BY when
the relay sends a message, and is neither in the outbox nor in the event log.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.module_loading import import_string

from shop.models import Event, EventQuerySet

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

VERSION = 1
# SNS accepts at most 10 messages in a batch. A relay that is killed repeats at most one batch.
BATCH = 10
#: How often an event may be refused before it is set aside.
MAX_ATTEMPTS = 5
#: SNS answers with these if it refuses the content of a request. Any other error is a fault of ours
#: or of SNS, not of an event.
REFUSALS = {
    "BatchRequestTooLong",
    "InvalidParameter",
    "ParameterValueInvalid",
    "ValidationException",
}
#: The notification log keeps entries for 30 days. Publishing an older event again would send its
#: mails again.
REPLAYABLE = timedelta(days=29)
#: How long events stay in the outbox, for the history of orders. In S3 they stay as long
#: (infra/resources.json).
KEPT_FOR = timedelta(days=400)
#: How many old events are deleted at a time.
PRUNE_BATCH = 1000
# A relay that is stuck in a call keeps the rows of its batch locked; a second relay skips them.
TIMEOUTS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})

logger = logging.getLogger(__name__)

Refusals = dict[UUID, str]


class TooOld(Exception):
    """Events of this age are not published again: see REPLAYABLE."""


@dataclass(frozen=True)
class Status:
    """The state of the outbox.

    Lags are the ages, in seconds, of the oldest events that still wait.
    """

    backlog: int
    lag_seconds: float
    set_aside: int
    unarchived: int
    archive_lag_seconds: float


def publish(event_type: str, payload: dict[str, Any]) -> Event:
    """Insert an event inside the caller's transaction.

    Amounts of money in `payload` are strings, and nothing in it may be secret. Raises RuntimeError
    outside a transaction, where the event could outlive the change it describes.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(
            "An event is published inside the transaction of the change that it tells of."
        )
    return Event.objects.create(type=event_type, payload=payload)


def relay_batch() -> int:
    """Send one batch of waiting events to SNS and mark it; return how many were dealt with.

    Any number of relays may run at the same time. If SNS refuses an event, that is counted against
    the event, which is set aside after MAX_ATTEMPTS. Raises BotoCoreError and ClientError if SNS is
    unavailable or refuses everything, which is counted against no event.
    """
    # An exception to the rule that no transaction includes a network call: the row locks keep other
    # relays from these events.
    with transaction.atomic():
        events = list(
            Event.objects.waiting().select_for_update(skip_locked=True, no_key=True)[:BATCH]
        )
        if not events:
            return 0
        sent, refused = _send(events)
        Event.objects.filter(pk__in=sent).update(published_at=timezone.now())
        for event in events:
            if event.pk in refused:
                _count_refusal(event, refused[event.pk])
    return len(sent) + len(refused)


def _send(events: Sequence[Event]) -> tuple[list[UUID], Refusals]:
    """Publish events to the topic; return the ids that SNS accepted, and what it refused and why.

    Events in neither of the two may be sent later.
    """
    add_secrets = import_string(settings.EVENT_SECRETS_ADDED_BY)
    payloads = add_secrets([event.payload for event in events])
    entries: Any = [
        {
            "Id": str(event.pk),
            "Message": _as_json(event, payload),
            "MessageAttributes": {"type": {"DataType": "String", "StringValue": event.type}},
        }
        for event, payload in zip(events, payloads, strict=True)
    ]
    try:
        answer = _sns().publish_batch(
            TopicArn=topic_arn("order-events"), PublishBatchRequestEntries=entries
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in REFUSALS:
            raise
        return _send_each(events, str(error))
    # Other failures are SNS's own; those events stay in the outbox and are sent later.
    failed = [entry for entry in answer.get("Failed", []) if entry["SenderFault"]]
    refused = {
        UUID(entry["Id"]): f"{entry['Code']}: {entry.get('Message', '')}" for entry in failed
    }
    return [UUID(entry["Id"]) for entry in answer.get("Successful", [])], refused


def _send_each(events: Sequence[Event], refusal: str) -> tuple[list[UUID], Refusals]:
    """Send the events of a batch that was refused as a whole one by one."""
    # The batch was this event alone, so the refusal is its own. This ends the recursion.
    if len(events) == 1:
        return [], {events[0].pk: refusal}
    sent: list[UUID] = []
    refused: Refusals = {}
    for event in events:
        taken, not_taken = _send([event])
        sent += taken
        refused |= not_taken
    return sent, refused


def _count_refusal(event: Event, error: str) -> None:
    event.attempts += 1
    event.error = error[:500]
    if event.attempts >= MAX_ATTEMPTS:
        event.set_aside_at = timezone.now()
        logger.error("Event %s (%s) is set aside: %s", event.pk, event.type, event.error)
    event.save(update_fields=["attempts", "error", "set_aside_at"])


def message(event: Event) -> str:
    """Return an event as the JSON that goes to the event log, on one line, without secrets."""
    return _as_json(event, event.payload)


def _as_json(event: Event, payload: dict[str, Any]) -> str:
    return json.dumps(
        {
            "id": str(event.pk),
            "type": event.type,
            "version": VERSION,
            "created_at": event.created_at,
            "payload": payload,
        },
        cls=DjangoJSONEncoder,
    )


def status() -> Status:
    """Return the state of the outbox.

    This takes three aggregates, each over a partial index of open events.
    """
    now = timezone.now()
    backlog, lag = _backlog_and_lag(Event.objects.waiting(), now)
    unarchived, archive_lag = _backlog_and_lag(Event.objects.unarchived(), now)
    return Status(
        backlog, lag, Event.objects.exclude(set_aside_at=None).count(), unarchived, archive_lag
    )


def _backlog_and_lag(events: EventQuerySet, now: datetime) -> tuple[int, float]:
    found = events.aggregate(count=Count("pk"), oldest=Min("created_at"))
    lag = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return found["count"], round(max(lag, 0.0), 1)


def retry(ids: Iterable[UUID] = ()) -> int:
    """Let events that were set aside be tried again; return how many.

    Without `ids` these are all events that were set aside.
    """
    aside = Event.objects.exclude(set_aside_at=None)
    wanted = list(ids)
    if wanted:
        aside = aside.filter(pk__in=wanted)
    return aside.update(set_aside_at=None, attempts=0)


def replay(since: datetime, event_type: str = "") -> int:
    """Have the events since a point in time published again under their own ids; return how many.

    Raises TooOld.
    """
    if since < timezone.now() - REPLAYABLE:
        raise TooOld(
            f"Events older than {REPLAYABLE.days} days would send their mails again; the event "
            "log has them."
        )
    events = Event.objects.filter(created_at__gte=since).exclude(published_at=None)
    if event_type:
        events = events.filter(type=event_type)
    return events.update(published_at=None)


def prune_batch() -> int:
    """Delete some events that are older than KEPT_FOR and done with; return how many."""
    done = Event.objects.filter(
        created_at__lt=timezone.now() - KEPT_FOR,
        published_at__isnull=False,
        archived_at__isnull=False,
    )
    deleted, _ = Event.objects.filter(pk__in=done.values("pk")[:PRUNE_BATCH]).delete()
    return deleted


@cache
def topic_arn(name: str) -> str:
    """Return the ARN of one of our topics, in the account of our credentials."""
    client = boto3.client("sts", region_name=settings.AWS_REGION, config=TIMEOUTS)
    account = client.get_caller_identity()["Account"]
    return f"arn:aws:sns:{settings.AWS_REGION}:{account}:{settings.SHOP_PROJECT}-{name}"


@cache
def _sns() -> "SNSClient":
    return boto3.client("sns", region_name=settings.AWS_REGION, config=TIMEOUTS)
