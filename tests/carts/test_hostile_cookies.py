"""Forged cookies cause no server error and no write, and never open somebody's cart."""

import random
import string
import uuid
from collections.abc import Callable

import pytest
from django.core import signing
from django.test import Client

from accounts.tables import SessionItem
from carts.tables import CartLine

pytestmark = pytest.mark.django_db

REQUESTS = 5_000  # with two hostile cookies each
KEY = string.ascii_lowercase + string.digits


def near_key(source: random.Random) -> str:
    """Return a string like a session key, except for one character or its length."""
    key = [source.choice(KEY) for _ in range(source.choice((7, 8, 31, 32, 33, 64, 65)))]
    key[source.randrange(len(key))] = source.choice("A_-%é\x7f" + KEY)
    return "".join(key)


def bytes_of_any_kind(source: random.Random) -> str:
    return "".join(chr(source.randrange(1, 256)) for _ in range(source.randrange(1, 80)))


def octal_surrogates(source: random.Random) -> str:
    """Return a value that http.cookies unquotes to half a surrogate pair or to a NUL."""
    return (
        '"'
        + "".join(source.choice((r"\355\240\200", r"\000", r"\377", "a")) for _ in range(20))
        + '"'
    )


def long(source: random.Random) -> str:
    return source.choice(KEY) * 8_000


def unicode_text(source: random.Random) -> str:
    text = "".join(chr(source.choice((0x1F6D2, 0x202E, 0x0430, 0xFF41))) for _ in range(16))
    return text.encode().decode("latin-1")


def signed_by_somebody_else(source: random.Random) -> str:
    owner = source.choice((f"anon-{uuid.uuid4().hex}", "user-1", "anon-", "#"))
    return signing.TimestampSigner(key="guessed", salt="carts").sign(owner)


def odd(source: random.Random) -> str:
    return source.choice(
        ("", ";", "=", "a:b:c", "null", "user-1", "../../etc", "' OR 1=1 --", "{}", "-1", "9" * 40)
    )


KINDS: list[Callable[[random.Random], str]] = [
    near_key,
    bytes_of_any_kind,
    octal_surrogates,
    long,
    unicode_text,
    signed_by_somebody_else,
    odd,
]


def stored() -> set[str]:
    """Return the keys of all sessions and of all cart lines."""
    sessions = {item.session_id for item in SessionItem.scan(attributes_to_get=["session_id"])}
    return sessions | {f"{line.user_id} {line.product_id}" for line in CartLine.scan()}


def test_10000_hostile_cookies_do_no_harm():
    source = random.Random(20261122)
    client = Client(raise_request_exception=False)
    before = stored()
    for number in range(REQUESTS):
        session, cart, count = (source.choice(KINDS)(source) for _ in range(3))
        cookie = (
            f"sessionid={session}; cart={cart}; cart_count={count}; csrftoken={session}; "
            f"messages={cart}"
        )
        answer = client.get("/cart/", HTTP_COOKIE=cookie)
        assert answer.status_code == 200, (number, cookie)
        assert b"Your cart is empty" in answer.content, cookie
        client.cookies.clear()
    assert stored() <= before, "TTL may delete meanwhile, but nothing was written"
