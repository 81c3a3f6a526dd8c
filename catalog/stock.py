"""The only code that changes stock. Every change is a conditional UPDATE and a line of the ledger, in one transaction.

Several variants are changed in the order of their ids, so that two orders never wait for each other in a ring.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from catalog.models import StockMovement, Variant


@dataclass
class OutOfStock(Exception):
    """Less is there than was wanted; `short` maps a variant's id to what could be sold."""

    short: dict[int, int] = field(default_factory=dict)


def take(wanted: Mapping[int, int], *, order_number: str) -> dict[int, int]:
    """Take stock for an order inside the caller's transaction.

    `wanted` maps variant ids to quantities. Returns what was taken of each: nothing of an untracked variant, what is
    there of one that may be back-ordered. Raises OutOfStock, and then the caller's transaction must be rolled back.
    """
    taken = {variant_id: _take_one(variant_id, wanted[variant_id]) for variant_id in sorted(wanted)}
    StockMovement.objects.bulk_create(
        StockMovement(
            variant_id=variant_id, delta=-quantity, reason=StockMovement.Reason.SALE, order_number=order_number
        )
        for variant_id, quantity in taken.items()
        if quantity
    )
    return taken


def _take_one(variant_id: int, quantity: int) -> int:
    row = Variant.objects.filter(pk=variant_id)
    if row.filter(track_stock=True, stock__gte=quantity).update(stock=F("stock") - quantity):
        return quantity
    variant = row.select_for_update(no_key=True).get()
    if not variant.track_stock:
        return 0
    if variant.stock < quantity and not variant.allow_backorder:
        raise OutOfStock({variant_id: variant.stock})
    some = min(variant.stock, quantity)
    row.update(stock=F("stock") - some)
    return some


def give_back(taken: Mapping[int, int], *, reason: StockMovement.Reason, order_number: str) -> None:
    """Return stock that an order had taken, inside the caller's transaction; `taken` as `take` returned it."""
    for variant_id in sorted(taken):
        if taken[variant_id]:
            _change(variant_id, taken[variant_id], StockMovement(reason=reason, order_number=order_number))


@transaction.atomic
def adjust(variant: Variant, delta: int, *, note: str = "", actor: User | None = None) -> None:
    """Add `delta` units, or remove them; raises OutOfStock where fewer are there."""
    _change(variant.pk, delta, StockMovement(reason=StockMovement.Reason.ADJUSTMENT, note=note, actor=actor))


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
    """Set the stock of many variants, by id, to what was counted, in three queries; return how many it changed."""
    wrong = []
    for variant in Variant.objects.select_for_update(no_key=True).filter(pk__in=levels).order_by("pk"):
        if delta := levels[variant.pk] - variant.stock:
            variant.stock += delta
            wrong.append((variant, delta))
    Variant.objects.bulk_update([variant for variant, _delta in wrong], ["stock"])
    StockMovement.objects.bulk_create(
        StockMovement(variant=variant, delta=delta, reason=reason, note=note) for variant, delta in wrong
    )
    return len(wrong)


def differences() -> list[tuple[Variant, int]]:
    """Return the variants whose stock is not the sum of their ledger, each with that sum: none, if all is well."""
    wrong = Variant.objects.annotate(ledger=Coalesce(Sum("movements__delta"), 0)).exclude(stock=F("ledger"))
    return [(variant, variant.ledger) for variant in wrong.select_related("product").order_by("pk")]


def _change(variant_id: int, delta: int, movement: StockMovement) -> None:
    row = Variant.objects.filter(pk=variant_id, stock__gte=max(-delta, 0))
    if not row.update(stock=F("stock") + delta):
        raise OutOfStock({variant_id: 0})
    movement.variant_id = variant_id
    movement.delta = delta
    movement.save()
