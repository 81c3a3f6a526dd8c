"""Paying: an order is charged once, whatever is repeated.

Money that arrives late finds its order or is returned.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from orders import cancellation, reconciliation
from orders.models import DummyCharge, Order, Payment, Refund
from orders.payments import charge
from orders.payments.providers.base import PaymentError, get_provider
from orders.payments.providers.dummy import DECLINED, LOST, SECOND_STEP, SLOW, WORKS, DummyProvider
from orders.states import PAYMENT
from shop.models import Event
from tests.factories import make_voucher
from tests.orders.shopping import ledger_holds, place
from tests.racing import running

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(minutes=31)


def status_of(order: Order) -> str:
    order.refresh_from_db()
    return order.status


def types() -> list[str]:
    return sorted(
        Event.objects.exclude(type__in=["order.created", "product.low_stock"]).values_list(
            "type", flat=True
        )
    )


def charged() -> int:
    return DummyCharge.objects.filter(status="succeeded").count()


def test_it_marks_the_order_once():
    order = place()
    for _ in range(2):
        payment = charge.pay(order, {"card_number": WORKS})
    charge.settle_payment(payment)
    assert (payment.status, status_of(order)) == (Payment.Status.CAPTURED, Order.Status.PAID)
    assert types() == ["order.paid"]
    assert order.payments.count() == charged() == 1


def test_many_at_once_charge_once():
    order = place()

    def pay(_: int) -> str:
        try:
            return charge.pay(order, {"card_number": WORKS}).status
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(pay, range(8))) == {"captured"}
    assert charged() == order.payments.count() == 1
    assert types() == ["order.paid"]


def test_a_declined_card_may_be_followed_by_another():
    order = place()
    assert charge.pay(order, {"card_number": DECLINED}).status == Payment.Status.FAILED
    assert charge.pay(order, {"card_number": WORKS}).status == Payment.Status.CAPTURED
    assert sorted(order.payments.values_list("status", flat=True)) == ["captured", "failed"]
    assert types() == ["order.paid", "payment.failed"]


@pytest.mark.parametrize(("accepted", "then"), [(True, "captured"), (False, "failed")])
def test_a_second_step_is_confirmed_or_refused(accepted, then):
    order = place()
    payment = charge.pay(order, {"card_number": SECOND_STEP})
    assert (payment.status, payment.next_url) == (
        Payment.Status.CREATED,
        f"/orders/{order.token}/pay/confirm/",
    )
    DummyProvider().confirm(payment, accepted=accepted)
    for _ in range(2):
        settled = charge.settle_payment(payment)
    assert (settled.status, settled.next_url) == (then, "")
    assert status_of(order) == (Order.Status.PAID if accepted else Order.Status.PENDING)


def test_a_slow_card_is_settled_by_the_reconciler():
    order = place()
    payment = charge.pay(order, {"card_number": SLOW})
    assert charge.settle_payment(payment).status == Payment.Status.PROCESSING
    past = timezone.now() - timedelta(minutes=1)
    order.payments.update(updated_at=past)
    DummyCharge.objects.update(settles_at=past)
    assert list(reconciliation.reconcile()) == [f"payment {payment.pk}: Captured"]
    assert status_of(order) == Order.Status.PAID
    assert types() == ["order.paid", "order.processing"]
    assert Event.objects.get(type="order.paid").payload["payment"]["late"] is True


def test_money_whose_answer_was_lost_is_found_and_not_taken_again():
    order = place()
    with pytest.raises(PaymentError):
        charge.pay(order, {"card_number": LOST})
    assert (status_of(order), charged()) == (Order.Status.PENDING, 1)
    order.payments.update(updated_at=timezone.now() - timedelta(seconds=6))
    assert list(reconciliation.reconcile()) == [f"payment {order.payments.get().pk}: Captured"]
    assert charge.pay(order, {"card_number": LOST}).status == Payment.Status.CAPTURED
    assert charged() == 1


def test_an_unpaid_order_expires_and_gives_its_stock_back():
    order = place(stock_level=1)
    variant = order.items.get().variant
    Order.objects.update(placed_at=timezone.now() - LONG_AGO)
    assert list(reconciliation.reconcile()) == [
        f"order {order.number}: cancelled",
        f"lines of order {order.number}: 1 lines put back",
    ]
    assert list(reconciliation.reconcile()) == []
    assert ledger_holds(variant)
    assert variant.stock == 1
    assert order.payments.get().status == Payment.Status.CANCELLED
    variant.product.refresh_from_db()
    assert variant.product.listing_in_stock


def test_an_order_that_was_paid_at_the_last_moment_does_not_expire():
    order = place()
    Order.objects.update(placed_at=timezone.now() - LONG_AGO)
    get_provider("test").start(order.payments.get(), {"card_number": WORKS})
    assert list(reconciliation.reconcile()) == [f"order {order.number}: paid after all"]
    assert status_of(order) == Order.Status.PAID


def test_a_slow_worker_that_the_reconciler_overtook_cannot_charge():
    order = place()
    Order.objects.update(placed_at=timezone.now() - LONG_AGO)

    def overtake() -> None:
        assert f"order {order.number}: cancelled" in list(reconciliation.reconcile())

    with running(overtake, before="orders.payments.charge.get_provider"):
        payment = charge.pay(order, {"card_number": WORKS})
    assert (payment.status, charged(), status_of(order)) == (
        Payment.Status.CANCELLED,
        0,
        Order.Status.CANCELLED,
    )
    with pytest.raises(charge.NotPayable):
        charge.pay(order, {"card_number": WORKS})


def test_a_payment_that_begins_while_the_order_is_given_up_keeps_it_alive():
    order = place()
    charge.pay(order, {"card_number": DECLINED})

    def begin() -> None:
        charge.current_payment(order)

    with running(begin, before="orders.cancellation._close_unpaid"):
        assert not cancellation.cancel_unpaid(order)
    assert charge.pay(order, {"card_number": WORKS}).status == Payment.Status.CAPTURED
    assert status_of(order) == Order.Status.PAID


def give_up(order: Order) -> Payment:
    """Cancel an order and let its money arrive nevertheless, as a bank may."""
    assert cancellation.cancel_unpaid(order)
    DummyCharge.objects.update(status="succeeded")
    return order.payments.get()


def test_late_money_revives_the_order_where_the_goods_are_there():
    order = place(stock_level=1)
    payment = charge.settle_payment(give_up(order))
    assert (payment.status, status_of(order)) == (Payment.Status.CAPTURED, Order.Status.PAID)
    variant = order.items.get().variant
    assert ledger_holds(variant)
    assert variant.stock == 0
    assert types() == ["order.cancelled", "order.paid"]
    variant.product.refresh_from_db()
    assert not variant.product.listing_in_stock


@pytest.mark.parametrize("gone", ["stock", "voucher"])
def test_late_money_goes_back_where_they_are_gone(gone):
    make_voucher(max_uses=1)
    order = place(stock_level=1, voucher_code="TEN", total="13.90")
    payment = give_up(order)
    variant = order.items.get().variant
    if gone == "stock":
        variant.__class__.objects.update(stock=0)
    else:
        make_voucher("X").__class__.objects.filter(code="TEN").update(uses=1)
    charge.settle_payment(payment)
    assert status_of(order) == Order.Status.CANCELLED
    refund = Refund.objects.get()
    assert (refund.status, refund.amount) == (Refund.Status.CREATED, order.total)
    Refund.objects.update(updated_at=timezone.now() - timedelta(seconds=6))
    assert list(reconciliation.reconcile()) == [f"refund {refund.pk}: Refunded"]
    assert status_of(order) == Order.Status.REFUNDED
    assert types() == ["order.cancelled", "order.refunded", "payment.needs_refund"]


def test_a_second_payment_of_an_order_goes_back():
    order = place()
    first = charge.pay(order, {"card_number": DECLINED})
    charge.pay(order, {"card_number": WORKS})
    DummyCharge.objects.filter(payment_id=first.pk).update(status="succeeded")
    charge.settle_payment(first)
    assert Refund.objects.get().payment == first
    assert status_of(order) == Order.Status.PAID
    assert types().count("order.paid") == 1


@pytest.mark.parametrize("change", [{"amount": Decimal("1.00")}, {"currency": "USD"}])
def test_another_amount_or_currency_is_not_believed(change):
    order = place()
    payment = charge.current_payment(order)
    outcome = replace(get_provider("test").start(payment, {"card_number": WORKS}), **change)
    with pytest.raises(charge.WrongAmount):
        charge.finalise_payment(payment.pk, outcome)
    assert status_of(order) == Order.Status.PENDING


def test_states_move_forward_only():
    order = place()
    payment = charge.pay(order, {"card_number": WORKS})
    captured = get_provider("test").look_up(payment)
    for status in Payment.Status:
        if status not in PAYMENT[Payment.Status.CAPTURED]:
            charge.finalise_payment(payment.pk, replace(captured, status=status))
            payment.refresh_from_db()
            assert payment.status == Payment.Status.CAPTURED
    assert status_of(order) == Order.Status.PAID


def test_staff_cancel_a_paid_order_once():
    order = place(2)
    charge.pay(order, {"card_number": WORKS})
    variant = order.items.get().variant
    key = uuid.uuid4()

    def click(_: int) -> None:
        try:
            cancellation.cancel_order(order, key=key, reason="Out of clay.")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(click, range(3)))
    assert status_of(order) == Order.Status.REFUNDED
    assert Refund.objects.get().amount == order.total
    assert ledger_holds(variant)
    assert variant.stock == 5
    assert types() == ["order.cancelled", "order.paid", "order.refunded"]
    told = {"reason": "Out of clay.", "refund": "24.90", "told": False}
    assert Event.objects.get(type="order.cancelled").payload["cancellation"] == told
