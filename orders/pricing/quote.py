"""Calculate what an order costs, in Decimal amounts of SHOP_CURRENCY, rounded to its unit by line.

The total is items + delivery - discount; if prices do not include tax, the tax is added to that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.models import User
from carts.pricing import PricedCart
from catalog.models import TaxClass, Variant
from orders.models import Order, OrderItem, ShippingMethod, Voucher
from orders.pricing.vouchers import NO_DISCOUNT, Discount, discount_for
from shop.money import ZERO, round_money, round_price

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class PricingContext:
    """What determines the price besides the cart: delivery, tax, voucher and customer.

    `rates` maps tax classes to the country's percentages. `customer` is the account that orders,
    None for a guest.
    """

    method: ShippingMethod | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    voucher: Voucher | None = None
    customer: User | None = None


@dataclass(frozen=True)
class Quote:
    """The amounts of an order, each rounded. Its items are not saved yet."""

    items: Sequence[OrderItem]
    shipping_total: Decimal = ZERO
    shipping_tax_percent: Decimal = ZERO
    shipping_tax: Decimal = ZERO
    tax_included: bool = True

    @property
    def items_total(self) -> Decimal:
        """Return the sum of the items, before discount and added tax."""
        return sum((item.total for item in self.items), ZERO)

    @property
    def discount_total(self) -> Decimal:
        """Return what the voucher takes off the items."""
        return sum((item.discount for item in self.items), ZERO)

    @property
    def tax_total(self) -> Decimal:
        """Return the tax on items and delivery, whether included in the total or added to it."""
        return sum((item.tax for item in self.items), self.shipping_tax)

    @property
    def total(self) -> Decimal:
        """Return the amount to pay."""
        added = ZERO if self.tax_included else self.tax_total
        return self.items_total + self.shipping_total - self.discount_total + added


def quote_cart(cart: PricedCart, context: PricingContext) -> Quote:
    """Return what a cart costs, leaving out what is no longer sold. Raises VoucherRefused."""
    items = [
        new_item(line.variant, line.line.quantity, line.line.attributes)
        for line in cart.lines
        if line.is_sold and line.variant
    ]
    worth = sum((item.total for item in items), ZERO)
    delivery = context.method.price_for(worth) if context.method else None
    discount = NO_DISCOUNT
    if context.voucher:
        discount = discount_for(context.voucher, items, context.customer, delivery)
    return quote_items(
        items,
        delivery=delivery or ZERO,
        rates=context.rates,
        discount=discount,
        tax_included=settings.SHOP_PRICES_INCLUDE_TAX,
    )


def new_item(
    variant: Variant, quantity: int, attributes: dict[str, Any] | None = None
) -> OrderItem:
    """Return units of a variant as an unsaved order item, at today's price."""
    product = variant.product
    names = [name for name in product.option_names if name in variant.options]
    return OrderItem(
        variant=variant,
        name=product.name,
        sku=variant.sku or "",
        options={name: variant.options[name] for name in names},
        attributes=attributes or {},
        image=product.listing_image,
        quantity=quantity,
        unit_price=variant.price,
        total=line_total(variant.price, quantity),
        tax_class=product.tax_class,
    )


def quote_items(
    items: Sequence[OrderItem],
    *,
    delivery: Decimal = ZERO,
    rates: Mapping[str, Decimal] | None = None,
    discount: Discount = NO_DISCOUNT,
    tax_included: bool = True,
) -> Quote:
    """Set the discount and tax of unsaved items, and return what everything costs.

    `delivery` is in SHOP_CURRENCY; `rates` maps tax classes to the country's percentages.
    """
    rates = rates or {}
    for item, part in zip(items, _share_discount(discount, items), strict=True):
        item.discount = part
        item.tax_percent = rates.get(item.tax_class, ZERO) if item.variant.taxable else ZERO
        item.tax = tax_of(item.total - item.discount, item.tax_percent, included=tax_included)
    shipping = ZERO if discount.free_delivery else round_price(delivery)
    percent = rates.get(TaxClass.STANDARD, ZERO)
    shipping_tax = tax_of(shipping, percent, included=tax_included)
    return Quote(items, shipping, percent, shipping_tax, tax_included)


def line_total(unit_price: Decimal, quantity: int) -> Decimal:
    """Return what a line costs before discount and added tax, rounded."""
    return round_price(unit_price * quantity)


def tax_of(amount: Decimal, percent: Decimal, *, included: bool) -> Decimal:
    """Return the tax that is included in an amount, or is added to it, rounded."""
    return round_price(amount * percent / (HUNDRED + percent if included else HUNDRED))


def _share_discount(discount: Discount, items: Sequence[OrderItem]) -> list[Decimal]:
    """Return the discount of each item, shared in proportion to the items' totals.

    Each part is the difference of two rounded running sums, so the parts add up exactly, and none
    is negative or more than its item costs.
    """
    eligible = [item.total if item.variant_id in discount.variants else ZERO for item in items]
    whole = sum(eligible, ZERO)
    amount = min(round_price(discount.amount), whole)
    parts, running, given = [], ZERO, ZERO
    for total in eligible:
        running += total
        upto = round_price(amount * running / whole) if whole else ZERO
        parts.append(upto - given)
        given = upto
    return parts


def paid_for_units(order: Order, item: OrderItem, *, first: int, units: int) -> Decimal:
    """Return what was paid for `units` units of an item, counted after the `first` ones.

    That is after its discount and including its tax, rounded in the order's currency. However an
    item is split, the parts add up to what was paid for it, and none is negative.
    """
    paid = item.gross(tax_included=order.tax_included)
    before, upto = (
        min(round_money(paid * count / item.quantity, order.currency), paid)
        if count < item.quantity
        else paid
        for count in (first, first + units)
    )
    return upto - before
