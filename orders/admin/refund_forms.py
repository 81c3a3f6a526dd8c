"""Forms with which staff refund money."""

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms

from orders.models import Order, OrderItem, Refund
from orders.payments.refunds import Refundable, value_of
from shop.forms import column_field
from shop.money import AmountFormField, format_money, unit_of

ALL, ITEMS, AMOUNT = "all", "items", "amount"
PREFIX = "item_"


class Line(NamedTuple):
    """Units of an order item."""

    item: OrderItem
    units: int


class Row(NamedTuple):
    """An item as the form shows it.

    It has the units and the money that are left to refund, and the item's field.
    """

    item: OrderItem
    left: int
    value: Decimal
    field: forms.BoundField


class ActionForm(forms.Form):
    """What every action with money asks for: a reason, and a key.

    The key makes the action happen once, however often the form is sent.
    """

    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    reason = column_field(
        Refund,
        "reason",
        label="Why",
        required=True,
        error_messages={
            "required": "Why? The shopper will want to know, and so will your colleagues."
        },
        help_text="The mail to the shopper says it, so a whole sentence is best.",
    )


class RefundForm(ActionForm):
    """How much of an order to refund."""

    kind = forms.ChoiceField(
        choices=[(ALL, "All that is left"), (ITEMS, "Some items"), (AMOUNT, "An amount")],
        widget=forms.RadioSelect,
        initial=ALL,
    )
    amount = AmountFormField(
        label="Amount",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}),
    )
    restock = forms.BooleanField(
        label="Put the items back into stock",
        required=False,
        help_text="If they are here, or never left. Not with an amount alone: it names no items.",
    )

    def __init__(self, *args: Any, order: Order, left: Refundable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order, self.left = order, left
        self.fields["amount"].currency = order.currency  # type: ignore[attr-defined]
        self.items = list(order.items.order_by("pk"))
        #: The lines that a valid form refunds; empty for a plain amount.
        self.lines: list[Line] = []
        for item in self.items:
            self.fields[_name(item)] = _units_field(item, left.quantities[item.pk])

    def rows(self) -> Iterator[Row]:
        """Yield a row for each item, for the template."""
        for item in self.items:
            yield Row(
                item, self.left.quantities[item.pk], self.left.values[item.pk], self[_name(item)]
            )

    @property
    def remains(self) -> Decimal:
        """Return the amount that is left after the refund of a valid form."""
        return self.left.amount - self.cleaned_data["amount"]

    def clean(self) -> dict[str, Any]:
        """Work out the amount and the lines to refund."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        self._forget_others(kind)
        if kind == AMOUNT:
            self._clean_amount(cleaned)
        elif kind == ITEMS:
            self._clean_items(cleaned)
        elif kind == ALL:
            self.lines = self._lines(self.left.quantities)
            cleaned["amount"] = self.left.amount
        return cleaned

    def _forget_others(self, kind: str | None) -> None:
        """Drop the errors of fields that belong to options not chosen, and so are hidden."""
        for name in list(self.errors):
            if kind and (
                name == "amount" and kind != AMOUNT or name.startswith(PREFIX) and kind != ITEMS
            ):
                del self.errors[name]

    def _clean_amount(self, cleaned: dict[str, Any]) -> None:
        amount: Decimal | None = cleaned.get("amount")
        if amount is None:
            if "amount" not in self.errors:
                self.add_error("amount", "How much?")
        elif amount <= 0:
            least = format_money(unit_of(self.order.currency), self.order.currency)
            self.add_error("amount", f"It is {least} at least.")
        elif amount > self.left.amount:
            most = format_money(self.left.amount, self.order.currency)
            self.add_error("amount", f"No more than {most} is left to refund.")
        if cleaned.get("restock"):
            self.add_error(
                "restock",
                "An amount names no items. Choose “Some items” to put them back into stock.",
            )

    def _clean_items(self, cleaned: dict[str, Any]) -> None:
        """Set the lines; the amount is what was paid for them, whatever its field says."""
        if any(name.startswith(PREFIX) for name in self.errors):
            return
        self.lines = self._lines({item.pk: cleaned[_name(item)] for item in self.items})
        if not self.lines:
            self.add_error("kind", "How many of which item? All stand at none.")
            return
        cleaned["amount"] = value_of(
            self.order, self.left, {item.pk: units for item, units in self.lines}
        )

    def _lines(self, quantities: Mapping[int, int | None]) -> list[Line]:
        return [Line(item, units) for item in self.items if (units := quantities[item.pk])]


def _name(item: OrderItem) -> str:
    return f"{PREFIX}{item.pk}"


def _units_field(item: OrderItem, left: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"Units of {item.name} {item.choice}".strip(),
        required=False,
        min_value=0,
        max_value=left,
        disabled=not left,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "max_value": f"No more than {left} of it can be refunded.",
            "min_value": "There cannot be less than none.",
        },
    )
