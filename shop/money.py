"""Money: a Decimal in SHOP_CURRENCY with two decimal places, never a float."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db import models

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


class AmountField(models.DecimalField):
    """A column for money with two decimal places, up to 9,999,999,999.99."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs |= {"max_digits": 12, "decimal_places": 2}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


def to_cents(amount: Decimal) -> Decimal:
    """Round an amount to the cent, halves up, as a shopper would."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def format_money(amount: Decimal, currency: str = "") -> str:
    """Return an amount in human-readable form.

    It is `€1,234.50`, or `1,234.50 CHF` if the currency has no well-known symbol.
    """
    code = currency or settings.SHOP_CURRENCY
    number = f"{to_cents(abs(amount)):,.2f}"
    sign = "−" if amount < 0 else ""
    return f"{sign}{SYMBOLS[code]}{number}" if code in SYMBOLS else f"{sign}{number} {code}"
