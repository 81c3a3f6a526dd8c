"""The rules of a cart.

A cart is the set of lines of one owner in DynamoDB; none of it is in PostgreSQL.

Every change is a single conditional write, so that the numbers stay right under concurrent
requests, repeated requests and lost responses.
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
#: A transaction has at most 100 actions (an AWS limit). Moving a line takes two, and each cart has
#: one more item that holds the keys.
MOVE_AT_ONCE = 49
# How often a write is tried again when other requests change the same cart.
ATTEMPTS = 12

# The namespace of the UUIDs below. It must never change, or a repeated operation would count twice.
_OPERATIONS = uuid.UUID("5f0c7d39-3f3c-4a43-8f5b-8f6f2d0a3f7e")


class CartFull(CartError):
    """The change would take a line beyond 99 units, or the cart beyond 100 lines."""

    code = "cart_full"


@dataclass(frozen=True)
class Line:
    """An unexpired line; `price` is what the variant cost when added, in SHOP_CURRENCY."""

    key: str
    quantity: int
    price: Decimal
    added_at: datetime
    attributes: dict[str, Any]

    @property
    def variant_id(self) -> int:
        """Return the variant's id, which is the last part of the key."""
        return int(self.key.rpartition("#")[2])

    @property
    def is_saved(self) -> bool:
        """Return whether the line is saved for later and so is not to be ordered now."""
        return self.key.startswith(LATER)


@dataclass
class MergeReport:
    """What a merge could not keep.

    `cut` has the keys of the lines that were reduced to 99 units, `dropped` those of the lines for
    which there was no room.
    """

    cut: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)


def line_key(product_id: int, variant_id: int) -> str:
    """Return the range key of a line, made of ids because a SKU can change and an id cannot."""
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
        """Return all unexpired lines, saved ones included, oldest first: one consistent Query."""
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
        """Add units of a variant, once per `operation`, no matter how often the call is repeated.

        Raises CartFull if the line would exceed 99 units or the cart 100 lines, and CartError if
        the quantity or the attributes are not allowed.
        """
        _check_quantity(quantity)
        wanted = check_attributes(attributes or {})
        # Derived from the operation, so that a repeated request sends the same token. A hash also
        # keeps it within the 36 characters of a ClientRequestToken (an AWS limit).
        token = str(uuid.uuid5(_OPERATIONS, f"{self.owner}|{key}|{operation}"))
        with _translate_errors():
            self._add(key, quantity, price, token, wanted)
        # A second write: `_add` only sets the attributes of a line that it creates. It is safe to
        # repeat, so a retry after a crash completes it.
        if wanted:
            self.set_attributes(key, wanted)

    def set_quantity(self, key: str, quantity: int) -> None:
        """Set the quantity of a line; 0 removes the line.

        Repeating the call changes nothing, and a line that no longer exists is not created again.
        """
        if quantity == 0:
            self.remove(key)
            return
        _check_quantity(quantity)
        self._update(key, [CartLine.quantity.set(quantity)])

    def set_attributes(self, key: str, attributes: Mapping[str, Any]) -> None:
        """Set some free-form attributes of a line.

        None removes an attribute; attributes that are not named are kept. Raises CartError if the
        attributes are not allowed or would be more than 20.
        """
        wanted = check_attributes(attributes)
        names = [CartLine.attributes[name] for name in wanted]
        known = names[0].exists()
        for name in names[1:]:
            known &= name.exists()
        # Only attributes that the line does not have yet need room. If all of them exist, the limit
        # does not matter; otherwise all are counted as new, as a condition cannot count them one by
        # one.
        room = known | (size(CartLine.attributes) <= MAX_ATTRIBUTES - len(wanted))
        changes = [
            name.remove() if value is None else name.set(value)
            for name, value in zip(names, wanted.values(), strict=True)
        ]
        # A failed condition means either no room or no such line. Only the first is an error.
        if not self._update(key, changes, room) and key in self._read()[0]:
            raise CartError(f"A line holds at most {MAX_ATTRIBUTES} attributes.")

    def remove(self, key: str) -> None:
        """Remove a line; it is not an error if the line no longer exists."""
        with _translate_errors():
            self._delete(key)

    def clear(self, lines: Iterable[Line]) -> None:
        """Remove lines that have become an order, each only if its quantity is unchanged.

        What was added in the meantime stays in the cart.
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

    def save_for_later(self, key: str) -> None:
        """Save a line for later, adding its units to those saved before."""
        self._move_line(key, LATER + key)

    def move_to_cart(self, key: str) -> None:
        """Move a saved line, named without `later#`, back to the lines to order."""
        self._move_line(LATER + key, key)

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

    def _read(self) -> tuple[dict[str, Line], set[str]]:
        """Return the unexpired lines by key, and the keys that the limit counts: one Query."""
        with _translate_errors():
            items = list(CartLine.query(self.owner, consistent_read=True))
        now = time.time()
        lines = {
            i.product_id: _line_of_item(i)
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
            raise CartFull(
                f"A line holds at most {MAX_QUANTITY}; the cart already has some of this."
            )

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
                self._count_keys(transaction, {key}, expires)

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

    def _count_keys(self, transaction: TransactWrite, keys: set[str], expires: Action) -> None:
        """Add keys to those counted towards the limit, on condition that there is room for them."""
        room = CartLine.line_keys.does_not_exist() | (
            size(CartLine.line_keys) <= MAX_LINES - len(keys)
        )
        # A line that is counted already needs no room, even in a full cart.
        if len(keys) == 1:
            room |= CartLine.line_keys.contains(*keys)
        actions = [CartLine.line_keys.add(keys), expires]
        transaction.update(CartLine(self.owner, KEYS_ITEM), actions=actions, condition=room)

    def _forget_expired(self) -> None:
        """Stop counting expired lines towards the limit; raise CartFull if that makes no room."""
        lines, counted = self._read()
        gone = counted - _counted_keys(lines)
        if not gone and len(counted) >= MAX_LINES:
            raise CartFull(
                f"A cart has room for {MAX_LINES} different things, and this one is full."
            )
        if gone:
            with suppress(_Refused), _translate_errors():
                # If another request has changed the keys, nothing is removed and the caller's next
                # attempt reads them again.
                CartLine(self.owner, KEYS_ITEM).update(
                    [CartLine.line_keys.delete(gone)], condition=CartLine.line_keys == counted
                )

    def _clear(self, lines: Sequence[Line]) -> None:
        def build(transaction: TransactWrite) -> None:
            for line in lines:
                transaction.delete(
                    CartLine(self.owner, line.key), condition=CartLine.quantity == line.quantity
                )
            self._uncount_keys(transaction, _counted_keys(line.key for line in lines))

        with _translate_errors():
            transact(CartLine, build)

    def _delete(self, key: str) -> None:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(CartLine(self.owner, key))
            self._uncount_keys(transaction, _counted_keys([key]))

        transact(CartLine, build)

    def _uncount_keys(self, transaction: TransactWrite, keys: set[str]) -> None:
        expires = CartLine.expires_at.set(int(time.time()) + self.lifetime)
        transaction.update(
            CartLine(self.owner, KEYS_ITEM), actions=[CartLine.line_keys.delete(keys), expires]
        )

    def _move_line(self, source: str, target: str) -> None:
        for _ in range(ATTEMPTS):
            lines, _counted = self._read()
            line = lines.get(source)
            if line is None:
                return  # It has already been moved or removed.
            with suppress(ConditionFailed), _translate_errors():
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
        self._put_moved_line(transaction, replace(line, key=target), there)

    def _merge_lines(self, guest: "Cart", theirs: list[Line], report: MergeReport) -> None:
        """Move some of a guest's lines here in one transaction.

        If the transaction is refused, the next round of `merge_from` reads both carts again.
        """
        ours, counted = self._read()
        free = MAX_LINES - len(_counted_keys(ours) | counted)
        new = [line.key for line in theirs if not _counted_keys([line.key]) <= _counted_keys(ours)]
        dropped = set(new[max(free, 0) :])
        # Expired lines still take up room. Free it first, and let the next round decide what fits.
        if dropped and counted - _counted_keys(ours):
            self._forget_expired()
            return

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
            guest._uncount_keys(transaction, _counted_keys(line.key for line in theirs))
            if arriving := _counted_keys(set(new) - dropped) - counted:
                self._count_keys(
                    transaction, arriving, CartLine.expires_at.set(int(time.time()) + self.lifetime)
                )

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
                CartLine.attributes.set(line.attributes | (mine.attributes if mine else {})),
            ],
            condition=(CartLine.quantity == mine.quantity) & (CartLine.expires_at > now)
            if mine
            else gone,
        )

    def _update(
        self, key: str, actions: Sequence[Action], condition: Condition | None = None
    ) -> bool:
        """Change a line unless it is missing or expired; return whether it was changed."""
        now = int(time.time())
        alive = CartLine.expires_at > now
        with suppress(_Refused), _translate_errors():
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
def _translate_errors() -> Iterator[None]:
    """Turn a failed condition into `_Refused`, any other DynamoDB error into StoreUnavailable."""
    try:
        yield
    except PynamoDBException as error:
        if is_failed_condition(error):
            raise _Refused from error
        raise StoreUnavailable("The carts cannot be reached.") from error


def _counted_keys(keys: Iterable[str]) -> set[str]:
    """Return keys as the limit counts them: a line and the same one saved for later are one."""
    return {key.removeprefix(LATER) for key in keys}


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
