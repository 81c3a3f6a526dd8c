"""Logging in works with the right password, and guessing is slowed down."""

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from accounts.models import User
from shop.models import Attempts
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
    assert "Please try again in 1 minute." in answers[-1].content.decode()
    assert answers[-1].headers["Retry-After"] == "60"


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


def test_a_flood_from_many_addresses_is_refused_before_it_is_hashed(
    client: Client, settings
) -> None:
    """No limit by address or account stops forty log-ins from eight addresses."""
    settings.TRUSTED_PROXY_COUNT = 1
    assert settings.LIMITS["password.everyone"] == (30, 10)
    # The hashes of a busy machine may take longer than ten seconds.
    settings.LIMITS = settings.LIMITS | {"password.everyone": (30, 600)}
    answers = [
        client.post(
            "/account/login/",
            {"login": f"{number}@example.com", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{number % 8}"},
        )
        for number in range(40)
    ]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 10
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 600
    page = answers[-1].content.decode()
    assert "Too many attempts. Please try again in" in page
    assert "39@example.com" in page  # what was typed


def test_a_flood_keeps_nobody_out_of_the_own_account_for_longer(client: Client, settings) -> None:
    """Who was refused because of others has not used up the attempts at the account."""
    alice = make_user()
    settings.LIMITS = settings.LIMITS | {"password.everyone": (0, 600)}
    for _ in range(6):
        assert log_in(client, alice.email).status_code == 429
    settings.LIMITS = settings.LIMITS | {"password.everyone": (9, 10)}
    Attempts.objects.all().delete()
    assert log_in(client, alice.email).url == "/account/"


def test_a_flood_of_sign_ups_is_refused_before_it_is_hashed(client: Client, settings) -> None:
    settings.LIMITS = settings.LIMITS | {"password.everyone": (1, 600)}
    data = {"password1": PASSWORD}
    first = client.post("/account/signup/", data | {"email": "one@example.com"})
    second = Client().post("/account/signup/", data | {"email": "two@example.com"})
    assert (first.status_code, second.status_code) == (302, 429)
    assert "two@example.com" in second.content.decode()
    assert not User.objects.filter(email="two@example.com").exists()


def test_hashes_an_older_password_anew(client: Client) -> None:
    old = Argon2PasswordHasher()
    alice = make_user()
    alice.password = old.encode(PASSWORD, old.salt())
    alice.save()
    assert "m=102400,t=2,p=8" in alice.password
    assert log_in(client, alice.email, PASSWORD).status_code == 302
    alice.refresh_from_db()
    assert alice.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert log_in(Client(), alice.email, PASSWORD).status_code == 302


def test_counts_the_attempts_at_an_account_whatever_the_host(client: Client) -> None:
    alice = make_user()
    for port in range(8000, 8005):
        host = {"Host": f"testserver:{port}"}
        form = {"login": alice.email, "password": "wrong"}
        client.post("/account/login/", form, headers=host)
    form = {"login": alice.email, "password": PASSWORD}
    page = client.post("/account/login/", form, headers={"Host": "testserver:9000"})
    assert "Too many attempts" in page.content.decode()
