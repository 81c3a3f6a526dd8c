"""Fixtures for the tests of accounts: tasks run immediately, and emails are read from SES."""

import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shop.celery import app

Inbox = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def inbox(eager_tasks: None, settings: Any) -> Inbox:
    """Return a function that reads the emails to an address from the emulated SES, newest first."""
    settings.EMAIL_BACKEND = (
        "anymail.backends.amazon_ses.EmailBackend"  # pytest-django puts another there
    )

    def mails_to(address: str) -> list[dict[str, Any]]:
        url = f"{os.environ['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
        with urllib.request.urlopen(url) as answer:  # noqa: S310
            accounts = json.load(answer)["messages"].values()
        mails = [mail for account in accounts for mail in account if address in mail["To"]]
        return sorted(mails, key=lambda mail: -mail["Timestamp"])

    return mails_to
