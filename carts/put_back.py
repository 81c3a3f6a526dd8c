"""Put lines back into a cart, out of an order that ended without being paid."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from django.utils import timezone
from pynamodb.transactions import TransactWrite

from carts.cart import (
    ATTEMPTS,
    MAX_LINES,
    MAX_QUANTITY,
    Cart,
    _Stored,
    _translate_errors,
)
from carts.lines import Line
from carts.tables import RECEIPT, CartLine
from shop.dynamo.table import ConditionFailed, StoreUnavailable, plain, transact

#: A transaction has at most 100 actions (an AWS limit). Two are for the keys and the receipt.
PUT_AT_ONCE = 98


def put_back(cart: Cart, lines: Sequence[Line], operation: str) -> int:
    """Put lines back, once per `operation`; return the number of units there was no room for.

    A repetition, however late, changes nothing and returns the same number. It must name the same
    lines in the same order. Raises StoreUnavailable.
    """
    return sum(
        _put_some(cart, lines[start : start + PUT_AT_ONCE], f"{RECEIPT}{operation}#{start}")
        for start in range(0, len(lines), PUT_AT_ONCE)
    )


def _put_some(cart: Cart, lines: Sequence[Line], receipt: str) -> int:
    for _ in range(ATTEMPTS):
        done = _read_receipt(cart, receipt)
        if done is not None:
            return done
        stored = cart._read()
        new = [line.key for line in lines if line.key not in stored.lines]
        dropped = set(new[max(MAX_LINES - len(stored.lines), 0) :])
        fitting = [line for line in lines if line.key not in dropped]
        left_out = _units(lines) - sum(_units_added(line, stored) for line in fitting)
        write = partial(_write_lines, cart, fitting, stored, (receipt, left_out))
        # A request that changes the cart in between, or puts the same lines back, refuses this.
        with suppress(ConditionFailed), _translate_errors():
            transact(CartLine, write)
            return left_out
    raise StoreUnavailable("Too many requests changed the cart meanwhile.")


def _units(lines: Sequence[Line]) -> int:
    return sum(line.quantity for line in lines)


def _units_added(line: Line, stored: _Stored) -> int:
    there = stored.lines.get(line.key)
    return min(line.quantity, MAX_QUANTITY - (there.quantity if there else 0))


def _write_lines(
    cart: Cart,
    lines: Sequence[Line],
    stored: _Stored,
    receipt: tuple[str, int],
    transaction: TransactWrite,
) -> None:
    """Write the lines and the receipt for them, whose second part is what was left out."""
    now = timezone.now()
    for line in lines:
        mine = stored.lines.get(line.key)
        # As new lines: whoever still empties the cart of the order takes out older ones only.
        cart._put_moved_line(
            transaction, replace(line, added_at=now), mine and replace(mine, added_at=now)
        )
    cart._count_lines(transaction, set(stored.lines) | {line.key for line in lines}, stored)
    key, left_out = receipt
    transaction.update(
        CartLine(cart.owner, key),
        actions=[
            CartLine.attributes.set({"left_out": left_out}),
            CartLine.expires_at.set(int(time.time()) + cart.lifetime),
        ],
        condition=CartLine.user_id.does_not_exist(),
    )


def _read_receipt(cart: Cart, key: str) -> int | None:
    """Return how many units were left out when this was done before, or None."""
    with _translate_errors():
        try:
            item = CartLine.get(cart.owner, key, consistent_read=True)
        except CartLine.DoesNotExist:
            return None
    return int(plain(item.attributes)["left_out"])
