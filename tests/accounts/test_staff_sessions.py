"""A session of staff ends, and the password is asked for again where it matters."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sessions import SessionStore
from tests.admin_forms import filled
from tests.factories import PASSWORD, make_order, make_staff, make_user
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
REAUTHENTICATE = "/account/reauthenticate/"


def log_in(client: Client, user: User) -> SessionStore:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return SessionStore(client.session.session_key)


def hours_left(session: SessionStore) -> float:
    session.load()
    assert session.expires_at is not None
    return (session.expires_at - timezone.now()).total_seconds() / 3600


def test_ends_a_session_of_staff_however_much_it_is_used(client: Client) -> None:
    session = log_in(client, make_staff())
    assert 11.9 < hours_left(session) <= 12
    session["login_timestamp"] = (timezone.now() - timedelta(hours=11)).isoformat()
    session.set_expiry(timedelta(days=14))
    session.save()
    new = {"password1": "another lamp beside it", "password2": "another lamp beside it"}
    client.post("/account/password/change/", {"oldpassword": PASSWORD} | new)
    assert hours_left(SessionStore(client.session.session_key)) <= 1


def test_leaves_the_session_of_a_customer_alone(client: Client) -> None:
    assert hours_left(log_in(client, make_user())) > 24 * 13


def test_ends_the_sessions_of_whoever_becomes_staff(client: Client, staff: Client) -> None:
    alice = make_user()
    phone = Client()
    log_in(phone, alice)
    assert phone.get("/account/").status_code == 200
    url = f"/admin/accounts/user/{alice.pk}/change/"
    staff.post(url, filled(staff, url) | {"is_staff": "on"})
    assert phone.get("/account/").status_code == 302


@pytest.mark.parametrize("path", ["password_change/", "password_change/?next=/admin/"])
def test_has_one_page_to_change_a_password(staff: Client, path: str) -> None:
    assert staff.get(f"/admin/{path}").url == "/account/password/change/"
    assert staff.post(f"/admin/{path}", {"old_password": PASSWORD}).status_code == 302
    assert staff.get("/admin/password_change/done/").status_code == 404


def test_has_one_page_to_log_in_and_out(client: Client) -> None:
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/").url == f"{LOGIN}?next=%2Fadmin%2F"
    sign_in(client, make_staff())
    other = make_user(is_staff=True)
    sent = {"username": other.email, "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", sent).url == "/admin/"
    assert client.session["_auth_user_id"] != str(other.pk)
    assert client.post("/admin/logout/").url == "/"
    assert "_auth_user_id" not in client.session


def pages_that_ask() -> list[str]:
    order = make_order(total=Decimal("200.00"), items_total=Decimal("195.10"))
    alice = make_user()
    return [
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{alice.pk}/change/",
        f"/admin/accounts/user/{alice.pk}/delete/",
        "/admin/auth/group/add/",
        f"/admin/orders/order/{order.pk}/refund/",
        f"/admin/orders/order/{order.pk}/cancel/",
    ]


def test_asks_for_the_password_before_people_and_large_refunds(client: Client) -> None:
    sign_in(client, make_staff(), minutes_ago=16)
    for page in pages_that_ask():
        for send in (client.get, client.post):
            assert send(page).url == f"{REAUTHENTICATE}?next={page.replace('/', '%2F')}"
    answer = client.post("/admin/accounts/user/", {"action": "delete_selected"})
    assert answer.url.startswith(REAUTHENTICATE)


def test_asks_nobody_who_has_just_entered_it(client: Client) -> None:
    sign_in(client, make_staff(), minutes_ago=14)
    for page in pages_that_ask():
        assert client.get(page).status_code == 200


def test_does_not_ask_for_a_small_refund_or_to_look(client: Client) -> None:
    sign_in(client, make_staff(), minutes_ago=600)
    assert client.get(f"/admin/orders/order/{make_order().pk}/refund/").status_code == 200
    assert client.get("/admin/accounts/user/").status_code == 200


def test_loses_nothing_that_was_typed(client: Client) -> None:
    boss, alice = make_staff(), make_user()
    url = f"/admin/accounts/user/{alice.pk}/change/"
    sign_in(client, boss)
    sent = filled(client, url) | {"first_name": "Ada"}
    sign_in(client, boss, minutes_ago=600)
    assert client.post(url, sent).url.startswith(REAUTHENTICATE)
    key = client.session.session_key
    assert key not in str(dict(client.session.items()))
    answer = client.post(REAUTHENTICATE, {"password": PASSWORD, "next": url})
    assert answer.status_code == 302
    alice.refresh_from_db()
    assert alice.first_name == "Ada"


def test_does_not_keep_a_form_that_no_session_holds(client: Client) -> None:
    url = f"/admin/accounts/user/{make_user().pk}/change/"
    sign_in(client, make_staff(), minutes_ago=600)
    assert client.post(url, {"first_name": "A" * 100_000}).status_code == 302
