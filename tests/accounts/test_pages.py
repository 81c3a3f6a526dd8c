"""The account pages show users only what belongs to them, in few queries."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.urls import urlpatterns
from tests.factories import make_address, make_order, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [pattern.name for pattern in urlpatterns])
def test_sends_strangers_to_the_login(client: Client, name: str) -> None:
    kwargs = {"pk": 1} if name.startswith("address_") and name != "address_add" else {}
    url = reverse(f"accounts:{name}", kwargs=kwargs)
    answer = client.get(url)
    assert answer.url == f"/account/login/?next={url}"
    assert "no-store" in answer.headers["Cache-Control"]


def test_overview_shows_the_latest_orders_and_the_default_address(client: Client) -> None:
    alice = make_user(first_name="Alice")
    orders = [make_order(user=alice) for _ in range(4)]
    make_address(alice, line1="Torstraße 1")
    client.force_login(alice)
    page = client.get("/account/").content.decode()
    assert "Hello, Alice" in page
    assert "Torstraße 1" in page
    assert orders[3].number in page
    assert orders[0].number not in page


def test_orders_are_the_owners_alone(client: Client) -> None:
    alice, bob = make_user(), make_user()
    mine, his = make_order(user=alice), make_order(user=bob)
    client.force_login(alice)
    page = client.get("/account/orders/").content.decode()
    assert mine.number in page
    assert his.number not in page


def test_orders_have_pages_of_ten_in_few_queries(
    client: Client, django_assert_max_num_queries
) -> None:
    alice = make_user()
    orders = [make_order(user=alice) for _ in range(12)]
    client.force_login(alice)
    client.get("/account/orders/")
    with django_assert_max_num_queries(4):  # user, count, orders, items
        first = client.get("/account/orders/").content.decode()
    second = client.get("/account/orders/?page=2").content.decode()
    assert "Older" in first
    assert orders[11].number in first
    assert orders[1].number not in first
    assert orders[1].number in second
    assert client.get("/account/orders/?page=3").status_code == 404


def test_profile_saves_a_name_and_nothing_else(client: Client) -> None:
    alice = make_user()
    client.force_login(alice)
    client.post(
        "/account/profile/",
        {"first_name": "Ada", "last_name": "Lovelace", "is_staff": "on", "email": "x@y.z"},
    )
    email = alice.email
    alice.refresh_from_db()
    assert (alice.first_name, alice.is_staff, alice.email) == ("Ada", False, email)
