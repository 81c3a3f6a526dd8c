"""Refunds in full, by item or by amount: once, and never more than was paid."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from orders import cancellation, reconciliation
from orders.models import DummyCharge, DummyRefund, Order, Payment, Refund
from orders.payments import charge, refunds
from orders.payments.providers.base import PaymentError, RefundResult, get_provider
from orders.payments.providers.dummy import WORKS
from orders.payments.refunds import RefundRefused, refund, refundable
from shop.models import Event
from tests.factories import make_staff
from tests.orders.shopping import ledger_holds, place
from tests.racing import running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    """Return a paid order of three units at 10.00, with delivery for 4.90."""
    order = place(3, price="10.00")
    charge.pay(order, {"card_number": WORKS})
    order.refresh_from_db()
    return order


def test_all_of_it(order):
    made = refund(order, key=uuid.uuid4(), restock=True, reason="Sent back.", actor=make_staff())
    order.refresh_from_db()
    assert (made.status, made.amount) == (Refund.Status.SUCCEEDED, Decimal("34.90"))
    assert (order.status, order.payments.get().status) == (
        Order.Status.REFUNDED,
        Payment.Status.REFUNDED,
    )
    item = order.items.get()
    assert item.variant.stock == 5
    assert ledger_holds(item.variant)
    told = Event.objects.get(type="order.refunded").payload["refund"]
    assert told == {"amount": "34.90", "reason": "Sent back."}
    assert DummyRefund.objects.get().amount == Decimal("34.90")


def test_by_item_until_nothing_is_left(order):
    item = order.items.get()
    amounts = [refund(order, key=uuid.uuid4(), quantities={item.pk: 1}).amount for _ in range(3)]
    assert amounts == [Decimal("10.00")] * 3
    assert refundable(order).amount == Decimal("4.90")
    with pytest.raises(RefundRefused, match="0 units"):
        refund(order, key=uuid.uuid4(), quantities={item.pk: 1})
    refund(order, key=uuid.uuid4(), amount=Decimal("4.90"))
    order.refresh_from_db()
    assert order.status == Order.Status.REFUNDED
    item.variant.refresh_from_db()
    assert item.variant.stock == 2, "nothing was to be put back"


@pytest.mark.parametrize("amount", ["34.91", "0.00", "-1.00"])
def test_too_much_or_nothing_is_refused(order, amount):
    with pytest.raises(RefundRefused):
        refund(order, key=uuid.uuid4(), amount=Decimal(amount))
    assert not Refund.objects.exists()


def test_an_unpaid_order_has_nothing_to_refund():
    with pytest.raises(RefundRefused):
        refund(place(), key=uuid.uuid4())


@pytest.mark.parametrize("key", [uuid.uuid4(), None])
def test_a_double_click_refunds_once(order, key):
    """The second case is the control: each click has a key of its own and refunds.

    This shows that the race is real.
    """
    item = order.items.get()

    def click(_: int) -> None:
        try:
            refund(order, key=key or uuid.uuid4(), quantities={item.pk: 1}, restock=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(click, range(2)))
    clicks = 1 if key else 2
    assert Refund.objects.count() == DummyRefund.objects.count() == clicks
    assert order.payments.get().refunded == 10 * clicks
    item.variant.refresh_from_db()
    assert item.variant.stock == 2 + clicks
    assert ledger_holds(item.variant)


def test_many_at_once_never_return_more_than_was_paid(order):
    def click(_: int) -> bool:
        try:
            refund(order, key=uuid.uuid4(), amount=Decimal("10.00"))
        except RefundRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(click, range(8)))
    assert done == DummyRefund.objects.count() == 3
    assert order.payments.get().refunded == Decimal("30.00")


def test_a_key_of_another_order_is_refused(order):
    key = refund(order, key=uuid.uuid4(), amount=Decimal("1.00")).pk
    other = place()
    charge.pay(other, {"card_number": WORKS})
    with pytest.raises(RefundRefused, match="another order"):
        refund(other, key=key, amount=Decimal("1.00"))


def test_without_an_answer_the_reconciler_goes_on(order):
    def die() -> None:
        raise PaymentError("The line is dead.")

    with running(die, before="orders.payments.refunds.get_provider"):
        made = refund(order, key=uuid.uuid4(), amount=Decimal("5.00"))
    assert made.status == Refund.Status.CREATED
    assert refundable(order).amount == Decimal("29.90"), "it is reserved"
    Refund.objects.update(updated_at=order.placed_at.replace(year=2020))
    assert list(reconciliation.reconcile()) == [f"refund {made.pk}: Refunded"]
    assert DummyRefund.objects.count() == 1


def test_one_that_the_provider_refuses_gives_the_amount_free(order):
    DummyCharge.objects.update(amount=Decimal("1.00"))
    made = refund(order, key=uuid.uuid4(), amount=Decimal("5.00"), restock=True)
    assert (made.status, made.error) == (Refund.Status.FAILED, "There is less left of the charge.")
    assert refundable(order).amount == Decimal("34.90")
    assert Event.objects.filter(type="refund.failed").count() == 1
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_another_amount_is_not_believed(order):
    made = refund(order, key=uuid.uuid4(), amount=Decimal("5.00"))
    Refund.objects.update(status=Refund.Status.CREATED)
    wrong = RefundResult(Refund.Status.SUCCEEDED, "x", Decimal("6.00"), "EUR")
    with pytest.raises(refunds.WrongRefund):
        refunds.finalise_refund(made.pk, wrong)


def test_the_database_refuses_what_the_code_might_forget(order):
    with pytest.raises(IntegrityError), transaction.atomic():
        order.payments.update(refunded=Decimal("34.91"))


def test_the_provider_refunds_once_for_each_refund(order):
    made = refund(order, key=uuid.uuid4(), amount=Decimal("5.00"))
    for _ in range(3):
        assert get_provider("test").refund(made).status == Refund.Status.SUCCEEDED
    assert DummyRefund.objects.count() == 1


def test_units_of_a_refund_that_a_cancel_overtakes_come_back_once(order):
    item = order.items.get()

    def cancel() -> None:
        cancellation.cancel_order(order, key=uuid.uuid4(), reason="Out of clay.")

    with running(cancel, before="orders.payments.refunds.finalise_refund"):
        refund(order, key=uuid.uuid4(), quantities={item.pk: 1}, restock=True)
    item.variant.refresh_from_db()
    assert item.variant.stock == 5
    assert ledger_holds(item.variant)
    assert order.payments.get().refunded == order.total


def test_a_cancel_with_the_key_of_a_refund_is_refused(order):
    made = refund(order, key=uuid.uuid4(), amount=Decimal("1.00"))
    with pytest.raises(RefundRefused, match="before"):
        cancellation.cancel_order(order, key=made.pk)


def test_a_row_that_cannot_be_settled_does_not_keep_the_others_waiting(order):
    other = place()
    charge.pay(other, {"card_number": WORKS})
    for each in (order, other):
        Refund.objects.create(payment=each.payments.get(), amount=Decimal("1.00"), currency="EUR")
    Payment.objects.update(refunded=Decimal("1.00"))
    DummyCharge.objects.filter(payment_id=order.payments.get().pk).delete()
    Refund.objects.update(updated_at=order.placed_at.replace(year=2020))
    assert sorted(line.partition(": ")[2][:8] for line in reconciliation.reconcile()) == [
        "DoesNotE",
        "Refunded",
    ]
