"""The pages on which staff correct an order's email or address, and send a mail again.

They require the permission `orders.change_order`.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.forms import AddressForm
from accounts.models import Address
from orders.admin.order_pages import back_to_order, log_change, order_for, render_page
from orders.corrections import (
    CorrectionRefused,
    correct_address,
    correct_email,
    may_correct_address,
    may_correct_email,
)
from orders.models import Order
from orders.timeline import UnknownNotification, resend
from shop.dynamo.table import StoreUnavailable
from shop.forms import column_field


class CorrectionForm(AddressForm):
    """The email and the address; what can no longer be changed is left out."""

    email = column_field(Order, "email", label="Email")

    field_order = ("email",)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        initial = {"email": order.email, **order.shipping_address}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields[
            "email"
        ].help_text = "The order gets a new link: the old address may have received the old one."
        # Tax and delivery were calculated for it.
        self.fields["country"].disabled = True
        if not may_correct_email(order):
            del self.fields["email"]
        if not may_correct_address(order):
            for name in Address.FIELDS:
                self.fields.pop(name)

    def correct(self, order: Order) -> list[str]:
        """Return the names of what was corrected. Raises CorrectionRefused."""
        corrected = []
        if "email" in self.fields and correct_email(order, self.cleaned_data["email"]):
            corrected.append("email")
        if "country" in self.fields and correct_address(order, self.instance.as_dict()):
            corrected.append("address")
        return corrected


def may_correct(order: Order) -> bool:
    return may_correct_email(order) or may_correct_address(order)


def correct_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the right email and address."""
    order = order_for(request, pk, "orders.change_order")
    if not may_correct(order):
        messages.warning(request, "There is nothing left to correct on this order.")
        return back_to_order(pk)
    form = CorrectionForm(request.POST or None, order=order)
    if form.is_valid():
        try:
            corrected = form.correct(order)
        except CorrectionRefused as refused:
            form.add_error(None, str(refused))
        else:
            _tell_staff(request, order, corrected)
            return back_to_order(pk)
    more = {"form": form, "documents": list(order.invoices.order_by("issued_at", "pk"))}
    return render_page(request, order, "correct", "Correct the order", **more)


def _tell_staff(request: HttpRequest, order: Order, corrected: list[str]) -> None:
    if not corrected:
        messages.info(request, "Nothing was changed.")
        return
    log_change(request, order, f"Corrected the {' and the '.join(corrected)}.")
    hint = " Send the last email again to tell the customer." if "email" in corrected else ""
    messages.success(request, f"The {' and the '.join(corrected)} was corrected.{hint}")


@require_POST
def resend_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an email to the customer again: the one that the form names, or the last one."""
    order = order_for(request, pk, "orders.change_order")
    try:
        kind = resend(order, request.POST.get("kind", ""))
    except UnknownNotification as error:
        messages.error(request, str(error))
    except StoreUnavailable:
        messages.error(request, "The notification log can't be read right now. Try again later.")
    else:
        name = kind.replace("_", " ")
        log_change(request, order, f"Sent the email “{name}” again.")
        messages.success(request, f"The email “{name}” is on its way to {order.email} again.")
    return back_to_order(pk)
