"""The built-in test provider. It behaves like one with a computer of its own: it remembers charges by idempotency key.

| card number | what happens |
|---|---|
| 4242 4242 4242 4242 | works |
| 4000 0000 0000 0002 | is declined |
| 4000 0000 0000 0077 | is slow: processed for some seconds, then works |
"""

import re
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from orders.models import Payment, TestCharge
from orders.payments.provider import Outcome

WORKS, DECLINED, SLOW = "4242424242424242", "4000000000000002", "4000000000000077"
SLOW_FOR = timedelta(seconds=6)

SUCCEEDED, PROCESSING, FAILED, CANCELLED = "succeeded", "processing", "failed", "cancelled"
STATUS = {
    SUCCEEDED: Payment.Status.CAPTURED,
    PROCESSING: Payment.Status.PROCESSING,
    FAILED: Payment.Status.FAILED,
    CANCELLED: Payment.Status.CANCELLED,
}


class CardForm(forms.Form):
    """A card, of which nothing is kept."""

    card_number = forms.CharField(
        label="Card number",
        max_length=23,
        help_text="4242 4242 4242 4242 works, 4000 0000 0000 0002 is declined, 4000 0000 0000 0077 is slow.",
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
        if number not in (WORKS, DECLINED, SLOW):
            raise forms.ValidationError("The test provider knows only the test cards below.")
        return number

    def clean_expiry(self) -> str:
        """Refuse a card that is no longer valid."""
        month, year = (int(part) for part in self.cleaned_data["expiry"].split("/"))
        today = timezone.now()
        if (2000 + year, month) < (today.year, today.month):
            raise forms.ValidationError("This card is no longer valid.")
        return self.cleaned_data["expiry"]


class TestProvider:
    """Takes no real money."""

    form_class = CardForm

    def start(self, payment: Payment, details: Mapping[str, Any]) -> Outcome:
        """Charge once for each payment id, whatever is sent the second time."""
        number = details["card_number"]
        charge, _ = TestCharge.objects.get_or_create(
            idempotency_key=str(payment.pk),
            defaults={
                "reference": f"test_{uuid.uuid4().hex[:20]}",
                "amount": payment.amount,
                "currency": payment.currency,
                "status": {WORKS: SUCCEEDED, DECLINED: FAILED, SLOW: PROCESSING}[number],
                "settles_at": timezone.now() + SLOW_FOR if number == SLOW else None,
            },
        )
        return _outcome(charge)

    def look_up(self, payment: Payment) -> Outcome:
        """Settle a slow charge whose time has come."""
        TestCharge.objects.filter(
            idempotency_key=str(payment.pk), status=PROCESSING, settles_at__lte=timezone.now()
        ).update(status=SUCCEEDED)
        charge = TestCharge.objects.filter(idempotency_key=str(payment.pk)).first()
        if charge is None:
            return Outcome(Payment.Status.CANCELLED, "", payment.amount, payment.currency)
        return _outcome(charge)

    @transaction.atomic
    def cancel(self, payment: Payment) -> Outcome:
        """Cancel what has not succeeded; one that was never started is remembered, so that it cannot start later."""
        charge, _ = TestCharge.objects.select_for_update().get_or_create(
            idempotency_key=str(payment.pk),
            defaults={
                "reference": f"test_{uuid.uuid4().hex[:20]}",
                "amount": payment.amount,
                "currency": payment.currency,
                "status": CANCELLED,
            },
        )
        if charge.status == PROCESSING:
            charge.status = CANCELLED
            charge.save(update_fields=["status"])
        return _outcome(charge)


def _outcome(charge: TestCharge) -> Outcome:
    return Outcome(
        status=STATUS[charge.status],
        transaction_id=charge.reference,
        amount=charge.amount,
        currency=charge.currency,
        error="Your card was declined. Nothing was charged." if charge.status == FAILED else "",
    )
