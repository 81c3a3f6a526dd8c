"""A password can be reset once by whoever can read the account's email."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.test import Client

from tests.accounts.conftest import Inbox
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
NEW = "a battery of correct horses"


def ask(client: Client, email: str):
    return client.post("/account/password/reset/", {"email": email})


def link_in(text: str) -> str:
    found = re.search(rf"{re.escape(settings.SHOP_URL)}(/account/password/reset/key/\S+)", text)
    assert found, text
    return found[1]


def choose(client: Client, link: str, password: str = NEW):
    form = client.get(link)
    return (
        client.post(form.url, {"password1": password, "password2": password})
        if form.status_code == 302
        else form
    )


def test_changes_the_password_by_the_link(client: Client, inbox: Inbox) -> None:
    alice = make_user()
    assert ask(client, alice.email).url == "/account/password/reset/done/"
    assert (
        choose(client, link_in(inbox(alice.email)[0]["BodyText"])).url
        == "/account/password/reset/key/done/"
    )
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert "was changed" in inbox(alice.email)[0]["Subject"]


def test_takes_a_link_once(client: Client, inbox: Inbox) -> None:
    alice = make_user()
    ask(client, alice.email)
    link = link_in(inbox(alice.email)[0]["BodyText"])
    choose(client, link)
    assert "used up" in choose(Client(), link, "another good password").content.decode()


def test_refuses_a_made_up_link(client: Client) -> None:
    assert "used up" in client.get("/account/password/reset/key/1-abc-def/").content.decode()


def test_answers_the_same_for_an_unknown_address(client: Client, inbox: Inbox) -> None:
    assert ask(client, "nobody-at-all@example.com").url == "/account/password/reset/done/"
    assert "no account" in inbox("nobody-at-all@example.com")[0]["Subject"]


def test_change_asks_for_the_current_password(client: Client) -> None:
    alice = make_user()
    client.force_login(alice)
    data = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert (
        "not your current password"
        in client.post("/account/password/change/", data).content.decode()
    )
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_change_keeps_this_browser_logged_in(client: Client, inbox: Inbox) -> None:
    alice = make_user()
    client.force_login(alice)
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/account/password/change/", data).url == "/account/"
    assert get_user(client) == alice
    alice.refresh_from_db()
    assert alice.check_password(NEW)


@pytest.mark.parametrize("email", ["known", "unknown"])
def test_links_to_the_shops_own_address_whatever_the_host(
    client: Client, inbox: Inbox, settings, email: str
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "elsewhere.example"]
    address = make_user().email if email == "known" else "nobody-yet@example.com"
    for host in ("elsewhere.example", "testserver:8443"):
        client.post("/account/password/reset/", {"email": address}, headers={"Host": host})
        mail = inbox(address)[0]
        links = re.findall(r"https?://[^\s\"<>]+", mail["BodyText"] + mail["BodyHtml"])
        assert [link for link in links if "/account/" in link]
        assert [link for link in links if not link.startswith(settings.SHOP_URL)] == []
