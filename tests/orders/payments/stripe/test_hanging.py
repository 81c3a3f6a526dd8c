"""A provider that accepts connections and never answers delays nobody else."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as shop_settings
from django.db import connection
from django.utils import timezone
from kombu import Exchange, Queue

from orders import reconciliation
from orders.models import DummyCharge, Order, Payment, Refund
from orders.payments.providers import stripe
from orders.payments.providers.base import get_provider
from shop.celery import app
from tests.factories import make_order
from tests.mail import mails_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hanging_api() -> Iterator[str]:
    """Yield the URL of a server that accepts and reads, and never says a word."""
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                held.append(server.accept()[0])
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    for each in held:
        each.close()


@pytest.fixture
def hangs(hanging_api: str, settings, monkeypatch) -> None:
    """Let Stripe hang, for a second a call instead of ten, with a budget of a second and a half."""
    settings.STRIPE_API_URL, settings.STRIPE_SECRET_KEY = hanging_api, "sk_test_x"
    monkeypatch.setattr(stripe, "TIMEOUT", (1, 1))
    monkeypatch.setattr(stripe, "RETRIES", 0)
    monkeypatch.setattr(reconciliation, "BUDGET", 1.5)
    get_provider.cache_clear()
    yield
    get_provider.cache_clear()


def make_waiting(provider: str, **fields: Any) -> Payment:
    """Make an order whose payment is being processed; the dummy provider has taken the money."""
    order = make_order(status=Order.Status.PENDING, **fields)
    Payment.objects.filter(order=order).update(
        provider=provider,
        status=Payment.Status.PROCESSING,
        transaction_id=f"pi_{order.pk}",
        updated_at=timezone.now() - timedelta(minutes=1),
    )
    payment = order.payments.get()
    if provider == "test":
        reference = DummyCharge.objects.get(payment_id=payment.pk).reference
        Payment.objects.filter(pk=payment.pk).update(transaction_id=reference)
    return payment


def make_expired(provider: str) -> Payment:
    return make_waiting(provider, placed_at=timezone.now() - timedelta(hours=2))


def make_open_refund(provider: str) -> Refund:
    order = make_order()
    order.payments.update(provider=provider, transaction_id="pi_1", refunded=1)
    refund = Refund.objects.create(payment=order.payments.get(), amount=1, currency="EUR")
    Refund.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    return refund


MAKERS = {
    "payments": make_waiting,
    "expired orders": make_expired,
    "refunds": make_open_refund,
}


@pytest.mark.parametrize("job", MAKERS)
def test_a_run_settles_the_others_and_ends_in_time(hangs, job: str) -> None:
    hanging = [MAKERS[job]("stripe") for _ in range(5)]
    others = [MAKERS[job]("test") for _ in range(3)]
    started = time.monotonic()
    lines = list(reconciliation.run_job(job))
    assert time.monotonic() - started < 5  # Two calls of a second to Stripe, and three in no time.
    assert len([line for line in lines if "PaymentError" in line]) == 2
    assert len(lines) == 5
    for row in others:
        before = row.status
        row.refresh_from_db()
        assert row.status != before
    assert {type(row).objects.get(pk=row.pk).status for row in hanging} == {hanging[0].status}


def test_the_next_run_begins_with_those_that_waited_longest(hangs) -> None:
    for _ in range(5):
        make_waiting("stripe")
    for expected in (2, 4, 5):
        list(reconciliation.run_job("payments"))
        assert Payment.objects.exclude(tried_at=None).count() == expected


def test_what_always_hangs_starves_no_other_of_its_provider(hangs) -> None:
    for _ in range(4):
        make_waiting("stripe")
    for _ in range(2):
        list(reconciliation.run_job("payments"))
    # All were tried once; now it is the turn of the first two again.
    first = set(Payment.objects.order_by("tried_at").values_list("pk", flat=True)[:2])
    list(reconciliation.run_job("payments"))
    assert first == set(Payment.objects.order_by("-tried_at").values_list("pk", flat=True)[:2])


def test_a_job_does_not_run_beside_itself_but_beside_the_others(hangs) -> None:
    make_waiting("stripe")
    refund = make_open_refund("test")
    entered = threading.Event()

    def run() -> None:
        try:
            entered.set()
            list(reconciliation.run_job("payments"))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    entered.wait()
    time.sleep(0.3)
    started = time.monotonic()
    assert list(reconciliation.run_job("payments")) == []
    assert time.monotonic() - started < 0.3  # It did not ask Stripe.
    assert list(reconciliation.run_job("refunds")) == [f"refund {refund.pk}: Refunded"]
    thread.join()
    assert len(list(reconciliation.run_job("payments"))) == 1


# With real workers, and the timeouts as they are.


@pytest.fixture
def workers(hanging_api: str, tmp_path: Path) -> Iterator[str]:
    """Start both workers as docs/deploy.md says, with queues of their own; yield their project."""
    project = f"hang{uuid.uuid4().hex[:8]}"
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "SHOP_PROJECT": project,
        "STRIPE_API_URL": hanging_api,
        "STRIPE_SECRET_KEY": "sk_test_x",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_x",
        "STRIPE_WEBHOOK_SECRETS": "whsec_x",
    }
    page = (shop_settings.BASE_DIR / "docs" / "deploy.md").read_text()
    commands = [line.split("`")[1] for line in page.splitlines() if "-A shop worker" in line]
    assert len(commands) == 2
    processes = []
    for number, command in enumerate(commands):
        arguments = command.replace("trivet-", f"{project}-").split()
        log = (tmp_path / f"worker{number}.log").open("w")
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=shop_settings.BASE_DIR,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )
    yield project
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def send(project: str, queue: str, task: str, *args: Any) -> None:
    name = f"{project}-{queue}"
    app.send_task(task, args, queue=Queue(name, Exchange(name), routing_key=name), retry=False)


def seconds_until(condition: Callable[[], bool], most: float) -> float:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < most
        time.sleep(0.1)
    return time.monotonic() - started


@pytest.mark.slow
def test_the_workers_settle_the_others_and_send_account_mail_meanwhile(workers: str) -> None:
    def send_mail() -> str:
        address = f"{uuid.uuid4().hex}@example.com"
        send(workers, "account-mail", "accounts.tasks.deliver_mail", "Code", "1", "", [address])
        return address

    first = send_mail()  # The workers have started once it has arrived.
    seconds_until(lambda: len(mails_to(first)) == 1, 60)
    for make in MAKERS.values():
        for _ in range(4):
            make("stripe")
    others = [make_waiting("test") for _ in range(3)]
    for job in reconciliation.JOBS:
        send(workers, "celery", "orders.tasks.reconcile", job)
    time.sleep(3)  # By now three of the four processes wait for Stripe.
    mail = send_mail()
    assert seconds_until(lambda: len(mails_to(mail)) == 1, 30) < 5
    paid = Payment.objects.filter(
        pk__in=[payment.pk for payment in others], status=Payment.Status.CAPTURED
    )
    # A hanging call ends after 3 + 10 seconds, twice; then it is the others' turn.
    assert seconds_until(lambda: paid.count() == 3, 60) < 45
