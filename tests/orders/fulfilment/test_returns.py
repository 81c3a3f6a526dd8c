"""Returns: requested, approved, received, refunded; each step happens once, with an event."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders.fulfilment import returns
from orders.fulfilment.returns import ReturnRefused
from orders.fulfilment.shipments import ship
from orders.models import DummyCharge, Order, Refund, Return, Shipment
from orders.payments import charge
from orders.payments.providers.dummy import WORKS
from orders.payments.refunds import refund
from orders.units import left_to_ship, returnable, units_of
from shop.models import Event
from tests.orders.shopping import ledger_holds, place
from tests.racing import running

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


def days_later(days: int) -> None:
    """Let days pass for what was shipped and asked so far."""
    for rows in (Shipment.objects.all(), Return.objects.all()):
        for row in rows:
            rows.filter(pk=row.pk).update(created_at=row.created_at - timedelta(days=days))


@pytest.fixture
def paid() -> Order:
    """Return a paid order of three units of which nothing was shipped."""
    order = place(3, price="10.00")
    charge.pay(order, {"card_number": WORKS})
    return order


def send(order: Order, units: int) -> None:
    ship(order, key=uuid.uuid4(), quantities={order.items.get().pk: units})


def test_what_is_sent_later_can_be_returned_after_the_rest_was(paid):
    send(paid, 2)
    returned = ask(paid, 2)
    returns.approve_return(returned)
    returns.receive_return(returned, restock=True)
    returns.refund_return(returned)
    days_later(40)
    send(paid, 1)
    assert returnable(paid) == {paid.items.get().pk: 1}
    ask(paid, 1)


def test_what_was_kept_for_too_long_is_not_returned_in_place_of_the_rest(paid):
    send(paid, 2)
    days_later(40)
    send(paid, 1)
    ask(paid, 1)
    assert returnable(paid) == {paid.items.get().pk: 0}


def test_a_return_is_of_the_oldest_units_that_it_can_be_of(paid):
    send(paid, 1)
    days_later(10)
    send(paid, 2)
    ask(paid, 1)
    days_later(25)
    assert returnable(paid) == {paid.items.get().pk: 2}


def received(order: Order, units: int = 1) -> Return:
    returned = ask(order, units)
    returns.approve_return(returned)
    returns.receive_return(returned, restock=True)
    return returned


def test_a_return_of_what_cost_nothing_is_closed():
    order = place(2, price="0.00", total="4.90")
    charge.pay(order, {"card_number": WORKS})
    ship(order, key=uuid.uuid4())
    returned = received(order)
    for _ in range(2):
        assert returns.refund_return(returned) is None
    assert (returned.status, Refund.objects.count()) == (Return.Status.CLOSED, 0)
    assert types() == ["requested", "approved", "received"]


def test_a_return_of_what_was_refunded_meanwhile_is_closed(order):
    returned = received(order, 3)
    refund(order, key=uuid.uuid4())
    assert returns.refund_return(returned) is None
    assert returned.status == Return.Status.CLOSED


def test_a_return_refunds_what_is_left_of_it(order):
    returned = received(order, 3)
    refund(order, key=uuid.uuid4(), quantities={order.items.get().pk: 2})
    assert returns.refund_return(returned).amount == Decimal("10.00")
    returned.refresh_from_db()
    assert returned.status == Return.Status.REFUNDED


def test_a_refund_that_failed_can_be_tried_again(order):
    DummyCharge.objects.update(status="processing")  # The provider refuses refunds of it.
    returned = received(order, 3)
    assert returns.refund_return(returned).status == Refund.Status.FAILED
    DummyCharge.objects.update(status="succeeded")
    for _ in range(2):
        assert returns.refund_return(returned).status == Refund.Status.SUCCEEDED
    returned.refresh_from_db()
    assert (returned.status, Refund.objects.count()) == (Return.Status.REFUNDED, 2)
    assert [units.refunded for units in units_of(order).values()] == [3]


def test_an_order_refunded_but_for_its_delivery_ends(paid):
    units = {paid.items.get().pk: 3}
    refund(paid, key=uuid.uuid4(), quantities=units)
    paid.refresh_from_db()
    assert paid.status == Order.Status.REFUNDED
    assert refund(paid, key=uuid.uuid4()).amount == Decimal("4.90"), "the rest can go back too"
    assert paid.payments.get().status == "refunded"


def test_an_order_is_not_over_while_a_refund_may_fail(paid):
    item = paid.items.get()
    DummyCharge.objects.update(status="processing")
    with running(lambda: send(paid, 2), before="orders.payments.refunds.attempt_refund"):
        refund(paid, key=uuid.uuid4(), quantities={item.pk: 1})
    paid.refresh_from_db()
    assert (paid.status, left_to_ship(paid)) == (Order.Status.PARTLY_FULFILLED, {item.pk: 1})
    send(paid, 1)
    paid.refresh_from_db()
    assert paid.status == Order.Status.FULFILLED
