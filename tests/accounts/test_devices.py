"""The list of devices where a user is logged in; users can end their own sessions and no others."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.devices import describe_browser, devices_of, sign_out, sign_out_others
from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def alice() -> User:
    user = make_user()
    user.confirm_email()
    return user


def browser(user: User, agent: str = FIREFOX) -> Client:
    """Return a client that logged in with a password."""
    client = Client(headers={"User-Agent": agent})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert is_signed_in(client)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:overview")).status_code == 200


def test_a_login_is_listed_with_browser_and_place(alice):
    browser(alice)
    [device] = devices_of(alice)
    assert (device.browser, device.ip_address) == ("Firefox on Linux", "127.0.0.1")
    assert device.first_seen <= device.last_seen


def test_one_device_is_signed_out_and_the_others_stay(alice):
    here, phone = browser(alice), browser(alice, IPHONE)
    [lost] = [device for device in devices_of(alice) if device.browser == "Safari on iPhone"]
    assert sign_out(alice, lost.id) == 1
    assert sign_out(alice, lost.id) == 0
    assert is_signed_in(here)
    assert not is_signed_in(phone)


def test_all_others_are_signed_out(alice):
    here, phone, tablet = (browser(alice) for _ in range(3))
    assert sign_out_others(alice, here.session.session_key) == 2
    assert [is_signed_in(client) for client in (here, phone, tablet)] == [True, False, False]


def test_nobody_ends_a_strangers_session(alice):
    here = browser(alice)
    [device] = devices_of(alice)
    assert sign_out(make_user(), device.id) == 0
    assert is_signed_in(here)


def test_a_device_is_not_named_by_what_would_let_one_in(alice):
    key = browser(alice).session.session_key
    [device] = devices_of(alice, key)
    assert device.is_this_one
    assert key not in repr(device)


def test_a_logout_ends_the_device(alice):
    here = browser(alice)
    here.post(reverse("account_logout"))
    assert devices_of(alice) == []


def test_the_commands(alice):
    here, out = browser(alice), io.StringIO()
    call_command("sessions", "list", alice.email.upper(), stdout=out)
    assert "Firefox on Linux" in out.getvalue()
    call_command("sessions", "revoke", alice.email, stdout=out)
    assert out.getvalue().endswith("1 signed out.\n")
    assert not is_signed_in(here)
    with pytest.raises(CommandError):
        call_command("sessions", "list", "nobody@example.com")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari/537 Edg/140",
            "Edge on Windows",
        ),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_named_in_words(agent, words):
    assert describe_browser(agent) == words


def test_the_page_lists_the_devices_and_signs_them_out(alice):
    here, phone = browser(alice), browser(alice, IPHONE)
    shown = here.get(reverse("accounts:devices")).content.decode()
    assert "Firefox on Linux" in shown
    assert "Safari on iPhone" in shown
    assert shown.count("This device") == 1
    assert here.session.session_key not in shown
    assert phone.session.session_key not in shown
    [other] = [device for device in devices_of(alice) if device.browser == "Safari on iPhone"]
    here.post(reverse("accounts:sign_out"), {"device": other.id})
    assert not is_signed_in(phone)
    again = browser(alice)
    here.post(reverse("accounts:sign_out"))
    assert is_signed_in(here)
    assert not is_signed_in(again)


def test_another_password_signs_out_all_others(alice):
    here, phone = browser(alice), browser(alice, IPHONE)
    data = {
        "oldpassword": PASSWORD,
        "password1": "another lamp beside it",
        "password2": "another lamp beside it",
    }
    assert here.post(reverse("account_change_password"), data).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(phone)
    assert [device.browser for device in devices_of(alice)] == ["Firefox on Linux"]
