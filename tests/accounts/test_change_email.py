"""An account's email address changes only after the code sent to the new address was entered."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from orders.payments import charge
from tests.accounts.conftest import Inbox
from tests.factories import PASSWORD, make_user
from tests.orders.shopping import CARD, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client: Client) -> User:
    alice = make_user()
    client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    return alice


def change(client: Client, email: str, password: str = PASSWORD):
    """Request a new email address and enter the password that this requires."""
    asked = client.post("/account/email/", {"email": email, "action_add": ""})
    assert asked.url.startswith("/account/reauthenticate/")
    return client.post(
        "/account/reauthenticate/", {"password": password, "next": "/account/email/"}, follow=True
    )


def test_changes_after_the_code(client: Client, alice: User, inbox: Inbox) -> None:
    old, new = alice.email, f"{uuid4().hex}@example.com"
    assert new in change(client, new).content.decode()
    alice.refresh_from_db()
    assert alice.email == old
    code = re.search(r"^ {4}(\S+)$", inbox(new)[0]["BodyText"], re.MULTILINE)
    assert code
    client.post("/account/confirm-email/", {"code": code[1]})
    alice.refresh_from_db()
    assert alice.email == new
    assert "changed" in inbox(old)[0]["Subject"]


def test_does_not_tell_that_an_address_is_taken(client: Client, alice: User, inbox: Inbox) -> None:
    bob = make_user(f"{uuid4().hex}@example.com")
    page = change(client, bob.email).content.decode()
    assert "Enter the code" in page
    alice.refresh_from_db()
    assert alice.email != bob.email


def test_does_nothing_without_the_password(client: Client, alice: User, inbox: Inbox) -> None:
    new = f"{uuid4().hex}@example.com"
    assert "not your password" in change(client, new, "wrong").content.decode()
    assert inbox(new) == []


def test_brings_the_paid_guest_orders_of_the_new_address(
    client: Client, alice: User, inbox: Inbox
) -> None:
    new = f"{uuid4().hex}@example.com"
    order = place(email=new)
    charge.pay(order, CARD)
    change(client, new)
    assert not alice.orders.exists()
    code = re.search(r"^ {4}(\S+)$", inbox(new)[0]["BodyText"], re.MULTILINE)
    assert code
    client.post("/account/confirm-email/", {"code": code[1]})
    assert alice.orders.get() == order
