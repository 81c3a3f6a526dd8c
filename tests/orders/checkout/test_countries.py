"""The checkout offers the countries that a delivery method goes to; an invoice may go anywhere."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop.countries import COUNTRIES
from tests.factories import ADDRESS, make_address, make_shipping_method, make_user
from tests.orders.checkout.test_pages import fill

pytestmark = pytest.mark.django_db
CONTACT = ADDRESS | {"email": "ada@example.com"}


def offered(client: Client, name: str = "form") -> set[str]:
    form = client.get(reverse("orders:checkout")).context[name]
    return {code for code, _ in form.fields["country"].choices if code}


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ([["DE", "AT"], ["CH"]], {"DE", "AT", "CH"}),
        ([["DE"], []], set(COUNTRIES)),
        ([], set(COUNTRIES)),
    ],
)
def test_offers_where_some_method_goes(
    client: Client, methods: list[list[str]], expected: set[str]
) -> None:
    for countries in methods:
        make_shipping_method(countries=countries)
    make_shipping_method(countries=["US"], is_active=False)
    fill(client)
    assert offered(client) == expected
    assert offered(client, "billing") == set(COUNTRIES)


def test_a_method_for_everywhere_goes_to_every_country() -> None:
    method = make_shipping_method()
    assert all(method.reaches(country) for country in COUNTRIES)


def test_says_where_nothing_is_sent_also_for_an_address_of_the_book(client: Client) -> None:
    make_shipping_method(countries=["DE"])
    address = make_address(user := make_user(), country="US", postcode="20500", region="DC")
    client.force_login(user)
    fill(client)
    answer = client.post(reverse("orders:checkout"), CONTACT | {"address": address.pk})
    sentence = "Sorry, we don't deliver to the United States yet."
    assert answer.context["form"].errors["country"] == [sentence]
    assert answer.context["chosen"] is None


def test_an_invoice_may_go_where_nothing_is_sent(client: Client) -> None:
    make_shipping_method(countries=["DE"])
    fill(client)
    billing = ADDRESS | {"country": "US", "postcode": "20500", "region": "dc"}
    data = {f"billing-{name}": text for name, text in billing.items()}
    answer = client.post(reverse("orders:checkout"), CONTACT | data | {"other_billing": "on"})
    assert answer.status_code == 302
    assert client.session["checkout"]["billing_address"]["region"] == "DC"


def test_the_countries_cost_one_query(client: Client) -> None:
    make_shipping_method(countries=["DE"])
    fill(client)
    client.get(reverse("orders:checkout"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("orders:checkout"))
    asked = [query for query in queries if "orders_shippingmethod" in query["sql"]]
    assert len(asked) == 1
