"""An order that is never paid: its shopper gets everything back, once, whatever breaks."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from carts.cart import Cart
from orders import cancellation, reconciliation
from orders.cancellation import CHANGED, NOT_WANTED, NotWithdrawable, withdraw
from orders.cart_lines import put_lines_back
from orders.models import DummyCharge, Order, Payment, Refund, VoucherUse
from orders.payments import charge
from orders.payments.providers.base import PaymentError
from orders.payments.providers.dummy import DECLINED, LOST, WORKS
from orders.states import CartReturn
from shop.dynamo.table import StoreUnavailable
from shop.models import Event
from tests.factories import make_order, make_product, make_user, make_voucher
from tests.orders.shopping import checkout, fill, ledger_holds, new_cart
from tests.racing import running

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = timedelta(hours=1)


@pytest.fixture
def cart() -> Cart:
    return new_cart()


def place(cart: Cart, total: str = "24.90", **wishes: object) -> Order:
    """Order two units, one of them with an engraving."""
    product = make_product(stock_level=2)
    fill(cart, product)
    fill(cart, product, engraving="Ada")
    return checkout(cart, total, **wishes)


def units(cart: Cart) -> int:
    return sum(line.quantity for line in cart.lines())


def lapse(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(placed_at=timezone.now() - LONG_AGO)
    order.refresh_from_db()


def reason_of(order: Order) -> str:
    event = Event.objects.get(type="order.cancelled", payload__order__number=order.number)
    return event.payload["cancellation"]["reason"]


def test_a_declined_card_and_a_change_of_mind(cart):
    make_voucher(once_per_customer=True)
    user = make_user()
    order = place(cart, "22.90", voucher_code="TEN", user=user)
    charge.pay(order, {"card_number": DECLINED})
    assert cart.lines() == []
    order = withdraw(order, cart, CHANGED)
    assert (order.status, order.cart_return) == (Order.Status.CANCELLED, CartReturn.DONE)
    assert [(line.quantity, line.attributes) for line in cart.lines()] == [
        (1, {}),
        (1, {"engraving": "Ada"}),
    ]
    assert not VoucherUse.objects.exists()
    variant = order.items.first().variant
    assert ledger_holds(variant)
    assert variant.stock == 2
    assert reason_of(order) == CHANGED
    again = checkout(cart, "22.90", voucher_code="TEN", user=user)
    assert charge.pay(again, {"card_number": WORKS}).status == Payment.Status.CAPTURED


def test_what_is_in_the_cart_by_now_stays(cart):
    order = place(cart)
    fill(cart, order.items.first().variant.product, 3)
    withdraw(order, cart, NOT_WANTED)
    assert sorted(line.quantity for line in cart.lines()) == [1, 4]
    assert reason_of(order) == NOT_WANTED


def test_it_goes_into_the_cart_of_whoever_has_the_link(cart):
    order, phone = place(cart), new_cart()
    withdraw(order, phone, CHANGED)
    assert (units(cart), units(phone)) == (0, 2)
    assert units(phone) == 2


def test_a_second_click_and_ten_at_once_change_nothing_more(cart):
    order = place(cart)

    def click(_: int) -> None:
        try:
            withdraw(Order.objects.get(pk=order.pk), cart, CHANGED)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(click, range(10)))
    click(0)
    assert units(cart) == 2
    assert Event.objects.filter(type="order.cancelled").count() == 1
    assert ledger_holds(order.items.first().variant)


def test_money_that_has_come_in_the_meantime_pays_it(cart):
    order = place(cart)
    with pytest.raises(PaymentError):
        charge.pay(order, {"card_number": LOST})
    with pytest.raises(NotWithdrawable):
        withdraw(order, cart, CHANGED)
    order.refresh_from_db()
    assert (order.status, units(cart)) == (Order.Status.PAID, 0)


def test_a_payment_that_begins_meanwhile_keeps_it(cart):
    order = place(cart)
    charge.pay(order, {"card_number": DECLINED})

    def pay_in_another_tab() -> None:
        charge.current_payment(order)

    with (
        running(pay_in_another_tab, before="orders.cancellation._close_unpaid"),
        pytest.raises(NotWithdrawable),
    ):
        withdraw(order, cart, CHANGED)
    order.refresh_from_db()
    assert (order.status, order.cart_return) == (Order.Status.PENDING, CartReturn.NONE)
    assert units(cart) == 0


def test_a_paid_order_is_not_withdrawn(cart):
    order = place(cart)
    charge.pay(order, {"card_number": WORKS})
    with pytest.raises(NotWithdrawable):
        withdraw(order, cart, CHANGED)
    assert units(cart) == 0


def die() -> None:
    raise RuntimeError("killed")


@pytest.mark.parametrize(
    "place_of_death",
    [
        "orders.cancellation._close_unpaid",
        "orders.cancellation.attempt_put_back",
        "orders.cart_lines.put_back",
        "carts.put_back.transact",
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_point_is_finished_once(cart, place_of_death, when):
    order = place(cart)
    with running(die, **{when: place_of_death}), pytest.raises(RuntimeError):
        withdraw(order, cart, CHANGED)
    order.refresh_from_db()
    if order.status == Order.Status.PENDING:
        withdraw(order, cart, CHANGED)
    list(reconciliation.reconcile())
    list(reconciliation.reconcile())
    order.refresh_from_db()
    assert (order.status, order.cart_return) == (Order.Status.CANCELLED, CartReturn.DONE)
    assert units(cart) == 2
    assert ledger_holds(order.items.first().variant)


def test_an_outage_of_the_cart_delays_the_lines(cart):
    order = place(cart)

    def fail() -> None:
        raise StoreUnavailable("away")

    with running(fail, before="orders.cart_lines.put_back"):
        order = withdraw(order, cart, CHANGED)
    assert (order.cart_return, units(cart)) == (CartReturn.BEGUN, 0)
    assert list(reconciliation.reconcile()) == [f"lines of order {order.number}: 2 lines put back"]
    assert units(cart) == 2


def test_an_order_that_lapses_fills_its_cart_again(cart):
    order = place(cart)
    lapse(order)
    list(reconciliation.reconcile())
    order.refresh_from_db()
    assert (order.status, order.cart_return) == (Order.Status.CANCELLED, CartReturn.DONE)
    assert units(cart) == 2
    cart.clear(cart.lines())
    list(reconciliation.reconcile())
    assert units(cart) == 0


def test_a_cart_that_was_never_emptied_is_not_doubled(cart):
    """The process died between the commit of the order and the emptying of its cart."""
    product = make_product(stock_level=2)
    fill(cart, product, 2)
    with running(die, before="orders.checkout.place._empty_cart"), pytest.raises(RuntimeError):
        checkout(cart, "24.90")
    assert units(cart) == 2
    order = Order.objects.get()
    withdraw(order, cart, CHANGED)
    assert units(cart) == 2


def test_a_lapsed_order_with_a_cart_that_was_never_emptied_is_not_doubled(cart):
    fill(cart, make_product(stock_level=2), 2)
    with running(die, before="orders.checkout.place._empty_cart"), pytest.raises(RuntimeError):
        checkout(cart, "24.90")
    # Only the order gets older, so its lines look newer than it.
    assert cancellation.cancel_lapsed(Order.objects.get())
    list(reconciliation.reconcile())
    assert units(cart) == 2


def test_a_cart_that_has_expired_stays_empty(cart):
    order = place(cart)
    assert cancellation.cancel_lapsed(order)
    Order.objects.update(placed_at=timezone.now() - timedelta(seconds=cart.lifetime + 60))
    order.refresh_from_db()
    assert put_lines_back(order) == "its cart has expired"
    order.refresh_from_db()
    assert (order.cart_return, units(cart)) == (CartReturn.NONE, 0)


def test_what_does_not_fit_is_said(cart):
    order = place(cart)
    fill(cart, order.items.first().variant.product, 99)
    order = withdraw(order, cart, CHANGED)
    assert order.cart_return == CartReturn.PARTLY
    assert sorted(line.quantity for line in cart.lines()) == [1, 99]


def late_money(order: Order) -> Order:
    DummyCharge.objects.update(status="succeeded")
    charge.settle_payment(order.payments.get())
    order.refresh_from_db()
    return order


def test_late_money_revives_an_order_whose_lines_have_not_come_back(cart):
    order = place(cart)
    cancellation.cancel_lapsed(order)
    order = late_money(order)
    assert (order.status, order.cart_return) == (Order.Status.PAID, CartReturn.NONE)
    list(reconciliation.reconcile())
    assert units(cart) == 0
    assert ledger_holds(order.items.first().variant)


@pytest.mark.parametrize("reach", ["begun", "done"])
def test_late_money_goes_back_once_the_lines_are_in_a_cart(cart, reach):
    order = place(cart)
    cancellation.cancel_lapsed(order)
    if reach == "done":
        order.refresh_from_db()
        put_lines_back(order)
    else:
        Order.objects.update(cart_return=CartReturn.BEGUN)
    order = late_money(order)
    assert order.status == Order.Status.CANCELLED
    assert Refund.objects.get().amount == order.total
    list(reconciliation.reconcile())
    assert units(cart) == 2


def test_staff_who_cancel_put_nothing_into_a_cart(cart):
    order = place(cart)
    assert cancellation.cancel_unpaid(order)
    list(reconciliation.reconcile())
    assert units(cart) == 0


def test_an_order_without_a_cart_is_cancelled_all_the_same():
    order = make_order(make_user(), status=Order.Status.PENDING)
    Payment.objects.update(status=Payment.Status.CANCELLED)
    assert cancellation.cancel_lapsed(order)
    order.refresh_from_db()
    assert order.cart_return == CartReturn.NONE


def test_the_database_keeps_goods_out_of_cart_and_order_at_once(cart):
    order = place(cart)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(cart_return=CartReturn.DUE)


def test_a_new_line_is_newer_than_the_order_it_came_from(cart):
    """Or the reconciler, which empties carts later, would take it for the order's own."""
    order = place(cart)
    time.sleep(0.01)
    withdraw(order, cart, CHANGED)
    assert all(line.added_at > order.placed_at for line in cart.lines())
