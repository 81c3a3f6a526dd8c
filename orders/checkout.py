"""From a cart to an order: phase 1 of 3. Paying (phases 2 and 3) is orders/paying.py.

`place_order` is one transaction; the unique checkout key is the claim, so repeating it gives the same order.
"""

import logging
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from carts.cart import Cart, Line
from carts.contents import Contents, PricedLine, price_lines
from catalog import listing, stock
from orders.messages import order_payload
from orders.models import Order, OrderItem, Payment, ShippingMethod
from orders.pricing import Quote, line_total, quote
from shop.dynamo import StoreUnavailable
from shop.events import publish

logger = logging.getLogger(__name__)


class CheckoutError(Exception):
    """The order was not placed, and nothing was taken."""


class CartEmpty(CheckoutError):
    """There is nothing to order."""


class CannotDeliver(CheckoutError):
    """The delivery method does not exist any more, or does not reach the country."""


@dataclass
class LinesShort(CheckoutError):
    """Some lines cannot be had as wanted."""

    contents: Contents


@dataclass
class TotalChanged(CheckoutError):
    """The total is not the one that the shopper saw."""

    quote: Quote


@dataclass(frozen=True)
class Customer:
    """Who orders, and where it goes; the addresses are as AddressFields.as_dict() gives them."""

    email: str
    shipping_address: dict[str, str]
    user: User | None = None
    billing_address: dict[str, str] | None = None
    note: str = ""


def quote_order(contents: Contents, method: ShippingMethod | None) -> Quote:
    """Return what a cart costs with a delivery method, or before one is chosen."""
    lines = [line_total(line.unit_price, line.line.quantity) for line in contents.lines if line.is_sold]
    goods = quote(lines).items_total
    return quote(lines, method.price_for(goods)) if method else quote(lines)


def place_order(
    *, key: uuid.UUID, cart: Cart, customer: Customer, shipping_method_id: int, shown_total: Decimal
) -> Order:
    """Place the order of a checkout key, once, and empty the cart of what was ordered.

    `shown_total` is what the shopper agreed to, in SHOP_CURRENCY. Raises CartEmpty, LinesShort, TotalChanged,
    CannotDeliver, and StoreUnavailable; then nothing was written.
    """
    placed = Order.objects.filter(checkout_key=key).first()
    if placed:
        return placed
    lines = cart.lines()
    try:
        order = _write(key, lines, customer, shipping_method_id, shown_total)
    except IntegrityError:
        return Order.objects.get(checkout_key=key)  # The same checkout, some moments earlier.
    _empty(cart, lines)
    return order


@transaction.atomic
def _write(
    key: uuid.UUID, lines: list[Line], customer: Customer, shipping_method_id: int, shown_total: Decimal
) -> Order:
    contents = price_lines(lines)
    if not contents.lines:
        raise CartEmpty
    if contents.short:
        raise LinesShort(contents)
    method = ShippingMethod.objects.filter(pk=shipping_method_id, is_active=True).first()
    if method is None or not method.reaches(customer.shipping_address["country"]):
        raise CannotDeliver
    amounts = quote_order(contents, method)
    if amounts.total != shown_total:
        raise TotalChanged(amounts)
    order = _create_order(key, customer, method, amounts)
    try:
        taken = stock.take(
            {line.line.variant_id: line.line.quantity for line in contents.lines}, order_number=order.number
        )
    except stock.OutOfStock as error:
        raise LinesShort(price_lines(lines)) from error
    items = OrderItem.objects.bulk_create(_item(order, line, taken) for line in contents.lines)
    Payment.objects.create(order=order, provider=settings.PAYMENT_PROVIDER, amount=order.total, currency=order.currency)
    publish("order.created", order_payload(order, items))
    listing.refresh_listings(_sold_out_products(lines))
    return order


def _create_order(key: uuid.UUID, customer: Customer, method: ShippingMethod, amounts: Quote) -> Order:
    return Order.objects.create(
        checkout_key=key,
        user=customer.user,
        email=customer.email,
        currency=settings.SHOP_CURRENCY,
        items_total=amounts.items_total,
        shipping_total=amounts.shipping_total,
        discount_total=amounts.discount_total,
        tax_total=amounts.tax_total,
        total=amounts.total,
        shipping_address=customer.shipping_address,
        billing_address=customer.billing_address or customer.shipping_address,
        shipping_method=method.name,
        note=customer.note,
        placed_at=timezone.now(),
    )


def _item(order: Order, line: PricedLine, taken: dict[int, int]) -> OrderItem:
    variant = line.variant
    assert variant is not None  # noqa: S101 - a line without a variant is short, and was refused
    product = variant.product
    return OrderItem(
        order=order,
        variant=variant,
        name=product.name,
        sku=variant.sku or "",
        options={name: variant.options[name] for name in product.option_names if name in variant.options},
        attributes=line.line.attributes,
        image=product.listing_image,
        quantity=line.line.quantity,
        stock_taken=taken[variant.pk],
        unit_price=variant.price,
        total=line_total(variant.price, line.line.quantity),
    )


def _empty(cart: Cart, lines: list[Line]) -> None:
    """Take what was ordered out of the cart; the order stands, so a cart that cannot be reached is only noted."""
    try:
        cart.clear(lines)
    except StoreUnavailable:
        logger.warning("Cart %s could not be emptied after its order was placed.", cart.owner)


def _sold_out_products(lines: list[Line]) -> list[int]:
    """Return the products of which the last unit of a variant has just gone."""
    variants = price_lines(lines).lines
    return [line.variant.product_id for line in variants if line.variant and not line.variant.is_buyable]
