"""The pages that are measured. To add one, write its visit and an entry in PAGES.

Each names the bare view that it is compared with and its goals, which are those of the design.
"""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import User
from accounts.sessions import SessionStore
from carts.cart import Cart
from tests.bench import checkout
from tests.bench.browser import Answer, Browser
from tests.bench.catalogue import COMMON_WORD, HOT, USER, first_variant

#: A product with four variants and three pictures.
PRODUCT = "product-3"

Visit = Callable[[Browser], Answer]


def guest(browser: Browser) -> None:
    """Give the browser no cookie at all."""


def guest_with_cart(browser: Browser) -> None:
    """Put three products into a guest's cart, and fetch the token of a form."""
    browser.get(f"/p/{PRODUCT}/")
    for number in (11, 12, 13):
        add(browser, first_variant(number))


def signed_in(browser: Browser) -> None:
    """Sign in as a user with three products in the cart."""
    cart = Cart(f"user-{USER['pk']}")
    cart.clear(cart.lines())
    session = SessionStore()
    session[SESSION_KEY] = str(USER["pk"])
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = User(**USER).get_session_auth_hash()
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    guest_with_cart(browser)


def add(browser: Browser, variant: int) -> Answer:
    """Add one unit to the cart."""
    answer = browser.post(
        "/cart/add/", {"variant": variant, "quantity": 1, "operation": uuid.uuid4().hex}
    )
    if (answer.status, answer.location) != (302, "/cart/"):
        raise AssertionError(f"add to cart: {answer.status} {answer.location}")
    return answer


def fetch(path: str, mark: bytes, count: int) -> Visit:
    """Return a visit that fetches a page, which must contain `mark` at least `count` times."""

    def visit(browser: Browser) -> Answer:
        answer = browser.get(path)
        if answer.status != 200 or answer.body.count(mark) < count:
            raise AssertionError(
                f"{path}: {answer.status}, {answer.body.count(mark)} times {mark!r}"
            )
        return answer

    return visit


def add_next() -> Visit:
    """Return a visit that adds the next of several products.

    A cart line is limited to 99 units, so it must not always be the same product.
    """
    turns = itertools.cycle(range(1, HOT + 1))
    return lambda browser: add(browser, first_variant(next(turns)))


def order_three() -> Visit:
    """Return a visit to the bare view that writes an order of three products."""
    fields: dict[str, object] = {"variant": [first_variant(number) for number in (11, 12, 13)]}

    def visit(browser: Browser) -> Answer:
        answer = browser.post("/bare/order/", fields)
        if answer.status != 302:
            raise AssertionError(f"bare order: {answer.status}")
        return answer

    return visit


@dataclass(frozen=True)
class Page:
    """A page, who visits it, and what it may cost.

    `goal` is a multiple of the bare view's CPU; `sql` and `dynamodb` are numbers of calls.
    """

    name: str
    shopper: Callable[[Browser], None]
    visit: Callable[[], Visit]
    bare: Callable[[], Visit]
    goal: float
    sql: int
    dynamodb: int = 0


bare_list = partial(fetch, "/bare/products/", b"<li>", 24)
bare_product = partial(fetch, f"/bare/product/{PRODUCT}/", b"<h1>", 1)
_CARD = b'class="product-card"'

PAGES = [
    Page("home", guest, partial(fetch, "/", _CARD, 12), bare_list, 1.6, sql=2),
    Page("category", guest, partial(fetch, "/c/kitchen/", _CARD, 24), bare_list, 1.6, sql=2),
    Page(
        "product",
        guest,
        partial(fetch, f"/p/{PRODUCT}/", b'id="panel"', 1),
        bare_product,
        2.2,
        sql=3,
    ),
    Page(
        "search",
        guest,
        partial(fetch, f"/search/?q={COMMON_WORD}", _CARD, 24),
        bare_list,
        2.0,
        sql=2,
    ),
    Page(
        "cart",
        guest_with_cart,
        partial(fetch, "/cart/", b'class="line"', 3),
        bare_list,
        2.5,
        sql=1,
        dynamodb=1,
    ),
    Page(
        "cart, signed in",
        signed_in,
        partial(fetch, "/cart/", b'class="line"', 3),
        bare_list,
        2.5,
        sql=2,
        dynamodb=2,
    ),
    Page("add", guest_with_cart, add_next, order_three, 4.0, sql=1, dynamodb=1),
    Page("add, signed in", signed_in, add_next, order_three, 4.0, sql=2, dynamodb=2),
    # What the test provider asks its own tables, two statements, is not counted: Stripe has a
    # database of its own.
    Page("order", guest_with_cart, checkout.place, order_three, 8.0, sql=15, dynamodb=4),
]
