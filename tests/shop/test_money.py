"""Money knows its currency: digits, rounding, symbols, and which currencies there are."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as some

from shop.currencies import currencies, currency_fault, find_currency
from shop.money import (
    LARGEST,
    MAX_DECIMALS,
    AmountFormField,
    digits_fault,
    format_money,
    plain_money,
    round_money,
)
from tests.currencies import open_shop, shops

# ISO 4217, list one of 2026: the currencies with other than two digits.
ZERO_IN_ISO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
THREE_IN_ISO = "BHD IQD JOD KWD LYD OMR TND"
WHOLE_IN_CLDR = "AFN ALL IQD IRR KPW LAK LBP MGA MMK SOS SYP YER"
codes = some.sampled_from(sorted(currencies()))


def test_digits_are_those_of_iso_4217_but_for_the_documented_ones():
    for code in currencies():
        iso = 0 if code in ZERO_IN_ISO else 3 if code in THREE_IN_ISO else 2
        assert find_currency(code).digits == (0 if code in WHOLE_IN_CLDR else iso), code
        assert iso <= MAX_DECIMALS


@pytest.mark.parametrize("code", ["EUR", "USD", "JPY", "CLP", "KWD", "CHF", "XOF", "RSD"])
def test_a_shop_may_have_these_currencies(code):
    assert currency_fault(code) == ""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        *((wrong, "a currency's code in ISO 4217") for wrong in ("eur", "EURO", "", "ZZZ", "€")),
        *((old, "legal tender somewhere today") for old in ("DEM", "XAU", "HRK")),
        *(
            (fund, "legal tender somewhere today")
            for fund in ("CLF", "UYW", "CHE", "XDR", "XXX", "XTS")
        ),
    ],
)
def test_it_says_why_a_shop_may_not_have_others(code, fault):
    assert fault in currency_fault(code)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("2.675", "EUR", "2.68"),
        ("1", "EUR", "1.00"),
        ("-0.005", "EUR", "-0.01"),
        ("98.5", "JPY", "99"),
        ("1.2345", "KWD", "1.235"),
        # Cash is rounded to 0.05, cards are not.
        ("1.234", "CHF", "1.23"),
    ],
)
def test_halves_go_up(amount, currency, rounded):
    assert str(round_money(Decimal(amount), currency)) == rounded


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "EUR", "€1,234.50"),
        ("1234.500", "EUR", "€1,234.50"),
        ("9", "CHF", "CHF\xa09.00"),
        ("-3", "USD", "−$3.00"),
        ("0", "GBP", "£0.00"),
        ("1234567.000", "JPY", "¥1,234,567"),
        ("1234.5", "KWD", "KWD\xa01,234.500"),
        ("-12000", "CLP", "−CLP\xa012,000"),
        ("500", "XOF", "F\u202fCFA\xa0500"),
        # An amount that cannot be is not made to look as if it could.
        ("19.99", "JPY", "¥19.99"),
        ("0.125", "EUR", "€0.125"),
    ],
)
def test_it_is_shown_with_its_sign(amount, currency, shown):
    assert format_money(Decimal(amount), currency) == shown


@given(codes, some.decimals(-LARGEST, LARGEST, places=MAX_DECIMALS))
def test_what_is_formatted_can_be_read_back(code, amount):
    rounded = round_money(amount, code)
    prefix, digits, _unit = find_currency(code)
    text = format_money(rounded, code)
    number = text.removeprefix("−").removeprefix(prefix).replace(",", "")
    assert Decimal(number) == abs(rounded)
    assert text.startswith("−") == (rounded < 0)
    for each in (number, plain_money(rounded, code)):
        assert len(each.partition(".")[2]) == digits
    assert Decimal(plain_money(rounded, code)) == rounded
    # Nothing that is stored is hidden either.
    assert Decimal(plain_money(amount, code)) == amount


@given(shops, some.decimals(0, LARGEST, places=MAX_DECIMALS))
def test_only_what_rounding_would_change_has_too_many_decimals(shop, amount):
    with open_shop(shop) as code:
        rounded = round_money(amount, code)
        assert bool(digits_fault(amount, code)) == (rounded != amount)
        assert digits_fault(rounded, code) == ""


@pytest.mark.parametrize(
    ("shop", "text", "fault"),
    [
        (("JPY", False), "985.5", "Amounts in JPY have no decimals."),
        (("EUR", False), "9.999", "Amounts in EUR have 2 decimals at most."),
        (("KWD", False), "1.2345", "Amounts in KWD have 3 decimals at most."),
        (("KWD", True), "1.234", "Amounts in KWD end in 0 here, because Stripe takes no others."),
        (("JPY", False), "985.00", ""),
        (("KWD", False), "1.234", ""),
        (("KWD", True), "1.230", ""),
    ],
)
def test_a_form_takes_the_digits_of_the_currency(shop, text, fault):
    with open_shop(shop):
        field = AmountFormField()
        if not fault:
            assert field.clean(text) == Decimal(text)
            return
        with pytest.raises(ValidationError) as refused:
            field.clean(text)
    assert refused.value.messages == [fault]


def test_a_form_shows_a_stored_amount_with_the_digits_of_the_currency():
    field = AmountFormField()
    assert field.prepare_value(Decimal("19.990")) == "19.99"
    field.currency = "JPY"
    assert field.prepare_value(Decimal("500.000")) == "500"
