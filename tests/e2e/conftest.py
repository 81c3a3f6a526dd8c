"""The shop's real processes and a real Chromium, next to the tests.

The processes are the web server under gunicorn, the worker, the relay and the image results.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.mail import mails_to

ROOT = Path(__file__).resolve().parents[2]


PROGRAMS = {
    "web": [
        *["-m", "gunicorn", "--config", "python:shop.gunicorn_config"],
        *["shop.wsgi", "--workers", "2"],
    ],
    "worker": ["-m", "celery", "-A", "shop", "worker", "--beat", "-c", "1"],
    "relay": ["manage.py", "relay"],
    "results": ["manage.py", "process_image_results"],
}


@pytest.fixture(scope="package")
def shop_url(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """Start the shop's processes on the tests' own database; yield the web server's URL."""
    with running_shop(tmp_path_factory.mktemp("logs"), PROGRAMS) as address:
        yield address


@contextmanager
def running_shop(logs: Path, programs: Iterable[str], **variables: str) -> Iterator[str]:
    """Start some of PROGRAMS, the web server among them, with variables in their environment.

    Yields the web server's URL.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    arguments = {
        "web": ["--bind", f"127.0.0.1:{port}"],
        "worker": ["--schedule", str(logs / "beat")],
    }
    environment = os.environ | {"DATABASE_URL": database_url(), "SHOP_URL": address} | variables
    processes = []
    try:
        for name in programs:
            log = (logs / f"{name}.log").open("w")
            command = [sys.executable, *PROGRAMS[name], *arguments.get(name, [])]
            processes.append(
                subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            )
        wait_until_ready(address, logs / "web.log")
        yield address
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url() -> str:
    """Return the URL of the tests' own database."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    return f"{server}/{settings.DATABASES['default']['NAME']}"


def wait_until_ready(address: str, log: Path) -> None:
    """Return once the shop answers; fail with its log otherwise."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="package")
def content_types(django_db_setup, django_db_blocker) -> dict[tuple[str, str], int]:
    """Return the ids of the content types when the shop's processes, which cache them, start."""
    with django_db_blocker.unblock():
        return {(each.app_label, each.model): each.pk for each in ContentType.objects.all()}


@pytest.fixture(autouse=True)
def same_content_types(transactional_db, content_types: dict[tuple[str, str], int]) -> None:
    """Restore the ids of the content types.

    The flush after each test creates them anew with different ids.
    """
    with transaction.atomic():
        for each in list(ContentType.objects.all()):
            was = content_types[each.app_label, each.model]
            Permission.objects.filter(content_type=each.pk).update(content_type=was)
            ContentType.objects.filter(pk=each.pk).update(id=was)
    ContentType.objects.clear_cache()


@pytest.fixture(autouse=True)
def flush_wins(transactional_db) -> None:
    """Make PostgreSQL end the shop's processes, not the flush after a test, if the two deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("SET deadlock_timeout = '10s'")


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, shop_url: str) -> Iterator[NewPage]:
    """Return a function that opens a page with a browser profile of its own.

    For example `new_page(width=390, javascript=False)`. `shop` is the URL of another shop. A test
    fails if its browser refuses anything because of the Content-Security-Policy.
    """
    contexts = []
    violations = []

    def open_page(
        width: int = 1280, javascript: bool = True, scheme: str = "light", shop: str = shop_url
    ) -> Page:
        context = browser.new_context(
            base_url=shop,
            viewport={"width": width, "height": 844 if width < 600 else 900},
            java_script_enabled=javascript,
            color_scheme=scheme,
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.on("console", lambda message: note_violation(message, violations))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert violations == []


def note_violation(message: ConsoleMessage, violations: list[str]) -> None:
    """Keep a message of the browser's console about something that a policy made it refuse."""
    if "Content Security Policy" in message.text:
        violations.append(f"{message.page.url if message.page else ''}: {message.text}")


def wait_for_mail(address: str, subject: str, seconds: float = 20) -> dict:
    """Return the newest email to an address whose subject contains `subject`.

    It is read from the emulated SES. Fails if there is none after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for mail in mails_to(address):
            if subject in mail["Subject"]:
                return mail
        time.sleep(0.2)
    raise AssertionError(
        f"No mail {subject!r} to {address}: {[mail['Subject'] for mail in mails_to(address)]}"
    )
