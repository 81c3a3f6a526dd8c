"""Lines that come back from an order: each once, as far as there is room."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from carts.cart import Cart
from carts.lines import Line, line_key
from carts.put_back import put_back
from carts.tables import CartLine


@pytest.fixture
def cart() -> Cart:
    return Cart(f"anon-{uuid.uuid4().hex}")


def line(number: int, quantity: int = 1, **attributes: object) -> Line:
    key = line_key(number, number, attributes)
    return Line(key, quantity, Decimal("10.00"), timezone.now(), dict(attributes))


def add(cart: Cart, number: int, quantity: int = 1) -> None:
    cart.add(line_key(number, number), quantity, price=Decimal(9), operation=uuid.uuid4().hex)


def quantities(cart: Cart) -> dict[str, int]:
    return {each.key: each.quantity for each in cart.lines()}


def test_it_brings_quantity_price_and_attributes(cart):
    assert put_back(cart, [line(1, 2), line(1, 1, engraving="Ada")], "order-1") == 0
    plain, engraved = cart.lines()
    assert (plain.quantity, plain.price, plain.attributes) == (2, Decimal("10.00"), {})
    assert (engraved.quantity, engraved.attributes) == (1, {"engraving": "Ada"})


def test_it_adds_to_what_is_there(cart):
    add(cart, 1, 3)
    add(cart, 2)
    put_back(cart, [line(1, 2)], "order-1")
    assert quantities(cart) == {"1#1": 5, "2#2": 1}


def test_a_repetition_changes_nothing_however_late(cart):
    lines = [line(1, 2), line(2)]
    put_back(cart, lines, "order-1")
    cart.remove("1#1")
    add(cart, 2, 4)
    assert put_back(cart, lines, "order-1") == 0
    assert quantities(cart) == {"2#2": 5}
    put_back(cart, lines, "order-2")
    assert quantities(cart) == {"1#1": 2, "2#2": 6}


def test_ten_at_once_put_it_back_once(cart):
    add(cart, 1, 3)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: put_back(cart, [line(1, 2), line(2)], "order-1"), range(10)))
    assert quantities(cart) == {"1#1": 5, "2#2": 1}


def test_it_says_what_a_full_line_left_out_each_time(cart):
    add(cart, 1, 98)
    assert put_back(cart, [line(1, 5), line(2)], "order-1") == 4
    assert quantities(cart) == {"1#1": 99, "2#2": 1}
    cart.remove("1#1")
    assert put_back(cart, [line(1, 5), line(2)], "order-1") == 4


def test_it_says_what_a_full_cart_left_out(cart):
    put_back(cart, [line(number) for number in range(1, 100)], "order-1")
    assert put_back(cart, [line(200, 2), line(201, 3), line(5)], "order-2") == 3
    assert len(cart.lines()) == 100
    assert quantities(cart)["200#200"] == 2
    assert quantities(cart)["5#5"] == 2


def test_a_hundred_lines_come_back(cart):
    lines = [line(number) for number in range(100)]
    for _ in range(2):
        assert put_back(cart, lines, "order-1") == 0
    assert len(cart.lines()) == 100


def test_expired_lines_take_no_room(cart):
    put_back(cart, [line(number) for number in range(100)], "order-1")
    for number in range(100):
        CartLine(cart.owner, f"{number}#{number}").update([CartLine.expires_at.set(1)])
    assert put_back(cart, [line(7, 3), line(300)], "order-2") == 0
    assert quantities(cart) == {"7#7": 3, "300#300": 1}


def test_a_slow_request_that_empties_the_cart_leaves_what_came_back(cart):
    add(cart, 1, 2)
    ordered = cart.lines()
    cart.clear(ordered)
    put_back(cart, [replace(each) for each in ordered], "order-1")
    cart.clear(ordered)
    assert quantities(cart) == {"1#1": 2}


def test_the_receipt_is_no_line_and_ends_with_the_cart(cart):
    put_back(cart, [line(1)], "order-1")
    receipt = CartLine.get(cart.owner, "receipt#order-1#0")
    assert receipt.expires_at > time.time()
    other = Cart(f"anon-{uuid.uuid4().hex}")
    other.merge_from(cart)
    assert quantities(other) == {"1#1": 1}
    assert cart.all_lines() == []
