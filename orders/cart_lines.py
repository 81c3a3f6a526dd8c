"""An order's lines in the cart: taken out when it is placed, put back if it is never paid.

PostgreSQL remembers what is to be done, DynamoDB has the cart, so each step can be repeated, and
the reconciler finishes what a crash or an outage has left. docs/decisions/0018-unpaid-orders.md
explains why nothing is lost or doubled.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from carts.cart import MAX_LINES, MAX_QUANTITY, Cart
from carts.lines import Line, line_key
from carts.put_back import put_back
from orders.models import Order
from orders.states import OPEN_CART_RETURNS, CartReturn
from shop.dynamo.table import StoreUnavailable

logger = logging.getLogger(__name__)

#: What to tell a shopper whose order ended unpaid.
RETURN_TEXTS: Mapping[str, str] = {
    CartReturn.NONE: "",
    CartReturn.DUE: "Your items will be back in your cart in a minute.",
    CartReturn.BEGUN: "Your items will be back in your cart in a minute.",
    CartReturn.DONE: "Your items are back in your cart.",
    CartReturn.PARTLY: (
        f"Your items are back in your cart, but not all of them: a cart holds up to {MAX_QUANTITY} "
        f"of an item, and {MAX_LINES} different items."
    ),
}


def empty_cart_of(order: Order) -> str:
    """Take an order's lines out of its cart, if the request that placed it could not.

    Lines that were added after the order stay, and so do lines whose quantity has changed since.
    Return what was done, or an empty string if nothing was left to do. Raises StoreUnavailable.
    """
    ordered = {line.key: line.quantity for line in _lines_of(order)}
    cart = Cart(order.cart_owner)
    left = [
        line
        for line in cart.lines()
        if ordered.get(line.key) == line.quantity and line.added_at <= order.placed_at
    ]
    cart.clear(left)
    Order.objects.filter(pk=order.pk, cart_owner=order.cart_owner).update(cart_emptied=True)
    order.cart_emptied = True
    return f"{len(left)} lines taken out" if left else ""


def put_lines_back(order: Order) -> str:
    """Put the lines of an unpaid order back into the cart of its `cart_owner`, once.

    Return what was done, or an empty string if nothing was left to do. Raises StoreUnavailable.
    """
    due = Order.objects.filter(pk=order.pk, cart_return__in=OPEN_CART_RETURNS)
    cart = Cart(order.cart_owner)
    if order.placed_at + timedelta(seconds=cart.lifetime) < timezone.now():
        due.update(cart_return=CartReturn.NONE)
        return "its cart has expired"
    # Claimed before the first line is written: from now on the order cannot be revived.
    if not due.update(cart_return=CartReturn.BEGUN):
        return ""
    order.cart_return = CartReturn.BEGUN
    if not order.cart_emptied:
        empty_cart_of(order)
    lines = _lines_of(order)
    left_out = put_back(cart, lines, f"order-{order.pk}")
    order.cart_return = CartReturn.PARTLY if left_out else CartReturn.DONE
    due.update(cart_return=order.cart_return)
    return f"{len(lines)} lines put back" + (f", but for {left_out} units" if left_out else "")


def attempt_put_back(order: Order) -> None:
    """Do what `put_lines_back()` does, or leave it to the reconciler if DynamoDB is away."""
    try:
        put_lines_back(order)
    except StoreUnavailable:
        logger.warning("The lines of order %s go back to the cart later.", order.number)


def _lines_of(order: Order) -> list[Line]:
    return [
        Line(
            key=line_key(item.variant.product_id, item.variant_id, item.attributes),
            quantity=item.quantity,
            price=item.unit_price,
            added_at=order.placed_at,
            attributes=item.attributes,
        )
        for item in order.items.select_related("variant").order_by("pk")
    ]
