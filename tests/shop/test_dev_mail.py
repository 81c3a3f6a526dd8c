"""Sent emails can be viewed on a laptop and nowhere else."""

import importlib
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import clear_url_caches

from shop import urls


@pytest.fixture
def debug(settings: Any) -> Iterator[None]:
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
    importlib.reload(urls)
    clear_url_caches()
    yield
    settings.DEBUG = False
    importlib.reload(urls)
    clear_url_caches()


@pytest.mark.django_db
@pytest.mark.usefixtures("debug")
def test_lists_and_shows_mail(client: Client) -> None:
    subject = uuid4().hex
    mail = EmailMultiAlternatives(subject, "Plain words", to=["ada@example.com"])
    mail.attach_alternative("<p>Nice words</p><script>alert(1)</script>", "text/html")
    mail.send()
    page = client.get("/dev/mail/").content.decode()
    assert subject in page
    assert "ada@example.com" in page
    one = client.get(f"/dev/mail/{mail.anymail_status.message_id}/").content.decode()
    assert "Plain words" in one
    assert "sandbox=" in one
    html = client.get(f"/dev/mail/{mail.anymail_status.message_id}/html/")
    assert "Nice words" in html.content.decode()
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert client.get("/dev/mail/nothing/").status_code == 404


@pytest.mark.django_db
def test_is_not_there_without_debug(client: Client) -> None:
    importlib.reload(urls)  # loaded before the tests began, perhaps with DEBUG
    clear_url_caches()
    assert client.get("/dev/mail/").status_code == 404
