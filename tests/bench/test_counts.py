"""How many SQL statements and DynamoDB requests a page makes.

Time is measured by `make bench`, not here.
"""

import uuid

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from orders.models import Order, ShippingMethod
from orders.payments.providers.dummy import WORKS
from tests.bench.counting import Calls, counted
from tests.factories import (
    ADDRESS,
    make_category,
    make_product,
    make_shipping_method,
    make_tax_rate,
    make_user,
)

pytestmark = pytest.mark.django_db

HOME = "/"
CATEGORY = "/c/kitchen/"
PRODUCT = "/p/pot/"
SEARCH = "/search/?q=pot"
#: The most SQL statements that each page of the catalogue may take once the process has cached the
#: categories.
CATALOGUE = {HOME: 2, CATEGORY: 2, PRODUCT: 3, SEARCH: 2}


@pytest.fixture(autouse=True)
def shelf() -> None:
    """Put 30 products into a category.

    Each test has categories of its own, but the process caches them for a minute.
    """
    caches["local"].clear()
    kitchen = make_category("Kitchen", slug="kitchen")
    make_product("Pot", slug="pot", category=kitchen)
    for number in range(29):
        make_product(f"Pot {number}", category=kitchen)


def calls_of(client: Client, path: str) -> Calls:
    """Return the calls of a page that has been visited before."""
    Client().get(path)
    with counted() as calls:
        assert client.get(path).status_code == 200
    return calls


def add(client: Client, slug: str = "pot") -> Calls:
    """Add a product to the cart; return the calls that it took."""
    variant = client.get(f"/p/{slug}/").context["variant"].pk
    data = {"variant": variant, "quantity": 1, "operation": uuid.uuid4().hex}
    with counted() as calls:
        assert client.post(reverse("carts:add"), data).url == reverse("carts:cart")
    return calls


@pytest.fixture
def stranger(client: Client) -> Client:
    """Return a client with the cookie of a session that does not exist."""
    client.cookies["sessionid"] = "a" * 32
    return client


@pytest.fixture
def shopper(client: Client) -> Client:
    """Return a client that is signed in."""
    client.force_login(make_user())
    return client


@pytest.mark.parametrize("path", CATALOGUE)
def test_the_catalogue_costs_a_guest_no_dynamodb(client: Client, path: str) -> None:
    calls = calls_of(client, path)
    assert calls.dynamodb == []
    assert 1 <= len(calls.sql) <= CATALOGUE[path]


@pytest.mark.parametrize("path", CATALOGUE)
@pytest.mark.parametrize("who", ["stranger", "shopper"])
def test_the_catalogue_does_not_touch_the_session(
    request: pytest.FixtureRequest, who: str, path: str
) -> None:
    calls = calls_of(request.getfixturevalue(who), path)
    assert calls.dynamodb == []
    assert len(calls.sql) <= CATALOGUE[path]


def test_a_page_that_reads_the_user_reads_the_session_once(shopper: Client) -> None:
    assert calls_of(shopper, reverse("accounts:overview")).dynamodb == ["GetItem"]


def test_a_page_that_would_read_the_user_reads_nothing_without_a_cookie(client: Client) -> None:
    with counted() as calls:
        assert client.get(reverse("accounts:overview")).status_code == 302
    assert (calls.dynamodb, calls.sql) == ([], [])


def test_the_cart_is_one_query_each(client: Client) -> None:
    add(client)
    calls = calls_of(client, reverse("carts:cart"))
    assert calls.dynamodb == ["Query"]
    assert len(calls.sql) == 1


def test_the_cart_of_a_user_reads_the_session_and_the_user_besides(shopper: Client) -> None:
    add(shopper)
    calls = calls_of(shopper, reverse("carts:cart"))
    assert calls.dynamodb == ["GetItem", "Query"]
    assert len(calls.sql) == 2


def test_adding_is_one_write_and_one_query(client: Client) -> None:
    for _ in range(2):  # the first one creates the cart
        calls = add(client)
        assert calls.dynamodb == ["TransactWriteItems"]
        assert len(calls.sql) == 1


def test_adding_as_a_user_reads_the_session_and_the_user_besides(shopper: Client) -> None:
    calls = add(shopper)
    assert calls.dynamodb == ["GetItem", "TransactWriteItems"]
    assert len(calls.sql) == 2


@pytest.mark.django_db(transaction=True)
def test_placing_and_paying_an_order_of_three_is_sixteen_statements(client: Client) -> None:
    make_tax_rate()
    make_shipping_method()
    for slug in ("pot", "pot-1", "pot-2"):
        make_product(slug=f"bought-{slug}")
        add(client, f"bought-{slug}")
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})
    client.post(reverse("orders:delivery"), {"shipping_method": ShippingMethod.objects.get().pk})
    page = client.get(reverse("orders:review"))
    card = {"card_number": WORKS, "expiry": "12/49", "security_code": "123"}
    wish = {"key": page.context["key"].hex, "agreed": page.context["agreed"]}
    with counted() as calls:
        client.post(reverse("orders:review"), card | wish)
    assert Order.objects.get().status == Order.Status.PAID
    # One of them counts the unpaid orders of the same shopper.
    assert len(calls.shop_sql) <= 16
    assert calls.dynamodb == ["GetItem", "Query", "TransactWriteItems", "PutItem"]
