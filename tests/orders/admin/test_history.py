"""The admin shows the history of orders, money and stock, and lets nobody change it."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import StockMovement
from orders.models import Order, Payment, Refund
from shop.models import Event
from tests.factories import ADDRESS, make_order, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    order = make_order(user=make_user(), quantity=2)
    StockMovement.objects.update(order_number=order.number)
    Refund.objects.create(payment=order.payments.get(), amount=5, currency="EUR")
    Event.objects.create(type="order.paid", payload={"order": {"number": order.number}})
    return order


@pytest.mark.parametrize("model", [Order, Payment, Refund, StockMovement, Event])
def test_offers_no_way_to_change(staff: Client, order: Order, model: type) -> None:
    row = model.objects.get()
    meta = model._meta
    name = f"admin:{meta.app_label}_{meta.model_name}"
    change = reverse(f"{name}_change", args=[row.pk])
    before = model.objects.values().get()
    assert staff.get(change).status_code == 200
    assert (
        staff.post(
            change, {"status": "refunded", "amount": "0", "total": "0", "delta": "9"}
        ).status_code
        == 403
    )
    assert staff.get(reverse(f"{name}_add")).status_code == 403
    assert staff.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    staff.post(
        reverse(f"{name}_changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )
    assert model.objects.values().get() == before


def test_shows_all_of_an_order(staff: Client, order: Order) -> None:
    page = staff.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    item = order.items.get()
    for shown in (
        "Ada Lovelace",
        "Lindenstraße 7",
        "10969 Berlin",
        "Germany",
        item.name,
        item.sku,
        "€24.90",
        "Captured",
    ):
        assert shown in page
    assert "What it did to the stock" in page
    assert "+5" in page


def test_shows_addresses_as_on_a_parcel_and_the_phone_below(staff: Client) -> None:
    address = ADDRESS | {"company": "<b>Engines</b>", "phone": "+49 30 1234"}
    order = make_order(variant=make_product().variants.get(), shipping_address=address)
    page = staff.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert (
        "Ada Lovelace<br>&lt;b&gt;Engines&lt;/b&gt;<br>Lindenstraße 7<br>10969 Berlin<br>Germany"
        "<br>+49 30 1234"
    ) in page


@pytest.mark.parametrize("words", ["number", "email", "name", "sku"])
def test_finds_an_order(staff: Client, order: Order, words: str) -> None:
    other = make_order(variant=make_product().variants.get(), shipping_address={"full_name": "Bob"})
    sought = {
        "number": order.number,
        "email": order.email,
        "name": "lovelace",
        "sku": order.items.get().sku,
    }
    page = staff.get("/admin/orders/order/", {"q": sought[words]}).content.decode()
    assert order.number in page
    assert other.number not in page
