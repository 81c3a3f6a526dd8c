"""Template variables about the shop."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shop(request: HttpRequest) -> dict[str, Any]:
    """Return the shop's name and URL, and empty defaults for variables that only some pages set."""
    return {
        # Looking up an undefined variable costs a template more than rendering a whole row of a
        # list.
        "q": "",
        "section": "",
        "SHOP_CURRENCY": settings.SHOP_CURRENCY,
        "SHOP_NAME": settings.SHOP_NAME,
        "SHOP_URL": settings.SHOP_URL,
        "SHOP_PRICES_INCLUDE_TAX": settings.SHOP_PRICES_INCLUDE_TAX,
    }
