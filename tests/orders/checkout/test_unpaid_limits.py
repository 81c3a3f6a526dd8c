"""Who leaves orders unpaid cannot place ever more; who pays never notices."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders import cancellation
from orders.checkout.place import place_order
from orders.checkout.unpaid_limits import TooManyUnpaidOrders
from orders.models import Order
from orders.payments.charge import pay
from tests.factories import ADDRESS, make_product, make_shipping_method, make_voucher
from tests.orders.shopping import CARD, agree, checkout, fill, new_cart, place

pytestmark = pytest.mark.django_db

HERE = "192.0.2.7"


def leave_unpaid(times: int, **wishes) -> int:
    """Place orders and never pay; return how many were placed before one was refused."""
    for number in range(times):
        who = {"email": f"{uuid.uuid4().hex[:9]}@example.com"} | wishes
        try:
            place(**who)
        except TooManyUnpaidOrders:
            return number
    return times


def test_eight_may_wait_for_their_payment_by_mailbox() -> None:
    assert leave_unpaid(9, email="Ada@example.com") == 8
    assert leave_unpaid(1, email="ada+new@EXAMPLE.com") == 0
    assert leave_unpaid(1, email="bob@example.com") == 1


def test_eight_may_wait_for_their_payment_by_cart() -> None:
    cart, method = new_cart(), make_shipping_method().pk
    for number in range(9):
        fill(cart, make_product(price="10.00"))
        wishes = {"email": f"{number}@example.com", "shipping_method_id": method}
        if number < 8:
            checkout(cart, "14.90", **wishes)
    with pytest.raises(TooManyUnpaidOrders, match="Too many unpaid orders. Please pay one"):
        checkout(cart, "14.90", **wishes)
    assert len(cart.lines()) == 1  # Nothing is lost.


def test_many_may_wait_for_their_payment_behind_one_address(settings) -> None:
    assert settings.LIMITS["unpaid_orders.address"] == (200, 3600)
    settings.LIMITS = settings.LIMITS | {"unpaid_orders.address": (3, 3600)}
    assert leave_unpaid(4, client_address=HERE) == 3
    assert leave_unpaid(1, client_address="192.0.2.8") == 1
    assert leave_unpaid(4, client_address="2001:db8::1") == 3
    assert leave_unpaid(1, client_address="2001:db8::2") == 0  # The same /64.
    assert leave_unpaid(1, client_address="") == 1


def test_who_pays_can_always_order() -> None:
    for _ in range(12):
        pay(place(client_address=HERE), CARD)


def test_a_cancelled_order_counts_for_it_was_mailed_about() -> None:
    for _ in range(8):
        cancellation.cancel_unpaid(place())
    assert leave_unpaid(1, email="ada@example.com") == 0


def test_an_order_that_costs_nothing_counts() -> None:
    make_voucher("ALL", value=100)
    method = make_shipping_method(price="0.00").pk
    wishes = {"voucher_code": "ALL", "shipping_method_id": method, "total": "0.00"}
    assert leave_unpaid(9, email="ada@example.com", **wishes) == 8


def test_who_holds_many_units_pays_first(settings) -> None:
    """One order may be of any size, for honest bulk buyers; a second one has to wait."""
    assert settings.LIMITS["unpaid_units.email"] == (200, 3600)
    settings.LIMITS = settings.LIMITS | {"unpaid_units.email": (80, 3600)}
    order = place(99, stock_level=500)
    assert leave_unpaid(1, email="ada@example.com") == 0
    pay(order, CARD)
    place(50, stock_level=500)
    place(50, stock_level=500)
    assert leave_unpaid(1, email="ada@example.com") == 0


def test_units_given_back_are_not_held(settings) -> None:
    settings.LIMITS = settings.LIMITS | {"unpaid_units.email": (80, 3600)}
    cancellation.cancel_unpaid(place(99, stock_level=500))
    assert leave_unpaid(1, email="ada@example.com") == 1


def test_says_when_the_first_no_longer_counts() -> None:
    leave_unpaid(8, email="ada@example.com")
    Order.objects.update(placed_at=F("placed_at") - timedelta(minutes=20))
    with pytest.raises(TooManyUnpaidOrders, match=r"try again in 40 minutes\."):
        place()
    Order.objects.update(placed_at=F("placed_at") - timedelta(minutes=41))
    place()


def test_a_repeated_request_gives_its_order(settings) -> None:
    settings.LIMITS = settings.LIMITS | {"unpaid_orders.email": (1, 3600)}
    cart = new_cart()
    fill(cart, make_product(price="10.00"))
    request = agree(cart)
    assert place_order(request, cart).order == place_order(request, cart).order


def test_takes_one_query_more(settings) -> None:
    counts = []
    for limits in (settings.LIMITS, dict.fromkeys(settings.LIMITS)):
        settings.LIMITS = limits
        with CaptureQueriesContext(connection) as queries:
            place(client_address=HERE)
        counts.append(len(queries))
    assert counts[0] - counts[1] == 1


def test_stores_no_address(settings) -> None:
    keys = place(client_address=HERE).placed_by
    assert len(keys) == 3
    assert all(len(key) == 32 for key in keys)


def test_the_page_says_so_as_429_and_keeps_the_card(client, settings) -> None:
    settings.LIMITS = settings.LIMITS | {"unpaid_orders.address": (0, 3600)}
    variant = make_product(price="10.00").variants.get()
    client.post(reverse("carts:add"), {"variant": variant.pk, "quantity": 1, "operation": "a" * 32})
    method = make_shipping_method()
    client.post(reverse("orders:checkout"), ADDRESS | {"email": "ada@example.com"})
    client.post(reverse("orders:delivery"), {"shipping_method": method.pk})
    page = client.get(reverse("orders:review"))
    sent = CARD | {"key": page.context["key"].hex, "total": "14.90"}
    refused = client.post(reverse("orders:review"), sent)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Too many unpaid orders." in refused.content.decode()
    assert CARD["card_number"] in refused.content.decode()
    assert not Order.objects.exists()
