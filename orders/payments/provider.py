"""What a payment provider does, and the one error that it raises."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from orders.models import Payment


class PaymentError(Exception):
    """The provider gave no clear answer: the money may or may not have been taken, so look it up later."""


@dataclass(frozen=True)
class Outcome:
    """What the provider says of a payment; `amount` in `currency`, `error` in words for the shopper."""

    status: Payment.Status
    transaction_id: str
    amount: Decimal
    currency: str
    error: str = ""


class Provider(Protocol):
    """Moves money. Each call carries the payment's id as idempotency key, so that repeating it is safe."""

    #: Asks the shopper for what `start` needs.
    form_class: type[forms.Form]

    def start(self, payment: Payment, details: Mapping[str, Any]) -> Outcome:
        """Charge the payment's amount; `details` is the cleaned data of `form_class`. Raises PaymentError."""

    def look_up(self, payment: Payment) -> Outcome:
        """Return the payment's state at the provider; one that it never heard of is cancelled. Raises PaymentError."""

    def cancel(self, payment: Payment) -> Outcome:
        """Make sure that no money can be taken any more, and return the state after that. Raises PaymentError."""


@cache
def get_provider(name: str) -> Provider:
    """Return the provider of PAYMENT_PROVIDERS with this name."""
    if name not in settings.PAYMENT_PROVIDERS:
        raise ImproperlyConfigured(f"PAYMENT_PROVIDERS has no provider {name!r}.")
    return import_string(settings.PAYMENT_PROVIDERS[name])()
