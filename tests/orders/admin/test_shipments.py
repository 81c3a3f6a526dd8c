"""Staff ship orders and process returns, each step once."""

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from orders.fulfilment import returns
from orders.fulfilment.shipments import ship
from orders.models import Order, Return, Shipment
from orders.payments import charge
from orders.payments.providers.dummy import WORKS
from tests.factories import make_user
from tests.orders.shopping import place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    order = place(2)
    charge.pay(order, {"card_number": WORKS})
    order.refresh_from_db()
    return order


def address(name: str, order: Order, *more: object) -> str:
    return reverse(f"admin:orders_order_{name}", args=[order.pk, *more])


def send(staff, order: Order, **fields):
    item = order.items.get()
    sent = {
        "key": uuid.uuid4(),
        f"item_{item.pk}": 2,
        "carrier": "DHL",
        "tracking_number": "0034",
        "tracking_url": "",
    }
    return staff.post(address("ship", order), sent | fields)


def test_a_parcel_is_sent_once(staff, order):
    assert b"Send a parcel" in staff.get(address("change", order)).content
    key = uuid.uuid4()
    for _ in range(2):
        assert send(staff, order, key=key).status_code == 302
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert Shipment.objects.get().actor.email == "staff@example.com"
    assert LogEntry.objects.filter(change_message__contains="Sent DHL 0034").count() == 1
    page = staff.get(address("change", order)).content.decode()
    assert "0034" in page
    assert "Send a parcel" not in page


@pytest.mark.parametrize(
    ("name", "value"), [("item", 3), ("item", 0), ("item", "x"), ("tracking_url", "no link")]
)
def test_bad_input_is_said_and_nothing_is_lost(staff, order, name, value):
    field = f"item_{order.items.get().pk}" if name == "item" else name
    answer = send(staff, order, **{field: value})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "0034" in answer.content.decode()
    assert not Shipment.objects.exists()


@pytest.fixture
def returned(order) -> Return:
    ship(order, key=uuid.uuid4())
    return returns.request_return(
        order, key=uuid.uuid4(), quantities={order.items.get().pk: 1}, reason="Too big."
    )


def step(staff, returned: Return, name: str, **fields):
    return staff.post(address("return", returned.order, returned.pk), {"step": name} | fields)


def test_a_return_goes_its_way(staff, returned):
    assert "Too big." in staff.get(address("change", returned.order)).content.decode()
    for name in ("approved", "received", "refunded"):
        for _ in range(2):
            assert step(staff, returned, name, restock="on").status_code == 302
        returned.refresh_from_db()
        assert returned.status == name
    variant = returned.order.items.get().variant
    assert variant.stock == 4


def test_a_no_needs_a_reason(staff, returned):
    assert step(staff, returned, "rejected").context["form"].errors["answer"]
    step(staff, returned, "rejected", answer="It was worn.")
    returned.refresh_from_db()
    assert (returned.status, returned.answer) == ("rejected", "It was worn.")
    assert step(staff, returned, "approved").status_code == 200


@pytest.mark.parametrize(
    ("rights", "expected"),
    [([], 403), (["view_order"], 403), (["view_order", "change_order"], 200)],
)
def test_it_needs_the_right(client, order, rights, expected):
    user = make_user(is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=rights, content_type__app_label="orders")
    )
    client.force_login(user)
    assert client.get(address("ship", order)).status_code == expected


def test_refunding_a_return_needs_the_right_to_refund(client, returned):
    user = make_user(is_staff=True)
    rights = Permission.objects.filter(
        codename__in=["view_order", "change_order"], content_type__app_label="orders"
    )
    user.user_permissions.set(rights)
    client.force_login(user)
    for name in ("approved", "received"):
        assert step(client, returned, name).status_code == 302
    assert step(client, returned, "refunded").status_code == 403
