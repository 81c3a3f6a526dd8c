"""Stress-test carts with concurrent merges, adds and wishes, through a proxy that loses answers.

Run it with `manage.py drill cart`.

The control does the same the naive way (read, add, delete) and must lose or duplicate something,
which shows that the race is real. Everything runs on the real table, under cart owners of the
drill's own.
"""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from pynamodb.exceptions import PynamoDBException

from carts.cart import Cart
from carts.lines import line_key
from carts.tables import CartLine
from infra.devstack.fault_proxy import FaultProxy
from shop.dynamo.table import StoreUnavailable

T = TypeVar("T")

MERGES = 4
ADDS = 6
WISHES = 4
PRICE = Decimal("19.99")
# How often an action is repeated before the drill gives up.
TRIES = 40


@dataclass
class Result:
    """The totals of some rounds: units lost, units too many, and answers that the proxy lost."""

    rounds: int = 0
    lost: int = 0
    doubled: int = 0
    swallowed: int = 0


class NaiveCart(Cart):
    """The usual implementation of a cart, as a control.

    It reads the lines, adds each to the other cart and deletes it; it adds without an operation id.
    """

    def naive_merge(self, guest: Cart) -> None:
        """Move a guest's lines without a condition."""
        for line in guest.lines():
            self.naive_add(line.key, line.quantity)
            CartLine(guest.owner, line.key).delete()

    def naive_add(self, key: str, quantity: int) -> None:
        """Add units without a condition, creating the line if it is missing."""
        CartLine(self.owner, key).update(
            [
                CartLine.quantity.add(quantity),
                CartLine.price.set(PRICE),
                CartLine.added_at.set(CartLine.added_at | "2026-01-01T00:00:00+00:00"),
                CartLine.expires_at.set(4_000_000_000),
            ]
        )


def run(
    rounds: int, *, naive: bool = False, swallow: float = 0.1, seed: int | None = None
) -> Iterator[Result]:
    """Run rounds and yield the running total after each.

    `swallow` is the share of answers that get lost.
    """
    result = Result()
    source = random.Random(seed)  # noqa: S311 - a drill, not a secret
    with _through_proxy(swallow) as proxy, ThreadPoolExecutor(MERGES + ADDS + WISHES) as pool:
        for _ in range(rounds):
            wanted, found = _round(pool, naive, source)
            result.rounds += 1
            result.lost += (wanted - found).total()
            result.doubled += (found - wanted).total()
            result.swallowed = proxy.swallowed
            yield result


def _round(
    pool: ThreadPoolExecutor, naive: bool, source: random.Random
) -> tuple[Counter[str], Counter[str]]:
    """Let changes race for one pair of carts; return the units expected and found, by variant."""
    guest = NaiveCart(f"anon-{uuid.uuid4().hex}")
    user = NaiveCart(f"user-drill-{uuid.uuid4().hex}")
    wanted: Counter[str] = Counter()
    for number in range(3):
        _persist(_adding(guest, line_key(number, number), 2, naive))
        wanted[line_key(number, number)] += 2
    work: list[Callable[[], object]] = []
    for _ in range(MERGES):
        work.append(lambda: _merge(user, guest, naive))
    for _ in range(ADDS):
        key = line_key(*[source.randrange(5)] * 2)
        work.append(_adding(source.choice((user, guest)), key, 1, naive))
        wanted[key] += 1
    for _ in range(0 if naive else WISHES):
        number, wish = source.randrange(3), source.choice((True, None))
        work.append(_wishing(source.choice((user, guest)), number, wish))
    source.shuffle(work)
    for future in [pool.submit(_persist, act) for act in work]:
        future.result()
    # One last merge, because an add may have reached the guest's cart after the others.
    _persist(lambda: _merge(user, guest, naive))
    left = [line for cart in (user, guest) for line in _persist(cart.lines)]
    found: Counter[str] = Counter()
    for line in left:
        found[line_key(line.variant_id, line.variant_id)] += line.quantity
    _persist(lambda: _tidy_up(user, guest))
    return wanted, found


def _tidy_up(*carts: Cart) -> None:
    """Delete everything that a round has left in the table."""
    items = [item for cart in carts for item in CartLine.query(cart.owner)]
    with CartLine.batch_write() as batch:
        for item in items:
            batch.delete(item)


def _adding(cart: NaiveCart, key: str, quantity: int, naive: bool) -> Callable[[], None]:
    """Return a shopper's add.

    Repeating it sends the same operation id, as resubmitting a form does.
    """
    operation = uuid.uuid4().hex
    if naive:
        return lambda: cart.naive_add(key, quantity)
    return lambda: cart.add(key, quantity, price=PRICE, operation=operation)


def _wishing(cart: Cart, number: int, wish: bool | None) -> Callable[[], None]:
    """Return the click that wraps a line, or unwraps the wrapped one."""
    key = line_key(number, number, None if wish else {"gift_wrap": True})
    return lambda: cart.set_attributes(key, {"gift_wrap": wish})


def _merge(user: NaiveCart, guest: NaiveCart, naive: bool) -> None:
    if naive:
        user.naive_merge(guest)
    else:
        user.merge_from(guest)


def _persist(act: Callable[[], T]) -> T:
    """Repeat an action until it is answered, like a shopper who clicks again.

    Raises RuntimeError after TRIES attempts.
    """
    for _ in range(TRIES):
        with suppress(StoreUnavailable, PynamoDBException):
            return act()
    raise RuntimeError(f"DynamoDB gave no answer {TRIES} times.")


@contextmanager
def _through_proxy(swallow: float) -> Iterator[FaultProxy]:
    """Send this process's cart calls through a proxy.

    Raises RuntimeError unless AWS is an emulator on loopback: nothing else is ever drilled.
    """
    if not settings.AWS_ENDPOINT_URL.startswith("http://127.0.0.1:"):
        raise RuntimeError("The drill runs against the emulator on this machine only.")
    with FaultProxy(settings.AWS_ENDPOINT_URL, swallow=swallow) as proxy:
        CartLine.Meta.host, CartLine._connection = proxy.url, None
        try:
            _persist(
                lambda: CartLine.count(limit=1)
            )  # create the client before several threads need it
            yield proxy
        finally:
            CartLine.Meta.host, CartLine._connection = settings.AWS_ENDPOINT_URL, None
