"""Money is a Decimal, rounded as a shopper expects and formatted for people."""

from decimal import Decimal

import pytest

from shop.money import format_money, to_cents


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("2.675", "2.68"), ("1", "1.00"), ("-0.005", "-0.01")],
)
def test_halves_go_up(amount, rounded):
    assert to_cents(Decimal(amount)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "EUR", "€1,234.50"),
        ("9", "CHF", "9.00 CHF"),
        ("-3", "USD", "−$3.00"),
        ("0", "GBP", "£0.00"),
    ],
)
def test_it_is_shown_with_its_sign(amount, currency, shown):
    assert format_money(Decimal(amount), currency) == shown
