"""What a payment provider does, and its typed errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from orders.models import Payment, Refund
from orders.states import PaymentStatus, RefundStatus
from shop.errors import DomainError


class PaymentError(DomainError):
    """The provider gave no clear answer: the money may or may not have moved; look it up later."""

    code = "payment_unclear"


class InvalidDetails(DomainError):
    """What was sent to pay with is not complete or not valid; `form` says what, field by field."""

    code = "invalid_payment_details"

    def __init__(self, form: forms.Form) -> None:
        self.form = form
        super().__init__("Check the details of your payment.")


class WebhookRefused(DomainError):
    """A webhook that is forged, too old, or not readable; nothing of it is believed."""

    code = "webhook_refused"


@dataclass(frozen=True)
class PaymentResult:
    """What the provider says of a payment; `amount` in `currency`, `error` in words for the
    shopper.

    While the status is created, `next_url` is where the shopper goes on, and `client_secret` is
    what the provider's own script on our page needs.
    """

    status: PaymentStatus
    transaction_id: str
    amount: Decimal
    currency: str
    error: str = ""
    next_url: str = ""
    client_secret: str = ""


@dataclass(frozen=True)
class RefundResult:
    """What the provider says of a refund; `amount` in `currency`, `error` in words for staff."""

    status: RefundStatus
    transaction_id: str
    amount: Decimal
    currency: str
    error: str = ""


@dataclass(frozen=True)
class WebhookEvent:
    """What a webhook is about; its content is not used, because the present state is looked up
    instead.
    """

    payment_id: UUID | None = None
    refund_id: UUID | None = None
    #: A payment of which money was refunded, perhaps not by us.
    refunds_of: UUID | None = None


class Provider(Protocol):
    """Moves money.

    Each call carries our own id as idempotency key, so that repeating it is safe.
    """

    #: What the shopper chooses.
    label: str
    #: The template that asks for what `start` needs; with `form`, an instance of `form_class`.
    template: str
    form_class: type[forms.Form]
    #: Whether its own script asks for the means of payment, on the pay page, once the payment was
    # started.
    scripted: bool

    def clean_details(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what `start` needs of what was sent, checked. Raises InvalidDetails."""

    def start(self, payment: Payment, details: Mapping[str, Any]) -> PaymentResult:
        """Charge the payment's amount, or begin to; `details` is what `clean_details` returned.

        Raises PaymentError.
        """

    def look_up(self, payment: Payment) -> PaymentResult:
        """Return the payment's state at the provider; one that it never heard of is created.

        Raises PaymentError.
        """

    def cancel(self, payment: Payment) -> PaymentResult:
        """Make sure that no money can be taken any more, and return the state after that.

        Raises PaymentError.

        A payment that it never heard of cannot be started afterwards. What cannot be cancelled is
        returned as it is.
        """

    def refund(self, refund: Refund) -> RefundResult:
        """Return the refund's money, or say how far that is; to be called again until it is over.

        Raises PaymentError.
        """

    def refunds_made_there(self, payment: Payment) -> list[RefundResult]:
        """Return the payment's refunds that nobody asked for here, but in the provider's own pages.

        Raises PaymentError.
        """

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
        """Return what a webhook is about, once its signature and age are found good.

        Raises WebhookRefused.
        """


def offered_providers() -> dict[str, Provider]:
    """Return the providers on offer by name, the default first."""
    return {name: get_provider(name) for name in settings.PAYMENT_PROVIDERS_OFFERED}


@cache
def get_provider(name: str) -> Provider:
    """Return the provider of PAYMENT_PROVIDERS with this name."""
    if name not in settings.PAYMENT_PROVIDERS:
        raise ImproperlyConfigured(f"PAYMENT_PROVIDERS has no provider {name!r}.")
    return import_string(settings.PAYMENT_PROVIDERS[name])()
