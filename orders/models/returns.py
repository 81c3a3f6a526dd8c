"""Returns: what a shopper sends back."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models

from orders.models.order import Order, OrderItem
from orders.models.refund import Refund
from orders.states import ReturnStatus
from shop.fields import NoteField


class Return(models.Model):
    """What a shopper wants to send back, from the request to the refund.

    Its id comes from the form that requested it.
    """

    Status = ReturnStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    reason = NoteField(max_length=500)
    answer = NoteField("what we answered", max_length=500, blank=True)
    restocked = models.BooleanField(default=False)
    refund = models.OneToOneField(
        Refund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="returned",
        editable=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.order_id} {self.status}"


class ReturnItem(models.Model):
    """How many units of an order item come back."""

    returned = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="return_items")
    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["returned", "item"], name="one_line_an_item_and_return")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"
