"""The admin identifies users by their email address."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.conftest import Inbox
from tests.accounts.test_password import ask, choose, link_in
from tests.admin_forms import filled
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/accounts/user/add/"


def test_adds_a_user_who_chooses_a_password_by_mail(
    staff: Client, client: Client, inbox: Inbox
) -> None:
    answer = staff.post(ADD, {"email": "New@Example.com"})
    assert answer.status_code == 302, answer.context["errors"]
    user = User.objects.get(email="new@example.com")
    assert not user.has_usable_password()
    client.logout()
    ask(client, user.email)
    choose(client, link_in(inbox(user.email)[0]["BodyText"]), PASSWORD)
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer.url == "/account/"


def test_refuses_an_e_mail_that_is_taken_in_any_case(staff: Client) -> None:
    make_user("alice@example.com")
    page = staff.post(ADD, {"email": "ALICE@example.com"}).content.decode()
    assert "There is a user with this e-mail already." in page
    assert User.objects.filter(email="alice@example.com").count() == 1


@pytest.mark.django_db(transaction=True)
def test_changes_an_e_mail_and_tells_the_old_one(staff: Client, inbox: Inbox) -> None:
    alice = make_user(f"{uuid4().hex}@example.com")
    old = alice.email
    url = reverse("admin:accounts_user_change", args=[alice.pk])
    answer = staff.post(url, filled(staff, url) | {"email": "Other@example.com"})
    assert answer.status_code == 302, answer.context["errors"]
    alice.refresh_from_db()
    assert alice.email == "other@example.com"
    assert list(alice.emailaddress_set.values_list("email", "verified")) == [
        ("other@example.com", True)
    ]
    assert "changed" in inbox(old)[0]["Subject"]


def test_finds_by_e_mail_and_name(staff: Client) -> None:
    alice, bob = make_user(first_name="Alice"), make_user("bob@example.com")
    page = staff.get("/admin/accounts/user/?q=alice").content.decode()
    assert alice.email in page
    assert bob.email not in page
