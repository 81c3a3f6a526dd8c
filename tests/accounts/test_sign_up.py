"""Signing up creates an account for whoever can read the email.

It does not reveal to anybody else whether there is an account.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user
from django.test import Client
from kombu import pools

from accounts.models import User
from shop.celery import app
from tests.accounts.conftest import Inbox
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}@example.com"


def sign_up(client: Client, email: str, password: str = PASSWORD, **extra: str):
    return client.post("/account/signup/", {"email": email, "password1": password, **extra})


def code_in(mail: dict[str, Any]) -> str:
    found = re.search(r"^ {4}(\S+)$", mail["BodyText"], re.MULTILINE)
    assert found, mail["BodyText"]
    return found[1]


def test_mails_a_code_and_logs_in_with_it(client: Client, inbox: Inbox, email: str) -> None:
    assert sign_up(client, email).url == "/account/confirm-email/"
    assert not get_user(client).is_authenticated
    [mail] = inbox(email)
    assert code_in(mail) in mail["Subject"]
    assert code_in(mail) in mail["BodyHtml"]
    answer = client.post("/account/confirm-email/", {"code": code_in(mail)})
    assert answer.url == "/account/"
    assert get_user(client).email == email


def test_comes_back_to_the_checkout(client: Client, inbox: Inbox, email: str) -> None:
    sign_up(client, email, next="/checkout/")
    answer = client.post("/account/confirm-email/", {"code": code_in(inbox(email)[0])})
    assert answer.url == "/checkout/"


def test_stores_the_address_in_lower_case(client: Client, inbox: Inbox, email: str) -> None:
    sign_up(client, email.upper())
    assert User.objects.filter(email=email).exists()


def test_refuses_a_wrong_code_and_gives_up_after_three(
    client: Client, inbox: Inbox, email: str
) -> None:
    sign_up(client, email)
    for _ in range(2):
        answer = client.post("/account/confirm-email/", {"code": "AAAA-AAAA"})
        assert "not the code that we sent" in answer.content.decode()
    assert client.post("/account/confirm-email/", {"code": "AAAA-AAAA"}).url == "/account/login/"
    assert not get_user(client).is_authenticated


def test_sends_another_code_on_request(
    client: Client, inbox: Inbox, email: str, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"confirm_email": None}  # otherwise one every ten seconds
    sign_up(client, email)
    client.post("/account/confirm-email/", {"action": "resend"})
    newer, older = inbox(email)
    assert code_in(newer) != code_in(older)
    assert client.post("/account/confirm-email/", {"code": code_in(newer)}).url == "/account/"


def test_refuses_a_weak_password_beside_the_field(client: Client, email: str) -> None:
    page = sign_up(client, email, "12345678").content.decode()
    assert "too common" in page
    assert f'value="{email}"' in page
    assert not User.objects.filter(email=email).exists()


def test_looks_the_same_for_an_address_that_has_an_account(
    client: Client, inbox: Inbox, email: str
) -> None:
    other = f"{uuid4().hex}@example.com"
    make_user(email)
    known, unknown = sign_up(client, email), sign_up(Client(), other)
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    page = client.get("/account/confirm-email/").content.decode()
    assert email in page
    assert "already" not in page
    assert "have an account" in inbox(email)[0]["Subject"]
    assert User.objects.filter(email=email).count() == 1


def test_does_not_let_a_stranger_in_before_the_code(
    client: Client, inbox: Inbox, email: str
) -> None:
    sign_up(client, email)
    stranger = Client()
    stranger.post("/account/login/", {"login": email, "password": PASSWORD})
    assert not get_user(stranger).is_authenticated


def use_broker(url: str) -> None:
    app.conf.broker_url = app.conf.broker_write_url = url
    pools.reset()
    app._pool = app.amqp._producer_pool = None


@pytest.fixture
def queue_is_away() -> Iterator[None]:
    url = app.conf.broker_url
    use_broker("sqs://test:test@127.0.0.1:9")
    yield
    use_broker(url)


@pytest.mark.usefixtures("queue_is_away")
def test_goes_on_while_no_mail_can_be_sent(
    client: Client, email: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert sign_up(client, email).url == "/account/confirm-email/"
    assert "could not be queued" in caplog.text
    assert "Send a new code" in client.get("/account/confirm-email/").content.decode()
