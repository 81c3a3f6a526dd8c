"""Order events: written with the change they tell of, then sent to the SNS topic by the relay.

A message is `{"id", "type", "version", "created_at", "payload"}`; the type is also a message attribute, for filters.
At least once, in no promised order: every consumer stands repetition.
"""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from shop.models import Event

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

VERSION = 1
# SNS takes at most 10 messages a batch; a relay that is killed repeats at most one batch.
BATCH = 10


def publish(event_type: str, payload: dict[str, Any]) -> Event:
    """Insert an event inside the caller's transaction; money in `payload` is text, nothing in it is secret.

    Raises RuntimeError outside of a transaction, where the event could outlive the change it tells of.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is published inside the transaction of the change that it tells of.")
    return Event.objects.create(type=event_type, payload=payload)


def relay_batch() -> int:
    """Send one batch of waiting events to SNS and mark it; return how many. Many relays may run at once."""
    with transaction.atomic():
        events = list(Event.objects.waiting().select_for_update(skip_locked=True)[:BATCH])
        if not events:
            return 0
        sent = _send(events)
        Event.objects.filter(pk__in=sent).update(published_at=timezone.now())
    return len(sent)


def _send(events: list[Event]) -> list[str]:
    """Publish to the topic and return the ids that SNS took; the rest waits for the next round."""
    entries: Any = [
        {
            "Id": str(event.pk),
            "Message": message(event),
            "MessageAttributes": {"type": {"DataType": "String", "StringValue": event.type}},
        }
        for event in events
    ]
    answer = _sns().publish_batch(TopicArn=topic_arn("order-events"), PublishBatchRequestEntries=entries)
    return [entry["Id"] for entry in answer.get("Successful", [])]


def message(event: Event) -> str:
    """Return the JSON that goes to the topic."""
    return json.dumps(
        {
            "id": str(event.pk),
            "type": event.type,
            "version": VERSION,
            "created_at": event.created_at,
            "payload": event.payload,
        },
        cls=DjangoJSONEncoder,
    )


@cache
def topic_arn(name: str) -> str:
    """Return the ARN of one of our topics, in the account of our own credentials."""
    account = boto3.client("sts", region_name=settings.AWS_REGION).get_caller_identity()["Account"]
    return f"arn:aws:sns:{settings.AWS_REGION}:{account}:{settings.SHOP_PROJECT}-{name}"


@cache
def _sns() -> "SNSClient":
    return boto3.client("sns", region_name=settings.AWS_REGION)
