"""Which cart a request has: a user's own, or the guest's whose id is in a signed cookie."""

import re
import uuid
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from accounts.sessions import is_unavailable
from carts.cart import Cart
from shop.dynamo.table import StoreUnavailable

COOKIE = "cart"
COUNT_COOKIE = "cart_count"
SALT = "carts"
GUEST_OWNER = re.compile(r"anon-[0-9a-f]{32}")


def guest_owner(request: HttpRequest) -> str | None:
    """Return the owner that the cookie names; a forged, guessed or stale cookie is no cart."""
    try:
        owner = request.get_signed_cookie(
            COOKIE, salt=SALT, max_age=settings.CART_DAYS["guest"] * 86_400
        )
    except (KeyError, BadSignature):
        return None
    return owner if owner and GUEST_OWNER.fullmatch(owner) else None


def cart_of(request: HttpRequest) -> Cart | None:
    """Return the request's cart, None for a guest who has none yet.

    A signed-in shopper who still has a guest's cart gets its lines here, so a merge that a crash
    cut short is completed by the next request; the cart's `merge_report` says what could not be
    kept. Raises StoreUnavailable.
    """
    owner = guest_owner(request)
    if not request.user.is_authenticated:
        # A shopper who is signed in must not fill a guest's cart.
        if is_unavailable(request.session):
            raise StoreUnavailable("The session cannot be read.")
        return Cart(owner) if owner else None
    cart = Cart(f"user-{request.user.pk}")
    if owner:
        cart.merge_from(Cart(owner))
    return cart


def new_guest_cart() -> Cart:
    """Return an empty cart under a new random id (128 bits)."""
    return Cart(f"anon-{uuid.uuid4().hex}")


def remember_cart(response: HttpResponse, cart: Cart, count: int | None = None) -> None:
    """Set the cookies: whose cart it is (a guest's only; a merged one is forgotten), and the count
    for the header.
    """
    options: dict[str, Any] = {
        "max_age": cart.lifetime,
        "httponly": True,
        "samesite": "Lax",
        "secure": settings.SESSION_COOKIE_SECURE,
    }
    if cart.owner.startswith("anon-"):
        response.set_signed_cookie(COOKIE, cart.owner, salt=SALT, **options)
    else:
        response.delete_cookie(COOKIE)
    if count is not None:
        response.set_cookie(COUNT_COOKIE, str(count), **options)


def shown_count(request: HttpRequest) -> int:
    """Return the count of the header, as the cookie has it."""
    text = request.COOKIES.get(COUNT_COOKIE, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
