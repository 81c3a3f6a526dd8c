"""What is in a cart at today's prices: the lines of DynamoDB beside the variants of PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from carts.cart import Line
from catalog.models import Product, Variant
from catalog.product_queries import find_variants
from shop.money import ZERO


@dataclass(frozen=True)
class PricedLine:
    """A line with its variant, or without where that is no longer sold."""

    line: Line
    variant: Variant | None

    @property
    def is_sold(self) -> bool:
        """Say whether the variant is (still) on sale at all."""
        return self.variant is not None and self.variant.product.status == Product.Status.ACTIVE

    @property
    def sellable(self) -> int:
        """Return how many of the wanted units can be sold now."""
        return (
            self.variant.sellable(self.line.quantity)
            if self.variant is not None and self.is_sold
            else 0
        )

    @property
    def is_short(self) -> bool:
        """Say whether less can be sold than is wanted."""
        return self.sellable < self.line.quantity

    @property
    def unit_price(self) -> Decimal:
        """Return today's price."""
        return self.variant.price if self.variant is not None else self.line.price

    @property
    def old_price(self) -> Decimal | None:
        """Return the price when it was added, if that was another one."""
        return self.line.price if self.line.price != self.unit_price else None

    @property
    def total(self) -> Decimal:
        """Return the line's total at today's price; nothing for what is not sold any more."""
        return self.unit_price * self.line.quantity if self.is_sold else ZERO


@dataclass(frozen=True)
class PricedCart:
    """A cart as its page and the checkout see it."""

    lines: Sequence[PricedLine]
    saved: Sequence[PricedLine] = ()

    @property
    def items_total(self) -> Decimal:
        """Return the sum of the lines, before delivery."""
        return sum((line.total for line in self.lines), ZERO)

    @property
    def grams(self) -> int:
        """Return what the parcel weighs, without what is not sent."""
        return sum(
            line.variant.weight_grams * line.line.quantity
            for line in self.lines
            if line.variant is not None and line.variant.requires_shipping
        )

    @property
    def count(self) -> int:
        """Return how many units are wanted."""
        return sum(line.line.quantity for line in self.lines)

    @property
    def short(self) -> list[PricedLine]:
        """Return the lines of which less can be sold than is wanted."""
        return [line for line in self.lines if line.is_short]

    @property
    def is_orderable(self) -> bool:
        """Say whether all of it can be ordered as it is."""
        return bool(self.lines) and not self.short


def price_lines(lines: Sequence[Line]) -> PricedCart:
    """Look up the variants of some lines: one SQL query, none for an empty cart."""
    variants = find_variants({line.variant_id for line in lines})
    priced = [PricedLine(line, variants.get(line.variant_id)) for line in lines]
    return PricedCart(
        lines=[line for line in priced if not line.line.is_saved],
        saved=[line for line in priced if line.line.is_saved],
    )
