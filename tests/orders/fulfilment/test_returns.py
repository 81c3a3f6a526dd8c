"""Returns: requested, approved, received, refunded; each step happens once, with an event."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders.fulfilment import returns
from orders.fulfilment.returns import ReturnRefused
from orders.fulfilment.shipments import ship
from orders.models import Order, Refund, Return, Shipment
from orders.payments import charge
from orders.payments.providers.dummy import WORKS
from orders.payments.refunds import refund
from orders.units import left_to_ship, returnable
from shop.models import Event
from tests.orders.shopping import ledger_holds, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    """Return an order of three units that was shipped."""
    order = place(3, price="10.00")
    charge.pay(order, {"card_number": WORKS})
    ship(order, key=uuid.uuid4())
    order.refresh_from_db()
    return order


def ask(order: Order, units: int = 2) -> Return:
    return returns.request_return(
        order, key=uuid.uuid4(), quantities={order.items.get().pk: units}, reason="Too big."
    )


def types() -> list[str]:
    return [
        event.type.removeprefix("return.")
        for event in Event.objects.filter(type__startswith="return.").order_by("created_at")
    ]


def test_from_the_question_to_the_money(order):
    returned, item = ask(order), order.items.get()
    returns.approve_return(returned, answer="Send it to us.")
    returns.receive_return(returned, restock=True)
    item.variant.refresh_from_db()
    assert item.variant.stock == 4
    made = returns.refund_return(returned)
    assert (made.status, made.amount) == (Refund.Status.SUCCEEDED, Decimal("20.00"))
    returned.refresh_from_db()
    assert (returned.status, returned.refund) == (Return.Status.REFUNDED, made)
    assert ledger_holds(item.variant)
    assert item.variant.stock == 4, "it went back once"
    assert types() == ["requested", "approved", "received", "refunded"]
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert left_to_ship(order) == {item.pk: 0}


def test_each_step_happens_once_however_often_it_is_clicked(order):
    returned = ask(order)
    for _ in range(2):
        returns.approve_return(returned)
    for _ in range(2):
        returns.receive_return(returned, restock=True)
    for _ in range(2):
        returns.refund_return(returned)
    assert types() == ["requested", "approved", "received", "refunded"]
    assert Refund.objects.count() == 1
    assert ledger_holds(order.items.get().variant)
    assert order.items.get().variant.stock == 4


def test_the_same_form_asks_once(order):
    key, item = uuid.uuid4(), order.items.get()
    for _ in range(2):
        returns.request_return(order, key=key, quantities={item.pk: 2}, reason="Too big.")
    assert Return.objects.count() == 1
    assert returnable(order) == {item.pk: 1}


def test_no_more_than_was_sent_and_not_what_was_refunded(order):
    item = order.items.get()
    with pytest.raises(ReturnRefused):
        ask(order, 4)
    refund(order, key=uuid.uuid4(), quantities={item.pk: 2})
    assert returnable(order) == {item.pk: 1}
    ask(order, 1)
    with pytest.raises(ReturnRefused):
        ask(order, 1)


def test_what_was_rejected_may_be_asked_again(order):
    returned = ask(order, 3)
    returns.reject_return(returned, answer="It was worn.")
    assert returnable(order) == {order.items.get().pk: 3}
    with pytest.raises(ReturnRefused, match="rejected already"):
        returns.approve_return(returned)


def test_nothing_is_refunded_before_it_is_here(order):
    returned = ask(order)
    with pytest.raises(ReturnRefused):
        returns.refund_return(returned)
    assert not Refund.objects.exists()


def test_after_some_days_it_is_too_late(order, settings):
    Shipment.objects.update(
        created_at=timezone.now() - timedelta(days=settings.SHOP_RETURN_DAYS + 1)
    )
    with pytest.raises(ReturnRefused):
        ask(order)


def test_what_was_not_sent_cannot_come_back():
    order = place()
    charge.pay(order, {"card_number": WORKS})
    with pytest.raises(ReturnRefused):
        ask(order, 1)


def test_put_back_or_not(order):
    returned = ask(order)
    returns.approve_return(returned)
    returns.receive_return(returned, restock=False)
    returns.refund_return(returned)
    variant = order.items.get().variant
    assert (variant.stock, ledger_holds(variant)) == (2, True)
