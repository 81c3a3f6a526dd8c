"""Vouchers: the discount they give, who may use them, and that each use is counted once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from orders import cancellation
from orders.models import Order, Voucher, VoucherUse
from orders.pricing.vouchers import VoucherRefused
from tests.factories import (
    make_category,
    make_product,
    make_shipping_method,
    make_user,
    make_voucher,
)
from tests.orders.shopping import checkout, fill, new_cart, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"value": Decimal(10)}, "22.90"),
        ({"kind": "fixed", "value": Decimal(5)}, "19.90"),
        ({"kind": "fixed", "value": Decimal(500)}, "4.90"),
        ({"kind": "free_delivery", "value": Decimal(0)}, "20.00"),
    ],
)
def test_makes_the_order_cheaper(fields, total):
    make_voucher(**fields)
    cart = new_cart()
    fill(cart, make_product(price="10.00"), 2)
    order = checkout(cart, total, voucher_code=" ten ")
    order.refresh_from_db()
    assert (order.total, order.voucher_code) == (Decimal(total), "TEN")
    assert order.items_total + order.shipping_total - order.discount_total == order.total
    assert Voucher.objects.get().uses == 1


def test_is_only_for_goods_of_its_categories_and_what_is_below_them():
    kitchen = make_category()
    pots = make_category("Pots", parent=kitchen)
    make_voucher(value=Decimal(50)).categories.add(kitchen)
    cart = new_cart()
    fill(cart, make_product(price="10.00", category=pots))
    fill(cart, make_product(price="30.00"))
    order = checkout(cart, "39.90", voucher_code="TEN")
    assert sorted(order.items.values_list("discount", flat=True)) == [
        Decimal("0.00"),
        Decimal("5.00"),
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_active": False}, "no voucher"),
        ({"starts_at": timezone.now() + timedelta(hours=1)}, "not valid yet"),
        ({"ends_at": timezone.now() - timedelta(hours=1)}, "no longer valid"),
        ({"minimum": Decimal("10.01")}, "needs goods worth €10.01"),
        ({"max_uses": 0}, "used up"),
    ],
)
def test_is_refused_with_the_reason_and_nothing_is_taken(fields, words):
    make_voucher(**fields)
    with pytest.raises(VoucherRefused, match=words):
        place(voucher_code="TEN")
    assert not Order.objects.exists()


def test_not_for_anything_in_the_cart_is_refused():
    make_voucher().categories.add(make_category())
    with pytest.raises(VoucherRefused, match="not for anything"):
        place(voucher_code="TEN")


def test_counts_once_a_customer_whatever_address_is_typed():
    make_voucher(once_per_customer=True)
    alice = make_user("alice@example.com")
    cart = new_cart()
    fill(cart, make_product(price="10.00"), 2)
    checkout(cart, "22.90", voucher_code="TEN", email="a@b.example", user=alice)
    fill(cart, make_product(price="10.00"), 2)
    for email in ("other@example.com", "ALICE@example.com"):
        user = alice if email == "other@example.com" else None
        with pytest.raises(VoucherRefused, match="already"):
            checkout(cart, "22.90", voucher_code="TEN", email=email, user=user)


def test_the_last_use_is_had_by_one_of_many():
    make_voucher(max_uses=1)
    method = make_shipping_method().pk
    carts = [new_cart() for _ in range(6)]
    for cart in carts:
        fill(cart, make_product(price="10.00"))

    def buy(cart):
        try:
            return checkout(cart, "13.90", voucher_code="TEN", shipping_method_id=method).number
        except VoucherRefused as refused:
            assert "used up" in str(refused)
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        bought = [number for number in pool.map(buy, carts) if number]
    assert len(bought) == Order.objects.count() == Voucher.objects.get().uses == 1


def test_its_use_is_given_back_when_the_order_dies():
    make_voucher(once_per_customer=True, max_uses=1)
    cart = new_cart()
    fill(cart, make_product(price="10.00"))
    order = checkout(cart, "13.90", voucher_code="TEN")
    for _ in range(2):
        cancellation.cancel_unpaid(order)
    assert Voucher.objects.get().uses == 0
    assert not VoucherUse.objects.exists()
    fill(cart, make_product(price="10.00"))
    assert checkout(cart, "13.90", voucher_code="TEN", key=uuid.uuid4()).discount_total == Decimal(
        "1.00"
    )


def test_orders_and_cancels_with_one_voucher_never_wait_in_a_ring():
    """Whoever locks both the voucher and the stock must lock them in that order.

    The reverse order deadlocks.
    """
    make_voucher(max_uses=1000)
    product, method = make_product(price="10.00", stock_level=1000), make_shipping_method().pk

    def order_and_cancel(_: int) -> None:
        try:
            for _round in range(6):
                cart = new_cart()
                fill(cart, product)
                order = checkout(cart, "13.90", voucher_code="TEN", shipping_method_id=method)
                assert cancellation.cancel_unpaid(order)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(order_and_cancel, range(6)))
    assert Voucher.objects.get().uses == 0
    assert product.variants.get().stock == 1000
