"""The page on which a shopper requests a return."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from orders.fulfilment import returns
from orders.fulfilment.forms import UnitsForm
from orders.models import Order, Return
from orders.units import returnable
from shop.forms import column_field
from shop.limiter import TooManyAttempts, guard


class ReturnForm(UnitsForm):
    """What comes back, and why."""

    reason = column_field(
        Return,
        "reason",
        label="Why do you send it back?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Please say why; it helps us to do better."},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def return_items(request: HttpRequest, token: str) -> HttpResponse:
    """Let a shopper request a return."""
    order = get_object_or_404(Order, token=token)
    left = returnable(order)
    form = ReturnForm(request.POST or None, order=order, left=left)
    if request.method == "POST" and form.is_valid():
        key, reason = form.cleaned_data["key"], form.cleaned_data["reason"]
        try:
            guard(request, "return_items", order=str(order.pk))
            returns.request_return(order, key=key, quantities=form.quantities(), reason=reason)
        except (returns.ReturnRefused, TooManyAttempts) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Thank you. We look at it and write to you.")
            return redirect(order.secret_url())
    if not any(left.values()):
        messages.warning(request, "There is nothing (more) of this order that can be sent back.")
        return redirect(order.secret_url())
    return render(request, "orders/return_items.html", {"order": order, "form": form})
