"""The admin identifies users by their email address."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.admin_forms import filled
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/accounts/user/add/"


def test_adds_a_user_who_can_log_in_at_once(staff: Client, client: Client) -> None:
    data = {
        "email": "New@Example.com",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    answer = staff.post(ADD, data)
    assert answer.status_code == 302, answer.context["errors"]
    client.logout()
    answer = client.post("/account/login/", {"login": "new@example.com", "password": PASSWORD})
    assert answer.url == "/account/"


def test_refuses_an_e_mail_that_is_taken_in_any_case(staff: Client) -> None:
    make_user("alice@example.com")
    data = {
        "email": "ALICE@example.com",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    page = staff.post(ADD, data).content.decode()
    assert "There is a user with this e-mail already." in page
    assert User.objects.filter(email="alice@example.com").count() == 1


def test_changes_an_e_mail(staff: Client) -> None:
    alice = make_user()
    url = reverse("admin:accounts_user_change", args=[alice.pk])
    answer = staff.post(url, filled(staff, url) | {"email": "Other@example.com"})
    assert answer.status_code == 302, answer.context["errors"]
    alice.refresh_from_db()
    assert alice.email == "other@example.com"
    assert list(alice.emailaddress_set.values_list("email", "verified")) == [
        ("other@example.com", True)
    ]


def test_finds_by_e_mail_and_name(staff: Client) -> None:
    alice, bob = make_user(first_name="Alice"), make_user("bob@example.com")
    page = staff.get("/admin/accounts/user/?q=alice").content.decode()
    assert alice.email in page
    assert bob.email not in page
