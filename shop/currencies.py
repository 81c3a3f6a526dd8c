"""The currencies that a shop can have, with their digits and symbols: CLDR's data, by babel.

The digits are those of accounts and cards. Cash is rounded more coarsely in some countries, such as
to 0.05 in Switzerland; CLDR has that too, and it is not used here, because a shop takes no cash.

CLDR's digits are the minor units of ISO 4217, but for currencies whose small coins are gone: CLDR
counts AFN, ALL, IQD, IRR, KPW, LAK, LBP, MGA, MMK, SOS, SYP and YER in whole units. We follow it:
people quote no fractions of them, Stripe takes none of MGA, and a whole amount is valid wherever a
fraction would be. RSD is the exception, because prices in Serbia do end in 99 para.

This module imports no Django, so that the settings can use it.
"""

import unicodedata
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from babel.core import get_global
from babel.numbers import (
    get_currency_precision,
    get_currency_symbol,
    get_territory_currencies,
    list_currencies,
)

LOCALE = "en"
ISO_DIGITS = {"RSD": 2}


class Currency(NamedTuple):
    """How a currency's amounts look: a number with `digits` decimals after `prefix`."""

    prefix: str
    digits: int
    #: The smallest amount.
    unit: Decimal


@cache
def find_currency(code: str) -> Currency:
    """Return the digits and the symbol of a currency; one without a symbol is shown by its code."""
    digits = ISO_DIGITS.get(code, get_currency_precision(code))
    symbol = get_currency_symbol(code, locale=LOCALE)
    # CLDR's rule for the space: https://www.unicode.org/reports/tr35/tr35-numbers.html#Currencies
    # It does not break, so an amount stays on one line.
    touches = unicodedata.category(symbol[-1])[0] in "SZ"
    return Currency(symbol if touches else f"{symbol}\xa0", digits, Decimal(1).scaleb(-digits))


@cache
def currencies() -> frozenset[str]:
    """Return the codes that a shop may use: what is legal tender somewhere today.

    That leaves out former currencies, and codes of ISO 4217 for metals, funds and units of account.
    """
    territories = get_global("territory_currencies")
    return frozenset(code for each in territories for code in get_territory_currencies(each))


def currency_fault(code: str) -> str:
    """Return why a shop cannot have this currency, as a sentence, or "" if it can."""
    if code in currencies():
        return ""
    if code in list_currencies():
        return "It should be a currency that is legal tender somewhere today."
    return "It should be a currency's code in ISO 4217, in capital letters."
