"""Dead letters: moves messages that a Lambda could not process back to their queue later.

Such a message has used up all attempts of its queue. After an outage this repairs everything
without intervention. A message that can never be processed must not circulate for ever: each time
it waits longer, and in the end it is left in the dead-letter queue for people to look at.
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

#: A message is moved back at once the first time. After that it waits this long since it was last
#: moved, doubled each time.
FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)
#: How often a message is moved back, which takes about four weeks; SQS deletes it 14 days after
#: that.
MAX_REDRIVES = 100
#: The message attribute that counts how often a message was moved back.
REDRIVES = "redrives"
#: How long a message that was received stays hidden from other receivers (seconds).
HIDDEN = 60
# Ends before HIDDEN does, so that no message is received twice in one run (seconds).
BUDGET = 45.0
TIMEOUTS = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2})

Message = dict[str, Any]


@dataclass(frozen=True)
class Redriven:
    """How many messages were moved back, still have to wait, and are left to people."""

    moved: int = 0
    waiting: int = 0
    given_up: int = 0


def redrive(name: str, *, everything: bool = False) -> Redriven:
    """Move the messages that are due from the dead-letter queue of `name` back to its queue.

    Their attributes are kept. `everything` also moves those that would still have to wait or were
    given up. Messages are sent before they are deleted, so a crash may duplicate a message but
    never loses one. Raises BotoCoreError and ClientError.
    """
    moved = waiting = given_up = 0
    source, target = _url(f"{name}-dlq"), _url(name)
    for batch in _batches(source):
        due = [message for message in batch if everything or _is_due(message)]
        _send_back(source, target, due)
        moved += len(due)
        kept = [message for message in batch if message not in due]
        given_up += sum(_turns(message) >= MAX_REDRIVES for message in kept)
        waiting += sum(_turns(message) < MAX_REDRIVES for message in kept)
    return Redriven(moved, waiting, given_up)


def _batches(url: str) -> Iterator[Sequence[Message]]:
    """Yield the messages of a queue, each once, for as long as the time budget allows."""
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
    attribute = message.get("MessageAttributes", {}).get(REDRIVES)
    return int(attribute["StringValue"]) if attribute else 0


def _is_due(message: Message) -> bool:
    turns = _turns(message)
    if turns >= MAX_REDRIVES:
        return False
    # A dead letter keeps the time at which it was sent to its queue, that is, when it was last
    # moved back.
    age = timedelta(seconds=time.time() - int(message["Attributes"]["SentTimestamp"]) / 1000)
    # The exponent is limited as well, or timedelta would overflow for large numbers.
    return turns == 0 or age >= min(FIRST_WAIT * 2 ** min(turns, 10), LONGEST_WAIT)


def _send_back(source: str, target: str, messages: Sequence[Message]) -> None:
    if not messages:
        return
    entries: Any = [
        {
            "Id": str(number),
            "MessageBody": message["Body"],
            "MessageAttributes": message.get("MessageAttributes", {})
            | {REDRIVES: {"DataType": "Number", "StringValue": str(_turns(message) + 1)}},
        }
        for number, message in enumerate(messages)
    ]
    sent = _sqs().send_message_batch(QueueUrl=target, Entries=entries).get("Successful", [])
    done: Any = [
        {"Id": entry["Id"], "ReceiptHandle": messages[int(entry["Id"])]["ReceiptHandle"]}
        for entry in sent
    ]
    # Only what SQS accepted is deleted; an empty batch is an error.
    if done:
        _sqs().delete_message_batch(QueueUrl=source, Entries=done)


def _url(name: str) -> str:
    return _sqs().get_queue_url(QueueName=f"{settings.SHOP_PROJECT}-{name}")["QueueUrl"]


@cache
def _sqs() -> "SQSClient":
    return boto3.client("sqs", region_name=settings.AWS_REGION, config=TIMEOUTS)
