"""Guest orders join the account with their email once they're paid; others are looked up."""

from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from orders.models import Order
from orders.payments import charge
from tests.factories import PASSWORD, make_user
from tests.orders.shopping import CARD, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}@example.com"


def paid_order(email: str) -> Order:
    order = place(email=email)
    charge.pay(order, CARD)
    order.refresh_from_db()
    assert order.paid_at
    return order


def test_joins_the_account_when_it_is_paid(email: str) -> None:
    alice = make_user(email)
    assert paid_order(email.title()).user == alice


def test_stays_a_guest_order_until_it_is_paid(email: str) -> None:
    make_user(email)
    assert place(email=email).user is None


def test_does_not_join_an_account_whose_email_is_not_confirmed(email: str) -> None:
    alice = make_user(email)
    EmailAddress.objects.filter(user=alice).update(verified=False)
    assert paid_order(email).user is None


def test_joins_at_sign_in(client: Client, email: str) -> None:
    order, unpaid, other = paid_order(email), place(email=email), paid_order("bob@example.com")
    alice = make_user(email)
    client.post("/account/login/", {"login": email, "password": PASSWORD})
    assert set(alice.orders.all()) == {order}
    page = client.get("/account/orders/").content.decode()
    assert order.number in page
    assert unpaid.number not in page
    assert other.number not in page


def test_keeps_the_owner_of_an_order_placed_while_signed_in(email: str) -> None:
    bob = make_user()
    make_user(email)
    order = place(email=email, user=bob)
    charge.pay(order, CARD)
    order.refresh_from_db()
    assert order.user == bob


def find(client: Client, number: str, email: str):
    return client.post("/orders/find/", {"number": number, "email": email})


def test_is_found_by_number_and_email(client: Client, email: str) -> None:
    order = place(email=email)
    found = find(client, f" {order.number.lower()} ", email.upper())
    assert (found.status_code, found.url) == (302, order.secret_url())


def test_the_same_answer_for_a_wrong_number_and_a_wrong_email(client: Client, email: str) -> None:
    order = place(email=email)
    answers = [
        find(client, order.number, "bob@example.com"),
        find(client, "22222222", email),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "can&#x27;t find an order" in answer.content.decode()


def test_says_what_is_missing(client: Client) -> None:
    page = find(client, "", "nonsense").content.decode()
    assert "Enter your order number." in page
    assert "valid email" in page
