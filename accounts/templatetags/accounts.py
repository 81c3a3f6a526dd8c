"""Template tags for addresses."""

from collections.abc import Mapping

from django import template

from accounts import address_format
from shop import countries

register = template.Library()

register.filter(countries.in_sentence)
register.filter("address_lines", address_format.format_lines)


@register.filter
def place_lines(address: Mapping[str, str]) -> list[str]:
    """Return the lines of an address without the names of the recipient."""
    return address_format.format_lines({**address, "full_name": "", "company": ""})
