"""Placing and paying an order: each phase can be repeated, and a failed one takes nothing."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from carts.cart import Cart
from carts.lines import line_key
from carts.tables import CartLine
from catalog.models import Product, Variant
from orders import cancellation, reconciliation
from orders.checkout.place import (
    CannotDeliver,
    CartEmpty,
    InsufficientStock,
    OrderChanged,
    OrderTooLarge,
    place_order,
)
from orders.models import Order, ShippingMethod
from shop.dynamo.table import StoreUnavailable
from shop.models import Event
from tests.factories import (
    make_product,
    make_shipping_method,
    make_tax_rate,
    make_user,
    make_voucher,
)
from tests.orders.shopping import agree, checkout, fill, ledger_holds, new_cart
from tests.racing import running

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
    assert set(Event.objects.values_list("type", flat=True)) == {
        "order.created",
        "product.low_stock",
    }
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


def test_a_price_that_changed_takes_nothing(cart):
    variant = fill(cart, make_product(price="10.00"))
    request = agree(cart)
    Variant.objects.update(price="10.01")
    with pytest.raises(OrderChanged) as refused:
        place_order(request, cart)
    assert refused.value.quote.total == Decimal("14.91")
    assert refused.value.changes == ["1 × Clay pot: €10.00 before, now €10.01."]
    variant.refresh_from_db()
    assert (variant.stock, Order.objects.count(), len(cart.lines())) == (5, 0, 1)


@pytest.mark.parametrize(("price", "quantity"), [("500000000000.00", 2), ("999999999999.99", 1)])
def test_an_order_that_its_columns_cannot_hold_is_refused(cart, price, quantity):
    fill(cart, make_product(price=price), quantity)
    with pytest.raises(OrderTooLarge):
        place_order(agree(cart), cart)
    assert not Order.objects.exists()


def test_the_largest_order_is_placed(cart):
    fill(cart, make_product(price="999999999995.09"))
    assert checkout(cart, "999999999999.99").payments.get().amount == Decimal("999999999999.99")


def test_the_last_unit_is_sold_once(cart):
    product = make_product(stock_level=1)
    carts = [new_cart() for _ in range(6)]
    for each in carts:
        variant = fill(each, product)
    method = make_shipping_method().pk

    def place(each: Cart) -> str:
        try:
            return checkout(each, "14.90", shipping_method_id=method).number
        except InsufficientStock:
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
    method = (
        make_shipping_method(countries=["AT"])
        if change == "other country"
        else make_shipping_method()
    )
    if change != "empty":
        product = make_product(stock_level=5)
        fill(cart, product, 9 if change == "short" else 1)
        if change == "archived":
            Product.objects.update(status=Product.Status.ARCHIVED)
    with pytest.raises((CartEmpty, InsufficientStock, CannotDeliver)):
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
    assert cancellation.cancel_unpaid(order)
    assert ledger_holds(variant)
    assert variant.stock == 1


def test_every_amount_is_a_decimal(cart):
    fill(cart, make_product(price="19.99"), 3)
    order = checkout(cart, "64.87", user=make_user())
    order.refresh_from_db()
    amounts = [order.items_total, order.total, order.items.get().total, order.payments.get().amount]
    assert {type(amount) for amount in amounts} == {Decimal}
    payload = Event.objects.get(type="order.created").payload["order"]
    assert payload["total"] == "64.87"
    assert payload["shipping_address"]["country"] == "Germany"
    assert payload["shipping_address_lines"] == [
        "Ada Lovelace",
        "Lindenstraße 7",
        "10969 Berlin",
        "Germany",
    ]
    assert payload["items"][0]["unit_price"] == "19.99"


def test_a_parcel_that_is_too_heavy_is_not_promised(cart):
    product = make_product()
    product.variants.update(weight_grams=600)
    fill(cart, product, 2)
    light, heavy = (
        make_shipping_method(max_weight_grams=1199),
        make_shipping_method(min_weight_grams=1200),
    )
    assert ShippingMethod.objects.offered("DE", 1200) == [heavy]
    with pytest.raises(CannotDeliver):
        checkout(cart, "24.90", shipping_method_id=light.pk)
    assert checkout(cart, "24.90", shipping_method_id=heavy.pk).pk


def test_tax_is_stored_on_the_order_and_each_item(cart, settings):
    make_tax_rate("19")
    make_tax_rate("7", tax_class="reduced")
    fill(cart, make_product(price="10.70", tax_class="reduced"))
    order = checkout(cart, "15.60")
    item = order.items.get()
    assert (item.tax_percent, item.tax, item.tax_class) == (Decimal(7), Decimal("0.70"), "reduced")
    assert (order.shipping_tax, order.tax_total, order.tax_included) == (
        Decimal("0.78"),
        Decimal("1.48"),
        True,
    )
    settings.SHOP_PRICES_INCLUDE_TAX = False
    fill(cart, make_product(price="10.00", tax_class="reduced"))
    order = checkout(cart, "16.53")
    assert (order.items_total, order.tax_total, order.tax_included) == (
        Decimal("10.00"),
        Decimal("1.63"),
        False,
    )


def test_what_is_not_taxable_is_not_taxed(cart):
    make_tax_rate("19")
    product = make_product(price="10.00")
    product.variants.update(taxable=False)
    fill(cart, product)
    assert checkout(cart, "14.90").items.get().tax == 0


def test_an_order_for_nothing_is_paid_at_once(cart):
    make_voucher(value=Decimal(100))
    fill(cart, make_product())
    order = checkout(
        cart, "0.00", voucher_code="TEN", shipping_method_id=make_shipping_method(price="0.00").pk
    )
    assert (order.status, order.payments.count()) == (Order.Status.PAID, 0)
    assert sorted(Event.objects.values_list("type", flat=True)) == ["order.created", "order.paid"]


def test_an_add_that_races_the_order_survives(cart):
    product = make_product(stock_level=5)
    fill(cart, product)
    with running(lambda: fill(cart, product), after="orders.checkout.place._write_order"):
        order = checkout(cart, "14.90")
    assert [line.quantity for line in cart.lines()] == [2]
    assert order.items.get().quantity == 1


def test_a_cart_that_a_crash_left_is_emptied_by_the_reconciler(cart):
    product = make_product()
    fill(cart, product)

    def die() -> None:
        raise StoreUnavailable("The process died here.")

    with running(die, before="orders.checkout.place._empty_cart"), pytest.raises(StoreUnavailable):
        checkout(cart, "14.90")
    other = fill(cart, make_product("Lamp"))
    Order.objects.update(placed_at=timezone.now() - timedelta(seconds=6))
    # What was in the cart before the order belongs to it; the lamp was added after it.
    assert [line.variant_id for line in cart.lines()] == [product.variants.get().pk, other.pk]
    CartLine(cart.owner, line_key(product.pk, product.variants.get().pk)).update(
        [CartLine.added_at.set((timezone.now() - timedelta(minutes=1)).isoformat())]
    )
    order = Order.objects.get()
    assert list(reconciliation.reconcile()) == [f"cart of order {order.number}: 1 lines taken out"]
    assert [line.variant_id for line in cart.lines()] == [other.pk]
    assert list(reconciliation.reconcile()) == []


def test_sold_between_the_look_and_the_order_takes_nothing(cart):
    product = make_product(stock_level=1)
    variant = fill(cart, product)
    rival = new_cart()
    fill(rival, product)
    method = make_shipping_method().pk

    def buy() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_buy, rival, method).result()

    with (
        running(buy, after="orders.checkout.place.price_lines"),
        pytest.raises(InsufficientStock) as refused,
    ):
        checkout(cart, "14.90", shipping_method_id=method)
    assert [line.variant for line in refused.value.cart.short] == [variant]
    assert Order.objects.count() == 1
    assert len(cart.lines()) == 1
    assert ledger_holds(variant)


def _buy(cart: Cart, method: int) -> None:
    try:
        checkout(cart, "14.90", shipping_method_id=method)
    finally:
        connection.close()
