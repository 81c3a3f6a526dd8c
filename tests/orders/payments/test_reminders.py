"""A reminder of an order that is not paid: after 10 minutes, once, and with nothing typed in it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from orders import reconciliation
from orders.models import Order
from orders.payments import charge
from orders.payments.providers.dummy import DECLINED, SLOW, WORKS
from orders.payments.reminders import remind
from shop.models import Event
from tests.orders.shopping import place

pytestmark = pytest.mark.django_db(transaction=True)


def unpaid_for(minutes: float, card: str = "") -> Order:
    order = place()
    if card:
        charge.pay(order, {"card_number": card})
    Order.objects.update(placed_at=timezone.now() - timedelta(minutes=minutes))
    return order


def reminders() -> list[str]:
    sent = Event.objects.filter(type="order.payment_reminder")
    return [event.payload["order"]["number"] for event in sent]


@pytest.mark.parametrize("card", ["", DECLINED])
def test_it_is_due_after_ten_minutes(card):
    order = unpaid_for(11, card)
    for _ in range(2):
        list(reconciliation.reconcile())
    assert reminders() == [order.number]


@pytest.mark.parametrize(
    ("minutes", "card"), [(9, ""), (9, DECLINED), (11, WORKS), (11, SLOW), (31, "")]
)
def test_it_is_not_due(minutes, card):
    unpaid_for(minutes, card)
    list(reconciliation.run_job("expired orders"))
    assert reminders() == []


def test_ten_reconcilers_send_one():
    order = unpaid_for(11)

    def send(_: int) -> bool:
        try:
            return remind(order)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(send, range(10))) == 1
    assert reminders() == [order.number]


def test_the_time_is_a_setting_and_zero_is_never(settings):
    settings.PAYMENT_REMINDER_MINUTES = 0
    unpaid_for(29)
    list(reconciliation.run_job("expired orders"))
    assert reminders() == []
    settings.PAYMENT_REMINDER_MINUTES = 20
    list(reconciliation.run_job("expired orders"))
    assert len(reminders()) == 1
