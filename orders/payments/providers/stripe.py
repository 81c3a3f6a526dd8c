"""Stripe: PaymentIntents, paid with the Payment Element.

The Payment Element runs in the shopper's browser, so no card number reaches the shop.

Each Payment has one intent. A declined attempt leaves the intent open and the next attempt reuses
it, which makes a second charge impossible. docs/decisions/0007-stripe.md explains the reasons.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

import stripe
from django import forms
from django.conf import settings
from django.utils import timezone

from orders.models import Dispute, Payment, Refund
from orders.payments.providers.base import (
    AmountNotAccepted,
    DisputeResult,
    InvalidDetails,
    PaymentError,
    PaymentResult,
    RefundResult,
    WebhookEvent,
    WebhookRefused,
)
from orders.payments.providers.stripe_limits import limits
from shop.foreign_json import parse_json
from shop.money import format_money

# Telemetry would store an id of its own in the home directory and report how long each request
# took.
stripe.enable_telemetry = False

# Seconds to connect and to read, for each of two attempts: a shopper, and one of the worker's few
# Django threads, wait for it.
TIMEOUT = (3, 10)
RETRIES = 1
# Stripe keeps an idempotency key for at least 24 hours; after this time, we search before we
# create.
KEYS_LAST = timedelta(hours=23)
# In seconds, see https://docs.stripe.com/webhooks#replay-attacks
SIGNATURES_LAST = 300

# https://docs.stripe.com/currencies: amounts are integers in the currency's smallest unit.
NO_DIGITS = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "JPY",
    "KMF",
    "KRW",
    "MGA",
    "PYG",
    "RWF",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
THREE_DIGITS = ("BHD", "JOD", "KWD", "OMR", "TND")
# These have no smaller unit, but Stripe still counts them in hundredths.
ALWAYS_WHOLE = ("ISK", "UGX")

STATUS = {
    "requires_payment_method": Payment.Status.CREATED,
    "requires_confirmation": Payment.Status.CREATED,
    "requires_action": Payment.Status.CREATED,
    "processing": Payment.Status.PROCESSING,
    "requires_capture": Payment.Status.PROCESSING,
    "succeeded": Payment.Status.CAPTURED,
    "canceled": Payment.Status.CANCELLED,
}
REFUND_STATUS = {
    "pending": Refund.Status.PROCESSING,
    "requires_action": Refund.Status.PROCESSING,
    "succeeded": Refund.Status.SUCCEEDED,
    "failed": Refund.Status.FAILED,
    "canceled": Refund.Status.FAILED,
}
# https://docs.stripe.com/disputes/how-disputes-work: any other status is an open dispute. An
# inquiry ("warning") that is closed took no money.
DISPUTE_STATUS = {
    "won": Dispute.Status.WON,
    "warning_closed": Dispute.Status.WON,
    "prevented": Dispute.Status.WON,
    "lost": Dispute.Status.LOST,
}
# https://docs.stripe.com/refunds#failed-refunds
REFUND_FAILURES = {
    "lost_or_stolen_card": "The card was reported lost or stolen.",
    "expired_or_canceled_card": "The card has expired or was cancelled.",
    "charge_for_pending_refund_disputed": "The shopper disputes the payment at the bank.",
    "insufficient_funds": "There is not enough money in the Stripe account.",
    "declined": "The shopper's bank refused it.",
    "merchant_request": "It was cancelled at Stripe.",
}
DECLINED = (
    "Your payment did not go through. Nothing was charged; please try again or choose another way "
    "to pay."
)
NOT_PAYABLE = "This amount can't be paid this way."
LONGEST_ERROR = 200


class AmountRefused(Exception):
    """Stripe never accepts this amount, so no intent for it exists or ever will."""


class StripeForm(forms.Form):
    """An empty form: what the shopper types goes from the browser to Stripe."""


class StripeProvider:
    """Takes cards, wallets and bank payments, whatever is enabled in the Stripe account."""

    label = "Card, wallet or bank"
    template = "orders/payments/stripe.html"
    form_class = StripeForm
    scripted = True
    # https://docs.stripe.com/security/guide#content-security-policy
    sources = {
        "script-src": ["'self'", "https://js.stripe.com", "https://*.js.stripe.com"],
        "frame-src": [
            "https://js.stripe.com",
            "https://*.js.stripe.com",
            "https://hooks.stripe.com",
        ],
        "connect-src": ["'self'", "https://api.stripe.com"],
        "img-src": ["https://*.stripe.com"],
    }

    @property
    def publishable_key(self) -> str:
        return settings.STRIPE_PUBLISHABLE_KEY

    @cached_property
    def _client(self) -> stripe.StripeClient:
        return stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
            max_network_retries=RETRIES,
            base_addresses={"api": settings.STRIPE_API_URL},
        )

    def check_amount(self, amount: Decimal, currency: str) -> None:
        """Raise AmountNotAccepted for an amount that Stripe never takes, as far as it says so."""
        try:
            minor = to_minor(amount, currency)
        except AmountRefused as error:
            raise AmountNotAccepted(NOT_PAYABLE) from error
        least, most = limits(currency)
        if not least <= minor <= most:
            word, bound = ("smallest", least) if minor < least else ("largest", most)
            money = format_money(from_minor(bound, currency), currency)
            raise AmountNotAccepted(f"{NOT_PAYABLE} The {word} possible payment is {money}.")

    def clean_details(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        form = StripeForm(data)
        if not form.is_valid():
            raise InvalidDetails(form)
        return form.cleaned_data

    def start(self, payment: Payment, details: Mapping[str, Any]) -> PaymentResult:
        """Create the payment's intent; `client_secret` lets the script on the page continue it."""
        return self.look_up(payment)

    def look_up(self, payment: Payment) -> PaymentResult:
        """Return the intent's state, creating the intent if the payment has none.

        An intent that the bank refuses after processing it would be open again. Our states only
        move forward, so it is cancelled, and the next attempt is a new payment.
        """
        try:
            with _typed_errors():
                intent_id = self._intent_id(payment)
                outcome = _payment_result(self._client.v1.payment_intents.retrieve(intent_id))
                fell_back = (
                    payment.status == Payment.Status.PROCESSING
                    and outcome.status == Payment.Status.CREATED
                )
                return self._cancel(intent_id) if fell_back else outcome
        except AmountRefused:
            return _payment_refused(payment, is_final=True)

    def cancel(self, payment: Payment) -> PaymentResult:
        """Cancel the intent.

        If the payment has none, one is created first, so that nobody can create it later.
        """
        try:
            with _typed_errors():
                return self._cancel(self._intent_id(payment))
        except AmountRefused:
            return _payment_refused(payment)

    def refund(self, refund: Refund) -> RefundResult:
        """Refund once, however often and however late it is called.

        A refund of ours is found by its metadata.
        """
        with _typed_errors():
            intent_id = self._intent_id(refund.payment)
            for known in self._refunds(intent_id):
                if known.id == refund.transaction_id or _metadata(known).get("refund") == str(
                    refund.pk
                ):
                    return _refund_result(known)
            return self._create_refund(refund, intent_id)

    def dashboard_refunds(self, payment: Payment) -> list[RefundResult]:
        """Return the refunds that were made in Stripe's dashboard, which lack our metadata."""
        with _typed_errors():
            refunds = self._refunds(self._intent_id(payment))
            return [_refund_result(known) for known in refunds if "refund" not in _metadata(known)]

    def disputes(self, payment: Payment) -> list[DisputeResult]:
        """Return the disputes of the payment's intent."""
        with _typed_errors():
            listed = self._client.v1.disputes.list(
                {"payment_intent": self._intent_id(payment), "limit": 100}
            )
            return [_dispute_result(dispute) for dispute in listed.auto_paging_iter()]

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
        """Return the payment or refund to look up.

        Nothing else of an event is used, because events arrive late and in any order. Raises
        WebhookRefused.
        """
        signature = headers.get("Stripe-Signature", "")
        if not any(
            _is_genuine(body, signature, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS
        ):
            raise WebhookRefused("The signature is missing, wrong, or older than five minutes.")
        try:
            event = parse_json(body)
        except ValueError as error:
            raise WebhookRefused("The body is not JSON.") from error
        return _webhook_event(event)

    def _intent_id(self, payment: Payment) -> str:
        """Return the id of the payment's intent, which is created if it is not known."""
        if payment.transaction_id:
            return payment.transaction_id
        amount = to_minor(payment.amount, payment.currency)
        # Stripe's search may be behind. No money can be lost: an intent whose id we did not store
        # was never shown to anybody.
        if timezone.now() - payment.created_at > KEYS_LAST:
            found = self._client.v1.payment_intents.search(
                {"query": f"metadata['payment']:'{payment.pk}'"}
            )
            if found.data:
                return found.data[0].id
        try:
            intent = self._client.v1.payment_intents.create(
                {
                    "amount": amount,
                    "currency": payment.currency.lower(),
                    "automatic_payment_methods": {"enabled": True},
                    "metadata": {"payment": str(payment.pk), "order": payment.order.number},
                },
                {"idempotency_key": f"payment-{payment.pk}"},
            )
        except stripe.InvalidRequestError as error:
            if error.code in ("amount_too_small", "amount_too_large"):
                raise AmountRefused(error.user_message) from error
            raise
        # Use only the id of this answer: Stripe answers a repeated creation with its first answer,
        # verbatim.
        return intent.id

    def _refunds(self, intent_id: str) -> Iterator[stripe.Refund]:
        return self._client.v1.refunds.list(
            {"payment_intent": intent_id, "limit": 100}
        ).auto_paging_iter()

    def _cancel(self, intent_id: str) -> PaymentResult:
        # No idempotency key: a cancellation that was refused while the bank was processing the
        # payment may succeed the next time.
        try:
            return _payment_result(self._client.v1.payment_intents.cancel(intent_id))
        except stripe.InvalidRequestError as error:
            if error.code != "payment_intent_unexpected_state":
                raise
        outcome = _payment_result(self._client.v1.payment_intents.retrieve(intent_id))
        if outcome.status == Payment.Status.CREATED:
            raise PaymentError(
                "Stripe: the payment changed while it was being cancelled; cancel it again."
            )
        return outcome

    def _create_refund(self, refund: Refund, intent_id: str) -> RefundResult:
        try:
            created = self._client.v1.refunds.create(
                {
                    "payment_intent": intent_id,
                    "amount": to_minor(refund.amount, refund.currency),
                    "metadata": {"refund": str(refund.pk)},
                },
                {"idempotency_key": f"refund-{refund.pk}"},
            )
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            return _refund_refused(refund, error.user_message or "no reason given")
        except AmountRefused as error:
            return _refund_refused(refund, str(error))
        return _refund_result(created)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return an amount in Stripe's unit: 10.50 EUR is 1050, 500 JPY is 500, 5.12 KWD is 5120.

    Raises AmountRefused if the result is not an integer, or not one that Stripe accepts.
    """
    # Stripe wants the last digit to be 0 for currencies with three digits, the last two for ISK and
    # UGX.
    step = 10 if currency in THREE_DIGITS else 100 if currency in ALWAYS_WHOLE else 1
    minor = amount.scaleb(_digits(currency))
    if minor % step:
        raise AmountRefused(f"Stripe cannot move {amount} {currency}: it has too many digits.")
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """Return an amount in a currency, converted from Stripe's unit."""
    return Decimal(minor).scaleb(-_digits(currency))


def _digits(currency: str) -> int:
    return 0 if currency in NO_DIGITS else 3 if currency in THREE_DIGITS else 2


@contextmanager
def _typed_errors() -> Iterator[None]:
    """Raise PaymentError for the errors of Stripe's library.

    Stripe's own wording stays in the log, as the cause of the error.
    """
    try:
        yield
    except stripe.StripeError as error:
        details = (error.code, error.http_status and f"HTTP {error.http_status}", error.request_id)
        raise PaymentError(
            f"Stripe: {' '.join(str(part) for part in (type(error).__name__, *details) if part)}"
        ) from error


def _payment_result(intent: stripe.PaymentIntent) -> PaymentResult:
    currency = intent.currency.upper()
    if intent.status not in STATUS:
        raise PaymentError(f"Stripe: an intent is {intent.status!r}, which we do not know.")
    status = STATUS[intent.status]
    is_open = status == Payment.Status.CREATED
    failure = (
        intent.last_payment_error
        if status in (Payment.Status.CREATED, Payment.Status.CANCELLED)
        else None
    )
    minor = intent.amount_received if status == Payment.Status.CAPTURED else intent.amount
    return PaymentResult(
        status=status,
        transaction_id=intent.id,
        amount=from_minor(minor, currency),
        currency=currency,
        error=_shopper_message(failure) if failure else "",
        client_secret=(intent.client_secret or "") if is_open else "",
    )


def _shopper_message(error: Any) -> str:
    """Return what to tell the shopper; only the messages of card errors are written for them."""
    return _shorten(error.message) if error.type == "card_error" and error.message else DECLINED


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_ERROR else f"{text[: LONGEST_ERROR - 1]}…"


def _payment_refused(payment: Payment, *, is_final: bool = False) -> PaymentResult:
    return PaymentResult(
        Payment.Status.FAILED,
        "",
        payment.amount,
        payment.currency,
        error=NOT_PAYABLE,
        is_final_refusal=is_final,
    )


def _refund_refused(refund: Refund, why: str) -> RefundResult:
    error = _shorten(f"Stripe refused it: {why}")
    return RefundResult(Refund.Status.FAILED, "", refund.amount, refund.currency, error=error)


def _refund_result(refund: stripe.Refund) -> RefundResult:
    status = REFUND_STATUS.get(refund.status or "", Refund.Status.PROCESSING)
    currency = refund.currency.upper()
    failed = status == Refund.Status.FAILED
    reason = REFUND_FAILURES.get(
        getattr(refund, "failure_reason", None) or "", "The bank did not say why."
    )
    return RefundResult(
        status=status,
        transaction_id=refund.id,
        amount=from_minor(refund.amount, currency),
        currency=currency,
        error=f"The refund failed. {reason}" if failed else "",
    )


def _dispute_result(dispute: stripe.Dispute) -> DisputeResult:
    currency = dispute.currency.upper()
    due = dispute.evidence_details.due_by if dispute.evidence_details else None
    return DisputeResult(
        status=DISPUTE_STATUS.get(dispute.status, Dispute.Status.OPEN),
        transaction_id=dispute.id,
        amount=from_minor(dispute.amount, currency),
        currency=currency,
        reason=dispute.reason or "",
        respond_by=datetime.fromtimestamp(due, UTC) if due else None,
    )


def _metadata(refund: stripe.Refund) -> Mapping[str, Any]:
    return refund.metadata.to_dict() if refund.metadata else {}


def _is_genuine(body: bytes, signature: str, secret: str) -> bool:
    """Return whether a signature is of this body, made with this secret, and recent enough.

    The comparison takes constant time.
    """
    try:
        return stripe.WebhookSignature.verify_header(
            body, signature, secret, tolerance=SIGNATURES_LAST
        )
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        # ValueError: the body is not UTF-8. TypeError: the signature is not ASCII.
        return False


def _webhook_event(event: object) -> WebhookEvent:
    """Return which payment or refund an event is about; the caller checks that it exists."""
    kind = _nested_value(event, "type")
    subject = _nested_value(event, "data", "object")
    if not isinstance(kind, str):
        return WebhookEvent()
    if kind.startswith("payment_intent."):
        return WebhookEvent(payment_id=_parsed_uuid(_nested_value(subject, "metadata", "payment")))
    if kind.startswith("refund.") or kind == "charge.refund.updated":
        refund_id = _parsed_uuid(_nested_value(subject, "metadata", "refund"))
        return (
            WebhookEvent(refund_id=refund_id)
            if refund_id
            else WebhookEvent(refunds_of=_payment_of(subject))
        )
    if kind == "charge.refunded":
        return WebhookEvent(refunds_of=_payment_of(subject))
    if kind.startswith("charge.dispute."):
        return WebhookEvent(disputes_of=_payment_of(subject))
    return WebhookEvent()


def _nested_value(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _parsed_uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _payment_of(subject: object) -> UUID | None:
    intent_id = _nested_value(subject, "payment_intent")
    if not isinstance(intent_id, str) or not intent_id:
        return None
    return Payment.objects.filter(transaction_id=intent_id).values_list("pk", flat=True).first()
