"""The admin of orders."""

from orders.admin import orders, shipping, tax, vouchers

__all__ = ["orders", "shipping", "tax", "vouchers"]
