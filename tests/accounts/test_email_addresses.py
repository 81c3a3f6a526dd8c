"""Every door to an account has the same idea of an email address."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from shop.email_address import InvalidEmail
from tests.accounts.conftest import Inbox
from tests.factories import PASSWORD, make_user
from tests.shop.test_email_address import UNDELIVERABLE

pytestmark = pytest.mark.django_db
TYPED = (" Anna@Bücher.Example", "anna@xn--bcher-kva.example", "ANNA@bu\u0308cher.example\u200b")


@pytest.fixture
def anna() -> User:
    return make_user("anna@bücher.example")


@pytest.mark.parametrize("typed", TYPED)
def test_logs_in_by_an_address_however_it_is_typed(client: Client, anna: User, typed: str) -> None:
    answer = client.post("/account/login/", {"login": typed, "password": PASSWORD})
    assert answer.url == "/account/"


@pytest.mark.parametrize("typed", TYPED)
def test_finds_the_account_for_a_new_password(
    client: Client, anna: User, inbox: Inbox, typed: str
) -> None:
    before = len(inbox("anna@xn--bcher-kva.example"))
    client.post("/account/password/reset/", {"email": typed})
    assert len(inbox("anna@xn--bcher-kva.example")) == before + 1


@pytest.mark.parametrize("typed", UNDELIVERABLE)
@pytest.mark.parametrize("page", ["signup", "password/reset"])
def test_refuses_at_its_field_what_no_mail_can_go_to(client: Client, page: str, typed: str) -> None:
    answer = client.post(f"/account/{page}/", {"email": typed, "password1": PASSWORD})
    assert answer.context["form"].errors.keys() == {"email"}
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["ſame@shop.example", "root@localhost", "root@[127.0.0.1]"])
def test_commands_refuse_it_too(email: str) -> None:
    with pytest.raises(CommandError, match="email"):
        call_command("createsuperuser", interactive=False, email=email)
    with pytest.raises(InvalidEmail):
        User.objects.create_user(email)


def test_a_command_keeps_an_address_in_its_one_form() -> None:
    call_command("createsuperuser", interactive=False, email="Root@Bücher.example", verbosity=0)
    assert User.objects.get().email == "root@bücher.example"
    assert User.objects.get_by_natural_key("ROOT@xn--bcher-kva.example") == User.objects.get()
