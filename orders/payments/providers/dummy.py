"""The dummy provider, which is built in and takes test cards.

It acts like a provider with a system of its own: it remembers charges by idempotency key.

| card number | what happens |
|---|---|
| 4242 4242 4242 4242 | succeeds |
| 4000 0000 0000 0002 | is declined |
| 4000 0025 0000 3155 | needs a second step: the shopper confirms or refuses it on another page |
| 4000 0000 0000 0077 | is slow: processing for some seconds, then succeeds |
| 4000 0000 0000 0119 | fails after taking the money: the answer is lost |
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from orders.models import DummyCharge, Payment, Refund
from orders.payments.providers.base import (
    DisputeResult,
    InvalidDetails,
    PaymentError,
    PaymentResult,
    RefundResult,
    WebhookEvent,
    WebhookRefused,
)
from shop.forms import LineField

WORKS, DECLINED, SLOW = "4242424242424242", "4000000000000002", "4000000000000077"
SECOND_STEP, LOST = "4000002500003155", "4000000000000119"
SLOW_FOR = timedelta(seconds=6)

SUCCEEDED, PROCESSING, FAILED, CANCELLED, WAITING = (
    "succeeded",
    "processing",
    "failed",
    "cancelled",
    "waiting",
)
STATUS = {
    SUCCEEDED: Payment.Status.CAPTURED,
    PROCESSING: Payment.Status.PROCESSING,
    FAILED: Payment.Status.FAILED,
    CANCELLED: Payment.Status.CANCELLED,
    WAITING: Payment.Status.CREATED,
}
CARDS = {
    WORKS: SUCCEEDED,
    DECLINED: FAILED,
    SLOW: PROCESSING,
    SECOND_STEP: WAITING,
    LOST: SUCCEEDED,
}


class CardForm(forms.Form):
    """A card; nothing of it is stored."""

    card_number = LineField(
        label="Card number",
        max_length=23,
        help_text="No money moves. Take one of the test cards below.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-number"}),
    )
    expiry = forms.RegexField(
        r"^(0[1-9]|1[0-2]) ?/ ?\d\d$",
        label="Valid until (MM/YY)",
        error_messages={"invalid": "Two digits for the month, a slash, two for the year: 04/29."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-exp"}),
    )
    security_code = forms.RegexField(
        r"^\d{3,4}$",
        label="Security code",
        error_messages={"invalid": "The three or four digits beside the signature."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-csc"}),
    )

    def clean_card_number(self) -> str:
        """Return the digits only; refuse any card but the test cards."""
        number = re.sub(r"[ -]", "", self.cleaned_data["card_number"])
        if number not in CARDS:
            raise forms.ValidationError(
                "The test provider knows only its test cards: 4242 4242 4242 4242 works."
            )
        return number

    def clean_expiry(self) -> str:
        """Refuse an expired card."""
        month, year = (int(part) for part in self.cleaned_data["expiry"].split("/"))
        today = timezone.localdate()
        if (2000 + year, month) < (today.year, today.month):
            raise forms.ValidationError("This card is no longer valid.")
        return self.cleaned_data["expiry"]


class DummyProvider:
    """A provider that takes no real money."""

    label = "Test card"
    scripted = False
    sources: Mapping[str, Sequence[str]] = {}
    publishable_key = ""
    template = "orders/payments/test.html"
    form_class = CardForm

    def check_amount(self, amount: Decimal, currency: str) -> None:
        """Accept every amount."""

    def clean_details(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        form = CardForm(data)
        if not form.is_valid():
            raise InvalidDetails(form)
        return form.cleaned_data

    def start(self, payment: Payment, details: Mapping[str, Any]) -> PaymentResult:
        """Charge once for each payment id, whatever is sent the second time."""
        number = details["card_number"]
        is_lost = (
            number == LOST
            and not DummyCharge.objects.filter(idempotency_key=str(payment.pk)).exists()
        )
        settles_at = timezone.now() + SLOW_FOR if number == SLOW else None
        charge = _remember_charge(payment, CARDS[number], settles_at)
        if is_lost:
            raise PaymentError(
                "The test provider took the money, and its answer was lost on the way."
            )
        return _payment_result(payment, charge)

    def look_up(self, payment: Payment) -> PaymentResult:
        """Return the payment's state, after settling a slow charge that is due."""
        charges = DummyCharge.objects.filter(idempotency_key=str(payment.pk))
        charges.filter(status=PROCESSING, settles_at__lte=timezone.now()).update(status=SUCCEEDED)
        return _payment_result(payment, charges.first())

    def cancel(self, payment: Payment) -> PaymentResult:
        """Cancel a charge that has not succeeded.

        A payment that was never started is remembered as cancelled, so that it cannot start later.
        """
        charge = _remember_charge(payment, CANCELLED)
        open_charge = DummyCharge.objects.filter(pk=charge.pk, status__in=[PROCESSING, WAITING])
        if open_charge.update(status=CANCELLED):
            charge.status = CANCELLED
        return _payment_result(payment, charge)

    def confirm(self, payment: Payment, *, accepted: bool) -> None:
        """Apply the shopper's answer to the second step, if the charge is still waiting for it."""
        waiting = DummyCharge.objects.filter(idempotency_key=str(payment.pk), status=WAITING)
        waiting.update(status=SUCCEEDED if accepted else FAILED)

    @transaction.atomic
    def refund(self, refund: Refund) -> RefundResult:
        """Refund once for each refund id, and never more than was charged."""
        charge = DummyCharge.objects.select_for_update().get(idempotency_key=str(refund.payment_id))
        made = charge.refunds.filter(idempotency_key=str(refund.pk)).first()
        returned = charge.refunds.aggregate(sum=Sum("amount"))["sum"] or 0
        if made is None and (
            charge.status != SUCCEEDED or returned + refund.amount > charge.amount
        ):
            error = "There is less left of the charge."
            return RefundResult(Refund.Status.FAILED, "", refund.amount, charge.currency, error)
        made = made or charge.refunds.create(
            idempotency_key=str(refund.pk),
            reference=f"test_re_{uuid.uuid4().hex[:20]}",
            amount=refund.amount,
        )
        return RefundResult(Refund.Status.SUCCEEDED, made.reference, made.amount, charge.currency)

    def dashboard_refunds(self, payment: Payment) -> list[RefundResult]:
        """Return none: this provider has no dashboard in which anybody could make a refund."""
        return []

    def disputes(self, payment: Payment) -> list[DisputeResult]:
        """Return none: there is no bank behind a test card."""
        return []

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
        """Refuse every webhook: the dummy provider sends none, it is only asked."""
        raise WebhookRefused("The test provider sends no webhooks.")


def _remember_charge(
    payment: Payment, status: str, settles_at: datetime | None = None
) -> DummyCharge:
    """Return the charge of a payment; create it with this status if there is none."""
    charge = DummyCharge(
        idempotency_key=str(payment.pk),
        payment_id=payment.pk,
        reference=f"test_{uuid.uuid4().hex[:20]}",
        amount=payment.amount,
        currency=payment.currency,
        status=status,
        settles_at=settles_at,
    )
    # The unique key decides which of two concurrent calls creates the charge; both then read it.
    DummyCharge.objects.bulk_create([charge], ignore_conflicts=True)
    return DummyCharge.objects.get(idempotency_key=str(payment.pk))


def _payment_result(payment: Payment, charge: DummyCharge | None) -> PaymentResult:
    if charge is None:
        return PaymentResult(Payment.Status.CREATED, "", payment.amount, payment.currency)
    return PaymentResult(
        status=STATUS[charge.status],
        transaction_id=charge.reference,
        amount=charge.amount,
        currency=charge.currency,
        error="Your card was declined. Nothing was charged." if charge.status == FAILED else "",
        next_url=reverse("orders:dummy_challenge", args=[payment.order.token])
        if charge.status == WAITING
        else "",
    )
