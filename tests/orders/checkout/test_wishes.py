"""One plain and one gift-wrapped unit of a variant: two lines from the cart to the return."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from carts.cart import Cart
from carts.pricing import price_lines
from orders import cancellation
from orders.cart_lines import empty_cart_of
from orders.checkout.place import InsufficientStock
from orders.events import EventType
from orders.fulfilment import returns
from orders.fulfilment.shipments import ship
from orders.models import Order
from orders.payments import charge
from orders.payments.providers.base import PaymentResult
from orders.payments.refunds import refund
from orders.states import PaymentStatus
from orders.units import units_of
from shop.models import Event
from tests.factories import make_product, make_voucher
from tests.orders.shopping import CARD, checkout, fill, ledger_holds, new_cart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cart() -> Cart:
    return new_cart()


def two_lines(cart: Cart, *, plain: int = 1, wrapped: int = 2, stock_level: int = 5, **fields):
    product = make_product(price="10.00", stock_level=stock_level, **fields)
    fill(cart, product, plain)
    fill(cart, product, wrapped, gift_wrap=True)
    return product.variants.get()


def test_both_lines_are_ordered_each_with_its_own_wishes(cart):
    variant = two_lines(cart)
    order = checkout(cart, "34.90")
    assert list(
        order.items.order_by("pk").values_list("quantity", "stock_taken", "attributes")
    ) == [(1, 1, {}), (2, 2, {"gift_wrap": True})]
    assert ledger_holds(variant)
    assert variant.stock == 2
    assert cart.lines() == []
    assert Event.objects.filter(type=EventType.LOW_STOCK).count() == 1


def test_the_lines_share_the_stock(cart):
    variant = two_lines(cart, plain=3, wrapped=3)
    priced = price_lines(cart.lines())
    assert [(line.sellable, line.is_short) for line in priced.lines] == [(3, False), (2, True)]
    with pytest.raises(InsufficientStock) as refused:
        checkout(cart, "64.90")
    assert [line.line.attributes for line in refused.value.cart.short] == [{"gift_wrap": True}]
    assert ledger_holds(variant)
    assert variant.stock == 5


def test_the_lines_share_the_99_units(cart):
    two_lines(cart, plain=60, wrapped=60, stock_level=200)
    priced = price_lines(cart.lines())
    assert [(line.sellable, line.is_limited) for line in priced.lines] == [(60, False), (39, True)]
    with pytest.raises(InsufficientStock):
        checkout(cart, "1204.90")


def test_a_discount_is_shared_by_line(cart):
    make_voucher(value=Decimal(10))
    two_lines(cart)
    order = checkout(cart, "31.90", voucher_code="TEN")
    discounts = order.items.order_by("pk").values_list("discount", flat=True)
    assert list(discounts) == [Decimal("1.00"), Decimal("2.00")]


def test_back_orders_and_what_is_cancelled_come_back_together(cart):
    variant = two_lines(cart, plain=2, wrapped=2, stock_level=3)
    variant.product.variants.update(allow_backorder=True)
    order = checkout(cart, "44.90")
    taken = order.items.order_by("pk").values_list("stock_taken", flat=True)
    assert list(taken) == [2, 1]
    assert cancellation.cancel_unpaid(order)
    assert ledger_holds(variant)
    assert variant.stock == 3


def test_late_money_revives_both_lines(cart):
    variant = two_lines(cart)
    order = checkout(cart, "34.90")
    cancellation.cancel_unpaid(order)
    payment = order.payments.get()
    captured = PaymentResult(PaymentStatus.CAPTURED, "late", payment.amount, payment.currency)
    charge.finalise_payment(payment.pk, captured)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert list(order.items.order_by("pk").values_list("stock_taken", flat=True)) == [1, 2]
    assert ledger_holds(variant)
    assert variant.stock == 2


def test_refunds_and_returns_restock_each_line(cart):
    variant = two_lines(cart)
    order = checkout(cart, "34.90")
    charge.pay(order, CARD)
    plain, wrapped = order.items.order_by("pk")
    refund(order, key=uuid.uuid4(), quantities={plain.pk: 1, wrapped.pk: 1}, restock=True)
    assert ledger_holds(variant)
    assert variant.stock == 4
    ship(order, key=uuid.uuid4())
    returned = returns.request_return(
        order, key=uuid.uuid4(), quantities={wrapped.pk: 1}, reason="It broke."
    )
    returns.approve_return(returned)
    returns.receive_return(returned, restock=True)
    assert ledger_holds(variant)
    assert variant.stock == 5
    assert [units.to_restock for units in units_of(order).values()] == [0, 0]


def test_a_cart_that_a_crash_left_loses_both_lines_but_no_new_wish(cart):
    variant = two_lines(cart)
    before = cart.lines()
    order = checkout(cart, "34.90")
    for line in before:
        fill(cart, variant.product, line.quantity, **line.attributes)
    fill(cart, variant.product, 1, engraving="Ada")
    Order.objects.update(placed_at=timezone.now() + timedelta(minutes=1))
    order.refresh_from_db()
    empty_cart_of(order)
    assert [line.attributes for line in cart.lines()] == [{"engraving": "Ada"}]
