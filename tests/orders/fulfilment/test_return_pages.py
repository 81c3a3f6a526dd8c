"""The order's page after shipping, and the page that requests a return."""

import uuid

import pytest
from django.urls import reverse

from orders.fulfilment.shipments import Tracking, ship
from orders.models import Order, Return
from orders.payments import charge
from orders.payments.providers.dummy import WORKS
from tests.orders.shopping import place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    order = place(2)
    charge.pay(order, {"card_number": WORKS})
    return order


def send(order: Order) -> None:
    ship(order, key=uuid.uuid4(), tracking=Tracking("DHL", "00340", "https://dhl.example/00340"))


def page(client, order: Order) -> str:
    return client.get(order.secret_url()).content.decode()


def test_shows_the_parcel_with_its_tracking(client, order):
    assert "Your parcel" not in page(client, order)
    send(order)
    assert 'href="https://dhl.example/00340"' in page(client, order)


def test_asks_for_a_return_once(client, order):
    send(order)
    url = reverse("orders:return_items", args=[order.token])
    item, form = order.items.get(), client.get(url).context["form"]
    sent = {"key": form["key"].value(), "reason": "Too big.", f"item_{item.pk}": 1}
    for _ in range(2):
        assert client.post(url, sent).url == order.secret_url()
    assert Return.objects.get().items.get().quantity == 1
    assert "We answer soon" in page(client, order)


@pytest.mark.parametrize(
    ("field", "value"), [("reason", ""), ("item", 3), ("item", 0), ("item", ""), ("key", "x")]
)
def test_bad_input_is_said_and_nothing_is_lost(client, order, field, value):
    send(order)
    url = reverse("orders:return_items", args=[order.token])
    name = f"item_{order.items.get().pk}"
    sent = {"key": str(uuid.uuid4()), "reason": "Much too big.", name: 1} | {
        name if field == "item" else field: value
    }
    answer = client.post(url, sent)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert field == "reason" or "Much too big." in answer.content.decode()
    assert not Return.objects.exists()


def test_before_it_is_sent_nothing_can_come_back(client, order):
    answer = client.get(reverse("orders:return_items", args=[order.token]))
    assert answer.url == order.secret_url()
    assert "Send something back" not in page(client, order)


def test_a_stranger_finds_nothing(client):
    assert client.get(reverse("orders:return_items", args=["made-up"])).status_code == 404
