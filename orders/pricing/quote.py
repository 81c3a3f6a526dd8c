"""What an order costs: plain Decimal arithmetic in SHOP_CURRENCY, rounded to the cent by line, no
queries.

Items + delivery - discount is the total; where prices are without tax, the tax is added to that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shop.money import ZERO, to_cents

HUNDRED = Decimal(100)
STANDARD = "standard"


@dataclass(frozen=True)
class Goods:
    """A line before it is priced; `key` is any name for it, `tax_class` None what is not taxed at
    all.
    """

    key: int
    unit_price: Decimal
    quantity: int
    tax_class: str | None = STANDARD

    @property
    def total(self) -> Decimal:
        """Return what the line costs before discount and added tax."""
        return line_total(self.unit_price, self.quantity)


@dataclass(frozen=True)
class Discount:
    """What a voucher does: an amount off the goods of the lines in `keys`, or free delivery."""

    amount: Decimal = ZERO
    keys: Collection[int] = ()
    free_delivery: bool = False


@dataclass(frozen=True)
class QuoteLine:
    """A priced line.

    `discount` is its part of the voucher's; `tax` is contained in the rest, or comes on top.
    """

    key: int
    total: Decimal
    discount: Decimal
    tax_percent: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Quote:
    """The amounts of an order, each rounded to the cent."""

    lines: Sequence[QuoteLine]
    shipping_total: Decimal = ZERO
    shipping_tax_percent: Decimal = ZERO
    shipping_tax: Decimal = ZERO
    tax_included: bool = True

    @property
    def items_total(self) -> Decimal:
        """Return the sum of the lines, before discount and added tax."""
        return sum((line.total for line in self.lines), ZERO)

    @property
    def discount_total(self) -> Decimal:
        """Return what a voucher takes off the goods."""
        return sum((line.discount for line in self.lines), ZERO)

    @property
    def tax_total(self) -> Decimal:
        """Return the tax of lines and delivery, be it contained in the total or added to it."""
        return sum((line.tax for line in self.lines), self.shipping_tax)

    @property
    def total(self) -> Decimal:
        """Return what is to be paid."""
        added = ZERO if self.tax_included else self.tax_total
        return self.items_total + self.shipping_total - self.discount_total + added


def line_total(unit_price: Decimal, quantity: int) -> Decimal:
    """Return what a line costs, to the cent."""
    return to_cents(unit_price * quantity)


def quote(
    goods: Sequence[Goods],
    *,
    delivery: Decimal = ZERO,
    rates: Mapping[str, Decimal] | None = None,
    reduction: Discount = Discount(),
    tax_included: bool = True,
) -> Quote:
    """Price an order.

    `delivery` in SHOP_CURRENCY, `rates` the percentages of the country by tax class.
    """
    rates = rates or {}
    discounts = _share_discount(reduction, goods)
    lines = []
    for line in goods:
        percent = rates.get(line.tax_class, ZERO) if line.tax_class else ZERO
        discount = discounts.get(line.key, ZERO)
        tax = tax_of(line.total - discount, percent, included=tax_included)
        lines.append(QuoteLine(line.key, line.total, discount, percent, tax))
    shipping = ZERO if reduction.free_delivery else delivery
    percent = rates.get(STANDARD, ZERO)
    shipping_tax = tax_of(shipping, percent, included=tax_included)
    return Quote(lines, shipping, percent, shipping_tax, tax_included)


def tax_of(amount: Decimal, percent: Decimal, *, included: bool) -> Decimal:
    """Return the tax that is contained in an amount, or that comes on top of it, to the cent."""
    return to_cents(amount * percent / (HUNDRED + percent if included else HUNDRED))


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """Return a percentage of an amount, to the cent."""
    return to_cents(amount * percent / HUNDRED)


def _share_discount(reduction: Discount, goods: Iterable[Goods]) -> dict[int, Decimal]:
    """Share the reduction among its lines by their totals, so that the parts add up to the cent.

    Each part is the difference of two rounded running sums: it is never negative, and never more
    than its line.
    """
    lines = [line for line in goods if line.key in reduction.keys]
    whole = sum((line.total for line in lines), ZERO)
    amount = min(reduction.amount, whole)
    parts, running, given = {}, ZERO, ZERO
    for line in lines if whole else ():
        running += line.total
        upto = to_cents(amount * running / whole)
        parts[line.key], given = upto - given, upto
    return parts


def paid_for_units(paid: Decimal, quantity: int, *, first: int, units: int) -> Decimal:
    """Return what was paid for `units` of a line of `quantity`, counted after the `first` ones, to
    the cent.

    Whatever way a line is cut into parts, they add up to `paid`.
    """
    return to_cents(paid * (first + units) / quantity) - to_cents(paid * first / quantity)
