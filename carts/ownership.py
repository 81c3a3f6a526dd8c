"""Which cart belongs to a request: a user's, or the guest's whose id is in a signed cookie."""

import re
import uuid
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.sessions import is_unavailable
from carts.cart import Cart
from shop.dynamo.table import StoreUnavailable

COOKIE = "cart"
COUNT_COOKIE = "cart_count"
# Changing the salt makes every guest's cookie invalid, and with it their carts unreachable.
SALT = "carts"
GUEST_OWNER = re.compile(r"anon-[0-9a-f]{32}")


def guest_owner(request: HttpRequest) -> str | None:
    """Return the guest's owner id from the cookie, or None if it is missing, forged or expired."""
    try:
        owner = request.get_signed_cookie(
            COOKIE, salt=SALT, max_age=settings.CART_DAYS["guest"] * 86_400
        )
    except (KeyError, BadSignature):
        return None
    # Checked in spite of the signature, so that a guest's cookie can never name a user's cart.
    return owner if owner and GUEST_OWNER.fullmatch(owner) else None


def owner_of(request: HttpRequest) -> str:
    """Return the owner id of the request's cart, or "" for a guest without one; reads no cart."""
    if request.user.is_authenticated:
        return f"user-{request.user.pk}"
    return guest_owner(request) or ""


def cart_of(request: HttpRequest) -> Cart | None:
    """Return the cart of the request, or None for a guest who does not have one yet.

    If a signed-in shopper still has a guest's cart, its lines are merged into the user's cart here,
    so a merge that a crash interrupted is completed by the next request. The cart's `merge_report`
    says what could not be kept. Raises StoreUnavailable.
    """
    owner = guest_owner(request)
    if not request.user.is_authenticated:
        # While sessions are unavailable, a signed-in shopper looks like a guest and must not start
        # filling a guest's cart.
        if is_unavailable(request.session):
            raise StoreUnavailable("The session cannot be read.")
        return Cart(owner) if owner else None
    cart = Cart(f"user-{request.user.pk}")
    if owner:
        cart.merge_from(Cart(owner))
    return cart


def new_guest_cart() -> Cart:
    """Return an empty cart with a new random id (128 bits)."""
    return Cart(f"anon-{uuid.uuid4().hex}")


def guest_cart_named(name: str) -> Cart:
    """Return the guest's cart that belongs to a secret name, always the same one."""
    return Cart(f"anon-{salted_hmac(SALT, name).hexdigest()[:32]}")


def remember_cart(
    request: HttpRequest, response: HttpResponse, cart: Cart, count: int | None = None
) -> None:
    """Set the cookies that hold the guest's owner id and the count shown in the header.

    The owner id is stored for guests only: once a cart is merged into a user's, the cookie is
    deleted.
    """
    options: dict[str, Any] = {
        "max_age": cart.lifetime,
        "httponly": True,
        "samesite": "Lax",
        "secure": settings.SESSION_COOKIE_SECURE,
    }
    if cart.owner.startswith("anon-"):
        response.set_signed_cookie(COOKIE, cart.owner, salt=SALT, **options)
        mark = _mark(cart.owner)
    else:
        # The merge is complete at this point; without the cookie, later requests do not query the
        # guest's cart again.
        response.delete_cookie(COOKIE)
        mark = _mark(request.session.session_key or "")
    if count is not None:
        response.set_cookie(COUNT_COOKIE, f"{count}.{mark}", **options)


def shown_count(request: HttpRequest) -> int:
    """Return the number of units shown in the header, read from its cookie.

    It is 0 if the cookie is about another cart, such as that of somebody who has logged out here.
    """
    text, _dot, mark = request.COOKIES.get(COUNT_COOKIE, "").partition(".")
    # The cookie is not signed. int() would accept other digits and any length.
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return 0
    # No look-up: most pages know a user only by the cookie of the session. The guest's cart comes
    # first, because right after a login it has not been merged yet.
    guest = request.COOKIES.get(COOKIE, "").partition(":")[0]
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return int(text) if mark in (_mark(guest), _mark(session)) else 0


def _mark(owner: str) -> str:
    """Return what ties a count to its cart: a short hash of the guest's or the session's id."""
    return sha256(owner.encode()).hexdigest()[:12]
