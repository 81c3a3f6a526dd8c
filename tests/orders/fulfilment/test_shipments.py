"""Shipping an order in parts or as a whole: each parcel once, never more than was bought."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from orders.fulfilment.shipments import ShipmentRefused, Tracking, ship
from orders.models import Order, Shipment
from orders.payments import charge
from orders.payments.providers.dummy import WORKS
from orders.payments.refunds import refund
from orders.units import left_to_ship
from shop.models import Event
from tests.factories import make_product
from tests.orders.shopping import checkout, fill, new_cart, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    """Return a paid order of three pots and a lamp."""
    cart = new_cart()
    fill(cart, make_product("Clay pot", price="10.00"), 3)
    fill(cart, make_product("Lamp", price="20.00"))
    order = checkout(cart, "54.90")
    charge.pay(order, {"card_number": WORKS})
    return order


def status(order: Order) -> str:
    order.refresh_from_db()
    return order.status


def test_all_of_it(order):
    ship(order, key=uuid.uuid4(), tracking=Tracking("DHL", "00340", "https://dhl.example/00340"))
    assert status(order) == Order.Status.FULFILLED
    told = Event.objects.get(type="order.shipped").payload["shipment"]
    assert (told["carrier"], told["tracking_number"]) == ("DHL", "00340")
    assert [item["quantity"] for item in told["items"]] == [3, 1]


def test_in_parts(order):
    pots, lamp = order.items.order_by("pk")
    ship(order, key=uuid.uuid4(), quantities={pots.pk: 2})
    assert status(order) == Order.Status.PARTLY_FULFILLED
    assert left_to_ship(order) == {pots.pk: 1, lamp.pk: 1}
    ship(order, key=uuid.uuid4(), quantities={pots.pk: 1, lamp.pk: 0})
    ship(order, key=uuid.uuid4())
    assert status(order) == Order.Status.FULFILLED
    with pytest.raises(ShipmentRefused):
        ship(order, key=uuid.uuid4())


def test_a_part_that_was_refunded_is_not_sent(order):
    pots, lamp = order.items.order_by("pk")
    ship(order, key=uuid.uuid4(), quantities={pots.pk: 3})
    refund(order, key=uuid.uuid4(), quantities={lamp.pk: 1}, restock=True)
    assert status(order) == Order.Status.FULFILLED
    assert left_to_ship(order) == {pots.pk: 0, lamp.pk: 0}


@pytest.mark.parametrize("units", [4, -1])
def test_more_than_was_bought_is_refused(order, units):
    with pytest.raises(ShipmentRefused):
        ship(order, key=uuid.uuid4(), quantities={order.items.order_by("pk")[0].pk: units})


def test_what_is_not_paid_is_not_sent():
    with pytest.raises(ShipmentRefused, match="waiting for payment"):
        ship(place(), key=uuid.uuid4())


@pytest.mark.parametrize("key", [uuid.uuid4(), None])
def test_a_double_click_sends_once(order, key):
    """The second case is the control: with a key of its own, each click ships."""
    pots = order.items.order_by("pk")[0]

    def click(_: int) -> None:
        try:
            ship(order, key=key or uuid.uuid4(), quantities={pots.pk: 1})
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(click, range(3)))
    assert (
        Shipment.objects.count()
        == Event.objects.filter(type="order.shipped").count()
        == (1 if key else 3)
    )


def test_staff_hear_of_a_variant_that_runs_low(settings):
    settings.SHOP_LOW_STOCK = 3
    place(2, stock_level=6)
    assert not Event.objects.filter(type="product.low_stock").exists()
    place(3, stock_level=6)
    told = Event.objects.get(type="product.low_stock").payload
    assert (told["variant"]["stock"], told["variant"]["threshold"]) == (3, 3)
    assert told["product"]["name"] == "Clay pot"
