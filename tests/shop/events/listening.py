"""A queue subscribed to the topic of order events, to receive what the relay sends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from django.db import transaction

from shop.events import outbox
from shop.models import Event


class Listener:
    """Receives the messages of a topic."""

    def __init__(self, url: str) -> None:
        self.sqs = boto3.client("sqs")
        self.url = url

    def hear(self, count: int) -> list[dict[str, Any]]:
        """Return `count` messages, or fewer if there are no more.

        The emulated SNS answers only once the messages are in the queue.
        """
        heard: list[dict[str, Any]] = []
        while len(heard) < count:
            answer = self.sqs.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=0
            )
            if "Messages" not in answer:
                break
            for message in answer["Messages"]:
                heard.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return heard


@contextmanager
def listening(topic: str = "order-events") -> Iterator[Listener]:
    """Subscribe a new queue to a topic for the duration of the block."""
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    url = sqs.create_queue(QueueName="test-listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    subscription = sns.subscribe(
        TopicArn=outbox.topic_arn(topic),
        Protocol="sqs",
        Endpoint=arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    try:
        yield Listener(url)
    finally:
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
        sqs.delete_queue(QueueUrl=url)


def publish(count: int, event_type: str = "test.counted", **payload: Any) -> list[Event]:
    """Commit events of a type that nobody is notified of."""
    with transaction.atomic():
        return [
            outbox.publish(event_type, {"number": number, **payload}) for number in range(count)
        ]


def drain() -> int:
    """Run the relay until no event is waiting; return how many it processed."""
    total = 0
    while count := outbox.relay_batch():
        total += count
    return total
