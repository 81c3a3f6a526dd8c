"""Payments, refunds, and what the test provider remembers of them."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from orders.models.amounts import Amount
from orders.models.order import Order, OrderItem
from orders.states import PaymentStatus, RefundStatus


class Payment(models.Model):
    """One try to pay an order. Its id is the idempotency key of every call to the provider."""

    Status = PaymentStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    transaction_id = models.CharField(max_length=120, blank=True, db_index=True)
    amount = Amount()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    refunded = Amount("refunded, or about to be", default=Decimal("0.00"))
    error = models.CharField(max_length=200, blank=True)
    # Where the shopper goes on with a payment that wants a second step.
    next_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(status__in=["created", "processing"]),
                name="one_open_payment_an_order",
            ),
            models.CheckConstraint(condition=models.Q(refunded__lte=models.F("amount")), name="refunded_at_most_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.amount} {self.currency} {self.status}"


class Refund(models.Model):
    """Money that goes back. Its id is the idempotency key at the provider, and of the form that asked for it."""

    Status = RefundStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    transaction_id = models.CharField(max_length=120, blank=True, db_index=True)
    amount = Amount(validators=[MinValueValidator(Decimal("0.01"))])
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    reason = models.CharField(max_length=200, blank=True)
    restock = models.BooleanField(default=False)
    error = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_of_something")]
        indexes = [
            models.Index(
                fields=["updated_at"], name="refund_open", condition=models.Q(status__in=["created", "processing"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.status}"


class RefundItem(models.Model):
    """How many of an order's item a refund is for."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="refunds")
    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refund", "item"], name="one_line_an_item_and_refund")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"


class TestCharge(models.Model):
    """What the built-in test provider remembers, as a real provider would on its own side."""

    __test__ = False  # pytest must not take it for one of its own.

    idempotency_key = models.CharField(max_length=80, unique=True)
    # What the shop says that it is for, as Stripe's metadata; the key alone makes it happen once.
    payment_id = models.UUIDField(null=True, db_index=True)
    reference = models.CharField(max_length=80, unique=True)
    amount = Amount()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12)
    settles_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference


class TestRefund(models.Model):
    """A refund, as the built-in test provider remembers it."""

    __test__ = False

    idempotency_key = models.CharField(max_length=80, unique=True)
    charge = models.ForeignKey(TestCharge, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=80, unique=True)
    amount = Amount()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference
