"""The rules of a cart, on the real table."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from carts.attributes import CartError, check_attributes
from carts.cart import MAX_LINES, MAX_QUANTITY, Cart, CartFull
from carts.lines import line_key
from carts.tables import KEYS_ITEM, CartLine
from tests.racing import running

KEY = "1#11"
PRICE = Decimal("19.99")


@pytest.fixture
def cart() -> Cart:
    return Cart(f"anon-{uuid.uuid4().hex}")


def add(cart: Cart, quantity: int = 1, key: str = KEY, operation: str = "", **kwargs) -> None:
    cart.add(
        key,
        quantity,
        price=kwargs.pop("price", PRICE),
        operation=operation or uuid.uuid4().hex,
        **kwargs,
    )


def quantities(cart: Cart) -> dict[str, int]:
    return {line.key: line.quantity for line in cart.lines()}


def expire(cart: Cart, key: str = KEY) -> None:
    CartLine(cart.owner, key).update([CartLine.expires_at.set(1)])


def test_it_keeps_an_exact_price(cart):
    add(cart, 2)
    [line] = cart.lines()
    assert (line.quantity, line.price, type(line.price)) == (2, PRICE, Decimal)


def test_it_adds_up(cart):
    add(cart, 2)
    add(cart, 3, price=Decimal("25.00"))
    [line] = cart.lines()
    assert line.quantity == 5
    assert line.price == PRICE, "the price is the one of the first time"


def test_it_counts_a_repeated_operation_once(cart):
    for _ in range(3):
        add(cart, 2, operation="0123456789abcdef")
    assert quantities(cart) == {KEY: 2}


def test_it_counts_a_repeated_operation_once_when_the_line_was_there(cart):
    add(cart, 1)
    for _ in range(3):
        add(cart, 2, operation="0123456789abcdef")
    assert quantities(cart) == {KEY: 3}


def test_it_counts_racing_adds_each_once(cart):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add(cart, 1, operation=f"{number % 20:032x}"), range(40)))
    assert quantities(cart) == {KEY: 20}


@pytest.mark.parametrize("quantity", [0, -1, 100])
def test_it_refuses_a_quantity_that_cannot_be(cart, quantity):
    with pytest.raises(CartError):
        add(cart, quantity)
    assert not cart.lines()


def test_it_holds_at_most_99_of_a_line(cart):
    add(cart, 98)
    with pytest.raises(CartFull):
        add(cart, 2)
    add(cart, 1)
    assert quantities(cart) == {KEY: MAX_QUANTITY}


def test_an_expired_line_never_counts(cart):
    add(cart, 7)
    expire(cart)
    assert cart.lines() == []
    add(cart, 1)
    assert quantities(cart) == {KEY: 1}


def test_it_sets_and_removes(cart):
    add(cart, 2)
    cart.set_quantity(KEY, 5)
    assert quantities(cart) == {KEY: 5}
    cart.set_quantity(KEY, 0)
    cart.remove(KEY)
    assert quantities(cart) == {}


def test_setting_a_line_that_is_gone_does_not_revive_it(cart):
    cart.set_quantity(KEY, 5)
    cart.set_attributes(KEY, {"gift_wrap": True})
    assert cart.lines() == []


def wishes(cart: Cart) -> list[tuple[int, dict]]:
    return [(line.quantity, line.attributes) for line in cart.all_lines()]


def key_of(cart: Cart, **attributes) -> str:
    [key] = [line.key for line in cart.lines() if line.attributes == attributes]
    return key


def test_wishes_of_one_unit_stay_that_units(cart):
    add(cart, 1)
    add(cart, 1, attributes={"gift_wrap": True})
    add(cart, 2, attributes={"gift_wrap": True})
    assert wishes(cart) == [(1, {}), (3, {"gift_wrap": True})]
    assert {line.variant_id for line in cart.lines()} == {11}


def test_attributes_in_another_order_are_the_same_line(cart):
    add(cart, 1, attributes={"engraving": "für Ada", "gift_wrap": True})
    add(cart, 1, attributes={"gift_wrap": True, "engraving": "für Ada", "colour": None})
    assert wishes(cart) == [(2, {"engraving": "für Ada", "gift_wrap": True})]


def test_setting_attributes_keeps_the_others_and_joins_an_equal_line(cart):
    add(cart, 4, attributes={"engraving": "für Ada", "gift_wrap": True})
    add(cart, 1, attributes={"engraving": "für Ada"})
    for _ in range(2):
        key = line_key(1, 11, {"engraving": "für Ada", "gift_wrap": True})
        cart.set_attributes(key, {"gift_wrap": None, "colour": None})
    assert wishes(cart) == [(5, {"engraving": "für Ada"})]
    cart.set_attributes(key_of(cart, engraving="für Ada"), {})
    assert wishes(cart) == [(5, {"engraving": "für Ada"})]
    for number in range(99):
        add(cart, 1, key=line_key(number, 99))
    with pytest.raises(CartFull):
        add(cart, 1, key="9999#9999")


def test_joining_lines_refuses_to_lose_units(cart):
    add(cart, 60)
    add(cart, 60, attributes={"gift_wrap": True})
    with pytest.raises(CartFull):
        cart.set_attributes(KEY, {"gift_wrap": True})
    cart.save_for_later(KEY)
    add(cart, 60)
    with pytest.raises(CartFull):
        cart.move_to_cart(KEY)
    assert sum(line.quantity for line in cart.all_lines()) == 180


def test_racing_wishes_and_adds_lose_no_unit(cart):
    add(cart, 5)
    wrapped = line_key(1, 11, {"gift_wrap": True})
    with ThreadPoolExecutor(4) as pool:
        work = [
            work
            for _ in range(4)
            for work in (
                pool.submit(cart.set_attributes, KEY, {"gift_wrap": True}),
                pool.submit(cart.set_attributes, wrapped, {"gift_wrap": None}),
                pool.submit(add, cart, 1),
            )
        ]
        for future in work:
            future.result()
    assert sum(line.quantity for line in cart.lines()) == 9
    stored = CartLine.get(cart.owner, KEYS_ITEM).line_keys
    assert stored == {line.key for line in cart.lines()}


def test_a_merge_keeps_wishes_apart(cart):
    guest = Cart(f"anon-{uuid.uuid4().hex}")
    add(cart, 1)
    add(guest, 2)
    add(guest, 1, attributes={"gift_wrap": True})
    cart.merge_from(guest)
    assert sorted(quantity for quantity, _ in wishes(cart)) == [1, 3]
    assert quantities(cart)[line_key(1, 11, {"gift_wrap": True})] == 1


@pytest.mark.parametrize(
    "attributes",
    [
        {str(n): 1 for n in range(21)},
        {"a": "x" * 201},
        {"a": {"b": 1}},
        {"a": 1.5},
        {"": 1},
        {"a": [1]},
    ],
)
def test_it_refuses_attributes_that_cannot_be_kept(attributes):
    with pytest.raises(CartError):
        check_attributes(attributes)


def test_clearing_leaves_what_was_added_since(cart):
    add(cart, 2)
    add(cart, 1, key="2#22")
    seen = cart.lines()
    add(cart, 1)
    cart.clear(seen)
    assert quantities(cart) == {KEY: 3}


def test_a_merge_moves_each_line_once_whatever_races(cart):
    for _ in range(5):
        guest, owner = Cart(f"anon-{uuid.uuid4().hex}"), Cart(f"user-{uuid.uuid4().hex}")
        for key in ("1#1", "2#2", "3#3"):
            add(guest, 2, key=key)
        add(owner, 1, key="1#1")
        with ThreadPoolExecutor(5) as pool:
            merges = [pool.submit(owner.merge_from, guest) for _ in range(4)]
            adds = [pool.submit(add, owner, 1, "2#2") for _ in range(3)]
            for future in merges + adds:
                future.result()
        owner.merge_from(guest)
        assert quantities(owner) == {"1#1": 3, "2#2": 5, "3#3": 2}
        assert quantities(guest) == {}


def test_a_merge_says_what_did_not_fit(cart):
    guest = Cart(f"anon-{uuid.uuid4().hex}")
    add(cart, 90)
    add(guest, 20)
    assert cart.merge_from(guest).cut == {KEY}
    assert quantities(cart) == {KEY: MAX_QUANTITY}


def test_it_holds_at_most_100_lines_whatever_races(cart):
    def try_to_add(number: int) -> bool:
        try:
            add(cart, 1, key=line_key(number, number))
        except CartFull:
            return False
        return True

    for number in range(95):
        add(cart, 1, key=line_key(number, number))
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(try_to_add, range(200, 216)))
    assert added.count(True) == 5
    assert len(cart.lines()) == MAX_LINES
    add(cart, 1, key=line_key(0, 0))
    cart.remove(line_key(0, 0))
    add(cart, 1, key=line_key(999, 999))


def test_expired_lines_take_no_room(cart):
    for number in range(100):
        add(cart, 1, key=line_key(number, number))
    expire(cart, line_key(7, 7))
    add(cart, 1, key=line_key(999, 999))
    assert len(cart.lines()) == MAX_LINES


def test_a_merge_into_a_full_cart_says_what_was_dropped(cart):
    guest = Cart(f"anon-{uuid.uuid4().hex}")
    for number in range(98):
        add(cart, 1, key=line_key(number, number))
    for number in range(97, 102):
        add(guest, 1, key=line_key(number, number))
    report = cart.merge_from(guest)
    assert len(report.dropped) == 2
    assert len(cart.lines()) == MAX_LINES
    assert quantities(cart)[line_key(97, 97)] == 2
    assert guest.lines() == []


def test_it_saves_for_later_and_takes_up_again(cart):
    key = line_key(1, 11, {"engraving": "Ada"})
    add(cart, 2, attributes={"engraving": "Ada"})
    for _ in range(2):
        cart.save_for_later(key)
    assert cart.lines() == []
    [saved] = cart.all_lines()
    assert (saved.is_saved, saved.quantity, saved.attributes) == (True, 2, {"engraving": "Ada"})
    assert saved.variant_id == 11
    add(cart, 1, attributes={"engraving": "Ada"})
    for _ in range(2):
        cart.move_to_cart(key)
    [line] = cart.all_lines()
    assert (line.is_saved, line.quantity, line.price) == (False, 3, PRICE)


def test_a_line_keeps_at_most_20_attributes(cart):
    notes = {f"note {number}": "x" for number in range(20)}
    add(cart, 1, attributes=notes)
    with pytest.raises(CartError):
        cart.set_attributes(key_of(cart, **notes), {"one too many": "x"})
    cart.set_attributes(key_of(cart, **notes), {"note 3": "y", "note 4": None})
    [line] = cart.lines()
    assert len(line.attributes) == 19
    assert line.attributes["note 3"] == "y"
    cart.set_attributes(line.key, {"one more": "x"})
    assert len(cart.lines()[0].attributes) == 20


def test_a_line_that_is_changed_for_months_is_counted_as_long(cart):
    add(cart, 1)
    CartLine(cart.owner, KEYS_ITEM).update([CartLine.expires_at.set(1)])
    cart.set_quantity(KEY, 2)
    assert CartLine.get(cart.owner, KEYS_ITEM).expires_at > time.time()


def test_a_line_and_the_same_one_saved_for_later_are_counted_apart(cart):
    add(cart, 1)
    cart.save_for_later(KEY)
    for number in range(99):
        add(cart, 1, key=line_key(number, 99))
    with pytest.raises(CartFull):
        add(cart, 1)
    cart.remove(line_key(0, 99))
    add(cart, 1)
    cart.remove(KEY)
    add(cart, 1, key="7#7")
    with pytest.raises(CartFull):
        add(cart, 1, key="8#8")
    assert len(cart.all_lines()) == MAX_LINES


def test_a_line_that_comes_back_while_expired_ones_are_forgotten_is_counted(cart):
    for number in range(100):
        add(cart, 1, key=line_key(number, number))
    expire(cart, line_key(7, 7))
    expire(cart, line_key(8, 8))
    # `partial` is called between reading what has expired and forgetting it.
    with running(lambda: add(cart, 1, key=line_key(7, 7)), before="carts.cart.partial"):
        add(cart, 1, key="999#999")
    with pytest.raises(CartFull):
        add(cart, 1, key="998#998")
    assert len(cart.lines()) == MAX_LINES
