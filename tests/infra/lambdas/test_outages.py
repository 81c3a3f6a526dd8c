"""Outages of SES, SNS, DynamoDB or all of AWS.

Every committed event still has its effect, and each email is sent once. The tests use the shop's
own relay, the queue with its dead letters and the deployed Lambda, on an AWS that a test may stop;
proxies in front of single services close their connections for a while.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import settings
from django.db import transaction

from infra.devstack.emulator import Emulator
from infra.devstack.fault_proxy import FaultProxy
from infra.devstack.provision import Provisioner
from infra.devstack.stack import own_config
from shop.events import dead_letters, outbox
from shop.models import Event
from tests.infra.lambdas.orders import paid_event

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
FUNCTION = "trivet-notifications"


class Aws:
    """An AWS of its own, with proxies in front of what the relay and the Lambda use."""

    def __init__(self, emulator: Emulator, proxies: dict[str, FaultProxy]) -> None:
        self.emulator = emulator
        self.proxies = proxies
        self.url = emulator.config.aws_url
        self.sqs = self.client("sqs")

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.url)

    def make_impatient(self) -> None:
        """Send the Lambda's calls through the proxies and shorten the retries of its queue.

        The queue then tries twice within seconds, not five times in half an hour.
        """
        function = self.client("lambda")
        variables = function.get_function_configuration(FunctionName=FUNCTION)["Environment"][
            "Variables"
        ]
        variables |= {
            f"AWS_ENDPOINT_URL_{name}": self.proxies[name].url for name in ("SESV2", "DYNAMODB")
        }
        function.update_function_configuration(
            FunctionName=FUNCTION, Environment={"Variables": variables}
        )
        dead = self.sqs.get_queue_attributes(
            QueueUrl=self.queue("notifications-dlq"), AttributeNames=["QueueArn"]
        )
        redrive = {"deadLetterTargetArn": dead["Attributes"]["QueueArn"], "maxReceiveCount": 2}
        attributes = {"VisibilityTimeout": "3", "RedrivePolicy": json.dumps(redrive)}
        self.sqs.set_queue_attributes(QueueUrl=self.queue("notifications"), Attributes=attributes)

    def queue(self, name: str) -> str:
        return self.sqs.get_queue_url(QueueName=f"trivet-{name}")["QueueUrl"]

    def dead(self) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(
            QueueUrl=self.queue("notifications-dlq"), AttributeNames=names
        )
        return sum(int(found["Attributes"][name]) for name in names)

    def mails(self) -> Counter[str]:
        with urllib.request.urlopen(f"{self.url}/_ministack/ses/messages") as answer:  # noqa: S310
            accounts = json.load(answer)["messages"].values()
        return Counter(
            address for account in accounts for mail in account for address in mail["To"]
        )


@pytest.fixture
def own_aws(tmp_path: Path) -> Iterator[Aws]:
    config = own_config(tmp_path)
    emulator = Emulator(config)
    emulator.start()
    emulator.wait()
    Provisioner(config).run()
    with ExitStack() as stack:
        aws = Aws(
            emulator,
            {
                name: stack.enter_context(FaultProxy(config.aws_url))
                for name in ("SESV2", "DYNAMODB", "SNS")
            },
        )
        aws.make_impatient()
        yield aws
    emulator.process.send_signal(signal.SIGCONT)
    emulator.process.terminate()
    emulator.process.wait(20)


@pytest.fixture
def relay(own_aws: Aws, tmp_path: Path) -> Iterator[None]:
    """The real relay, on that AWS and the tests' database."""
    database = (
        f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{settings.DATABASES['default']['NAME']}"
    )
    addresses = {
        "AWS_ENDPOINT_URL": own_aws.url,
        "AWS_ENDPOINT_URL_SNS": own_aws.proxies["SNS"].url,
    }
    with (tmp_path / "relay.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "relay"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database} | addresses,
            stderr=log,
        )
        yield
        process.terminate()
        process.wait(20)


def order(count: int = 2) -> set[str]:
    """Commit paid orders; return the addresses that must get an email."""
    with transaction.atomic():
        made = [outbox.publish("order.paid", paid_event()["payload"]) for _ in range(count)]
    return {event.payload["order"]["email"] for event in made}


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


@pytest.fixture
def redrive(own_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Do on that AWS what beat does every ten minutes."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", own_aws.url)
    dead_letters._sqs.cache_clear()
    yield lambda: dead_letters.redrive("notifications", everything=True).moved
    dead_letters._sqs.cache_clear()


def test_every_mail_goes_out_once_whatever_was_away(
    own_aws: Aws, relay: None, redrive: Callable[[], int]
):
    everybody: set[str] = set()

    def all_mails_are_out() -> bool:
        # Redrive repeatedly, as beat does: a delivery that meets another one in progress becomes a
        # dead letter later.
        redrive()
        return everybody <= set(own_aws.mails())

    # SNS is unavailable: events wait in PostgreSQL.
    own_aws.proxies["SNS"].closes = True
    everybody |= order()
    time.sleep(1.5)
    assert Event.objects.waiting().count() == 2
    own_aws.proxies["SNS"].closes = False
    wait_until(all_mails_are_out)

    # SES, then DynamoDB, is unavailable for longer than the queue retries: messages become dead
    # letters.
    for service in ("SESV2", "DYNAMODB"):
        own_aws.proxies[service].closes = True
        late = order()
        wait_until(lambda: own_aws.dead() >= 2)
        assert not late & set(own_aws.mails())
        own_aws.proxies[service].closes = False
        everybody |= late
        assert redrive() >= 2
        wait_until(all_mails_are_out)

    # All of AWS stops answering for a while.
    own_aws.emulator.process.send_signal(signal.SIGSTOP)
    everybody |= order()
    time.sleep(2)
    own_aws.emulator.process.send_signal(signal.SIGCONT)
    wait_until(all_mails_are_out)

    # What is still in the queues belongs to emails that were sent, so it sends nothing.
    wait_until(lambda: redrive() == own_aws.dead() == 0)
    assert {own_aws.mails()[address] for address in everybody} == {1}
    assert not Event.objects.filter(published_at=None).exists()
