"""Makes hostile requests to any address: methods, parameters, bodies, headers and cookies.

A request is a function of a seed and a number, so that each can be repeated alone.
"""

import json
import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode

from tests.addresses import Address, Rows

TEXTS = [
    *["", " ", "0", "1", "-1", "2", "1.5", "1,5", "-0.01", "007", "+1", "1_0", "٣", "１２"],
    *["9" * 9, "9" * 10, "2147483648", "-2147483649", "9" * 19, "9" * 20, "9" * 400],
    *["1e999", "-1e999", "1e-999", "1E5", "NaN", "sNaN", "Infinity", "-inf", "0x10", "0b1"],
    *["\x00", "a\x00b", "\x00" * 50, "\x1b[31m", "\r\nX-Other: y", "a\nb", "\t", "\x7f\x85"],
    *["\u202e", "\u200b", "\u3164", "\ufeff", "é", "e\u0301", "ß", "東京", "😀" * 30, "\U0010ffff"],
    *["' OR 1=1 --", '"', "\\", "%", "%%", "%s%n", "${7*7}", "{{7*7}}", "<script>x</script>"],
    *["../../etc/passwd", "//elsewhere.example", "https://elsewhere.example/", "javascript:x"],
    *["null", "None", "true", "on", "[]", "{}", "[1", "undefined", "id", "pk", "__class__"],
    *["2026-02-30", "2026-13-01", "9999-12-31", "0000-00-00", "0001-01-01", "10000-01-01"],
    *["9999-12-31T23:59:59.999999Z", "24:00", "99:99", "2026-02-29 25:61", "1-1-1"],
    *["00000000-0000-0000-0000-000000000000", "g" * 36, "f" * 32, "a@b", "a@b.example", "@"],
    *["a" * 255, "a" * 256, "a" * 5_000, "é" * 200, "a b c d e f g h" * 30, "-" * 300, "(" * 300],
    *["or", "and not", "a & !", "'a':*", "a <-> b", '"a" -"b"', "a*", "DE", "XX", "de", "EUR"],
]
#: Parts of a path or of a query string that no text encodes to.
ENCODED = ["%00", "%FF", "%ED%A0%80", "%C0%AF", "%E2%82", "%2F%2F", "%25%30%30", "%", "%zz", "."]
_PARAMETERS = """
q page p o all e sort order in_stock sale on_sale min max min_price max_price variant color provider
next _popup _to_field _changelist_filters _save _continue _addanother action select_across index
_selected_action id__exact id__in pk status status__exact state category brand created_at__gte
created_at__lt created_at__isnull created_at__range placed_at__year is_active__exact user__id__exact
user__password__startswith email__in listing_in_stock app_label model_name field_name term parent_id
csrfmiddlewaretoken quantity operation line gift_wrap voucher code email total key step item restock
amount reason number token as_sfid treebeard_position treebeard_ref_node sibling_id node_id as_child
new_images login password
"""
PARAMETERS = _PARAMETERS.split()
METHODS = [*["GET"] * 10, *["POST"] * 9, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
HEADERS = {
    "X-Forwarded-For": ["1.2.3.4:5678", "[::1]:1", "x", "1.2.3.4, 5.6.7.8", "\x00", "," * 500],
    "X-Forwarded-Proto": ["https", "gopher"],
    "X-Forwarded-Host": ["elsewhere.example"],
    "Host": ["testserver:99999", "elsewhere.example", "testserver.", "[::1", "a b", "\x00", ""],
    "Referer": ["", "x", "http://[", "https://testserver/\x00", "http://testserver/cart/"],
    "Origin": ["null", "http://[", "https://elsewhere.example"],
    "User-Agent": ["", "x" * 5_000, "\x00", "\u20ac"],
    "Accept": ["application/json", "x" * 1_000, "*/*;q=x"],
    "Accept-Language": ["xx-XX;q=9", "," * 1_000],
    "Range": ["bytes=9-1", "bytes=0-" + "9" * 30],
    "If-Modified-Since": ["never", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 400],
    "If-None-Match": ['"', "*"],
    "HX-Request": ["true", "x"],
    "HX-Target": ["x", "\x00"],
    "HX-Current-URL": ["http://[", "x"],
    "Stripe-Signature": ["t=1,v1=x", "t=" + "9" * 400 + ",v1=x", "\x00"],
    "Authorization": ["Basic !", "Bearer x"],
    "X-CSRFToken": ["x", "\x00"],
    "Content-Encoding": ["gzip"],
    "X-HTTP-Method-Override": ["DELETE"],
}
COOKIES = ["sessionid", "csrftoken", "messages", "cart", "cart_count", "cart-count", "anon", "x"]
TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=nope",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=" + "x" * 300,
    "application/json",
    "application/json; charset=utf-7",
    "text/plain",
    "\x00",
    "",
]


@dataclass
class Request:
    """What a test client's generic() takes."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Fields(HTMLParser):
    """Collects the names and values of all fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "select":
            self._select = given.get("name", "")
        if tag == "option" and self._select and ("selected" in given or not self._select):
            self.found[self._select] = given.get("value", "")
        if tag in ("input", "textarea", "button", "select") and given.get("name"):
            self.found.setdefault(given["name"], given.get("value", ""))


class Generator:
    """Makes a request from a seed, to an address with rows behind it."""

    def __init__(self, seed: str, rows: Rows) -> None:
        self._random = random.Random(seed)
        self._rows = rows

    def choose(self, who: str, addresses: list[Address]) -> Address:
        """Return an address: often one of the admin for staff, seldom one for others."""
        wants_admin = self._random.random() < (0.8 if who == "staff" else 0.15)
        return self._random.choice(
            [each for each in addresses if each.route.startswith("admin/") == wants_admin]
        )

    def request(self, address: Address, fields: dict[str, str]) -> Request:
        """Return a request to an address, or nearly so; `fields` are those of its page."""
        method = self._random.choice(METHODS)
        path = address.path(self._path_values(address))
        if self._random.random() < 0.6:
            path += "?" + self._query()
        request = Request(method, path, headers=self._headers())
        if method not in ("GET", "HEAD", "TRACE"):
            request.body, request.content_type = self._body(fields)
        return request

    def _text(self) -> str:
        if self._random.random() < 0.85:
            return self._random.choice(TEXTS)
        return "".join(self._random.choice(TEXTS) for _ in range(3))[:20_000]

    def _path_values(self, address: Address) -> dict[str, str]:
        values = {}
        for name, value in self._rows.values_for(address).items():
            chance = self._random.random()
            if chance < 0.65:
                values[name] = quote(str(value))
            elif chance < 0.9:
                values[name] = quote(self._text(), safe="/")
            else:
                values[name] = self._random.choice(ENCODED)
        return values

    def _query(self) -> str:
        names = self._random.choices(PARAMETERS, k=self._random.randint(1, 4))
        if self._random.random() < 0.1:
            return "&".join(f"{name}={self._random.choice(ENCODED)}" for name in names)
        return urlencode([(name, self._text()) for name in names])

    def _headers(self) -> dict[str, str]:
        headers = {}
        if self._random.random() < 0.3:
            for name in self._random.sample(list(HEADERS), 2):
                headers[name] = self._random.choice(HEADERS[name])
        if self._random.random() < 0.1:
            value = quote(self._text(), safe="")[:3_000]
            headers["Cookie"] = f"{self._random.choice(COOKIES)}={value}"
        return headers

    def _body(self, fields: dict[str, str]) -> tuple[bytes, str]:
        """Return a body and its type: most often a form in which a few fields are wrong."""
        chance = self._random.random()
        if chance < 0.75:
            form = dict(fields) | {"csrfmiddlewaretoken": "x"}
            for _ in range(self._random.randint(1, 3)):
                form[self._random.choice([*(fields or PARAMETERS)])] = self._text()
            if self._random.random() < 0.2:
                for name in self._random.sample(list(form), len(form) // 3):
                    del form[name]
            return urlencode(form).encode(), TYPES[0]
        kind = self._random.choice(TYPES)
        if chance < 0.85:
            return json.dumps(self._json(0)).encode(), kind
        if chance < 0.9:
            depth = self._random.choice([10, 1_000, 20_000])
            return (self._random.choice(["[", '{"a":']) * depth).encode(), kind
        if chance < 0.95:
            names = self._random.choices(PARAMETERS, k=3)
            noise = quote_from_bytes(self._random.randbytes(20))
            return "&".join(f"{name}={noise}" for name in names).encode(), kind
        return self._random.randbytes(self._random.choice([0, 1, 100, 5_000])), kind

    def _json(self, depth: int) -> Any:
        shape = self._random.random()
        if depth > 3 or shape < 0.4:
            return self._random.choice([None, True, 1, -1, 10**30, 1.5, self._text()])
        if shape < 0.6:
            return [self._json(depth + 1) for _ in range(3)]
        names = self._random.choices(["id", "type", "data", "object", "files", "size", "x"], k=3)
        return {name: self._json(depth + 1) for name in names}
