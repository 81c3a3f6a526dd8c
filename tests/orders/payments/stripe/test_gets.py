"""Looking at a page of an order creates nothing, here or at a provider."""

import pytest
from django.apps import apps
from django.test import Client

from orders.models import Order
from orders.payments import charge
from orders.payments.providers.dummy import DECLINED, SECOND_STEP, WORKS
from tests.addresses import all_addresses
from tests.orders.shopping import CARD, place

pytestmark = pytest.mark.django_db

ADDRESSES = [
    address
    for address in all_addresses()
    if address.name.startswith("orders:") and address.parameters in ([], ["token"])
]
#: Asking for an invoice issues it, if the order was paid before invoices were.
ISSUES = {"orders:invoice"}


def unpaid(provider: str = "stripe") -> Order:
    return place(provider=provider)


def begun(provider: str = "stripe") -> Order:
    order = place(provider=provider)
    charge.pay(order, CARD | {"card_number": SECOND_STEP}, provider)
    return order


def declined(provider: str = "stripe") -> Order:
    order = place(provider="test")
    charge.pay(order, CARD | {"card_number": DECLINED}, "test")
    return order


def paid(provider: str = "stripe") -> Order:
    order = place(provider="test")
    charge.pay(order, CARD | {"card_number": WORKS}, "test")
    return order


def all_rows() -> dict[str, list[tuple]]:
    """Return every row of our apps, but for counted attempts."""
    return {
        model._meta.label: sorted(map(repr, model.objects.values_list()))
        for app in ("accounts", "catalog", "orders", "shop")
        for model in apps.get_app_config(app).get_models()
        if model._meta.managed
    }


@pytest.mark.parametrize("name", ["stripe", "test"])
@pytest.mark.parametrize("make", [unpaid, begun, declined, paid])
def test_no_get_writes_a_row_or_starts_a_payment(server, provider, settings, client, make, name):
    settings.PAYMENT_PROVIDERS_OFFERED = ["test", "stripe"]
    order = make(name)
    rows, intents = all_rows(), repr(server.account.intents)
    for address in ADDRESSES:
        if address.name in ISSUES:
            continue
        path = address.path({"token": order.token})
        for query in ("", "?provider=stripe", "?provider=test"):
            answer = client.get(path + query)
            assert answer.status_code in (200, 302, 404, 405), (path, query)
            assert all_rows() == rows, (path, query)
            assert repr(server.account.intents) == intents, (path, query)


def test_the_button_of_the_pay_page_begins_the_payment(server, provider, client: Client):
    order = unpaid()
    path = f"/orders/{order.token}/pay/"
    assert "data-client-secret" not in client.get(path).content.decode()
    assert not server.account.intents
    client.post(path, {"provider": "stripe"})
    assert len(server.account.intents) == 1
    assert "data-client-secret" in client.get(path).content.decode()
