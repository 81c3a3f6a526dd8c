"""Refunds."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from orders.models.order import OrderItem
from orders.models.payment import Payment
from orders.states import RefundStatus
from shop.fields import LineField
from shop.money import AmountField, format_money


class Refund(models.Model):
    """Money that is returned to the shopper.

    Its id is the idempotency key at the provider, and the key of the form that asked for it.
    """

    Status = RefundStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    transaction_id = models.CharField(max_length=120, blank=True, db_index=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    reason = LineField(max_length=200, blank=True)
    restock = models.BooleanField(default=False)
    error = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # When the reconciler last asked about it.
    tried_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_of_something")
        ]
        indexes = [
            models.Index(
                fields=["updated_at"],
                name="refund_open",
                condition=models.Q(status__in=["created", "processing"]),
            )
        ]

    def __str__(self) -> str:
        return f"{format_money(self.amount, self.currency)} {self.status}"

    @property
    def provider(self) -> str:
        """Return the provider of its payment, which has to be loaded."""
        return self.payment.provider


class RefundItem(models.Model):
    """How many units of an order item a refund is for."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="refund_items")
    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "item"], name="one_line_an_item_and_refund")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"
