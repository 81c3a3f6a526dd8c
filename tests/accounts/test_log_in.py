"""Logging in works with the right password, and guessing is slowed down."""

import pytest
from django.contrib.auth import get_user
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def log_in(client: Client, login: str, password: str = PASSWORD, **extra: str):
    return client.post("/account/login/", {"login": login, "password": password, **extra})


def test_takes_the_e_mail_in_any_case(client: Client) -> None:
    alice = make_user()
    assert log_in(client, alice.email.title()).url == "/account/"
    assert get_user(client) == alice


def test_says_the_same_of_a_wrong_password_and_an_unknown_address(client: Client) -> None:
    alice = make_user()
    wrong = log_in(client, alice.email, "wrong").content.decode()
    unknown = log_in(client, "nobody@example.com", "wrong").content.decode()
    assert "do not fit together" in wrong
    assert "do not fit together" in unknown
    assert not get_user(client).is_authenticated


def test_refuses_the_sixth_attempt_even_with_the_right_password(client: Client) -> None:
    alice = make_user()
    for _ in range(5):
        log_in(client, alice.email, "wrong")
    assert "Too many attempts" in log_in(client, alice.email).content.decode()
    assert not get_user(client).is_authenticated


def test_answers_429_to_a_flood_from_one_address(client: Client) -> None:
    answers = [log_in(client, f"{number}@example.com", "") for number in range(31)]
    assert answers[-2].status_code == 200
    assert answers[-1].status_code == 429
    assert "One moment, please" in answers[-1].content.decode()


def test_goes_where_the_shopper_came_from(client: Client) -> None:
    assert log_in(client, make_user().email, next="/checkout/").url == "/checkout/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_never_goes_to_another_site(client: Client, target: str) -> None:
    assert log_in(client, make_user().email, next=target).url == "/account/"


def test_keeps_the_way_back_on_the_link_to_sign_up(client: Client) -> None:
    page = client.get("/account/login/?next=/checkout/").content.decode()
    assert "/account/signup/?next=%2Fcheckout%2F" in page


def test_refuses_a_closed_account(client: Client) -> None:
    alice = make_user(is_active=False)
    assert log_in(client, alice.email).url == "/account/inactive/"
    assert "closed" in client.get("/account/inactive/").content.decode()


def test_needs_no_mail_for_staff_made_by_a_command(client: Client) -> None:
    User.objects.create_superuser("root@example.com", PASSWORD)
    assert log_in(client, "root@example.com", next="/admin/").url == "/admin/"


def test_asks_before_it_logs_out(client: Client) -> None:
    client.force_login(make_user())
    assert "Log out?" in client.get("/account/logout/").content.decode()
    assert get_user(client).is_authenticated
    assert client.post("/account/logout/").url == "/"
    assert not get_user(client).is_authenticated
