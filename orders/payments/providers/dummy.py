"""The built-in test provider.

It behaves like one with a computer of its own: it remembers charges by idempotency key.

| card number | what happens |
|---|---|
| 4242 4242 4242 4242 | works |
| 4000 0000 0000 0002 | is declined |
| 4000 0025 0000 3155 | wants a second step: the shopper confirms or refuses it on another page |
| 4000 0000 0000 0077 | is slow: processed for some seconds, then works |
| 4000 0000 0000 0119 | fails after taking the money: the answer is lost |
"""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from orders.models import DummyCharge, Payment, Refund
from orders.payments.providers.base import (
    InvalidDetails,
    PaymentError,
    PaymentResult,
    RefundResult,
    WebhookEvent,
    WebhookRefused,
)

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
    """A card, of which nothing is kept."""

    card_number = forms.CharField(
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
        """Return the digits alone."""
        number = re.sub(r"[ -]", "", self.cleaned_data["card_number"])
        if number not in CARDS:
            raise forms.ValidationError(
                "The test provider knows only its test cards: 4242 4242 4242 4242 works."
            )
        return number

    def clean_expiry(self) -> str:
        """Refuse a card that is no longer valid."""
        month, year = (int(part) for part in self.cleaned_data["expiry"].split("/"))
        today = timezone.now()
        if (2000 + year, month) < (today.year, today.month):
            raise forms.ValidationError("This card is no longer valid.")
        return self.cleaned_data["expiry"]


class DummyProvider:
    """Takes no real money."""

    label = "Test card"
    scripted = False
    template = "orders/payments/test.html"
    form_class = CardForm

    def clean_details(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the form asks for."""
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
        """Settle a slow charge whose time has come."""
        charges = DummyCharge.objects.filter(idempotency_key=str(payment.pk))
        charges.filter(status=PROCESSING, settles_at__lte=timezone.now()).update(status=SUCCEEDED)
        return _payment_result(payment, charges.first())

    def cancel(self, payment: Payment) -> PaymentResult:
        """Cancel what has not succeeded; one that was never started is remembered, so that it
        cannot start later.
        """
        charge = _remember_charge(payment, CANCELLED)
        open_charge = DummyCharge.objects.filter(pk=charge.pk, status__in=[PROCESSING, WAITING])
        if open_charge.update(status=CANCELLED):
            charge.status = CANCELLED
        return _payment_result(payment, charge)

    def confirm(self, payment: Payment, *, accepted: bool) -> None:
        """Do what the shopper said at the second step, if it still waits."""
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

    def refunds_made_there(self, payment: Payment) -> list[RefundResult]:
        """Return none: it has no pages of its own where anybody could refund."""
        return []

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
        """Refuse all: the test provider sends none, it is only asked."""
        raise WebhookRefused("The test provider sends no webhooks.")


def _remember_charge(
    payment: Payment, status: str, settles_at: datetime | None = None
) -> DummyCharge:
    """Return the charge of a payment; make it with this status if there is none."""
    charge = DummyCharge(
        idempotency_key=str(payment.pk),
        payment_id=payment.pk,
        reference=f"test_{uuid.uuid4().hex[:20]}",
        amount=payment.amount,
        currency=payment.currency,
        status=status,
        settles_at=settles_at,
    )
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
