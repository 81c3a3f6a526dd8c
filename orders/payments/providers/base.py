"""The interface of a payment provider, and its errors.

A provider charges the whole total of an order; orders/payments/charge.py creates the payment and
records what became of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from orders.models import Payment, Refund
from orders.states import DisputeStatus, PaymentStatus, RefundStatus
from shop.errors import DomainError


class PaymentError(DomainError):
    """The provider gave no clear answer.

    The money may or may not have moved; look it up later.
    """

    code = "payment_unclear"


class InvalidDetails(DomainError):
    """The payment details are incomplete or invalid; `form` has the errors of each field."""

    code = "invalid_payment_details"

    def __init__(self, form: forms.Form) -> None:
        self.form = form
        super().__init__("Check the details of your payment.")


class AmountNotAccepted(DomainError):
    """The provider never takes this amount; the message says which it takes."""

    code = "amount_not_accepted"


class WebhookRefused(DomainError):
    """The webhook is forged, too old or unreadable; nothing in it is trusted."""

    code = "webhook_refused"


@dataclass(frozen=True)
class PaymentResult:
    """A provider's answer about a payment.

    `amount` is in `currency`, `error` is worded for the shopper. While the status is created,
    `next_url` is where the shopper continues, and `client_secret` is what the provider's own script
    on our page needs. `is_final_refusal` means that no further attempt can pay this amount here.
    """

    status: PaymentStatus
    transaction_id: str
    amount: Decimal
    currency: str
    error: str = ""
    next_url: str = ""
    client_secret: str = ""
    is_final_refusal: bool = False


@dataclass(frozen=True)
class RefundResult:
    """A provider's answer about a refund.

    `amount` is in `currency`, `error` is worded for staff.
    """

    status: RefundStatus
    transaction_id: str
    amount: Decimal
    currency: str
    error: str = ""


@dataclass(frozen=True)
class DisputeResult:
    """What a provider tells of a dispute.

    `amount` is in `currency`; `reason` is the provider's word for it. Evidence has to be given
    before `respond_by`.
    """

    status: DisputeStatus
    transaction_id: str
    amount: Decimal
    currency: str
    reason: str = ""
    respond_by: datetime | None = None


@dataclass(frozen=True)
class WebhookEvent:
    """What a webhook is about.

    Its content is not used, because the current state is looked up instead.
    """

    payment_id: UUID | None = None
    refund_id: UUID | None = None
    #: A payment that was refunded, perhaps not by us.
    refunds_of: UUID | None = None
    #: A payment that was disputed.
    disputes_of: UUID | None = None


class Provider(Protocol):
    """The interface of a payment provider.

    Each call carries our own id as its idempotency key, so repeating it is safe.
    """

    #: The name that shoppers choose.
    label: str
    #: The template that asks for what `start()` needs; `form` in its context is a `form_class`
    #: instance.
    template: str
    form_class: type[forms.Form]
    #: Whether the provider's own script collects the payment details, on the pay page, after the
    #: payment was started.
    scripted: bool
    #: What the page with that script loads from the provider's hosts, as directives of the
    #: Content-Security-Policy.
    sources: Mapping[str, Sequence[str]]

    @property
    def publishable_key(self) -> str:
        """Return the key that the provider's script needs in the browser; it is no secret."""

    def check_amount(self, amount: Decimal, currency: str) -> None:
        """Raise AmountNotAccepted if it is known that the provider never takes this amount."""

    def clean_details(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Validate the submitted data and return what `start()` needs. Raises InvalidDetails."""

    def start(self, payment: Payment, details: Mapping[str, Any]) -> PaymentResult:
        """Charge the payment's amount, or begin to.

        `details` is what `clean_details()` returned. Raises PaymentError.
        """

    def look_up(self, payment: Payment) -> PaymentResult:
        """Return the payment's state at the provider; an unknown payment counts as created.

        A scripted provider may create its side of a payment that has no transaction_id yet; no GET
        request asks it about one. Raises PaymentError.
        """

    def cancel(self, payment: Payment) -> PaymentResult:
        """Make sure that no more money can be taken, and return the resulting state.

        A payment that the provider has never heard of cannot be started afterwards. One that can no
        longer be cancelled is returned as it is. Raises PaymentError.
        """

    def refund(self, refund: Refund) -> RefundResult:
        """Make the refund, or check how it stands, and return its state.

        It is called again until the state is final. Raises PaymentError.
        """

    def dashboard_refunds(self, payment: Payment) -> list[RefundResult]:
        """Return the payment's refunds that were made in the provider's dashboard instead of here.

        Raises PaymentError.
        """

    def disputes(self, payment: Payment) -> list[DisputeResult]:
        """Return the disputes of a payment. Raises PaymentError."""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
        """Check the signature and age of a webhook and return what it is about.

        Raises WebhookRefused.
        """


def offered_providers() -> dict[str, Provider]:
    """Return the providers on offer by name, the default first."""
    return {name: get_provider(name) for name in settings.PAYMENT_PROVIDERS_OFFERED}


@cache
def get_provider(name: str) -> Provider:
    """Return the provider with this name in PAYMENT_PROVIDERS.

    Raises ImproperlyConfigured if there is none.
    """
    if name not in settings.PAYMENT_PROVIDERS:
        raise ImproperlyConfigured(f"PAYMENT_PROVIDERS has no provider {name!r}.")
    return import_string(settings.PAYMENT_PROVIDERS[name])()
