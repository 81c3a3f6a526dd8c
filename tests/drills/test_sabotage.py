"""Each disabled guard is noticed by the checks of the crash drill.

Nothing is left to chance here: one step follows the other.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from orders.cancellation import CHANGED, cancel_unpaid, withdraw
from orders.cart_lines import put_lines_back
from orders.checkout.place import OrderChanged, place_order
from orders.models import Order
from orders.payments import charge
from orders.payments.providers.base import PaymentError, get_provider
from orders.states import CartReturn
from shop.models import Event
from tests.drills import findings
from tests.drills.crowd import Visit
from tests.drills.patching import restore
from tests.drills.sabotage import sabotage
from tests.drills.shopper import ANSWER_LOST, WORKS, Shopper
from tests.factories import make_product
from tests.orders.shopping import agree, checkout, fill, new_cart, place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    restore()


def give_up_after_a_lost_answer() -> Order:
    """Charge the card, lose the answer, let the order expire."""
    order = place()
    with pytest.raises(PaymentError):
        charge.pay(order, {"card_number": ANSWER_LOST})
    cancel_unpaid(order)
    order.refresh_from_db()
    return order


def test_a_lost_answer_is_found_again():
    assert give_up_after_a_lost_answer().status == Order.Status.PAID
    assert list(findings.charges_belong_to_payments()) == []


@pytest.mark.parametrize("guard", ["no-fence", "random-key"])
def test_money_that_no_order_shows_is_noticed(guard):
    sabotage(guard)
    assert give_up_after_a_lost_answer().status == Order.Status.CANCELLED
    (breach,) = findings.charges_belong_to_payments()
    assert breach.endswith("is cancelled")


@pytest.mark.parametrize(("guard", "times"), [("", 1), ("no-dedupe", 2)])
def test_news_that_come_again_count_once(guard, times):
    if guard:
        sabotage(guard)
    payment = charge.pay(place(), {"card_number": WORKS})
    charge.finalise_payment(payment.pk, get_provider("test").look_up(payment))
    assert Event.objects.filter(type="order.paid").count() == times


@pytest.mark.parametrize(("guard", "units"), [("", 1), ("no-receipt", 2)])
def test_lines_that_come_back_twice_are_noticed(guard, units):
    if guard:
        sabotage(guard)
    cart = new_cart()
    variant = fill(cart, make_product())
    order = withdraw(checkout(cart, "14.90"), cart, CHANGED)
    # Killed between the answer of DynamoDB and the update that records it.
    Order.objects.update(cart_return=CartReturn.BEGUN)
    put_lines_back(order)
    shopper = Shopper("http://127.0.0.1", "ada@example.com")
    shopper.cookies["cart"] = f"{cart.owner}:signature"
    visit = Visit(shopper, [variant.product.name], Counter({variant.pk: 1}))
    breaches = list(findings.nothing_is_lost_or_doubled([visit]))
    assert breaches == (
        [f"ada@example.com had {{{variant.pk}: 1}} and has {{{variant.pk}: 2}}"] if guard else []
    )
    assert sum(line.quantity for line in cart.lines()) == units


@pytest.mark.parametrize(("guard", "lines"), [("", 1), ("early-clear", 0)])
def test_an_order_that_is_not_placed_leaves_the_cart_alone(guard, lines):
    if guard:
        sabotage(guard)
    cart = new_cart()
    fill(cart, make_product())
    with pytest.raises(OrderChanged):
        place_order(replace(agree(cart), agreed=""), cart)
    assert len(cart.lines()) == lines
