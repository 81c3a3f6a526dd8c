"""A cart at today's prices: the lines from DynamoDB joined with the variants from PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from carts.cart import MAX_QUANTITY
from carts.lines import Line
from catalog.models import Product, Variant
from catalog.product_queries import find_variants
from shop.money import LARGEST, ZERO, format_price, round_price, unit_of


@dataclass(frozen=True)
class PricedLine:
    """A line with its variant, or with None if the variant no longer exists.

    `sellable` is how many of the requested units can be sold now, besides those of the lines before
    it that are of the same variant. `is_limited` tells that 99 units of a variant are the reason.
    """

    line: Line
    variant: Variant | None
    sellable: int = 0
    is_limited: bool = False

    @property
    def is_sold(self) -> bool:
        """Return whether the variant is still for sale."""
        return self.variant is not None and self.variant.product.status == Product.Status.ACTIVE

    @property
    def is_short(self) -> bool:
        """Return whether fewer units can be sold than are requested."""
        return self.sellable < self.line.quantity

    @property
    def unit_price(self) -> Decimal:
        """Return today's price, or the price when it was added if the variant no longer exists."""
        return self.variant.price if self.variant is not None else self.line.price

    @property
    def old_price(self) -> Decimal | None:
        """Return the price when the line was added, or None if it has not changed."""
        return self.line.price if self.line.price != self.unit_price else None

    @property
    def total(self) -> Decimal:
        """Return the line's total at today's price, or zero if it is no longer for sale."""
        return round_price(self.unit_price * self.line.quantity) if self.is_sold else ZERO


@dataclass(frozen=True)
class PricedCart:
    """A cart as the cart page and the checkout use it."""

    lines: Sequence[PricedLine]
    saved: Sequence[PricedLine] = ()

    @property
    def items_total(self) -> Decimal:
        """Return the sum of the lines, without delivery."""
        return sum((line.total for line in self.lines), ZERO)

    @property
    def grams(self) -> int:
        """Return the weight of the parcel in grams, without items that require no shipping."""
        return sum(
            line.variant.weight_grams * line.line.quantity
            for line in self.lines
            if line.variant is not None and line.variant.requires_shipping
        )

    @property
    def count(self) -> int:
        """Return the number of requested units."""
        return sum(line.line.quantity for line in self.lines)

    @property
    def short(self) -> list[PricedLine]:
        """Return the lines of which fewer units can be sold than are requested."""
        return [line for line in self.lines if line.is_short]

    @property
    def is_too_large(self) -> bool:
        """Return whether the cart is worth more than an order can be."""
        return self.items_total > LARGEST

    @property
    def is_orderable(self) -> bool:
        """Return whether the whole cart can be ordered as it is."""
        return bool(self.lines) and not self.short and not self.is_too_large


def too_large_note() -> str:
    """Return the sentence for a cart, or an order, that is worth too much."""
    most = LARGEST - LARGEST % unit_of(settings.SHOP_CURRENCY)
    return f"An order can be worth up to {format_price(most)}. Please remove some items."


def price_lines(lines: Sequence[Line]) -> PricedCart:
    """Return lines with their variants: one SQL query, or none for an empty cart."""
    variants = find_variants({line.variant_id for line in lines})
    promised: dict[int, int] = {}
    return PricedCart(
        lines=[
            _price_line(line, variants.get(line.variant_id), promised)
            for line in lines
            if not line.is_saved
        ],
        saved=[
            _price_line(line, variants.get(line.variant_id), {}) for line in lines if line.is_saved
        ],
    )


def _price_line(line: Line, variant: Variant | None, promised: dict[int, int]) -> PricedLine:
    """Price a line; `promised` has the units of each variant that earlier lines have been given."""
    if variant is None or variant.product.status != Product.Status.ACTIVE:
        return PricedLine(line, variant)
    before = promised.get(variant.pk, 0)
    available = variant.sellable(before + line.quantity)
    sellable = max(min(available, MAX_QUANTITY) - before, 0)
    promised[variant.pk] = before + sellable
    return PricedLine(line, variant, sellable, is_limited=available > MAX_QUANTITY)
