"""The only code that changes stock.

Every change is a conditional UPDATE and a line of the ledger, in one transaction.

Several variants are changed in the order of their ids, so that two orders never wait for each other
in a ring.
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
    """Less is there than was wanted; `short` maps a variant's id to what could be sold."""

    code = "out_of_stock"

    short: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What an order got of a variant: `quantity` came from the stock, `left` is what is there
    now.
    """

    quantity: int
    left: int | None = None


def take(wanted: Mapping[int, int], *, order_number: str) -> dict[int, Taken]:
    """Take stock for an order inside the caller's transaction; `wanted` maps variant ids to
    quantities.

    Of an untracked variant nothing is taken, of one that may be back-ordered what is there. Raises
    OutOfStock, and then the caller's transaction must be rolled back.
    """
    return {
        variant_id: _take_one(variant_id, wanted[variant_id], order_number)
        for variant_id in sorted(wanted)
    }


def _take_one(variant_id: int, quantity: int, order_number: str) -> Taken:
    sale = StockMovement(reason=StockMovement.Reason.SALE, order_number=order_number)
    left = _change(variant_id, -quantity, sale, tracked_only=True)
    if left is not None:
        return Taken(quantity, left)
    variant = Variant.objects.select_for_update(no_key=True).get(pk=variant_id)
    if not variant.track_stock:
        return Taken(0)
    if variant.stock < quantity and not variant.allow_backorder:
        raise OutOfStock({variant_id: variant.stock})
    some = min(variant.stock, quantity)
    return Taken(some, _change(variant_id, -some, sale) if some else 0)


def give_back(taken: Mapping[int, int], *, reason: StockMovement.Reason, order_number: str) -> None:
    """Return stock that an order had taken, by variant id, inside the caller's transaction."""
    for variant_id in sorted(taken):
        if taken[variant_id]:
            _change(
                variant_id,
                taken[variant_id],
                StockMovement(reason=reason, order_number=order_number),
            )


@transaction.atomic
def adjust(variant: Variant, delta: int, *, note: str = "", actor: User | None = None) -> None:
    """Add `delta` units, or remove them; raises OutOfStock where fewer are there."""
    movement = StockMovement(reason=StockMovement.Reason.ADJUSTMENT, note=note, actor=actor)
    if _change(variant.pk, delta, movement) is None:
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
    """Set the stock to what was counted, whatever it was; the ledger gets the difference."""
    current = Variant.objects.select_for_update(no_key=True).get(pk=variant.pk).stock
    if level != current:
        _change(variant.pk, level - current, StockMovement(reason=reason, note=note, actor=actor))
    variant.stock = level


@transaction.atomic
def set_levels(
    levels: Mapping[int, int],
    *,
    reason: StockMovement.Reason = StockMovement.Reason.ADJUSTMENT,
    note: str = "",
) -> int:
    """Set the stock of many variants, by id, to what was counted, in three queries; return how many
    it changed.
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
    """Return the variants whose stock is not the sum of their ledger, each with that sum: none, if
    all is well.
    """
    wrong = Variant.objects.annotate(ledger=Coalesce(Sum("movements__delta"), 0)).exclude(
        stock=F("ledger")
    )
    return [(variant, variant.ledger) for variant in wrong.select_related("product").order_by("pk")]


# The condition, the change and its line of the ledger are one statement, so that none can be
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


def _change(
    variant_id: int, delta: int, movement: StockMovement, *, tracked_only: bool = False
) -> int | None:
    """Change the stock if it does not fall below zero by that; return what is there then, None if
    it was not done.
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
