"""The worker that reads the results of the image Lambda.

It is tested with the real queue, with faults and with signals.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile

from catalog.images.results import ResultQueue
from catalog.models import ProductImage
from tests.catalog.images.pictures import picture, refusal, result
from tests.factories import make_product

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def queue() -> ResultQueue:
    queue = ResultQueue()
    queue.client.purge_queue(QueueUrl=queue.url)
    return queue


def send(queue: ResultQueue, body: Any) -> None:
    queue.client.send_message(
        QueueUrl=queue.url, MessageBody=body if isinstance(body, str) else json.dumps(body)
    )


def waiting(queue: ResultQueue) -> tuple[int, int]:
    """Return how many messages are visible in the queue and how many are hidden."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = queue.client.get_queue_attributes(QueueUrl=queue.url, AttributeNames=names)[
        "Attributes"
    ]
    return int(attributes[names[0]]), int(attributes[names[1]])


def make_upload() -> ProductImage:
    return ProductImage.objects.create(
        product=make_product(), original=ContentFile(picture(), name="a.jpg")
    )


@pytest.mark.django_db
def test_results_are_written_down_and_their_messages_deleted(queue: ResultQueue) -> None:
    good, bad = make_upload(), make_upload()
    send(queue, result(good.original.name))
    send(queue, refusal(bad.original.name))
    while messages := queue.receive(1):
        queue.work_through(messages)
        good.refresh_from_db()
        bad.refresh_from_db()
        if (good.status, bad.status) == ("ready", "failed"):
            break
    assert (good.status, bad.status) == ("ready", "failed")


def receive(queue: ResultQueue, words: str) -> "list[MessageTypeDef]":
    """Return the message that contains these words.

    Messages that the Lambda sends about other tests' pictures are deleted.
    """
    wanted: list[MessageTypeDef] = []
    while not wanted:
        for message in queue.receive(5):
            if words in message["Body"]:
                wanted.append(message)
            else:
                queue.client.delete_message(
                    QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"]
                )
    return wanted


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", ["no json", '{"status": "done"}', "[1]", '{"key": "%s", "status": "strange"}']
)
def test_a_message_that_cannot_be_understood_stays_for_the_dead_letter_queue(
    queue: ResultQueue, body: str
) -> None:
    body = body.replace("%s", make_upload().original.name)
    send(queue, body)
    queue.work_through(receive(queue, body))
    assert waiting(queue)[1] == 1


@pytest.mark.django_db
def test_a_result_that_comes_before_its_picture_is_looked_at_again(queue: ResultQueue) -> None:
    send(queue, result("uploads/" + "0" * 32 + ".jpg"))
    messages = receive(queue, "00000000")
    queue.work_through(messages)
    assert waiting(queue)[1] == 1
    messages[0]["Attributes"]["ApproximateReceiveCount"] = "3"
    queue.work_through(messages)
    assert waiting(queue)[1] == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", ["process_image_results", "relay"])
def test_a_worker_outlives_a_missing_database_and_ends_at_once_when_told(command: str) -> None:
    environment = {
        "DATABASE_URL": "postgres://trivet:no@127.0.0.1:9/trivet",
        "PYTHONUNBUFFERED": "1",
    }
    worker = start(command, environment)
    line = read_until(worker, "again in")
    assert f"{command}: OperationalError: connection to server" in line
    assert "Traceback" not in line
    read_until(worker, "again in 2 s")
    assert_ends(worker)


@pytest.mark.slow
def test_a_worker_outlives_a_missing_queue() -> None:
    worker = start("process_image_results", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    assert "Could not connect" in read_until(worker, "again in")
    assert_ends(worker)


@pytest.mark.slow
def test_a_long_poll_is_interrupted() -> None:
    worker = start("process_image_results", {})
    time.sleep(4)
    assert worker.poll() is None
    assert_ends(worker)


def start(command: str, environment: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env=os.environ | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def read_until(worker: "subprocess.Popen[str]", words: str) -> str:
    assert worker.stdout
    for line in worker.stdout:
        if words in line:
            return line
    raise AssertionError(f"The worker ended without saying {words!r}")


def assert_ends(worker: "subprocess.Popen[str]") -> None:
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=3) == 0
