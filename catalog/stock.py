"""The only code that changes stock.

Every change is a conditional UPDATE and an entry in the ledger, in one transaction.

The stock of several variants is changed in the order of their ids, so that two orders never
deadlock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from catalog.models import StockMovement, Variant
from shop.errors import DomainError


@dataclass
class OutOfStock(DomainError):
    """There is less stock than requested; `short` maps variant ids to what could be sold."""

    code = "out_of_stock"

    short: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StockTaken:
    """How an order was served: `quantity` units came from stock, and `left` units are there now.

    `left` is None if the stock was not changed.
    """

    quantity: int
    left: int | None = None


def take(wanted: Mapping[int, int], *, order_number: str) -> dict[int, StockTaken]:
    """Take stock for an order, inside the caller's transaction.

    `wanted` maps variant ids to quantities. Nothing is taken from a variant whose stock is not
    tracked; from one that allows back-orders, as much as there is. Raises OutOfStock, after which
    the caller must roll back its transaction.
    """
    return {
        variant_id: _take_one(variant_id, wanted[variant_id], order_number)
        for variant_id in sorted(wanted)
    }


def _take_one(variant_id: int, quantity: int, order_number: str) -> StockTaken:
    sale = StockMovement(reason=StockMovement.Reason.SALE, order_number=order_number)
    # Usually this one statement is enough. Only if it changes nothing is the reason looked up.
    left = _change_stock(variant_id, -quantity, sale, tracked_only=True)
    if left is not None:
        return StockTaken(quantity, left)
    # Locked, so that the level read here is still the level when it is taken below. With no_key a
    # row that only refers to the variant can still be inserted.
    variant = Variant.objects.select_for_update(no_key=True).get(pk=variant_id)
    if not variant.track_stock:
        return StockTaken(0)
    if variant.stock < quantity and not variant.allow_backorder:
        raise OutOfStock({variant_id: variant.stock})
    some = min(variant.stock, quantity)
    return StockTaken(some, _change_stock(variant_id, -some, sale) if some else 0)


def give_back(taken: Mapping[int, int], *, reason: StockMovement.Reason, order_number: str) -> None:
    """Return stock that an order had taken, inside the caller's transaction.

    `taken` maps variant ids to quantities.
    """
    for variant_id in sorted(taken):
        if taken[variant_id]:
            _change_stock(
                variant_id,
                taken[variant_id],
                StockMovement(reason=reason, order_number=order_number),
            )


@transaction.atomic
def adjust(variant: Variant, delta: int, *, note: str = "", actor: User | None = None) -> None:
    """Add `delta` units, or remove them if it is negative.

    Raises OutOfStock if there are too few.
    """
    movement = StockMovement(reason=StockMovement.Reason.ADJUSTMENT, note=note, actor=actor)
    if _change_stock(variant.pk, delta, movement) is None:
        raise OutOfStock({variant.pk: 0})


@transaction.atomic
def set_level(
    variant: Variant,
    level: int,
    *,
    reason: StockMovement.Reason = StockMovement.Reason.ADJUSTMENT,
    note: str = "",
    actor: User | None = None,
) -> None:
    """Set the stock to the counted level, whatever it was; the ledger records the difference."""
    # The caller's instance may be out of date: orders change the stock all the time.
    current = Variant.objects.select_for_update(no_key=True).get(pk=variant.pk).stock
    if level != current:
        _change_stock(
            variant.pk, level - current, StockMovement(reason=reason, note=note, actor=actor)
        )
    variant.stock = level


@transaction.atomic
def set_levels(
    levels: Mapping[int, int],
    *,
    reason: StockMovement.Reason = StockMovement.Reason.ADJUSTMENT,
    note: str = "",
) -> int:
    """Set the stock of many variants, by id, to the counted levels; return how many it changed.

    This takes three queries.
    """
    wrong = []
    for variant in (
        Variant.objects.select_for_update(no_key=True).filter(pk__in=levels).order_by("pk")
    ):
        if delta := levels[variant.pk] - variant.stock:
            variant.stock += delta
            wrong.append((variant, delta))
    Variant.objects.bulk_update([variant for variant, _delta in wrong], ["stock"])
    StockMovement.objects.bulk_create(
        StockMovement(variant=variant, delta=delta, reason=reason, note=note)
        for variant, delta in wrong
    )
    return len(wrong)


def differences() -> list[tuple[Variant, int]]:
    """Return the variants whose stock is not the sum of their ledger, each with that sum.

    The list is empty if all is well.
    """
    wrong = Variant.objects.annotate(ledger=Coalesce(Sum("movements__delta"), 0)).exclude(
        stock=F("ledger")
    )
    return [(variant, variant.ledger) for variant in wrong.select_related("product").order_by("pk")]


# The condition, the change and the ledger entry are one statement, so that none of them can happen
# without the others.
_CHANGE = """
WITH changed AS (
    UPDATE catalog_variant SET stock = stock + %(delta)s
    WHERE id = %(variant)s AND stock + %(delta)s >= 0 AND (track_stock OR NOT %(tracked_only)s)
    RETURNING id, stock
)
INSERT INTO catalog_stockmovement
    (variant_id, delta, reason, note, order_number, actor_id, created_at)
SELECT id, %(delta)s, %(reason)s, %(note)s, %(order_number)s, %(actor)s, clock_timestamp()
FROM changed
RETURNING (SELECT stock FROM changed)
"""


def _change_stock(
    variant_id: int, delta: int, movement: StockMovement, *, tracked_only: bool = False
) -> int | None:
    """Change the stock unless it would become negative; return the new level.

    Returns None if the stock was not changed.
    """
    values: dict[str, Any] = {
        "variant": variant_id,
        "delta": delta,
        "reason": movement.reason,
        "note": movement.note,
        "order_number": movement.order_number,
        "actor": movement.actor_id,
        "tracked_only": tracked_only,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, values)
        row = cursor.fetchone()
    return row[0] if row else None
