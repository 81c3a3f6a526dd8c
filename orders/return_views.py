"""The page on which a shopper asks to send something back."""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from orders import returns
from orders.models import Order


class ReturnForm(forms.Form):
    """How many of which item, and why; the key makes one return of a form that is sent twice."""

    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why do you send it back?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Please say why; it helps us to do better."},
    )

    def __init__(self, *args: Any, order: Order, left: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = [item for item in order.items.order_by("pk") if left[item.pk]]
        for item in self.items:
            self.fields[f"item_{item.pk}"] = forms.IntegerField(
                label=f"{item.name} {item.choice}".strip(),
                initial=0,
                min_value=0,
                max_value=left[item.pk],
                help_text=f"Up to {left[item.pk]}.",
                error_messages={"max_value": f"No more than {left[item.pk]} of it can be sent back."},
            )

    def unit_fields(self) -> Iterator[forms.BoundField]:
        """Yield the field of each item."""
        for item in self.items:
            yield self[f"item_{item.pk}"]

    def quantities(self) -> dict[int, int]:
        """Return the units by item of a valid form."""
        return {item.pk: self.cleaned_data[f"item_{item.pk}"] for item in self.items}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def return_items(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a return."""
    order = get_object_or_404(Order, token=token)
    left = returns.returnable(order)
    form = ReturnForm(request.POST or None, order=order, left=left)
    if request.method == "POST" and form.is_valid():
        key, reason = form.cleaned_data["key"], form.cleaned_data["reason"]
        try:
            returns.ask(order, key=key, quantities=form.quantities(), reason=reason)
        except returns.ReturnRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Thank you. We look at it and write to you.")
            return redirect(order)
    if not any(left.values()):
        messages.warning(request, "There is nothing (more) of this order that can be sent back.")
        return redirect(order)
    return render(request, "orders/return_items.html", {"order": order, "form": form})
