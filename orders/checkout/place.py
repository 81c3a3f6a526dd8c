"""From a cart to an order: phase 1 of 3. Paying (phases 2 and 3) is orders/payments/charge.py.

`place_order` is one transaction; the unique checkout key is the claim, so repeating it gives the
same order.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from carts.cart import Cart, Line
from carts.pricing import PricedCart, PricedLine, price_lines
from catalog import listing, stock
from catalog.models import Variant
from orders import events
from orders.models import Order, OrderItem, Payment, ShippingMethod, TaxRate, Voucher
from orders.payments.charge import mark_paid
from orders.pricing import vouchers
from orders.pricing.quote import Discount, Goods, Quote, QuoteLine, quote
from shop.dynamo.table import StoreUnavailable
from shop.money import ZERO

logger = logging.getLogger(__name__)


class CheckoutError(Exception):
    """The order was not placed, and nothing was taken."""


class CartEmpty(CheckoutError):
    """There is nothing to order."""


class CannotDeliver(CheckoutError):
    """The delivery method does not exist any more, does not reach the country, or does not take the
    weight.
    """


@dataclass
class InsufficientStock(CheckoutError):
    """Some lines cannot be had as wanted."""

    contents: PricedCart


@dataclass
class TotalChanged(CheckoutError):
    """The total is not the one that the shopper saw."""

    contents: PricedCart
    quote: Quote


@dataclass(frozen=True)
class Customer:
    """Who orders, and where it goes; the addresses are as AddressFields.as_dict() gives them."""

    email: str
    shipping_address: dict[str, str]
    user: User | None = None
    billing_address: dict[str, str] | None = None
    note: str = ""

    @property
    def identity(self) -> str:
        """Return who a voucher's use counts for: the account's e-mail, or the guest's."""
        return (self.user.email if self.user else self.email).lower()


@dataclass(frozen=True)
class Terms:
    """What decides the price beside the cart: where it goes, how, and what makes it cheaper."""

    method: ShippingMethod | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    voucher: Voucher | None = None
    customer: str = ""


def quote_order(contents: PricedCart, terms: Terms) -> Quote:
    """Return what a cart costs. Raises VoucherRefused."""
    sold = [
        (line, line.variant) for line in contents.lines if line.is_sold and line.variant is not None
    ]
    goods = [_priced_goods(line, variant) for line, variant in sold]
    variants = [variant for _line, variant in sold]
    reduction = (
        vouchers.discount_for(terms.voucher, goods, variants, terms.customer)
        if terms.voucher
        else Discount()
    )
    worth = sum((line.total for line in goods), ZERO)
    return quote(
        goods,
        delivery=terms.method.price_for(worth) if terms.method else ZERO,
        rates=terms.rates,
        reduction=reduction,
        tax_included=settings.SHOP_PRICES_INCLUDE_TAX,
    )


def tax_rates(country: str) -> dict[str, Decimal]:
    """Return the percentages of a country by tax class; none for no country."""
    return (
        dict(TaxRate.objects.filter(country=country).values_list("tax_class", "percent"))
        if country
        else {}
    )


def _priced_goods(line: PricedLine, variant: Variant) -> Goods:
    tax_class = variant.product.tax_class if variant.taxable else None
    return Goods(variant.pk, line.unit_price, line.line.quantity, tax_class)


@dataclass(frozen=True)
class Wish:
    """What the shopper agreed to; `shown_total` in SHOP_CURRENCY, `provider` a name of
    PAYMENT_PROVIDERS_OFFERED.
    """

    shipping_method_id: int
    shown_total: Decimal
    voucher_code: str = ""
    provider: str = ""


def place_order(*, key: uuid.UUID, cart: Cart, customer: Customer, wish: Wish) -> Order:
    """Place the order of a checkout key, once, and empty the cart of what was ordered.

    Raises CartEmpty, LinesShort, TotalChanged, CannotDeliver, VoucherRefused, and StoreUnavailable;
    then nothing was written.
    """
    lines = cart.lines()
    try:
        order = _write_order(key, cart.owner, lines, customer, wish)
    except (CheckoutError, vouchers.VoucherRefused, IntegrityError):
        placed = Order.objects.filter(
            checkout_key=key
        ).first()  # The same checkout, some moments earlier.
        if placed is None:
            raise
        return placed
    _empty_cart(cart, lines)
    return order


@transaction.atomic
def _write_order(
    key: uuid.UUID, owner: str, lines: Sequence[Line], customer: Customer, wish: Wish
) -> Order:
    contents = price_lines(lines)
    if not contents.lines:
        raise CartEmpty
    if contents.short:
        raise InsufficientStock(contents)
    terms = _pricing_context(contents, customer, wish)
    amounts = quote_order(contents, terms)
    if amounts.total != wish.shown_total:
        raise TotalChanged(contents, amounts)
    order = _create_order(key, owner, customer, terms, amounts)
    items = [
        _new_item(order, line, priced)
        for line, priced in zip(contents.lines, amounts.lines, strict=True)
    ]
    events.order_created(order, items)
    if order.total:
        provider = wish.provider or settings.PAYMENT_PROVIDERS_OFFERED[0]
        order.begun_payment = Payment.objects.create(
            order=order, provider=provider, amount=order.total, currency=order.currency
        )
    if terms.voucher:  # Before the stock, as whoever locks both does.
        vouchers.use_voucher(terms.voucher, order, customer.identity)
    _take_stock(order, items, lines)
    if not order.total:
        mark_paid(order, items)
    return order


def _pricing_context(contents: PricedCart, customer: Customer, wish: Wish) -> Terms:
    country = customer.shipping_address["country"]
    method = ShippingMethod.objects.with_tax_of(country, wish.shipping_method_id)
    if method is None or not method.reaches(country) or not method.carries(contents.grams):
        raise CannotDeliver
    return Terms(
        method, method.tax_percents, vouchers.find_voucher(wish.voucher_code), customer.identity
    )


def _take_stock(order: Order, items: list[OrderItem], lines: Sequence[Line]) -> None:
    """Take the stock, last of all, so that the rows that others want too are locked for the
    shortest time.
    """
    try:
        taken = stock.take(
            {item.variant_id: item.quantity for item in items}, order_number=order.number
        )
    except stock.OutOfStock as error:
        raise InsufficientStock(price_lines(lines)) from error
    for item in items:
        item.stock_taken = taken[item.variant_id].quantity
    OrderItem.objects.bulk_create(items)
    for item in items:
        _warn_of_low_stock(item.variant, taken[item.variant_id])
    sold_out = {item.variant.product_id for item in items if taken[item.variant_id].left == 0}
    listing.refresh_listings(sorted(sold_out))


def _warn_of_low_stock(variant: Variant, taken: stock.Taken) -> None:
    """Tell staff of a variant that falls to the threshold by this order."""
    if (
        taken.left is not None
        and taken.left <= settings.SHOP_LOW_STOCK < taken.left + taken.quantity
    ):
        events.low_stock(variant, taken.left)


def _create_order(
    key: uuid.UUID, owner: str, customer: Customer, terms: Terms, amounts: Quote
) -> Order:
    assert terms.method is not None  # noqa: S101 - _terms has refused that
    return Order.objects.create(
        checkout_key=key,
        cart_owner=owner,
        user=customer.user,
        email=customer.email,
        currency=settings.SHOP_CURRENCY,
        items_total=amounts.items_total,
        shipping_total=amounts.shipping_total,
        shipping_tax=amounts.shipping_tax,
        shipping_tax_percent=amounts.shipping_tax_percent,
        discount_total=amounts.discount_total,
        tax_total=amounts.tax_total,
        tax_included=amounts.tax_included,
        total=amounts.total,
        shipping_address=customer.shipping_address,
        billing_address=customer.billing_address or customer.shipping_address,
        shipping_method=terms.method.name,
        voucher_code=terms.voucher.code if terms.voucher else "",
        note=customer.note,
        placed_at=timezone.now(),
    )


def _new_item(order: Order, line: PricedLine, priced: QuoteLine) -> OrderItem:
    variant = line.variant
    assert variant is not None  # noqa: S101 - a line without a variant is short, and was refused
    product = variant.product
    return OrderItem(
        order=order,
        variant=variant,
        name=product.name,
        sku=variant.sku or "",
        options={
            name: variant.options[name] for name in product.option_names if name in variant.options
        },
        attributes=line.line.attributes,
        image=product.listing_image,
        quantity=line.line.quantity,
        unit_price=variant.price,
        total=priced.total,
        discount=priced.discount,
        tax_class=product.tax_class,
        tax_percent=priced.tax_percent,
        tax=priced.tax,
    )


def _empty_cart(cart: Cart, lines: list[Line]) -> None:
    """Take what was ordered out of the cart; the order stands, so a cart that cannot be reached is
    only noted.
    """
    try:
        cart.clear(lines)
    except StoreUnavailable:
        logger.warning("Cart %s could not be emptied after its order was placed.", cart.owner)


def empty_cart_of(order: Order) -> str:
    """Do what `_empty` could not, where the process died before it; say so, or nothing where
    nothing was left to do.

    Lines that were added after the order stay, and so do lines whose quantity is another one now.
    """
    ordered = dict(order.items.values_list("variant_id", "quantity"))
    cart = Cart(order.cart_owner)
    left = [
        line
        for line in cart.lines()
        if ordered.get(line.variant_id) == line.quantity and line.added_at <= order.placed_at
    ]
    cart.clear(left)
    Order.objects.filter(pk=order.pk).update(cart_owner="")
    return f"{len(left)} lines taken out" if left else ""
