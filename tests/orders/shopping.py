"""The steps by which a test gets an order: fill a cart, check out."""

import uuid
from decimal import Decimal
from typing import Any

from carts.cart import Cart
from carts.lines import line_key
from catalog.models import Product, Variant
from orders.checkout.place import PlaceOrderRequest, place_order
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
    """Place an order; `wishes` are fields of PlaceOrderRequest.

    If no delivery method is named, one for 4.90 is created.
    """
    if "shipping_method_id" not in wishes:
        wishes["shipping_method_id"] = make_shipping_method().pk
    usual = {"key": uuid.uuid4(), "email": "ada@example.com", "shipping_address": ADDRESS}
    usual |= {"shown_total": Decimal(total), "payment_details": CARD}
    return place_order(PlaceOrderRequest(**usual | wishes), cart).order


def place(quantity: int = 1, *, price: str = "10.00", stock_level: int = 5, **wishes: Any) -> Order:
    """Place an order of one product, with delivery for 4.90; `total` is needed with a voucher."""
    cart = new_cart()
    fill(cart, make_product(price=price, stock_level=stock_level), quantity)
    total = wishes.pop("total", str(Decimal(price) * quantity + Decimal("4.90")))
    return checkout(cart, total, **wishes)


def ledger_holds(variant: Variant) -> bool:
    variant.refresh_from_db()
    return variant.stock == sum(variant.movements.values_list("delta", flat=True)) >= 0
