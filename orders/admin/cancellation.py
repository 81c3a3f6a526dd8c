"""The page on which staff cancel an order: it first shows what will happen, and acts once.

It requires the permission `orders.change_order`, and for a paid order, whose money is refunded,
`orders.add_refund` as well.
"""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from orders.admin.order_pages import (
    back_to_order,
    form_key,
    log_once,
    order_for,
    render_page,
    require_password_for_money,
)
from orders.admin.refund_forms import ActionForm, Line
from orders.admin.refunds import CHANGED, refund_message, refund_of_form
from orders.cancellation import cancel_order
from orders.models import Order
from orders.payments.charge import WrongAmount
from orders.payments.providers.base import PaymentError
from orders.payments.refunds import Refundable, RefundRefused, WrongRefund, refundable
from orders.units import units_of
from shop.money import format_money, plain_money

CANCELLABLE = (Order.Status.PENDING, Order.Status.PAID)


def may_cancel(request: HttpRequest, order: Order) -> bool:
    """Return whether this member of staff has the permissions to cancel an order."""
    needed = ["orders.change_order"] + ["orders.add_refund"] * (
        order.status != Order.Status.PENDING
    )
    return request.user.has_perms(needed)


def cancel_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what cancelling does, then do it."""
    order = order_for(request, pk, "orders.change_order")
    if order.status not in CANCELLABLE:
        return _after_cancel(request, order)
    if not may_cancel(request, order):
        raise PermissionDenied
    left = refundable(order)
    if left.amount:
        require_password_for_money(request, order)
    form = ActionForm(request.POST or None)
    if not form.is_valid():
        return _cancel_page(request, order, form, left)
    # Staff confirmed the amount that they saw; if it has changed, they must see the new one first.
    if request.POST.get("shown") != plain_money(left.amount, order.currency):
        return _cancel_page(request, order, form, left, notice=CHANGED)
    return _cancel_order(request, order, form, left)


def _cancel_order(
    request: HttpRequest, order: Order, form: ActionForm, left: Refundable
) -> HttpResponse:
    key, reason = form.cleaned_data["key"], form.cleaned_data["reason"]
    try:
        cancel_order(order, key=key, reason=reason, actor=cast(User, request.user))
    except PaymentError:
        text = (
            "The payment provider does not answer, so it is not known whether the order was "
            "paid. Try again soon."
        )
        form.add_error(None, text)
    except (RefundRefused, WrongAmount, WrongRefund) as error:
        form.add_error(None, str(error))
    order.refresh_from_db()
    if order.status in CANCELLABLE:
        return _cancel_page(request, order, form, left)
    return _after_cancel(request, order, reason)


def _cancel_page(
    request: HttpRequest, order: Order, form: ActionForm, left: Refundable, **more: Any
) -> HttpResponse:
    back = [
        Line(units.item, units.to_restock) for units in units_of(order).values() if units.to_restock
    ]
    more |= {"form": form, "left": left, "back": back}
    return render_page(request, order, "cancel", "Cancel the order?", **more)


def _after_cancel(request: HttpRequest, order: Order, reason: str = "") -> HttpResponse:
    """Redirect to the order and say how it stands; `reason` is set if this request cancelled it."""
    if order.status not in (Order.Status.CANCELLED, Order.Status.REFUNDED):
        text = (
            f"The order is {order.get_status_display().lower()}, so it cannot be cancelled. "
            "Refund it instead."
        )
        messages.warning(request, text)
    elif request.method == "POST":
        begun = refund_of_form(request, order)
        messages.success(request, "The order is cancelled.")
        if begun is not None:
            messages.add_message(request, *refund_message(begun))
        key = form_key(request)
        if reason and key:
            money = f", refund of {format_money(begun.amount, begun.currency)}" if begun else ""
            log_once(request, order, key, f"Cancelled{money}: {reason}")
    else:
        messages.warning(request, f"The order is {order.get_status_display().lower()} already.")
    return back_to_order(order.pk)
