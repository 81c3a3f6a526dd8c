"""The steps by which a test gets an order: fill a cart, check out."""

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser

from carts.cart import Cart
from carts.lines import line_key
from carts.pricing import price_lines
from catalog.models import Product, Variant
from orders.checkout.place import place_order
from orders.checkout.request import PlaceOrderRequest
from orders.checkout.session import CheckoutSession
from orders.models import Order
from orders.payments.providers.dummy import WORKS
from tests.factories import ADDRESS, make_product, make_shipping_method

CARD = {"card_number": WORKS, "expiry": "12/49", "security_code": "123"}


def new_cart() -> Cart:
    return Cart(f"anon-{uuid.uuid4().hex}")


def fill(cart: Cart, product: Product, quantity: int = 1, **attributes: Any) -> Variant:
    variant = product.variants.get()
    cart.add(
        line_key(product.pk, variant.pk),
        quantity,
        price=variant.price,
        operation=uuid.uuid4().hex,
        attributes=attributes,
    )
    return variant


def checkout(cart: Cart, total: str, **wishes: Any) -> Order:
    """Place an order whose review shows this total; `wishes` are fields of PlaceOrderRequest.

    If no delivery method is named, one for 4.90 is created.
    """
    order = place_order(agree(cart, **wishes), cart).order
    assert order.total == Decimal(total)
    return order


def agree(cart: Cart, **wishes: Any) -> PlaceOrderRequest:
    """Return the request of a shopper who has seen the review of a cart."""
    if "shipping_method_id" not in wishes:
        wishes["shipping_method_id"] = make_shipping_method().pk
    usual = {"key": uuid.uuid4(), "email": "ada@example.com", "shipping_address": ADDRESS}
    request = PlaceOrderRequest(**usual | {"payment_details": CARD} | wishes)
    session = CheckoutSession(
        key=request.key.hex,
        email=request.email,
        address=request.shipping_address,
        billing_address=request.billing_address or {},
        note=request.note,
        shipping_method_id=request.shipping_method_id,
        voucher_code=request.voucher_code,
    )
    user = request.user or AnonymousUser()
    priced = session.quote(price_lines(cart.lines()), user)
    if priced.method is None:
        return request
    shown = session.review(cart.owner, user, priced.method, priced.quote)
    return replace(request, agreed=shown.agreed)


def place(quantity: int = 1, *, price: str = "10.00", stock_level: int = 5, **wishes: Any) -> Order:
    """Place an order of one product, with delivery for 4.90; `total` is needed with a voucher."""
    cart = new_cart()
    fill(cart, make_product(price=price, stock_level=stock_level), quantity)
    total = wishes.pop("total", str(Decimal(price) * quantity + Decimal("4.90")))
    return checkout(cart, total, **wishes)


def ledger_holds(variant: Variant) -> bool:
    variant.refresh_from_db()
    return variant.stock == sum(variant.movements.values_list("delta", flat=True)) >= 0
