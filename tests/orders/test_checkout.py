"""Placing and paying an order: each phase is safe to repeat, and nothing is taken when it fails."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from carts.cart import Cart
from catalog.models import Product
from orders import cancelling, paying, reconciling
from orders.checkout import CannotDeliver, CartEmpty, LinesShort, TotalChanged
from orders.models import Order, Payment, TestCharge
from orders.payments.provider import get_provider
from orders.payments.test import DECLINED, SLOW, WORKS
from shop.models import Event
from tests.factories import make_product, make_shipping_method, make_user
from tests.orders.shopping import CUSTOMER, checkout, fill, ledger_holds, new_cart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cart() -> Cart:
    return new_cart()


def test_it_takes_the_stock_and_empties_the_cart(cart):
    variant = fill(cart, make_product(price="10.00", stock_level=5), 2)
    order = checkout(cart, "24.90")
    assert (order.items_total, order.shipping_total, order.total) == (
        Decimal("20.00"),
        Decimal("4.90"),
        Decimal("24.90"),
    )
    assert order.status == Order.Status.PENDING
    assert ledger_holds(variant)
    assert variant.stock == 3
    assert cart.lines() == []
    assert Event.objects.get().type == "order.created"
    item = order.items.get()
    assert (item.quantity, item.stock_taken, item.unit_price) == (2, 2, Decimal("10.00"))


def test_one_key_gives_one_order(cart):
    fill(cart, make_product())
    key, method = uuid.uuid4(), make_shipping_method().pk

    def place(_: int) -> int:
        try:
            return checkout(cart, "14.90", key=key, shipping_method_id=method).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        placed = set(pool.map(place, range(6)))
    assert len(placed) == Order.objects.count() == 1


def test_a_total_that_changed_takes_nothing(cart):
    variant = fill(cart, make_product(price="10.00"))
    with pytest.raises(TotalChanged) as refused:
        checkout(cart, "14.89")
    assert refused.value.quote.total == Decimal("14.90")
    variant.refresh_from_db()
    assert (variant.stock, Order.objects.count(), len(cart.lines())) == (5, 0, 1)


def test_the_last_unit_is_sold_once(cart):
    product = make_product(stock_level=1)
    carts = [new_cart() for _ in range(6)]
    for each in carts:
        variant = fill(each, product)
    method = make_shipping_method().pk

    def place(each: Cart) -> str:
        try:
            return checkout(each, "14.90", shipping_method_id=method).number
        except LinesShort:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        numbers = [number for number in pool.map(place, carts) if number]
    assert len(numbers) == 1
    assert ledger_holds(variant)
    product.refresh_from_db()
    assert not product.listing_in_stock


@pytest.mark.parametrize("change", ["empty", "short", "archived", "no method", "other country"])
def test_what_cannot_be_ordered_is_refused_and_nothing_is_written(cart, change):
    method = make_shipping_method(countries=["AT"]) if change == "other country" else make_shipping_method()
    if change != "empty":
        product = make_product(stock_level=5)
        fill(cart, product, 9 if change == "short" else 1)
        if change == "archived":
            Product.objects.update(status=Product.Status.ARCHIVED)
    with pytest.raises((CartEmpty, LinesShort, CannotDeliver)):
        checkout(cart, "14.90", shipping_method_id=0 if change == "no method" else method.pk)
    assert not Order.objects.exists()
    assert not Event.objects.exists()


def test_a_backordered_variant_gives_what_is_there(cart):
    product = make_product(stock_level=1)
    product.variants.update(allow_backorder=True)
    variant = fill(cart, product, 3)
    order = checkout(cart, "34.90")
    assert order.items.get().stock_taken == 1
    assert ledger_holds(variant)
    assert cancelling.cancel_unpaid(order)
    assert ledger_holds(variant)
    assert variant.stock == 1


def test_paying_marks_the_order_once(cart):
    fill(cart, make_product())
    order = checkout(cart, "14.90")
    for _ in range(2):
        payment = paying.pay(order, {"card_number": WORKS})
    assert payment.status == Payment.Status.CAPTURED
    paying.finalise(payment.pk, get_provider("test").look_up(payment))
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Event.objects.filter(type="order.paid").count() == 1
    assert order.payments.count() == 1


def test_a_declined_card_may_be_followed_by_another(cart):
    fill(cart, make_product())
    order = checkout(cart, "14.90")
    assert paying.pay(order, {"card_number": DECLINED}).status == Payment.Status.FAILED
    assert paying.pay(order, {"card_number": WORKS}).status == Payment.Status.CAPTURED
    assert sorted(order.payments.values_list("status", flat=True)) == ["captured", "failed"]


def test_a_slow_card_is_settled_by_the_reconciler(cart):
    fill(cart, make_product())
    order = checkout(cart, "14.90")
    payment = paying.pay(order, {"card_number": SLOW})
    assert payment.status == Payment.Status.PROCESSING
    past = timezone.now() - timedelta(minutes=1)
    order.payments.update(updated_at=past)
    paying.settle(payment)
    payment.refresh_from_db()
    assert payment.status == Payment.Status.PROCESSING, "it takes its time"
    TestCharge.objects.update(settles_at=past)
    assert list(reconciling.reconcile()) == [f"payment {payment.pk}: Captured"]
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_an_unpaid_order_expires_and_gives_its_stock_back(cart):
    variant = fill(cart, make_product(stock_level=1))
    order = checkout(cart, "14.90")
    Order.objects.update(placed_at=timezone.now() - timedelta(minutes=31))
    assert list(reconciling.reconcile()) == [f"order {order.number}: cancelled"]
    assert list(reconciling.reconcile()) == []
    assert ledger_holds(variant)
    assert variant.stock == 1
    assert order.payments.get().status == Payment.Status.CANCELLED
    variant.product.refresh_from_db()
    assert variant.product.listing_in_stock


def test_a_cancelled_order_cannot_be_charged(cart):
    fill(cart, make_product())
    order = checkout(cart, "14.90")
    payment = paying.current_payment(order)
    cancelling.cancel_unpaid(order)
    outcome = get_provider("test").start(payment, {"card_number": WORKS})
    assert outcome.status == Payment.Status.CANCELLED


def test_another_amount_is_not_believed(cart):
    fill(cart, make_product())
    order = checkout(cart, "14.90")
    payment = paying.current_payment(order)
    outcome = replace(get_provider("test").start(payment, {"card_number": WORKS}), amount=Decimal("1.00"))
    with pytest.raises(paying.WrongAmount):
        paying.finalise(payment.pk, outcome)
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_every_amount_is_a_decimal(cart):
    fill(cart, make_product(price="19.99"), 3)
    order = checkout(cart, "64.87", customer=replace(CUSTOMER, user=make_user()))
    order.refresh_from_db()
    amounts = [order.items_total, order.total, order.items.get().total, order.payments.get().amount]
    assert {type(amount) for amount in amounts} == {Decimal}
    payload = Event.objects.get().payload["order"]
    assert payload["total"] == "64.87"
    assert payload["items"][0]["unit_price"] == "19.99"
