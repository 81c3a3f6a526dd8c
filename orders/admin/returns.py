"""The page on which staff handle a return.

It requires the permission `orders.change_order`; refunding a return requires `orders.add_refund` as
well.
"""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import User
from orders.admin.order_pages import (
    back_to_order,
    log_change,
    order_for,
    render_page,
    require_password_for_money,
)
from orders.fulfilment import returns
from orders.fulfilment.returns import ReturnRefused
from orders.models import Return
from orders.payments.refunds import RefundRefused
from orders.states import ReturnStatus
from shop.forms import column_field

#: The steps of a return, with the labels of their buttons.
STEPS = {
    ReturnStatus.APPROVED: "Approve",
    ReturnStatus.REJECTED: "Reject",
    ReturnStatus.RECEIVED: "It is here",
    ReturnStatus.REFUNDED: "Refund it",
}


class StepForm(forms.Form):
    step = forms.ChoiceField(choices=[(step.value, label) for step, label in STEPS.items()])
    answer = column_field(
        Return,
        "answer",
        label="What the shopper is told",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    restock = forms.BooleanField(label="Put the items back into stock", required=False)

    def clean(self) -> dict[str, Any]:
        """Require an answer to the shopper if the return is rejected."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("step") == ReturnStatus.REJECTED and not cleaned.get("answer"):
            self.add_error("answer", "Why not? The shopper will want to know.")
        return cleaned


def return_view(request: HttpRequest, pk: int, return_id: UUID) -> HttpResponse:
    """Show a return, and take its next step."""
    order = order_for(request, pk, "orders.change_order")
    returned = get_object_or_404(Return, pk=return_id, order=order)
    if ReturnStatus.REFUNDED in returns.next_steps(returned):
        require_password_for_money(request, order)
    form = StepForm(request.POST or None)
    if form.is_valid() and _take_step(request, returned, form):
        return back_to_order(pk)
    returned.refresh_from_db()
    steps = [
        (step, STEPS[ReturnStatus(step)]) for step in STEPS if step in returns.next_steps(returned)
    ]
    more = {
        "form": form,
        "returned": returned,
        "steps": steps,
        "lines": returned.items.select_related("item"),
    }
    return render_page(request, order, "return", "Return", **more)


def _take_step(request: HttpRequest, returned: Return, form: StepForm) -> bool:
    step, answer = form.cleaned_data["step"], form.cleaned_data["answer"]
    actor = cast(User, request.user)
    if step == ReturnStatus.REFUNDED and not actor.has_perm("orders.add_refund"):
        raise PermissionDenied
    acts: dict[str, Callable[[], object]] = {
        ReturnStatus.APPROVED: lambda: returns.approve_return(returned, answer=answer),
        ReturnStatus.REJECTED: lambda: returns.reject_return(returned, answer=answer),
        ReturnStatus.RECEIVED: lambda: returns.receive_return(
            returned, restock=form.cleaned_data["restock"]
        ),
        ReturnStatus.REFUNDED: lambda: returns.refund_return(returned, actor=actor),
    }
    try:
        acts[step]()
    except (ReturnRefused, RefundRefused) as refused:
        form.add_error(None, str(refused))
        return False
    log_change(
        request,
        returned.order,
        f"Return {returned.pk}: {STEPS[ReturnStatus(step)].lower()}. {answer}",
    )
    messages.success(request, f"Done: {STEPS[ReturnStatus(step)].lower()}.")
    return True
