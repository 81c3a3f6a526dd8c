"""Dead letters: what a Lambda could not do after all the tries of its queue goes back to the queue
later.

After an outage that mends everything by itself. A message that never works must not spin: each time
it waits longer, and in the end it is left to people, who find it in the dead-letter queue.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from django.conf import settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

#: A message goes back at once the first time, then when this time, doubled at each turn, has passed
# since the last.
FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)
#: So often, which takes some four weeks; SQS then drops it after 14 days more.
MAX_TURNS = 100
#: The attribute that counts how often a message went back.
TURNS = "redrives"
#: How long a message that was looked at stays hidden from who looks next (seconds).
HIDDEN = 60
BUDGET = 45.0
TIMEOUTS = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2})

Message = dict[str, Any]


@dataclass(frozen=True)
class Redriven:
    """How many messages went back, how many have still to wait, and how many are left to people."""

    moved: int = 0
    waiting: int = 0
    given_up: int = 0


def redrive(name: str, *, everything: bool = False) -> Redriven:
    """Move what is due from the dead-letter queue of `name` back to its queue, attributes and all.

    `everything` moves also what would have to wait, or was given up. Sends before it deletes, so a
    crash doubles a message and loses none. Raises BotoCoreError and ClientError.
    """
    moved = waiting = given_up = 0
    source, target = _url(f"{name}-dlq"), _url(name)
    for batch in _batches(source):
        due = [message for message in batch if everything or _is_due(message)]
        _send_back(source, target, due)
        moved += len(due)
        kept = [message for message in batch if message not in due]
        given_up += sum(_turns(message) >= MAX_TURNS for message in kept)
        waiting += sum(_turns(message) < MAX_TURNS for message in kept)
    return Redriven(moved, waiting, given_up)


def _batches(url: str) -> Iterator[Sequence[Message]]:
    """Yield what lies in a queue, each message once, for as long as the time allows."""
    deadline = time.monotonic() + BUDGET
    while time.monotonic() < deadline:
        answer = _sqs().receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN,
            WaitTimeSeconds=0,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        if "Messages" not in answer:
            return
        yield [dict(message) for message in answer["Messages"]]


def _turns(message: Message) -> int:
    attribute = message.get("MessageAttributes", {}).get(TURNS)
    return int(attribute["StringValue"]) if attribute else 0


def _is_due(message: Message) -> bool:
    turns = _turns(message)
    if turns >= MAX_TURNS:
        return False
    # A dead letter keeps the time at which it was sent to the queue: the last turn.
    age = timedelta(seconds=time.time() - int(message["Attributes"]["SentTimestamp"]) / 1000)
    return turns == 0 or age >= min(FIRST_WAIT * 2 ** min(turns, 10), LONGEST_WAIT)


def _send_back(source: str, target: str, messages: Sequence[Message]) -> None:
    if not messages:
        return
    entries: Any = [
        {
            "Id": str(number),
            "MessageBody": message["Body"],
            "MessageAttributes": message.get("MessageAttributes", {})
            | {TURNS: {"DataType": "Number", "StringValue": str(_turns(message) + 1)}},
        }
        for number, message in enumerate(messages)
    ]
    sent = _sqs().send_message_batch(QueueUrl=target, Entries=entries).get("Successful", [])
    done: Any = [
        {"Id": entry["Id"], "ReceiptHandle": messages[int(entry["Id"])]["ReceiptHandle"]}
        for entry in sent
    ]
    if done:
        _sqs().delete_message_batch(QueueUrl=source, Entries=done)


def _url(name: str) -> str:
    return _sqs().get_queue_url(QueueName=f"{settings.SHOP_PROJECT}-{name}")["QueueUrl"]


@cache
def _sqs() -> "SQSClient":
    return boto3.client("sqs", region_name=settings.AWS_REGION, config=TIMEOUTS)
