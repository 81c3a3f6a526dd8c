"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shop(request: HttpRequest) -> dict[str, Any]:
    """Return the shop's name and the number on the cart (from a cookie); no look-up is made
    here.
    """
    count = request.COOKIES.get("cart_count", "")
    session = getattr(request, "session", None)
    return {
        # What only some pages set: looking for a name that is nowhere costs a template more than a
        # whole row of a list.
        "q": "",
        "section": "",
        "SHOP_NAME": settings.SHOP_NAME,
        "SHOP_URL": settings.SHOP_URL,
        "SHOP_PRICES_INCLUDE_TAX": settings.SHOP_PRICES_INCLUDE_TAX,
        # A function, so that it is asked where it is shown. A template's
        # `request.session.unavailable` would first look for a key of that name, and so read the
        # session of everybody who has one.
        "session_is_away": lambda: getattr(session, "unavailable", False),
        "cart_count": int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0,
    }
