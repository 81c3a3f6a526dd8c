"""The page on which staff ship an order, in one shipment or several.

It requires the permission `orders.change_order`.
"""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from orders.admin.order_pages import back_to_order, form_key, log_change, order_for, render_page
from orders.fulfilment.forms import UnitsForm
from orders.fulfilment.shipments import (
    SHIPPABLE,
    ShipmentRefused,
    Tracking,
    hold_reason,
    ship,
)
from orders.models import Order, OrderItem, Shipment
from orders.units import left_to_ship
from shop.forms import column_field


class ShipmentForm(UnitsForm):
    """What goes into a shipment, and how it travels."""

    carrier = column_field(Shipment, "carrier")
    tracking_number = column_field(Shipment, "tracking_number")
    tracking_url = column_field(
        Shipment,
        "tracking_url",
        label="Tracking link",
        help_text="The mail has it.",
    )

    despite_hold = forms.BooleanField(label="Ship it anyway", required=False)

    def field_of(self, item: OrderItem, left: int) -> forms.IntegerField:
        """Return a field that starts with everything that is left to ship."""
        field = super().field_of(item, left)
        field.initial, field.help_text = (
            left,
            f"{item.sku}: {left} to send." if item.sku else f"{left} to send.",
        )
        return field

    @property
    def tracking(self) -> Tracking:
        """Return the tracking details of a valid form."""
        given = self.cleaned_data
        return Tracking(given["carrier"], given["tracking_number"], given["tracking_url"])


def ship_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what goes into a shipment, and record it."""
    order = order_for(request, pk, "orders.change_order")
    left = left_to_ship(order)
    form = ShipmentForm(request.POST or None, order=order, left=left)
    # Checked before the form is: the first click has shipped the units that the second one asks
    # for.
    if request.method == "POST" and _was_sent(request, order):
        return back_to_order(pk)  # The second of two clicks.
    if form.is_valid():
        try:
            sent = ship(
                order,
                key=form.cleaned_data["key"],
                quantities=form.quantities(),
                tracking=form.tracking,
                actor=cast(User, request.user),
                despite_hold=form.cleaned_data["despite_hold"],
            )
        except ShipmentRefused as refused:
            form.add_error(None, str(refused))
        else:
            log_change(request, order, f"Sent {sent}.")
            messages.success(request, f"The parcel is noted, and {order.email} is told.")
            return back_to_order(pk)
    if order.status not in SHIPPABLE or not any(left.values()):
        messages.warning(request, "Nothing is left to send.")
        return back_to_order(pk)
    more = {"form": form, "hold": hold_reason(order)}
    return render_page(request, order, "ship", "Send a parcel", **more)


def _was_sent(request: HttpRequest, order: Order) -> bool:
    """Return whether an earlier submission of this form has created its shipment."""
    key = form_key(request)
    return key is not None and Shipment.objects.filter(pk=key, order=order).exists()
