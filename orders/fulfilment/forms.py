"""Forms that ask how many units of which item of an order: what goes into a parcel, what comes
back.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms

from orders.models import Order, OrderItem


class UnitsForm(forms.Form):
    """Asks for units of each item of which some are `left`; the key makes one act of a form that is
    sent twice.
    """

    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, order: Order, left: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = [item for item in order.items.order_by("pk") if left[item.pk]]
        for item in self.items:
            self.fields[f"item_{item.pk}"] = self.field_of(item, left[item.pk])

    def field_of(self, item: OrderItem, left: int) -> forms.IntegerField:
        """Return the field of an item of which `left` units may be named."""
        return forms.IntegerField(
            label=f"{item.name} {item.choice}".strip(),
            initial=0,
            min_value=0,
            max_value=left,
            help_text=f"Up to {left}.",
            error_messages={"max_value": f"There are no more than {left} of it."},
        )

    def unit_fields(self) -> Iterator[forms.BoundField]:
        """Yield the field of each item."""
        for item in self.items:
            yield self[f"item_{item.pk}"]

    def quantities(self) -> dict[int, int]:
        """Return the units by item of a valid form."""
        return {item.pk: self.cleaned_data[f"item_{item.pk}"] for item in self.items}
