"""Place an order from a cart: phase 1 of 3. Phases 2 and 3 are in orders/payments/charge.py.

`place_order()` is one transaction. The unique checkout key claims the checkout, so repeating it
gives the same order.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from carts.cart import Cart
from carts.lines import Line
from carts.pricing import PricedCart, price_lines, too_large_note
from catalog import listing_columns, stock
from catalog.models import Variant
from orders import events
from orders.checkout.request import PlaceOrderRequest
from orders.checkout.review import Parts, changes_between, read_parts, shown_parts
from orders.checkout.unpaid_limits import TooManyUnpaidOrders, check_unpaid_orders
from orders.models import Order, OrderItem, Payment, ShippingMethod, Voucher
from orders.payments.charge import mark_paid
from orders.payments.providers.base import get_provider
from orders.pricing import vouchers
from orders.pricing.quote import PricingContext, Quote, quote_cart
from orders.units import take_stock
from shop.dynamo.table import StoreUnavailable
from shop.errors import DomainError
from shop.formatting import format_names
from shop.money import LARGEST

logger = logging.getLogger(__name__)


class CheckoutError(DomainError):
    """The order was not placed, and nothing was taken."""


class CartEmpty(CheckoutError):
    code = "cart_empty"

    def __init__(self) -> None:
        super().__init__("There is nothing in the cart.")


class CannotDeliver(CheckoutError):
    """The delivery method no longer exists, or does not serve the country or the weight."""

    code = "cannot_deliver"

    def __init__(self) -> None:
        super().__init__("That delivery is no longer offered. Please choose another.")


class InsufficientStock(CheckoutError):
    """Some lines cannot be ordered in the quantity wanted: those in `cart.short`."""

    code = "insufficient_stock"

    def __init__(self, cart: PricedCart) -> None:
        self.cart = cart
        # Two lines of a variant have the same name.
        names = dict.fromkeys(
            str(line.variant or "An item we no longer sell") for line in cart.short
        )
        super().__init__(
            "Some items aren't available in the quantity you chose: "
            f"{format_names(list(names))}. Your order hasn't been placed yet."
        )


class OrderTooLarge(CheckoutError):
    """The order is worth more than its columns hold."""

    code = "order_too_large"

    def __init__(self) -> None:
        super().__init__(too_large_note())


class OrderChanged(CheckoutError):
    """The order is not what the shopper agreed to; `changes` are sentences that say why.

    They are empty if nothing shows what this shopper agreed to. `quote` has the new amounts.
    """

    code = "order_changed"

    def __init__(self, changes: Sequence[str], quote: Quote) -> None:
        self.changes = changes
        self.quote = quote
        super().__init__("Your order has changed. Please review it.")


class PlacedOrder(NamedTuple):
    """A placed order, the payment that was created with it, and that payment's validated details.

    `payment` is None if the order had been placed before or costs nothing.
    """

    order: Order
    payment: Payment | None = None
    details: Mapping[str, Any] = {}


def place_order(request: PlaceOrderRequest, cart: Cart) -> PlacedOrder:
    """Place the order of a checkout key, once, and empty the cart of what was ordered.

    Raises CheckoutError, VoucherRefused, InvalidDetails, AmountNotAccepted, TooManyUnpaidOrders and
    StoreUnavailable; nothing was written then.
    """
    agreed = read_parts(request.agreed, request.key, cart.owner)
    # An order that costs nothing asks for no payment details.
    details = _checked_details(request) if agreed and Decimal(agreed["total"].amount) else {}
    # DynamoDB is read before the transaction: no network call while rows are locked.
    lines = cart.lines()
    try:
        check_unpaid_orders(request.placer(cart.owner))
        order, payment = _write_order(request, cart.owner, lines, agreed)
    except (CheckoutError, TooManyUnpaidOrders, vouchers.VoucherRefused, IntegrityError):
        # An earlier request for this checkout may have placed the order, and so used up the stock
        # itself.
        placed = placed_order(request.key, cart.owner)
        if placed is None:
            raise
        return PlacedOrder(placed, None, _checked_details(request) if placed.is_payable else {})
    # After the commit, so that no cart is emptied for an order that was rolled back.
    _empty_cart(cart, lines)
    return PlacedOrder(order, payment, details)


def order_key(key: uuid.UUID, owner: str) -> uuid.UUID:
    """Return the checkout key as an order keeps it: another one for each cart owner.

    So nobody gets, or blocks, the order of another shopper with that one's key.
    """
    return uuid.uuid5(key, owner)


def placed_order(key: uuid.UUID, owner: str) -> Order | None:
    """Return the order that a cart owner's checkout has become, if it has."""
    return Order.objects.filter(checkout_key=order_key(key, owner)).first()


def _checked_details(request: PlaceOrderRequest) -> Mapping[str, Any]:
    """Return the validated payment details, so that a mistyped card number places no order.

    Raises InvalidDetails.
    """
    return get_provider(_provider_name(request)).clean_details(request.payment_details)


def _provider_name(request: PlaceOrderRequest) -> str:
    return request.provider or settings.PAYMENT_PROVIDERS_OFFERED[0]


@transaction.atomic
def _write_order(
    request: PlaceOrderRequest, owner: str, lines: Sequence[Line], agreed: Parts | None
) -> tuple[Order, Payment | None]:
    cart = price_lines(lines)
    if not cart.lines:
        raise CartEmpty
    if cart.is_too_large:
        raise OrderTooLarge
    if cart.short:
        raise InsufficientStock(cart)
    method, context = _pricing_context(cart, request)
    quote = quote_cart(cart, context)
    if quote.total > LARGEST:
        raise OrderTooLarge
    _check_agreement(agreed, shown_parts(request, method, quote), quote)
    if quote.total:
        provider = get_provider(_provider_name(request))
        provider.check_amount(quote.total, settings.SHOP_CURRENCY)
    order = _create_order(request, owner, method, context.voucher, quote)
    for item in quote.items:
        item.order = order
    # An event is a row of this transaction: nobody is told of an order that is rolled back.
    events.order_created(order, quote.items)
    payment = _begin_payment(order, _provider_name(request)) if order.total else None
    if context.voucher:  # Every flow locks the voucher before the stock.
        vouchers.use_voucher(context.voucher, order)
    _take_stock(order, quote.items, lines)
    if payment is None:
        # No provider will ever report a payment for it.
        mark_paid(order, quote.items)
    return order, payment


def _check_agreement(agreed: Parts | None, now: Parts, quote: Quote) -> None:
    """Raise OrderChanged if the order is not, part by part, what the shopper agreed to."""
    if agreed is None:
        raise OrderChanged([], quote)
    if agreed != now:
        raise OrderChanged(changes_between(agreed, now), quote)


def _pricing_context(
    cart: PricedCart, request: PlaceOrderRequest
) -> tuple[ShippingMethod, PricingContext]:
    country = request.shipping_address["country"]
    method = ShippingMethod.objects.with_tax_of(country, request.shipping_method_id)
    if method is None or not method.reaches(country) or not method.carries(cart.grams):
        raise CannotDeliver
    context = PricingContext(method, method.tax_terms(country))
    if request.voucher_code:
        voucher = vouchers.find_voucher(request.voucher_code)
        context = replace(context, voucher=voucher, customer=request.user)
    return method, context


def _create_order(
    request: PlaceOrderRequest,
    owner: str,
    method: ShippingMethod,
    voucher: Voucher | None,
    quote: Quote,
) -> Order:
    return Order.objects.create(
        checkout_key=order_key(request.key, owner),
        cart_owner=owner,
        user=request.user,
        email=request.email,
        currency=settings.SHOP_CURRENCY,
        items_total=quote.items_total,
        shipping_total=quote.shipping_total,
        shipping_tax=quote.shipping_tax,
        shipping_taxes=[part.as_json() for part in quote.delivery],
        discount_total=quote.discount_total,
        tax_total=quote.tax_total,
        tax_included=quote.tax_included,
        tax_removed=quote.tax_removed,
        total=quote.total,
        shipping_address=request.shipping_address,
        billing_address=request.billing_address or request.shipping_address,
        shipping_method=method.name,
        voucher_code=voucher.code if voucher else "",
        note=request.note,
        placed_by=list(request.placer(owner).values()),
        placed_at=timezone.now(),
    )


def _begin_payment(order: Order, provider: str) -> Payment:
    return Payment.objects.create(
        order=order, provider=provider, amount=order.total, currency=order.currency
    )


def _take_stock(order: Order, items: Sequence[OrderItem], lines: Sequence[Line]) -> None:
    """Take the stock and create the items.

    This comes last, so that rows that other orders need are locked for the shortest time.
    """
    try:
        taken = take_stock(items, order.number)
    except stock.OutOfStock as error:
        raise InsufficientStock(price_lines(lines)) from error
    OrderItem.objects.bulk_create(items)
    variants = {item.variant_id: item.variant for item in items}
    for pk, variant in variants.items():
        _warn_of_low_stock(variant, taken[pk])
    # Listings show whether a product is in stock, not how much of it, so only a variant that sells
    # out can change one.
    sold_out = {variant.product_id for pk, variant in variants.items() if taken[pk].left == 0}
    if sold_out:
        listing_columns.refresh_listings(sold_out)


def _warn_of_low_stock(variant: Variant, taken: stock.StockTaken) -> None:
    """Tell staff if this order takes the stock of a variant down to the threshold."""
    if taken.left is None:
        return
    # Only the order that crosses the threshold, or each further one would warn again.
    if taken.left <= settings.SHOP_LOW_STOCK < taken.left + taken.quantity:
        events.low_stock(variant, taken.left)


def _empty_cart(cart: Cart, lines: list[Line]) -> None:
    """Remove what was ordered from the cart.

    The order stands, so a cart that cannot be reached is only logged; the reconciler empties it
    later.
    """
    try:
        cart.clear(lines)
    except StoreUnavailable:
        logger.warning("Cart %s could not be emptied after its order was placed.", cart.owner)
