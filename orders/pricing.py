"""What an order costs: plain Decimal arithmetic, no queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from shop.money import ZERO, to_cents


@dataclass(frozen=True)
class Quote:
    """The amounts of an order in SHOP_CURRENCY, each rounded to the cent. Prices include tax."""

    items_total: Decimal
    shipping_total: Decimal = ZERO
    discount_total: Decimal = ZERO
    tax_total: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Return items + delivery + tax - discount, never below zero."""
        return max(self.items_total + self.shipping_total + self.tax_total - self.discount_total, ZERO)


def line_total(unit_price: Decimal, quantity: int) -> Decimal:
    """Return what a line costs, to the cent."""
    return to_cents(unit_price * quantity)


def quote(line_totals: Iterable[Decimal], shipping_total: Decimal = ZERO) -> Quote:
    """Add up the lines and the delivery."""
    return Quote(items_total=sum(line_totals, ZERO), shipping_total=shipping_total)
