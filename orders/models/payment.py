"""Payments, and what the dummy provider remembers of them."""

import uuid
from decimal import Decimal

from django.db import models

from orders.models.order import Order
from orders.states import PaymentStatus
from shop.money import AmountField, format_money


class Payment(models.Model):
    """One attempt to pay an order. Its id is the idempotency key of every call to the provider."""

    Status = PaymentStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    transaction_id = models.CharField(max_length=120, blank=True, db_index=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    refunded = AmountField("refunded, or about to be", default=Decimal(0))
    error = models.CharField(max_length=200, blank=True)
    # Where the shopper continues a payment that needs a second step.
    next_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # When the reconciler last asked about it.
    tried_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(status__in=["created", "processing"]),
                name="one_open_payment_an_order",
            ),
            models.CheckConstraint(
                condition=models.Q(refunded__lte=models.F("amount")), name="refunded_at_most_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {format_money(self.amount, self.currency)} {self.status}"


class DummyCharge(models.Model):
    """What the dummy provider remembers, as a real provider would on its own side."""

    idempotency_key = models.CharField(max_length=80, unique=True)
    # The payment that the shop says it is for, like Stripe's metadata. The key alone makes it
    # happen once.
    payment_id = models.UUIDField(null=True, db_index=True)
    reference = models.CharField(max_length=80, unique=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12)
    settles_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference


class DummyRefund(models.Model):
    """A refund, as the dummy provider remembers it."""

    idempotency_key = models.CharField(max_length=80, unique=True)
    charge = models.ForeignKey(DummyCharge, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=80, unique=True)
    amount = AmountField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference
