"""Events are written with the change they tell of, and reach the topic."""

import json

import boto3
import pytest
from django.db import transaction

from shop import events
from shop.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def queue_on(topic: str) -> tuple[object, str]:
    """Subscribe a new queue to a topic; return a client and the queue's address."""
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    url = sqs.create_queue(QueueName="test-listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=events.topic_arn(topic), Protocol="sqs", Endpoint=arn, Attributes=attributes)
    return sqs, url


def test_an_event_needs_a_transaction():
    with pytest.raises(RuntimeError):
        events.publish("order.paid", {})


def test_an_event_dies_with_its_transaction():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.publish("order.paid", {})
        raise ZeroDivisionError
    assert not Event.objects.exists()


def test_the_relay_sends_each_event_once():
    sqs, url = queue_on("order-events")
    with transaction.atomic():
        for number in range(12):
            events.publish("test.counted", {"number": number})
    assert [events.relay_batch() for _ in range(3)] == [10, 2, 0]
    seen = []
    while len(seen) < 12:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2)
        assert "Messages" in answer
        seen += [json.loads(message["Body"]) for message in answer["Messages"]]
    assert sorted(message["payload"]["number"] for message in seen) == list(range(12))
    assert {(message["type"], message["version"]) for message in seen} == {("test.counted", 1)}
