"""Shipments: an order is shipped in one or several."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from orders.models.order import Order, OrderItem
from shop.fields import LineField, URLField
from shop.formatting import format_date


class Shipment(models.Model):
    """A shipment of all or part of an order.

    Its id comes from the form that created it, so a double click ships once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    carrier = LineField(max_length=80, blank=True)
    tracking_number = LineField(max_length=80, blank=True)
    tracking_url = URLField("tracking link", max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        named = " ".join(filter(None, [self.carrier, self.tracking_number]))
        return named or format_date(self.created_at)


class ShipmentItem(models.Model):
    """How many units of an order item are in a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="shipment_items")
    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "item"], name="one_line_an_item_and_shipment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"
