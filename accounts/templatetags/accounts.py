"""Template tags that know people's addresses."""

from django import template

from accounts.countries import COUNTRY_NAMES

register = template.Library()


@register.filter
def country_name(code: str) -> str:
    """Show a country by its name, or by its code where we have none."""
    return COUNTRY_NAMES.get(code, code)
