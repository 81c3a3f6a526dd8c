"""Calculate what an order costs, in Decimal amounts of SHOP_CURRENCY, rounded to its unit by line.

The total is items + delivery - discount; if prices do not include tax, the tax is added to that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.models import User
from carts.pricing import PricedCart
from catalog.models import TaxClass, Variant
from orders.models import (
    DeliveryPart,
    DeliveryTax,
    Order,
    OrderItem,
    ShippingMethod,
    TaxTerms,
    Voucher,
)
from orders.pricing.vouchers import NO_DISCOUNT, Discount, discount_for
from shop.money import ZERO, round_money, round_price

HUNDRED = Decimal(100)
NO_TAX = TaxTerms()


@dataclass(frozen=True)
class PricingContext:
    """What determines the price besides the cart: delivery, tax, voucher and customer.

    `tax` is what `TaxRate.objects.terms_in()` returns. `customer` is the account that orders, None
    for a guest.
    """

    method: ShippingMethod | None = None
    tax: TaxTerms = NO_TAX
    voucher: Voucher | None = None
    customer: User | None = None


@dataclass(frozen=True)
class Quote:
    """The amounts of an order, each rounded. Its items are not saved yet.

    `delivery` has a part for each tax rate, or none if it is free. `tax_removed` is what an export
    costs less than goods that stay in the country.
    """

    items: Sequence[OrderItem]
    delivery: Sequence[DeliveryPart] = ()
    tax_included: bool = True
    tax_removed: Decimal = ZERO

    @property
    def shipping_total(self) -> Decimal:
        """Return what the delivery costs, before added tax."""
        return sum((part.amount for part in self.delivery), ZERO)

    @property
    def shipping_tax(self) -> Decimal:
        """Return the tax on the delivery, whether included in what it costs or added to it."""
        return sum((part.tax for part in self.delivery), ZERO)

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
        tax=context.tax,
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
    tax: TaxTerms = NO_TAX,
    discount: Discount = NO_DISCOUNT,
    tax_included: bool = True,
) -> Quote:
    """Set the discount and tax of unsaved items, and return what everything costs.

    `delivery` is in SHOP_CURRENCY, and includes tax if `tax_included`.
    """
    for item, part in zip(items, _share_discount(discount, items), strict=True):
        item.discount = part
    shipping = ZERO if discount.free_delivery else round_price(delivery)
    if tax.domestic:
        return _take_tax_off(_quote_taxed(items, shipping, tax.domestic, included=True))
    return _quote_taxed(items, shipping, tax, included=tax_included)


def _quote_taxed(
    items: Sequence[OrderItem], shipping: Decimal, tax: TaxTerms, *, included: bool
) -> Quote:
    for item in items:
        item.tax_percent = tax.rates.get(item.tax_class, ZERO) if item.variant.taxable else ZERO
        item.tax = tax_of(item.total - item.discount, item.tax_percent, included=included)
    weights = _delivery_weights(items, tax)
    parts = share(shipping, list(weights.values()), settings.SHOP_CURRENCY)
    delivery = [
        DeliveryPart(percent, part, tax_of(part, percent, included=included))
        for percent, part in zip(weights, parts, strict=True)
        if part
    ]
    return Quote(items, delivery, included)


def _delivery_weights(items: Sequence[OrderItem], tax: TaxTerms) -> dict[Decimal, Decimal]:
    """Return the tax rates of the delivery, and in which proportion it is shared among them."""
    if tax.delivery == DeliveryTax.NONE:
        return {ZERO: Decimal(1)}
    worth: dict[Decimal, Decimal] = {}
    for item in items if tax.delivery == DeliveryTax.GOODS else ():
        # With prices that include tax this is gross, like the delivery: in proportion to the net
        # worth of the goods, as it is usual, are then the net parts of the delivery.
        paid = item.total - item.discount
        worth[item.tax_percent] = worth.get(item.tax_percent, ZERO) + paid
    return worth if any(worth.values()) else {tax.rates.get(TaxClass.STANDARD, ZERO): Decimal(1)}


def _take_tax_off(domestic: Quote) -> Quote:
    """Return a quote for export: what one with tax included costs without its tax.

    Unit prices are without tax too, so that each line is its unit price times its quantity.
    """
    before = domestic.total
    for item in domestic.items:
        gross = item.total
        item.unit_price -= tax_of(item.unit_price, item.tax_percent, included=True)
        item.total = line_total(item.unit_price, item.quantity)
        if item.discount:
            item.discount = round_price(item.discount * item.total / gross)
        item.tax_percent = item.tax = ZERO
    shipping = domestic.shipping_total - domestic.shipping_tax
    delivery = [DeliveryPart(ZERO, shipping, ZERO)] if shipping else []
    net = Quote(domestic.items, delivery)
    return replace(net, tax_removed=before - net.total)


def line_total(unit_price: Decimal, quantity: int) -> Decimal:
    """Return what a line costs before discount and added tax, rounded."""
    return round_price(unit_price * quantity)


def tax_of(amount: Decimal, percent: Decimal, *, included: bool) -> Decimal:
    """Return the tax that is included in an amount, or is added to it, rounded."""
    return round_price(amount * percent / (HUNDRED + percent if included else HUNDRED))


def _share_discount(discount: Discount, items: Sequence[OrderItem]) -> list[Decimal]:
    """Return the discount of each item, shared in proportion to the items' totals."""
    eligible = [item.total if item.variant_id in discount.variants else ZERO for item in items]
    amount = min(round_price(discount.amount), sum(eligible, ZERO))
    return share(amount, eligible, settings.SHOP_CURRENCY)


def share(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Share an amount in proportion to weights, which are not negative.

    Each part is the difference of two rounded running sums, so the parts add up exactly. None is
    negative, nor more than its weight if the amount is not more than all weights together. Without
    any weight there is nothing.
    """
    whole = sum(weights, ZERO)
    parts, running, given = [], ZERO, ZERO
    for weight in weights if whole else ():
        running += weight
        upto = amount if running == whole else round_money(amount * running / whole, currency)
        parts.append(upto - given)
        given = upto
    return parts or [ZERO] * len(weights)


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
