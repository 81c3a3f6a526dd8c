"""No request whatever makes the shop answer with an error of its own.

20,000 hostile requests go to all addresses of the shop and the admin, from a guest, a customer and
a superuser. TRIVET_SEED chooses others; what a failure prints can be repeated.
"""

import logging
import os
from collections import Counter
from traceback import extract_tb

import pytest
from django.db import transaction
from django.test import Client

from tests.addresses import Address, all_addresses, make_rows
from tests.factories import make_staff, make_user
from tests.generated_requests import Fields, Generator, Request
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEED = os.environ.get("TRIVET_SEED", "10")
BATCHES = 4
REQUESTS = 20_000 // BATCHES
#: Of eight requests: pages of the admin cost ten times as much as those of the shop.
WHO = ["guest", "guest", "staff", "customer", "guest", "customer", "guest", "staff"]


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Crew:
    """Clients of each kind of visitor, signed in again after whatever may have ended a session."""

    def __init__(self) -> None:
        self.people = {"customer": make_user(), "staff": make_staff()}
        self.rows = make_rows(self.people["customer"])
        self._clients: dict[str, Client] = {}
        self._fields: dict[tuple[str, Address], dict[str, str]] = {}

    def client(self, who: str) -> Client:
        if who not in self._clients:
            client = Client(raise_request_exception=False)
            if who in self.people:
                sign_in(client, self.people[who])
            self._clients[who] = client
        return self._clients[who]

    def fields(self, who: str, address: Address) -> dict[str, str]:
        """Return the fields of a page as the visitor sees them; {} for anything but a page."""
        if (who, address) not in self._fields:
            page = self.send(who, Request("GET", self.rows.path(address)))
            text = page.content.decode(errors="replace") if page.status_code == 200 else ""
            self._fields[who, address] = Fields(text).found
        return self._fields[who, address]

    def send(self, who: str, request: Request):
        """Send a request and undo what it did to the database."""
        client = self.client(who)
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        with transaction.atomic():
            response = client.generic(
                request.method,
                request.path,
                request.body,
                request.content_type,
                headers=request.headers,
            )
            transaction.set_rollback(True)
        if {name: morsel.value for name, morsel in client.cookies.items()} != cookies:
            del self._clients[who]
        return response


def describe(response) -> str:
    """Return where an error was raised: the exception, and the last lines that are not Django's."""
    error = response.exc_info[1] if response.exc_info else None
    frames = extract_tb(error.__traceback__) if error else []
    places = [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno}" for frame in frames
    ]
    return f"{response.status_code} {type(error).__name__}: {str(error)[:150]} at {places[-4:]}"


def faults(batch: int, count: int) -> dict[str, str]:
    """Send requests; return the errors that they caused, each with the first such request."""
    crew, addresses = Crew(), all_addresses()
    statuses: Counter[int] = Counter()
    found: dict[str, str] = {}
    for number in range(count):
        who = WHO[number % len(WHO)]
        seed = f"{SEED}-{batch}-{number}"
        generator = Generator(seed, crew.rows)
        address = generator.choose(who, addresses)
        request = generator.request(address, crew.fields(who, address))
        response = crew.send(who, request)
        statuses[response.status_code] += 1
        if response.status_code >= 500:
            found.setdefault(describe(response), f"{seed} {who} {request}"[:900])
    print(f"seed {SEED}, batch {batch}: {dict(statuses)}")
    return found


@pytest.mark.parametrize(
    "batch",
    [pytest.param(each, marks=pytest.mark.xdist_group(f"batch-{each}")) for each in range(BATCHES)],
)
def test_no_request_causes_an_error(batch: int) -> None:
    found = faults(batch, REQUESTS)
    assert not found, "\n".join(f"{fault}\n    {what}" for fault, what in found.items())


def test_it_would_notice_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.views.render", None)
    [fault, *_] = faults(0, 200)
    assert "500 TypeError" in fault
    assert "catalog/views.py" in fault
