"""Template tags that every page may use, without a load."""

from decimal import Decimal

from django import template

from shop.money import format_money

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str = "") -> str:
    """Show an amount as people read it; nothing for None."""
    return "" if amount is None else format_money(amount, currency)
