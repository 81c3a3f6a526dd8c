"""The rules of a cart.

A cart is the lines of one owner in DynamoDB; nothing of it is in PostgreSQL.

Every change is one conditional write, so that racing requests, repeated ones and lost answers leave
the right numbers.
"""

import random
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from carts.attributes import MAX_ATTRIBUTES, CartError, check_attributes
from carts.tables import KEYS_ITEM, LATER, CartLine
from shop.dynamo.table import (
    ConditionFailed,
    StoreUnavailable,
    is_failed_condition,
    plain,
    transact,
)

MAX_QUANTITY = 99
MAX_LINES = 100
#: A transaction takes 100 actions (an AWS limit): moving a line is two, and each cart has its item
# with the keys.
MOVE_AT_ONCE = 49
ATTEMPTS = 12

_OPERATIONS = uuid.UUID("5f0c7d39-3f3c-4a43-8f5b-8f6f2d0a3f7e")


class CartFull(CartError):
    """A line would go beyond 99, or the cart beyond 100 lines."""

    code = "cart_full"


@dataclass(frozen=True)
class Line:
    """A line that lives: `price` is what the variant cost when it was added, in SHOP_CURRENCY."""

    key: str
    quantity: int
    price: Decimal
    added_at: datetime
    attributes: dict[str, Any]

    @property
    def variant_id(self) -> int:
        """Return the variant's id, the last part of the key."""
        return int(self.key.rpartition("#")[2])

    @property
    def is_saved(self) -> bool:
        """Say whether it is saved for later, and not to be ordered now."""
        return self.key.startswith(LATER)


@dataclass
class MergeReport:
    """What a merge could not keep: keys of lines that were cut to 99, and of lines for which there
    was no room.
    """

    cut: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)


def line_key(product_id: int, variant_id: int) -> str:
    """Return the range key of a line; a SKU may be renamed, an id not."""
    return f"{product_id}#{variant_id}"


class Cart:
    """The cart of one owner: `user-<id>` or `anon-<hex id>`.

    Every method may raise StoreUnavailable.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        #: What the last merge into this cart could not keep.
        self.merge_report = MergeReport()
        self.lifetime = (
            settings.CART_DAYS["user" if owner.startswith("user-") else "guest"] * 86_400
        )

    def lines(self) -> list[Line]:
        """Return the lines to order, oldest first: one consistent Query."""
        return [line for line in self.all_lines() if not line.is_saved]

    def all_lines(self) -> list[Line]:
        """Return all lines that have not expired, those saved for later too, oldest first: one
        consistent Query.
        """
        return sorted(self._read()[0].values(), key=lambda line: line.added_at)

    def add(
        self,
        key: str,
        quantity: int,
        *,
        price: Decimal,
        operation: str,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        """Add units of a variant, once for each `operation`, however often it is repeated.

        Raises CartFull beyond 99 of a line or 100 lines, CartError for a quantity or attributes
        that cannot be.
        """
        _check_quantity(quantity)
        wanted = check_attributes(attributes or {})
        token = str(uuid.uuid5(_OPERATIONS, f"{self.owner}|{key}|{operation}"))
        with _reaching():
            self._add(key, quantity, price, token, wanted)
        if wanted:
            self.set_attributes(key, wanted)

    def set_quantity(self, key: str, quantity: int) -> None:
        """Set a line to `quantity`, 0 removes it.

        Repeating it changes nothing; a line that is gone stays gone.
        """
        if quantity == 0:
            self.remove(key)
            return
        _check_quantity(quantity)
        self._update(key, [CartLine.quantity.set(quantity)])

    def set_attributes(self, key: str, attributes: Mapping[str, Any]) -> None:
        """Set some free-form attributes of a line; None takes one away, those that are not named
        stay.
        """
        wanted = check_attributes(attributes)
        names = [CartLine.attributes[name] for name in wanted]
        known = names[0].exists()
        for name in names[1:]:
            known &= name.exists()
        room = known | (size(CartLine.attributes) <= MAX_ATTRIBUTES - len(wanted))
        changes = [
            name.remove() if value is None else name.set(value)
            for name, value in zip(names, wanted.values(), strict=True)
        ]
        if not self._update(key, changes, room) and key in self._read()[0]:
            raise CartError(f"A line holds at most {MAX_ATTRIBUTES} attributes.")

    def remove(self, key: str) -> None:
        """Take a line out; one that is gone already is no error."""
        with _reaching():
            self._delete(key)

    def clear(self, lines: Iterable[Line]) -> None:
        """Take out lines that became an order, each only as it was read: what was added meanwhile
        stays.
        """
        ordered = list(lines)
        for start in range(0, len(ordered), MOVE_AT_ONCE):
            some = ordered[start : start + MOVE_AT_ONCE]
            try:
                self._clear(some)
            except ConditionFailed:  # One of them has changed: take out the others, each by itself.
                for line in some:
                    with suppress(ConditionFailed):
                        self._clear([line])

    def save_for_later(self, key: str) -> None:
        """Put a line aside; what was put aside of it before is added to."""
        self._move_line(key, LATER + key)

    def take_up(self, key: str) -> None:
        """Put a saved line (named without `later#`) back among those to order."""
        self._move_line(LATER + key, key)

    def merge_from(self, guest: "Cart") -> MergeReport:
        """Move a guest's lines here, each exactly once whatever races; what a crash left, the next
        call moves.

        A line leaves there only as it was read and arrives here only on what was read, both in one
        transaction.
        """
        report = self.merge_report = MergeReport()
        for attempt in range(ATTEMPTS):
            theirs = guest.all_lines()
            if not theirs:
                return report
            for start in range(0, len(theirs), MOVE_AT_ONCE):
                self._take_over(guest, theirs[start : start + MOVE_AT_ONCE], report)
            time.sleep(random.uniform(0, 0.02) * attempt)  # noqa: S311 - jitter, not a secret
        raise StoreUnavailable(
            "The carts could not be merged; too many requests changed them meanwhile."
        )

    def _read(self) -> tuple[dict[str, Line], set[str]]:
        """Return the living lines by key, and the keys that the limit counts: one consistent
        Query.
        """
        with _reaching():
            items = list(CartLine.query(self.owner, consistent_read=True))
        now = time.time()
        lines = {
            i.product_id: _line(i)
            for i in items
            if i.product_id != KEYS_ITEM and i.expires_at > now
        }
        return lines, next(
            (set(item.line_keys or ()) for item in items if item.product_id == KEYS_ITEM), set()
        )

    def _add(
        self, key: str, quantity: int, price: Decimal, token: str, attributes: dict[str, Any]
    ) -> None:
        now = int(time.time())
        not_yet = CartLine.last_operation.does_not_exist() | (CartLine.last_operation != token)
        room = CartLine.user_id.does_not_exist() | (
            (CartLine.expires_at > now) & (CartLine.quantity <= MAX_QUANTITY - quantity)
        )
        grow: list[Action] = [
            CartLine.quantity.set((CartLine.quantity | 0) + quantity),
            CartLine.price.set(CartLine.price | price),
            CartLine.added_at.set(CartLine.added_at | _now()),
            CartLine.attributes.set(CartLine.attributes | attributes),
            CartLine.last_operation.set(token),
        ]
        # TTL deletes late: a line that has expired starts afresh instead of counting on.
        restart: list[Action] = [
            CartLine.quantity.set(quantity),
            CartLine.price.set(price),
            CartLine.added_at.set(_now()),
            CartLine.attributes.set(attributes),
            CartLine.last_operation.set(token),
        ]
        if self._write(key, grow, not_yet & room, token):
            return
        if self._write(key, restart, not_yet & (CartLine.expires_at <= now), f"{token[:-1]}-"):
            return
        if not self._was_counted(key, token):
            raise CartFull(
                f"A line holds at most {MAX_QUANTITY}; the cart already has some of this."
            )

    def _write(self, key: str, actions: Sequence[Action], condition: Condition, token: str) -> bool:
        """Write a line and note its key; return False where `condition` refuses it.

        Raises CartFull at 100 lines.
        """
        for _ in range(ATTEMPTS):
            expires = CartLine.expires_at.set(int(time.time()) + self.lifetime)

            def build(transaction: TransactWrite, expires: Action = expires) -> None:
                transaction.update(
                    CartLine(self.owner, key), actions=[*actions, expires], condition=condition
                )
                self._note(transaction, {key}, expires)

            try:
                transact(CartLine, build, token)
            except ConditionFailed as refused:
                if 0 in refused.failed:
                    return False
                self._forget_expired()
            else:
                return True
        raise StoreUnavailable("Too many requests changed the cart meanwhile.")

    def _note(self, transaction: TransactWrite, keys: set[str], expires: Action) -> None:
        """Add keys of lines to those that the limit counts, if there is room for them."""
        room = CartLine.line_keys.does_not_exist() | (
            size(CartLine.line_keys) <= MAX_LINES - len(keys)
        )
        if len(keys) == 1:
            room |= CartLine.line_keys.contains(*keys)
        actions = [CartLine.line_keys.add(keys), expires]
        transaction.update(CartLine(self.owner, KEYS_ITEM), actions=actions, condition=room)

    def _forget_expired(self) -> None:
        """Let the limit count only lines that live; raise CartFull when that makes no room."""
        lines, counted = self._read()
        gone = counted - _bare(lines)
        if not gone and len(counted) >= MAX_LINES:
            raise CartFull(
                f"A cart has room for {MAX_LINES} different things, and this one is full."
            )
        if gone:
            with suppress(_Refused), _reaching():
                CartLine(self.owner, KEYS_ITEM).update(
                    [CartLine.line_keys.delete(gone)], condition=CartLine.line_keys == counted
                )

    def _clear(self, lines: Sequence[Line]) -> None:
        def build(transaction: TransactWrite) -> None:
            for line in lines:
                transaction.delete(
                    CartLine(self.owner, line.key), condition=CartLine.quantity == line.quantity
                )
            self._unnote(transaction, _bare(line.key for line in lines))

        with _reaching():
            transact(CartLine, build)

    def _delete(self, key: str) -> None:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(CartLine(self.owner, key))
            self._unnote(transaction, _bare([key]))

        transact(CartLine, build)

    def _unnote(self, transaction: TransactWrite, keys: set[str]) -> None:
        expires = CartLine.expires_at.set(int(time.time()) + self.lifetime)
        transaction.update(
            CartLine(self.owner, KEYS_ITEM), actions=[CartLine.line_keys.delete(keys), expires]
        )

    def _move_line(self, source: str, target: str) -> None:
        for _ in range(ATTEMPTS):
            lines, _counted = self._read()
            line = lines.get(source)
            if line is None:
                return  # It was moved or removed already.
            with suppress(ConditionFailed), _reaching():
                transact(
                    CartLine,
                    partial(self._rekey, line=line, target=target, there=lines.get(target)),
                )
                return
        raise StoreUnavailable("Too many requests changed the cart meanwhile.")

    def _rekey(
        self, transaction: TransactWrite, line: Line, target: str, there: Line | None
    ) -> None:
        transaction.delete(
            CartLine(self.owner, line.key), condition=CartLine.quantity == line.quantity
        )
        self._arrive(transaction, replace(line, key=target), there)

    def _take_over(self, guest: "Cart", theirs: list[Line], report: MergeReport) -> None:
        """Move some of a guest's lines here in one transaction; where it is refused, the next round
        reads again.
        """
        ours, counted = self._read()
        free = MAX_LINES - len(_bare(ours) | counted)
        new = [line.key for line in theirs if not _bare([line.key]) <= _bare(ours)]
        dropped = set(new[max(free, 0) :])
        if dropped and counted - _bare(ours):
            self._forget_expired()  # Room is taken by lines that are gone.
            return

        def build(transaction: TransactWrite) -> None:
            for line in theirs:
                transaction.delete(
                    CartLine(guest.owner, line.key), condition=CartLine.quantity == line.quantity
                )
            for line in theirs:
                if line.key not in dropped:
                    self._arrive(transaction, line, ours.get(line.key))
            guest._unnote(transaction, _bare(line.key for line in theirs))
            if arriving := _bare(set(new) - dropped) - counted:
                self._note(
                    transaction, arriving, CartLine.expires_at.set(int(time.time()) + self.lifetime)
                )

        with suppress(ConditionFailed), _reaching():
            transact(CartLine, build)
            report.dropped |= dropped
            report.cut |= {
                line.key
                for line in theirs
                if line.key in ours and ours[line.key].quantity + line.quantity > MAX_QUANTITY
            }

    def _arrive(self, transaction: TransactWrite, line: Line, mine: Line | None) -> None:
        """Let a line arrive on what was read of it here: added to, or as it is where there was none
        that lives.
        """
        now = int(time.time())
        gone = CartLine.user_id.does_not_exist() | (CartLine.expires_at <= now)
        transaction.update(
            CartLine(self.owner, line.key),
            actions=[
                CartLine.quantity.set(
                    min(line.quantity + (mine.quantity if mine else 0), MAX_QUANTITY)
                ),
                CartLine.price.set(mine.price if mine else line.price),
                CartLine.added_at.set((mine or line).added_at.isoformat()),
                CartLine.expires_at.set(now + self.lifetime),
                CartLine.attributes.set(line.attributes | (mine.attributes if mine else {})),
            ],
            condition=(CartLine.quantity == mine.quantity) & (CartLine.expires_at > now)
            if mine
            else gone,
        )

    def _update(
        self, key: str, actions: Sequence[Action], condition: Condition | None = None
    ) -> bool:
        """Change a line that lives; one that is gone stays gone. Returns whether it was changed."""
        now = int(time.time())
        alive = CartLine.expires_at > now
        with suppress(_Refused), _reaching():
            CartLine(self.owner, key).update(
                [*actions, CartLine.expires_at.set(now + self.lifetime)],
                condition=alive if condition is None else alive & condition,
            )
            return True
        return False

    def _was_counted(self, key: str, token: str) -> bool:
        try:
            item = CartLine.get(self.owner, key, consistent_read=True)
        except CartLine.DoesNotExist:
            return False
        return item.last_operation == token


class _Refused(Exception):
    """The condition of a write does not hold."""


@contextmanager
def _reaching() -> Iterator[None]:
    """Turn what DynamoDB says into `_Refused` for a failed condition, and StoreUnavailable for
    everything else.
    """
    try:
        yield
    except PynamoDBException as error:
        if is_failed_condition(error):
            raise _Refused from error
        raise StoreUnavailable("The carts cannot be reached.") from error


def _bare(keys: Iterable[str]) -> set[str]:
    """Return the keys as the limit counts them: a line and the same one saved for later are one."""
    return {key.removeprefix(LATER) for key in keys}


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise CartError(f"Choose a quantity from 1 to {MAX_QUANTITY}.")


def _line(item: CartLine) -> Line:
    return Line(
        key=item.product_id,
        quantity=int(item.quantity or 0),
        price=item.price,
        added_at=datetime.fromisoformat(item.added_at),
        attributes=plain(item.attributes) or {},
    )


def _now() -> str:
    return timezone.now().isoformat()
