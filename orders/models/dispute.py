"""Disputes: a customer takes a payment back through the bank."""

import uuid

from django.db import models

from orders.models.payment import Payment
from orders.states import DisputeStatus
from shop.money import AmountField


class Dispute(models.Model):
    """A dispute as the provider tells of it; it's answered in the provider's dashboard.

    While it's open, nothing should be shipped. If it's lost, the bank has taken `amount` back.
    """

    Status = DisputeStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    transaction_id = models.CharField(max_length=120, unique=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    # In the provider's words, such as `product_not_received`.
    reason = models.CharField(max_length=80, blank=True)
    respond_by = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], name="dispute_open", condition=models.Q(status="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.status}"
