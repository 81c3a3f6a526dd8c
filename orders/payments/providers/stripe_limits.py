"""The smallest and the largest amount that Stripe takes, in its own unit of each currency.

From https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. A currency that has no
minimum there must reach, converted, that of the account's settlement currency. Only Stripe knows
that one, and refuses the payment when it is started.
"""

LEAST = {
    "AED": 200,
    "AUD": 50,
    "BGN": 100,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 1500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17500,
    "INR": 50,
    "JPY": 50,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "SGD": 50,
    "THB": 1000,
    "USD": 50,
}
#: How many digits an amount may have; in all other currencies eight.
DIGITS = {"COP": 10, "IDR": 12, "INR": 9}


def limits(currency: str) -> tuple[int, int]:
    """Return the smallest and the largest amount in Stripe's unit, such as 50 cents for EUR."""
    return LEAST.get(currency, 1), 10 ** DIGITS.get(currency, 8) - 1
