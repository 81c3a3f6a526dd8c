"""What tests of all folders share: one Chromium a process, and a member of staff who is logged
in.
"""

import os
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from infra.devstack.browser import find_chromium
from tests.factories import make_staff

# Playwright's sync API runs an event loop in this thread, where Django would refuse to query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture
def staff(client: Client) -> Client:
    """Return a browser of staff."""
    client.force_login(make_staff())
    return client


# Playwright's sync API cannot be started twice in a process.
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield chromium
        chromium.close()
