"""Orders, for staff: what happened is read, money goes back by pages of its own, the terms are set."""

from orders.admin import orders, terms

__all__ = ["orders", "terms"]
