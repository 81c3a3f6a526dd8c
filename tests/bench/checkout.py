"""A checkout that only needs its last click.

The page that places an order needs a new checkout for each visit.
"""

import re
import uuid
from collections.abc import Callable
from decimal import Decimal

from django.conf import settings
from django.core import signing

from accounts.sessions import SessionStore
from carts.cart import Cart
from carts.lines import line_key
from carts.ownership import COOKIE, SALT
from orders.checkout.review import Parts, read_parts, sign_parts
from orders.checkout.session import SESSION_KEY
from tests.bench.browser import Answer, Browser
from tests.bench.catalogue import first_variant

BOUGHT = (11, 12, 13)
_KEY = re.compile(rb'name="key" value="([0-9a-f]+)"')
_AGREED = re.compile(rb'name="agreed" value="([^"]+)"')
CARD = {"card_number": "4242424242424242", "expiry": "12/49", "security_code": "123"}
CONTACT = {
    "email": "guest@example.com",
    "full_name": "Ada Lovelace",
    "line1": "Lindenstraße 7",
    "postcode": "10969",
    "city": "Berlin",
    "country": "DE",
}


class AtTheReview:
    """A shopper who has reached the review once; `place` repeats only the last step."""

    def __init__(self) -> None:
        self.draft: dict[str, object] = {}
        self.parts: Parts = {}

    def place(self, browser: Browser) -> Answer:
        """Place and pay an order of three products.

        The steps before it are written directly to DynamoDB.
        """
        if not self.draft:
            self._walk(browser)
        key, owner = self._prepare(browser)
        agreed = sign_parts(self.parts, uuid.UUID(key), owner)
        answer = browser.post(
            "/checkout/review/", CARD | {"key": key, "agreed": agreed, "provider": "test"}
        )
        if answer.status != 302 or not answer.location.startswith("/orders/"):
            raise AssertionError(f"place order: {answer.status} {answer.location}")
        return answer

    def _walk(self, browser: Browser) -> None:
        browser.post("/checkout/", CONTACT)
        page = browser.get("/checkout/delivery/")
        method = re.search(
            rb'name="shipping_method"[^>]*value="([0-9]+)"|value="([0-9]+)"[^>]*name="shipping_m',
            page.body,
        )
        assert method, page.status
        browser.post("/checkout/delivery/", {"shipping_method": (method[1] or method[2]).decode()})
        body = browser.get("/checkout/review/").body
        key, agreed = _KEY.search(body), _AGREED.search(body)
        assert key
        assert agreed
        owner = browser.cookies[COOKIE].partition(":")[0]
        parts = read_parts(agreed[1].decode(), uuid.UUID(key[1].decode()), owner)
        assert parts
        self.parts = parts
        self.draft = SessionStore(browser.cookies[settings.SESSION_COOKIE_NAME])[SESSION_KEY]

    def _prepare(self, browser: Browser) -> tuple[str, str]:
        key, owner = uuid.uuid4().hex, f"anon-{uuid.uuid4().hex}"
        cart = Cart(owner)
        for number in BOUGHT:
            cart.add(
                line_key(number, first_variant(number)),
                1,
                price=Decimal(1),
                operation=uuid.uuid4().hex,
            )
        session = SessionStore()
        session[SESSION_KEY] = self.draft | {"key": key}
        session.save()
        browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
        browser.cookies[COOKIE] = signing.get_cookie_signer(salt=COOKIE + SALT).sign(owner)
        return key, owner


def place() -> Callable[[Browser], Answer]:
    """Return a visit that places an order."""
    return AtTheReview().place
