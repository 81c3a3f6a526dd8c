"""`reconcile --check` is silent if all is well, and names each kind of breach."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalog.models import Variant
from orders import invariants
from orders.models import DummyCharge, Order, Payment
from orders.payments import charge
from orders.payments.providers.dummy import WORKS
from shop.models import Event
from tests.orders.shopping import place

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timedelta(0)


@pytest.fixture
def order() -> Order:
    order = place()
    charge.pay(order, {"card_number": WORKS})
    return order


def breaches() -> list[str]:
    """Return the breaches in the database, except for emails, which no relay has sent here."""
    checks = [
        invariants.stock_is_the_sum_of_its_ledger(),
        invariants.one_order_a_checkout_key(),
        invariants.charged_once_and_refunded_within(),
        invariants.money_has_its_order(NOW),
    ]
    return [breach for check in checks for breach in check]


def test_it_is_silent_where_all_is_well(order, capsys):
    assert breaches() == []
    call_command("reconcile", "--check")
    assert capsys.readouterr().out == "All invariants hold.\n"


def spoil(order: Order, how: str) -> None:
    payment = order.payments.get()
    charge = DummyCharge.objects.get()
    if how == "stock":
        Variant.objects.update(stock=7)
    elif how == "captured, still pending":
        Order.objects.update(status=Order.Status.PENDING)
    elif how == "captured, cancelled":
        Order.objects.update(status=Order.Status.CANCELLED)
    elif how == "paid by nothing":
        Payment.objects.update(status=Payment.Status.FAILED)
    elif how == "refunds not noted":
        Payment.objects.update(refunded=Decimal("1.00"))
    elif how == "charged twice":
        Payment.objects.create(
            order=order, provider="test", amount=payment.amount, currency="EUR", status="captured"
        )
    elif how == "charged under another key":
        charge.pk, charge.idempotency_key, charge.reference = None, "another", "another"
        charge.save()
    elif how == "charged for nobody":
        charge.pk, charge.idempotency_key, charge.reference, charge.payment_id = (
            None,
            "x",
            "x",
            uuid.uuid4(),
        )
        charge.save()


@pytest.mark.parametrize(
    ("how", "number"),
    [
        ("stock", "1"),
        ("charged twice", "3"),
        ("charged under another key", "3"),
        ("refunds not noted", "3"),
        ("captured, still pending", "4"),
        ("captured, cancelled", "4"),
        ("paid by nothing", "4"),
        ("charged for nobody", "4"),
    ],
)
def test_it_names_what_is_broken(order, how, number):
    spoil(order, how)
    assert number in {breach.partition(":")[0] for breach in breaches()}


def test_the_command_fails_on_a_breach(order, capsys):
    Variant.objects.update(stock=7)
    with pytest.raises(CommandError):
        call_command("reconcile", "--check")
    assert capsys.readouterr().out.startswith("1: variant ")


def test_events_that_wait_or_come_twice_are_named(order):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_event SET created_at = created_at - interval '1 hour'")
    assert any(
        "wait for the relay" in breach
        for breach in invariants.events_have_their_effect(timedelta(minutes=5))
    )
    paid = Event.objects.get(type="order.paid")
    Event.objects.create(type="order.paid", payload=paid.payload)
    told = list(invariants.events_have_their_effect(NOW))
    assert f"5: 2 events say that order {order.number} was paid" in told
    assert f"5: nobody was told that order {order.number} was paid" in told


def test_strangers_find_nothing(order):
    assert list(invariants.strangers_find_nothing()) == []


def test_a_page_that_needs_aws_is_named(monkeypatch, order):
    monkeypatch.setattr(invariants, "BROWSED", ["/readyz"])
    assert [breach[:2] for breach in invariants.browsing_needs_no_aws()] == ["8:"]
