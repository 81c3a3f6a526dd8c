"""Every currency that a shop may have, for property tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.test import override_settings
from hypothesis import strategies as some

from orders.payments.providers.stripe import THREE_DIGITS
from shop.currencies import currencies, find_currency
from shop.money import unit_of

#: The settings of a shop: its currency, and whether it offers Stripe.
shops = some.tuples(some.sampled_from(sorted(currencies())), some.booleans())
Shop = tuple[str, bool]


@contextmanager
def open_shop(shop: Shop) -> Iterator[str]:
    """Apply the settings of a shop, and return its currency."""
    code, stripe = shop
    units = dict.fromkeys(THREE_DIGITS, Decimal("0.01")) if stripe else {}
    with override_settings(SHOP_CURRENCY=code, PAYMENT_UNITS=units):
        yield code


def amounts(code: str, most: int = 1_000_000) -> some.SearchStrategy[Decimal]:
    """Make amounts that can be charged in the open shop, of at most so many units."""
    return some.integers(0, most).map(lambda n: n * unit_of(code))


def fits(amount: Decimal, code: str) -> bool:
    """Return whether an amount can be charged, and so has no more than the currency's digits."""
    return amount % unit_of(code) == 0 == amount % find_currency(code).unit
