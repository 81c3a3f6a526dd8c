"""The rules of a cart.

A cart is the set of lines of one owner in DynamoDB; none of it is in PostgreSQL.

Every change is a single conditional write, so that the numbers stay right under concurrent
requests, repeated requests and lost responses.
"""

import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from carts.attributes import CartError, change_attributes
from carts.lines import Line, key_with
from carts.tables import KEYS_ITEM, LATER, CartLine
from shop.dynamo.table import ConditionFailed, StoreUnavailable, plain, transact

MAX_QUANTITY = 99
MAX_LINES = 100
#: A transaction has at most 100 actions (an AWS limit). Moving a line takes two, and each cart has
#: one more item that holds the keys.
MOVE_AT_ONCE = 49
# How often a write is tried again when other requests change the same cart.
ATTEMPTS = 12

# The namespace of the UUIDs below. It must never change, or a repeated operation would count twice.
_OPERATIONS = uuid.UUID("5f0c7d39-3f3c-4a43-8f5b-8f6f2d0a3f7e")


LINE_FULL = f"The maximum is {MAX_QUANTITY}, including those already in your cart."


class CartFull(CartError):
    """The change would take a line beyond 99 units, or the cart beyond 100 lines."""

    code = "cart_full"


@dataclass
class MergeReport:
    """What a merge could not keep.

    `cut` has the keys of the lines that were reduced to 99 units, `dropped` those of the lines for
    which there was no room.
    """

    cut: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)


class _Stored(NamedTuple):
    """A cart as it was read.

    `lines` are the unexpired lines by key. `counted` are the keys that the limit counts, which may
    include expired lines. `version` differs after each change of the keys.
    """

    lines: dict[str, Line]
    counted: set[str]
    version: str | None


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
        """Return all unexpired lines, saved ones included, oldest first: one consistent Query."""
        return sorted(self._read().lines.values(), key=lambda line: (line.added_at, line.key))

    def add(
        self,
        key: str,
        quantity: int,
        *,
        price: Decimal,
        operation: str,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        """Add units of a variant, once per `operation`, no matter how often the call is repeated.

        `key` is the variant's, as `line_key()` makes it of two ids: units with other attributes are
        another line. Raises CartFull if the line would exceed 99 units or the cart 100 lines, and
        CartError if the quantity or the attributes are not allowed.
        """
        _check_quantity(quantity)
        wanted = change_attributes({}, attributes or {})
        key = key_with(key, wanted)
        # Derived from the operation, so that a repeated request sends the same token. A hash also
        # keeps it within the 36 characters of a ClientRequestToken (an AWS limit).
        token = str(uuid.uuid5(_OPERATIONS, f"{self.owner}|{key}|{operation}"))
        with _translate_errors():
            self._add(key, quantity, price, token, wanted)

    def set_quantity(self, key: str, quantity: int) -> None:
        """Set the quantity of a line; 0 removes the line.

        Repeating the call changes nothing, and a line that no longer exists is not created again.
        """
        if quantity == 0:
            self.remove(key)
            return
        _check_quantity(quantity)
        now = int(time.time())
        expires = CartLine.expires_at.set(now + self.lifetime)

        def build(transaction: TransactWrite) -> None:
            transaction.update(
                CartLine(self.owner, key),
                actions=[CartLine.quantity.set(quantity), expires],
                condition=CartLine.expires_at > now,
            )
            # The keys must live as long as the lines, or these would no longer be counted.
            transaction.update(CartLine(self.owner, KEYS_ITEM), actions=[expires])

        with suppress(ConditionFailed), _translate_errors():
            transact(CartLine, build)

    def set_attributes(self, key: str, attributes: Mapping[str, Any]) -> None:
        """Set some free-form attributes of a line, which makes it another line.

        None removes an attribute; attributes that are not named are kept. If there is such a line
        already, the units are added to it. Raises CartError if the attributes are not allowed or
        would be more than 20, and CartFull if the line would exceed 99 units.
        """

        def change(line: Line) -> Line:
            wanted = change_attributes(line.attributes, attributes)
            return replace(line, key=key_with(line.key, wanted), attributes=wanted)

        self._move_line(key, change)

    def remove(self, key: str) -> None:
        """Remove a line; it is not an error if the line no longer exists."""
        with _translate_errors():
            self._delete(key)

    def clear(self, lines: Iterable[Line]) -> None:
        """Remove lines that have become an order, each only if it is still the same line.

        What was added in the meantime stays in the cart, and so does what was put back.
        """
        ordered = list(lines)
        for start in range(0, len(ordered), MOVE_AT_ONCE):
            some = ordered[start : start + MOVE_AT_ONCE]
            try:
                self._clear(some)
            except ConditionFailed:
                # At least one line has changed. Remove the others one by one.
                for line in some:
                    with suppress(ConditionFailed):
                        self._clear([line])

    def delete(self) -> None:
        """Delete the cart with all that is stored of it, as if it had never been."""
        with _translate_errors():
            for item in CartLine.query(self.owner, consistent_read=True):
                item.delete()

    def save_for_later(self, key: str) -> None:
        """Save a line for later, adding its units to those saved before. Raises CartFull."""
        self._move_line(key, lambda line: replace(line, key=LATER + key))

    def move_to_cart(self, key: str) -> None:
        """Move a saved line, named without `later#`, back to the lines to order.

        Raises CartFull.
        """
        self._move_line(LATER + key, lambda line: replace(line, key=key))

    def merge_from(self, guest: "Cart") -> MergeReport:
        """Move a guest's lines into this cart, each exactly once even under concurrent requests.

        A line is removed from the guest's cart only if it is still as it was read, and added here
        only if the line here is still as it was read; both happen in one transaction. What a crash
        leaves behind is moved by the next call.
        """
        report = self.merge_report = MergeReport()
        # Later rounds move the lines that were refused because a request changed them in between.
        for attempt in range(ATTEMPTS):
            theirs = guest.all_lines()
            if not theirs:
                return report
            for start in range(0, len(theirs), MOVE_AT_ONCE):
                self._merge_lines(guest, theirs[start : start + MOVE_AT_ONCE], report)
            time.sleep(random.uniform(0, 0.02) * attempt)  # noqa: S311 - jitter, not a secret
        raise StoreUnavailable(
            "The carts could not be merged; too many requests changed them meanwhile."
        )

    def _read(self) -> _Stored:
        """Return the cart with one Query."""
        with _translate_errors():
            items = list(CartLine.query(self.owner, consistent_read=True))
        now = time.time()
        lines = {
            i.product_id: _line_of_item(i)
            for i in items
            if i.quantity is not None and i.expires_at > now
        }
        keys = next((item for item in items if item.product_id == KEYS_ITEM), None)
        if keys is None:
            return _Stored(lines, set(), None)
        return _Stored(lines, set(keys.line_keys or ()), keys.last_operation)

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
        # DynamoDB's TTL deletes items late, so an expired line may still be there: it starts again
        # from zero instead of being added to.
        restart: list[Action] = [
            CartLine.quantity.set(quantity),
            CartLine.price.set(price),
            CartLine.added_at.set(_now()),
            CartLine.attributes.set(attributes),
            CartLine.last_operation.set(token),
        ]
        if self._write(key, grow, not_yet & room, token):
            return
        # A token may not be used again for a different request within ten minutes (an AWS rule), so
        # the second request gets a token of its own.
        if self._write(key, restart, not_yet & (CartLine.expires_at <= now), f"{token[:-1]}-"):
            return
        # If the line has this token, the operation was counted before and there is nothing to do.
        if not self._was_counted(key, token):
            raise CartFull(LINE_FULL)

    def _write(self, key: str, actions: Sequence[Action], condition: Condition, token: str) -> bool:
        """Write a line and record its key; return False if `condition` does not hold.

        Raises CartFull at 100 lines.
        """
        for _ in range(ATTEMPTS):
            expires = CartLine.expires_at.set(int(time.time()) + self.lifetime)

            def build(transaction: TransactWrite, expires: Action = expires) -> None:
                transaction.update(
                    CartLine(self.owner, key), actions=[*actions, expires], condition=condition
                )
                # A line that is counted already needs no room, even in a full cart.
                transaction.update(
                    CartLine(self.owner, KEYS_ITEM),
                    actions=[
                        CartLine.line_keys.add({key}),
                        CartLine.last_operation.set(token),
                        expires,
                    ],
                    condition=CartLine.line_keys.does_not_exist()
                    | (size(CartLine.line_keys) < MAX_LINES)
                    | CartLine.line_keys.contains(key),
                )

            try:
                transact(CartLine, build, token)
            except ConditionFailed as refused:
                # The first action is the line itself, and its condition is the caller's. Otherwise
                # the second failed: the limit of lines.
                if 0 in refused.failed:
                    return False
                self._forget_expired()
            else:
                return True
        raise StoreUnavailable("Too many requests changed the cart meanwhile.")

    def _forget_expired(self) -> None:
        """Stop counting expired lines towards the limit; raise CartFull if that makes no room."""
        stored = self._read()
        if len(stored.lines) >= MAX_LINES and stored.counted == set(stored.lines):
            raise CartFull(
                f"A cart has room for {MAX_LINES} different things, and this one is full."
            )
        # If another request has changed the keys, nothing is removed and the caller's next attempt
        # reads them again.
        with suppress(ConditionFailed), _translate_errors():
            transact(CartLine, partial(self._count_lines, keys=set(stored.lines), read=stored))

    def _count_lines(self, transaction: TransactWrite, keys: set[str], read: _Stored) -> None:
        """Let the limit count exactly these lines, unless a request has changed the keys."""
        version = CartLine.last_operation
        transaction.update(
            CartLine(self.owner, KEYS_ITEM),
            actions=[
                # DynamoDB does not store an empty set.
                CartLine.line_keys.set(keys) if keys else CartLine.line_keys.remove(),
                version.set(uuid.uuid4().hex),
                CartLine.expires_at.set(int(time.time()) + self.lifetime),
            ],
            condition=version == read.version if read.version else version.does_not_exist(),
        )

    def _clear(self, lines: Sequence[Line]) -> None:
        def build(transaction: TransactWrite) -> None:
            for line in lines:
                transaction.delete(
                    CartLine(self.owner, line.key),
                    condition=(CartLine.quantity == line.quantity)
                    & (CartLine.added_at == line.added_at.isoformat()),
                )
            self._uncount_keys(transaction, {line.key for line in lines})

        with _translate_errors():
            transact(CartLine, build)

    def _delete(self, key: str) -> None:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(CartLine(self.owner, key))
            self._uncount_keys(transaction, {key})

        transact(CartLine, build)

    def _uncount_keys(self, transaction: TransactWrite, keys: set[str]) -> None:
        actions: list[Action] = [
            CartLine.line_keys.delete(keys),
            CartLine.last_operation.set(uuid.uuid4().hex),
            CartLine.expires_at.set(int(time.time()) + self.lifetime),
        ]
        transaction.update(CartLine(self.owner, KEYS_ITEM), actions=actions)

    def _move_line(self, key: str, change: Callable[[Line], Line]) -> None:
        """Move a line to the key that `change` gives it, in one transaction.

        It does nothing if the line has already been moved or removed. Raises CartFull if the line
        there would exceed 99 units.
        """
        for _ in range(ATTEMPTS):
            stored = self._read()
            line = stored.lines.get(key)
            moved = line and change(line)
            if line is None or moved is None or moved.key == key:
                return
            there = stored.lines.get(moved.key)
            if there and there.quantity + line.quantity > MAX_QUANTITY:
                raise CartFull(LINE_FULL)
            with suppress(ConditionFailed), _translate_errors():
                transact(CartLine, partial(self._rekey, line=line, moved=moved, read=stored))
                return
        raise StoreUnavailable("Too many requests changed the cart meanwhile.")

    def _rekey(self, transaction: TransactWrite, line: Line, moved: Line, read: _Stored) -> None:
        transaction.delete(
            CartLine(self.owner, line.key), condition=CartLine.quantity == line.quantity
        )
        self._put_moved_line(transaction, moved, read.lines.get(moved.key))
        self._count_lines(transaction, set(read.lines) - {line.key} | {moved.key}, read)

    def _merge_lines(self, guest: "Cart", theirs: list[Line], report: MergeReport) -> None:
        """Move some of a guest's lines here in one transaction.

        If the transaction is refused, the next round of `merge_from` reads both carts again.
        """
        stored = self._read()
        ours = stored.lines
        new = [line.key for line in theirs if line.key not in ours]
        dropped = set(new[max(MAX_LINES - len(ours), 0) :])

        def build(transaction: TransactWrite) -> None:
            for line in theirs:
                transaction.delete(
                    CartLine(guest.owner, line.key), condition=CartLine.quantity == line.quantity
                )
            for line in theirs:
                if line.key not in dropped:
                    self._put_moved_line(transaction, line, ours.get(line.key))
            # Lines for which there is no room are removed from the guest's cart as well. Otherwise
            # every later request would try to merge them again; the report names them.
            guest._uncount_keys(transaction, {line.key for line in theirs})
            self._count_lines(transaction, set(ours) | (set(new) - dropped), stored)

        with suppress(ConditionFailed), _translate_errors():
            transact(CartLine, build)
            # Reported only after the transaction, as a refused one is tried again.
            report.dropped |= dropped
            report.cut |= {
                line.key
                for line in theirs
                if line.key in ours and ours[line.key].quantity + line.quantity > MAX_QUANTITY
            }

    def _put_moved_line(self, transaction: TransactWrite, line: Line, mine: Line | None) -> None:
        """Add the units of a moved line to `mine`, the line as it was read here.

        If there was no unexpired line here, the moved line is created as it is.
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
                CartLine.attributes.set(line.attributes),
            ],
            condition=(CartLine.quantity == mine.quantity) & (CartLine.expires_at > now)
            if mine
            else gone,
        )

    def _was_counted(self, key: str, token: str) -> bool:
        try:
            item = CartLine.get(self.owner, key, consistent_read=True)
        except CartLine.DoesNotExist:
            return False
        return item.last_operation == token


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Turn what DynamoDB raises, except for a failed condition, into StoreUnavailable."""
    try:
        yield
    except PynamoDBException as error:
        raise StoreUnavailable("The carts cannot be reached.") from error


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise CartError(f"Choose a quantity from 1 to {MAX_QUANTITY}.")


def _line_of_item(item: CartLine) -> Line:
    return Line(
        key=item.product_id,
        quantity=int(item.quantity or 0),
        price=item.price,
        added_at=datetime.fromisoformat(item.added_at),
        attributes=plain(item.attributes) or {},
    )


def _now() -> str:
    return timezone.now().isoformat()
