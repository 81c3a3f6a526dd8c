"""Forms for units of an order's items: what goes into a shipment, or what comes back."""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms

from orders.models import Order, OrderItem


class UnitsForm(forms.Form):
    """Asks for units of each item that has some `left` (units by item pk).

    The key makes a form that is sent twice act once.
    """

    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, order: Order, left: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = [item for item in order.items.order_by("pk") if left[item.pk]]
        for item in self.items:
            self.fields[f"item_{item.pk}"] = self.field_of(item, left[item.pk])

    def field_of(self, item: OrderItem, left: int) -> forms.IntegerField:
        """Return the field for an item, in which up to `left` units may be entered."""
        return forms.IntegerField(
            label=f"{item.name} {item.choice}".strip(),
            initial=0,
            min_value=0,
            max_value=left,
            help_text=f"Up to {left}.",
            error_messages={"max_value": f"There are no more than {left} of it."},
        )

    def unit_fields(self) -> Iterator[forms.BoundField]:
        for item in self.items:
            yield self[f"item_{item.pk}"]

    def quantities(self) -> dict[int, int]:
        """Return the units entered in a valid form, by item pk."""
        return {item.pk: self.cleaned_data[f"item_{item.pk}"] for item in self.items}
