"""A shopper with a plain HTTP client: cookies and HTML forms, but no JavaScript."""

import http.client
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.drills.chance import chance

SECONDS = 120  # the timeout of a request
FORM_TYPE = "application/x-www-form-urlencoded"
ADDRESS = {
    "full_name": "Ada Lovelace",
    "line1": "Lindenstraße 7",
    "postcode": "10969",
    "city": "Berlin",
    "country": "DE",
}
#: The fields of the review page that must be sent back with the card.
AGREED = ("key", "agreed", "provider")
ORDER_PAGE = re.compile(r"/orders/([\w-]+)/$")

WORKS = "4242424242424242"
DECLINED = "4000000000000002"
SECOND_STEP = "4000002500003155"
SLOW = "4000000000000077"
ANSWER_LOST = "4000000000000119"

#: The errors of a broken connection: the server died, has not started, or hung up half way.
BROKEN = (OSError, http.client.HTTPException)


def card(number: str) -> dict[str, str]:
    """Return the fields of the test provider's form."""
    return {"card_number": number, "expiry": "12/49", "security_code": "123"}


@dataclass(frozen=True)
class Answer:
    """A response of the shop; `path` is what was requested, `location` the target of a redirect."""

    path: str
    status: int
    location: str
    text: str

    @cached_property
    def fields(self) -> dict[str, str]:
        """The fields of the page's forms and their values.

        If several fields have the same name, the first one counts.
        """
        reader = _Fields()
        reader.feed(self.text)
        return reader.fields


class WrongPage(Exception):
    """The shop answered with a different page than the one expected."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.path} answered {answer.status} {answer.location}")
        self.answer = answer


class Shopper:
    """One browser. A request raises one of BROKEN if the connection breaks.

    If `tries` is more than one, a request that fails or is answered with 503 is sent again,
    unchanged, after a pause.
    """

    def __init__(self, address: str, email: str, tries: int = 1) -> None:
        self.host = urlsplit(address).netloc
        self.email = email
        self.tries = tries
        self.repeats = 0
        self.cookies: dict[str, str] = {}
        self.agreed: dict[str, str] = {}

    @property
    def key(self) -> str:
        """The checkout key of the last page before the order."""
        return self.agreed.get("key", "")

    @property
    def cart_owner(self) -> str:
        """The owner of the cart, from its signed cookie."""
        return self.cookies.get("cart", "").partition(":")[0]

    def get(self, path: str) -> Answer:
        """Request a page; redirects are not followed."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Submit a form with its CSRF token; redirects are not followed."""
        return self._ask(
            "POST", path, {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")} | fields
        )

    def put_into_cart(
        self, product_path: str, quantity: int = 1, *, gift_wrap: bool = False
    ) -> None:
        """Submit the product page's form. Raises WrongPage."""
        page = _expect(self.get(product_path), 200)
        fields = {
            name: page.fields[name] for name in ("variant", "operation") if name in page.fields
        }
        if not fields:
            raise WrongPage(page)  # the product is sold out
        wish = {"gift_wrap": "on"} if gift_wrap else {}
        _expect(self.post("/cart/add/", fields | wish | {"quantity": str(quantity)}), 302, "/cart/")

    def go_to_review(self) -> None:
        """Go through the checkout and remember what the review shows. Raises WrongPage."""
        _expect(
            self.post("/checkout/", ADDRESS | {"email": self.email}), 302, "/checkout/delivery/"
        )
        method = _expect(self.get("/checkout/delivery/"), 200).fields["shipping_method"]
        _expect(
            self.post("/checkout/delivery/", {"shipping_method": method}), 302, "/checkout/review/"
        )
        page = _expect(self.get("/checkout/review/"), 200)
        self.agreed = {name: page.fields[name] for name in AGREED if name in page.fields}

    def order(self, number: str = WORKS) -> Answer:
        """Press "Order and pay". Pressing it again sends the same data."""
        return self.post("/checkout/review/", self.agreed | card(number))

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        for _ in range(self.tries - 1):
            with suppress(*BROKEN):
                answer = self._ask_once(method, path, fields)
                if answer.status != 503:
                    return answer
            self.repeats += 1
            time.sleep(chance.uniform(0.1, 0.8))
        return self._ask_once(method, path, fields)

    def _ask_once(self, method: str, path: str, fields: dict[str, str] | None) -> Answer:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.copy().items())
        }
        body = None if fields is None else urlencode(fields)
        if body is not None:
            headers["Content-Type"] = FORM_TYPE
        connection = http.client.HTTPConnection(self.host, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        self._keep_cookies(response.msg.get_all("Set-Cookie", []))
        return Answer(path, response.status, response.headers.get("Location", ""), text)

    def _keep_cookies(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.coded_value


def _expect(answer: Answer, status: int, location: str = "") -> Answer:
    if (answer.status, answer.location) != (status, location):
        raise WrongPage(answer)
    return answer


class _Fields(HTMLParser):
    """Collects what a browser would send: inputs, and of radio buttons only the checked one."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (
            tag == "input"
            and given.get("name")
            and (given.get("type") != "radio" or "checked" in given)
        ):
            self.fields.setdefault(given["name"] or "", given.get("value") or "")
