"""Money: a Decimal with its currency, never a float.

Prices, delivery methods and vouchers are in SHOP_CURRENCY. Whatever is part of an order is in the
currency that the order, payment or refund names, which may be an older one.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from shop.currencies import find_currency

ZERO = Decimal(0)
MAX_DIGITS = 15
#: The most that any currency of a shop has; KWD is one.
MAX_DECIMALS = 3
LARGEST = Decimal("999999999999.999")


def unit_of(currency: str) -> Decimal:
    """Return the smallest amount of a currency that the shop can charge: 0.01 EUR, 1 JPY.

    It may be more than the currency's own, see PAYMENT_UNITS in the settings.
    """
    return settings.PAYMENT_UNITS.get(currency) or find_currency(currency).unit


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round an amount to what can be charged, halves up, as a shopper would."""
    return amount.quantize(unit_of(currency), rounding=ROUND_HALF_UP)


def round_price(amount: Decimal) -> Decimal:
    """Round an amount in SHOP_CURRENCY."""
    return round_money(amount, settings.SHOP_CURRENCY)


def format_money(amount: Decimal, currency: str) -> str:
    """Return an amount as people read it: `€1,234.50`, `¥1,235`, `CHF 1,234.50`.

    Nothing is rounded: an amount with more decimals than its currency shows all of them.
    """
    prefix, digits, unit = find_currency(currency)
    if amount % unit:
        digits = _decimals(amount)
    number = f"{abs(amount):,.{digits}f}"
    return f"−{prefix}{number}" if amount < 0 else f"{prefix}{number}"


def format_price(amount: Decimal) -> str:
    """Return an amount in SHOP_CURRENCY as people read it."""
    return format_money(amount, settings.SHOP_CURRENCY)


def plain_money(amount: Decimal, currency: str) -> str:
    """Return an amount as programs read it: `1234.50`, `1235`. Nothing is rounded."""
    digits, unit = find_currency(currency)[1:]
    return f"{amount:.{_decimals(amount) if amount % unit else digits}f}"


def _decimals(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def digits_fault(amount: Decimal, currency: str) -> str:
    """Return why an amount of a currency has too many decimals, as a sentence, or "".

    An amount beyond LARGEST has none: it is refused for that, and could not be divided here.
    """
    if abs(amount) > LARGEST or not amount % unit_of(currency):
        return ""
    digits = find_currency(currency).digits
    if digits == 0:
        return f"Amounts in {currency} have no decimals."
    if not amount % find_currency(currency).unit:
        return f"Amounts in {currency} end in 0 here, because Stripe takes no others."
    return f"Amounts in {currency} have {digits} decimals at most."


def validate_digits(amount: Decimal, currency: str = "") -> None:
    """Refuse an amount that has more decimals than its currency, by default SHOP_CURRENCY."""
    if fault := digits_fault(amount, currency or settings.SHOP_CURRENCY):
        raise ValidationError(fault, code="max_decimal_places")


class AmountFormField(forms.DecimalField):
    """Asks for an amount in SHOP_CURRENCY, or in the `currency` that its form sets."""

    currency = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"max_digits": MAX_DIGITS, "decimal_places": MAX_DECIMALS})

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount with the currency's decimals."""
        is_stored = isinstance(value, Decimal)
        return plain_money(value, self.currency or settings.SHOP_CURRENCY) if is_stored else value

    def validate(self, value: Any) -> None:
        """Refuse more decimals than the currency has."""
        super().validate(value)
        if value is not None:
            validate_digits(value, self.currency)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let a browser step by the currency's unit."""
        attrs = super().widget_attrs(widget)
        step = str(unit_of(self.currency or settings.SHOP_CURRENCY))
        return attrs | {"step": step} if "step" in attrs else attrs


class AmountField(models.DecimalField):
    """A column for money of any currency, up to LARGEST; the row names the currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_digits": MAX_DIGITS, "decimal_places": MAX_DECIMALS}
        super().__init__(*args, **kwargs)


class PriceField(AmountField):
    """A column for money in SHOP_CURRENCY that is not negative."""

    default_validators = [MinValueValidator(0), validate_digits]  # noqa: RUF012 - as Django's

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AmountFormField} | kwargs)
