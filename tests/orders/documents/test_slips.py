"""Packing slips list what goes into the parcel, without prices."""

import uuid

import pytest
from django.urls import reverse

from orders.documents.pdf.packing_slip import packing_slips, print_slips, slip_of
from orders.fulfilment.shipments import Tracking, ship
from orders.models import Order, OrderItem
from tests.factories import ADDRESS, make_staff
from tests.orders.documents.papers import (
    bought,
    long_order,
    pages_of,
    paid_order,
    refunded,
    text_of,
)

pytestmark = pytest.mark.django_db


def test_a_slip_shows_what_to_pack_and_no_price():
    order = paid_order(
        quantity=3, note="Please ring twice.", shipping_address=ADDRESS | {"phone": "+49 30 1234"}
    )
    OrderItem.objects.update(
        options={"Size": "L"}, attributes={"gift_wrap": True, "engraving": "Ada"}
    )
    text = text_of(packing_slips([order]))
    for part in (
        "Ada Lovelace",
        "Germany",
        order.number,
        "Clay pot",
        "Size: L",
        "Gift wrap",
        "Engraving: Ada",
    ):
        assert part in text, part
    assert "Please ring twice." in text
    assert "+49 30 1234" in text
    assert "3" in text.split()
    assert "€" not in text
    assert packing_slips([order]) == packing_slips([order])


def test_a_partly_sent_order_has_a_slip_of_the_rest_and_one_of_each_parcel():
    order = bought(3)
    parcel = ship(
        order,
        key=uuid.uuid4(),
        quantities={order.items.get().pk: 2},
        tracking=Tracking("DHL", "00340"),
    )
    assert "1" in text_of(packing_slips([order])).split()
    text = text_of(print_slips([slip_of(parcel)]))
    assert "2" in text.split()
    assert {"DHL", "00340"} <= set(text.split())
    ship(order, key=uuid.uuid4())
    assert len(pages_of(packing_slips([order]))) == 2, "all is sent: the slips of its parcels"


def test_what_was_refunded_is_not_packed():
    order = bought(3)
    refunded(order, quantities={order.items.get().pk: 1})
    assert "2" in text_of(packing_slips([order])).split()


def test_a_long_slip_counts_its_own_pages():
    pages = pages_of(packing_slips([long_order(60), paid_order()]))
    assert f"Page {len(pages) - 1} of {len(pages) - 1}" in pages[-2]
    assert "Page 1 of 1" in pages[-1]
    assert all("SKU" in page for page in pages)


def test_nothing_to_send_is_said():
    order = bought()
    refunded(order)
    assert "There is nothing to send." in text_of(packing_slips([order]))


def test_staff_print_many_from_the_list(client):
    orders = [paid_order(), paid_order()]
    client.force_login(make_staff())
    chosen = {"action": "print_packing_slips", "_selected_action": [order.pk for order in orders]}
    answer = client.post(reverse("admin:orders_order_changelist"), chosen)
    assert answer["Content-Type"] == "application/pdf"
    pages = pages_of(answer.content)
    assert [order.number in page for order, page in zip(orders, pages, strict=True)] == [True, True]


def test_the_admin_page_leads_to_all_documents(client):
    order: Order = bought()
    parcel = ship(order, key=uuid.uuid4())
    client.force_login(make_staff())
    page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    for name, args in (
        ("invoice", [order.pk]),
        ("slip", [order.pk]),
        ("parcel_slip", [order.pk, parcel.pk]),
    ):
        assert reverse(f"admin:orders_order_{name}", args=args) in page
    answer = client.get(reverse("admin:orders_order_parcel_slip", args=[order.pk, parcel.pk]))
    assert "no-store" in answer["Cache-Control"]
