"""The pages on which staff send orders and see to returns.

They need the permission `orders.change_order`.

To refund a return needs `orders.add_refund` as well.
"""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.models import User
from orders.admin.refunds import OrderPages
from orders.fulfilment import returns
from orders.fulfilment.forms import UnitsForm
from orders.fulfilment.returns import ReturnRefused
from orders.fulfilment.shipments import SHIPPABLE, ShipmentRefused, Tracking, ship
from orders.models import Order, OrderItem, Return, Shipment
from orders.payments.refunds import RefundRefused
from orders.states import ReturnStatus
from orders.units import left_to_ship

#: The steps of a return: what the button says, and what it wants to know.
STEPS = {
    ReturnStatus.APPROVED: "Approve",
    ReturnStatus.REJECTED: "Reject",
    ReturnStatus.RECEIVED: "It is here",
    ReturnStatus.REFUNDED: "Refund it",
}


class ShipmentForm(UnitsForm):
    """What goes into a parcel, and how it goes."""

    carrier = forms.CharField(required=False, max_length=80)
    tracking_number = forms.CharField(required=False, max_length=80)
    tracking_url = forms.URLField(
        label="Tracking link",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="The mail has it.",
    )

    def field_of(self, item: OrderItem, left: int) -> forms.IntegerField:
        """Begin with all that is left to send."""
        field = super().field_of(item, left)
        field.initial, field.help_text = (
            left,
            f"{item.sku}: {left} to send." if item.sku else f"{left} to send.",
        )
        return field

    @property
    def tracking(self) -> Tracking:
        """Return how the parcel of a valid form goes."""
        given = self.cleaned_data
        return Tracking(given["carrier"], given["tracking_number"], given["tracking_url"])


class StepForm(forms.Form):
    """A step of a return."""

    step = forms.ChoiceField(choices=[(step.value, label) for step, label in STEPS.items()])
    answer = forms.CharField(
        label="What the shopper is told",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    restock = forms.BooleanField(label="Put the items back into stock", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where it is a no."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("step") == ReturnStatus.REJECTED and not cleaned.get("answer"):
            self.add_error("answer", "Why not? The shopper will want to know.")
        return cleaned


class ParcelPages(OrderPages):
    """An order's pages about parcels, there and back."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/ship/", view(self.ship_view), name="orders_order_ship"),
            path(
                "<int:pk>/returns/<uuid:return_id>/",
                view(self.return_view),
                name="orders_order_return",
            ),
            *super().get_urls(),
        ]

    def buttons(self, request: HttpRequest, order: Order) -> dict[str, bool]:
        """Say which of the pages this member of staff may use for an order now."""
        may = request.user.has_perm("orders.change_order")
        return super().buttons(request, order) | {"can_ship": may and order.status in SHIPPABLE}

    def parcels(self, order: Order) -> dict[str, Any]:
        """Return what was sent and what comes back, for the order's page."""
        return {
            "shipments": order.shipments.select_related("actor")
            .prefetch_related("items__item")
            .order_by("created_at"),
            "returns": order.returns.prefetch_related("items__item").order_by("created_at"),
        }

    def ship_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what goes into the parcel, and write that it was sent."""
        order = self._order(request, pk)
        left = left_to_ship(order)
        form = ShipmentForm(request.POST or None, order=order, left=left)
        if request.method == "POST" and _was_sent(request, order):
            return redirect("admin:orders_order_change", pk)  # The second of two clicks.
        if form.is_valid():
            try:
                sent = ship(
                    order,
                    key=form.cleaned_data["key"],
                    quantities=form.quantities(),
                    tracking=form.tracking,
                    actor=cast(User, request.user),
                )
            except ShipmentRefused as refused:
                form.add_error(None, str(refused))
            else:
                self.log_change(request, order, f"Sent {sent}.")
                self.message_user(
                    request, f"The parcel is noted, and {order.email} is told.", messages.SUCCESS
                )
                return redirect("admin:orders_order_change", pk)
        if order.status not in SHIPPABLE or not any(left.values()):
            self.message_user(request, "Nothing is left to send.", messages.WARNING)
            return redirect("admin:orders_order_change", pk)
        return self._parcel_page(request, order, "ship", "Send a parcel", form=form)

    def return_view(self, request: HttpRequest, pk: int, return_id: UUID) -> HttpResponse:
        """Show a return and take it a step on."""
        order = self._order(request, pk)
        returned = get_object_or_404(Return, pk=return_id, order=order)
        form = StepForm(request.POST or None)
        if form.is_valid() and self._take(request, returned, form):
            return redirect("admin:orders_order_change", pk)
        returned.refresh_from_db()
        steps = [
            (step, STEPS[ReturnStatus(step)])
            for step in STEPS
            if step in returns.next_steps(returned)
        ]
        more = {
            "form": form,
            "returned": returned,
            "steps": steps,
            "lines": returned.items.select_related("item"),
        }
        return self._parcel_page(request, order, "return", "Return", **more)

    def _take(self, request: HttpRequest, returned: Return, form: StepForm) -> bool:
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
        self.log_change(
            request,
            returned.order,
            f"Return {returned.pk}: {STEPS[ReturnStatus(step)].lower()}. {answer}",
        )
        self.message_user(request, f"Done: {STEPS[ReturnStatus(step)].lower()}.", messages.SUCCESS)
        return True

    def _order(self, request: HttpRequest, pk: int) -> Order:
        if not (self.has_view_permission(request) and request.user.has_perm("orders.change_order")):
            raise PermissionDenied
        return get_object_or_404(Order, pk=pk)

    def _parcel_page(
        self, request: HttpRequest, order: Order, name: str, title: str, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": f"Order {order.number}",
        }
        context |= {"order": order, "opts": self.opts, **more}
        return TemplateResponse(request, f"admin/orders/order/{name}.html", context)


def _was_sent(request: HttpRequest, order: Order) -> bool:
    """Say whether the sent form made its parcel before."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return False
    return Shipment.objects.filter(pk=key, order=order).exists()
