"""Fixtures for the tests of all folders.

They are one Chromium per process and a logged-in member of staff.
"""

import os
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from infra.devstack.browser import find_chromium
from tests.factories import make_staff
from tests.signing_in import sign_in

# Playwright's sync API runs an event loop in this thread, in which Django would refuse to run
# queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture
def staff(client: Client) -> Client:
    """Return a client that is logged in as a member of staff."""
    return sign_in(client, make_staff())


# Playwright's sync API cannot be started twice in a process.
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield chromium
        chromium.close()
