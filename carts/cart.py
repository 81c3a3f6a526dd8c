"""The rules of a cart. A cart is the lines of one owner in DynamoDB; nothing of it is in PostgreSQL.

Every change is one conditional write, so that racing requests, repeated ones and lost answers leave the right numbers.
"""

import random
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from pynamodb.exceptions import DeleteError, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from carts.tables import CartLine
from shop.dynamo import StoreUnavailable, is_failed_condition, plain, transact

MAX_QUANTITY = 99
MAX_LINES = 100
MAX_ATTRIBUTES = 20
MAX_ATTRIBUTE_LENGTH = 200
#: A transaction takes 100 actions (an AWS limit); moving a line is two.
MERGE_CHUNK = 50
ATTEMPTS = 12

_OPERATIONS = uuid.UUID("5f0c7d39-3f3c-4a43-8f5b-8f6f2d0a3f7e")


class CartError(Exception):
    """A change that the cart does not take; the text is for the shopper."""


class CartFull(CartError):
    """A line would go beyond 99, or the cart beyond 100 lines."""


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
        """Return the variant's id, the second half of the key."""
        return int(self.key.partition("#")[2])


@dataclass
class MergeReport:
    """What a merge could not keep: keys of lines that were cut to 99, and of lines for which there was no room."""

    cut: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)


def line_key(product_id: int, variant_id: int) -> str:
    """Return the range key of a line; a SKU may be renamed, an id not."""
    return f"{product_id}#{variant_id}"


class Cart:
    """The cart of one owner: `user-<id>` or `anon-<hex id>`."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.lifetime = settings.CART_DAYS["user" if owner.startswith("user-") else "guest"] * 86_400

    def lines(self) -> list[Line]:
        """Return the lines that have not expired, oldest first: one consistent Query. Raises StoreUnavailable."""
        with _reaching():
            items = list(CartLine.query(self.owner, consistent_read=True))
        now = time.time()
        return sorted((_line(item) for item in items if item.expires_at > now), key=lambda line: line.added_at)

    def add(
        self, key: str, quantity: int, *, price: Decimal, operation: str, attributes: Mapping[str, Any] | None = None
    ) -> None:
        """Add units of a variant, once for each `operation`, however often it is repeated.

        Raises CartFull beyond 99 of a line, CartError for a quantity or attributes that cannot be, StoreUnavailable.
        """
        if not 1 <= quantity <= MAX_QUANTITY:
            raise CartError(f"Choose a quantity from 1 to {MAX_QUANTITY}.")
        wanted = check_attributes(attributes or {})
        token = str(uuid.uuid5(_OPERATIONS, f"{self.owner}|{key}|{operation}"))
        with _reaching():
            self._add(key, quantity, price, token, wanted)
        if wanted:
            self.set_attributes(key, wanted)

    def _add(self, key: str, quantity: int, price: Decimal, token: str, attributes: dict[str, Any]) -> None:
        now = int(time.time())
        not_yet = CartLine.last_operation.does_not_exist() | (CartLine.last_operation != token)
        missing = CartLine.user_id.does_not_exist()
        room = (CartLine.expires_at > now) & (CartLine.quantity <= MAX_QUANTITY - quantity)
        common = [
            CartLine.expires_at.set(now + self.lifetime),
            CartLine.last_operation.set(token),
        ]
        grow = [
            CartLine.quantity.set((CartLine.quantity | 0) + quantity),
            CartLine.price.set(CartLine.price | price),
            CartLine.added_at.set(CartLine.added_at | _now()),
            CartLine.attributes.set(CartLine.attributes | attributes),
            *common,
        ]
        if self._write(key, grow, not_yet & (missing | room), token):
            return
        # TTL deletes late: a line that has expired starts afresh instead of counting on.
        restart = [
            CartLine.quantity.set(quantity),
            CartLine.price.set(price),
            CartLine.added_at.set(_now()),
            CartLine.attributes.set(attributes),
            *common,
        ]
        if self._write(key, restart, not_yet & (CartLine.expires_at <= now), f"{token[:-1]}-"):
            return
        if not self._was_counted(key, token):
            raise CartFull(f"A line holds at most {MAX_QUANTITY}; the cart already has some of this.")

    def set_quantity(self, key: str, quantity: int) -> None:
        """Set a line to `quantity`, 0 removes it. Repeating it changes nothing; a line that is gone stays gone."""
        if quantity == 0:
            self.remove(key)
            return
        if not 1 <= quantity <= MAX_QUANTITY:
            raise CartError(f"Choose a quantity from 1 to {MAX_QUANTITY}.")
        self._update(key, [CartLine.quantity.set(quantity)])

    def set_attributes(self, key: str, attributes: Mapping[str, Any]) -> None:
        """Set some free-form attributes of a line; None takes one away, those that are not named stay."""
        self._update(
            key,
            [
                CartLine.attributes[name].remove() if value is None else CartLine.attributes[name].set(value)
                for name, value in check_attributes(attributes).items()
            ],
        )

    def remove(self, key: str) -> None:
        """Take a line out; one that is gone already is no error."""
        with _reaching():
            CartLine(self.owner, key).delete()

    def clear(self, lines: Iterable[Line]) -> None:
        """Take out lines that became an order, each only as it was read: what was added meanwhile stays."""
        for line in lines:
            with _reaching():
                try:
                    CartLine(self.owner, line.key).delete(condition=CartLine.quantity == line.quantity)
                except DeleteError as error:
                    if not is_failed_condition(error):
                        raise

    def merge_from(self, guest: "Cart") -> MergeReport:
        """Move a guest's lines here, each exactly once whatever races; what a crash left, the next call moves.

        Each line moves in one transaction: it leaves there only as it was read, and arrives here only on what was
        read. Raises StoreUnavailable.
        """
        report = MergeReport()
        for attempt in range(ATTEMPTS):
            theirs, ours = guest.lines(), {line.key: line for line in self.lines()}
            if not theirs:
                return report
            for start in range(0, len(theirs), MERGE_CHUNK):
                self._move(guest, theirs[start : start + MERGE_CHUNK], ours, report)
            time.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311 - jitter, not a secret
        raise StoreUnavailable("The carts could not be merged; too many requests changed them meanwhile.")

    def _move(self, guest: "Cart", theirs: list[Line], ours: dict[str, Line], report: MergeReport) -> None:
        def build(transaction: TransactWrite) -> None:
            for line in theirs:
                transaction.delete(CartLine(guest.owner, line.key), condition=CartLine.quantity == line.quantity)
                self._receive(transaction, line, ours, report)

        with _reaching():
            transact(CartLine, build)  # Refused: something changed since it was read, and the next round reads again.

    def _receive(self, transaction: TransactWrite, line: Line, ours: dict[str, Line], report: MergeReport) -> None:
        now = int(time.time())
        mine = ours.get(line.key)
        if mine is None and len(ours) >= MAX_LINES:
            report.dropped.add(line.key)
            return
        have = mine.quantity if mine else 0
        total = min(have + line.quantity, MAX_QUANTITY)
        if total < have + line.quantity:
            report.cut.add(line.key)
        gone = CartLine.user_id.does_not_exist() | (CartLine.expires_at <= now)
        ours[line.key] = Line(line.key, total, line.price, line.added_at, line.attributes)
        transaction.update(
            CartLine(self.owner, line.key),
            actions=[
                CartLine.quantity.set(total),
                CartLine.price.set(mine.price if mine else line.price),
                CartLine.added_at.set((mine.added_at if mine else line.added_at).isoformat()),
                CartLine.expires_at.set(now + self.lifetime),
                CartLine.attributes.set(line.attributes | (mine.attributes if mine else {})),
            ],
            condition=(CartLine.quantity == have) & (CartLine.expires_at > now) if mine else gone,
        )

    def _update(self, key: str, actions: Sequence[Action]) -> None:
        """Change a line that lives; one that is gone stays gone."""
        now = int(time.time())
        try:
            with _reaching():
                CartLine(self.owner, key).update(
                    [*actions, CartLine.expires_at.set(now + self.lifetime)], condition=CartLine.expires_at > now
                )
        except _Refused:
            return

    def _write(self, key: str, actions: Sequence[Action], condition: Condition, token: str) -> bool:
        return transact(
            CartLine,
            lambda transaction: transaction.update(
                CartLine(self.owner, key), actions=list(actions), condition=condition
            ),
            token,
        )

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
    """Turn what DynamoDB says into `_Refused` for a failed condition, and StoreUnavailable for everything else."""
    try:
        yield
    except PynamoDBException as error:
        if is_failed_condition(error):
            raise _Refused from error
        raise StoreUnavailable("The carts cannot be reached.") from error


def check_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return free-form attributes (size, gift_wrap, engraving, ...) if they can be kept, else raise CartError.

    At most 20, names and texts of at most 200 characters; a value is a text, a whole number, a truth value or None.
    """
    if len(attributes) > MAX_ATTRIBUTES:
        raise CartError(f"A line holds at most {MAX_ATTRIBUTES} attributes.")
    for name, value in attributes.items():
        if not name or len(name) > MAX_ATTRIBUTE_LENGTH or not isinstance(value, str | int | bool | None):
            raise CartError(f"{name[:40]!r} is not something that a line can hold.")
        if isinstance(value, str) and len(value) > MAX_ATTRIBUTE_LENGTH:
            raise CartError(f"{name}: at most {MAX_ATTRIBUTE_LENGTH} characters, please.")
    return dict(attributes)


def _line(item: CartLine) -> Line:
    return Line(
        key=item.product_id,
        quantity=int(item.quantity),
        price=item.price,
        added_at=datetime.fromisoformat(item.added_at),
        attributes=plain(item.attributes) or {},
    )


def _now() -> str:
    return timezone.now().isoformat()
