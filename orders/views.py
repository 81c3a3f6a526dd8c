"""The page of an order, and the form that finds it."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sessions import is_unavailable
from orders.guest_orders import OrderNotFound, find_order
from orders.models import Order, Payment, Refund
from orders.payments.providers.base import get_provider
from orders.states import OPEN_PAYMENTS, PAID_PAYMENTS
from orders.timeline import Mailbox, mailbox_of
from orders.units import returnable
from shop.forms import CodeField, column_field
from shop.limiter import TooManyAttempts, forgive, guard


class FindOrderForm(forms.Form):
    """What a guest knows of an order: its number, and the email it was ordered with."""

    number = CodeField(
        label="Order number",
        max_length=12,
        error_messages={"required": "Enter your order number."},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    email = column_field(
        Order,
        "email",
        label="Email",
        error_messages={"required": "Enter the email you ordered with."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Lead a guest who knows an order's number and email to its page."""
    form = FindOrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        try:
            guard(request, "find_order", number=number.upper())
            order = find_order(number, form.cleaned_data["email"])
        except (OrderNotFound, TooManyAttempts) as error:
            form.add_error(None, str(error))
        else:
            forgive(request, "find_order", number=number.upper())
            return redirect(order.secret_url())
    return render(request, "orders/find.html", {"form": form})


@never_cache
@require_safe
def order_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order to anyone who knows its URL, from the email or from the owner's account.

    A page that waits for the payment asks with `seen`, the state that it shows; the answer is 204
    as long as nothing has changed.
    """
    order = get_object_or_404(Order, token=token)
    payment = _shown_payment(order)
    if payment is not None and request.GET.get("seen") == payment.status:
        return HttpResponse(status=204)
    context = {
        "order": order,
        "items": order.items.order_by("pk"),
        "documents": order.invoices.order_by("issued_at", "pk"),
        "payment": payment,
        "waits_for": _waits_for(order, payment),
        "minutes": settings.CHECKOUT_EXPIRY_MINUTES,
        "refunds": Refund.objects.filter(payment__order=order)
        .exclude(status=Refund.Status.FAILED)
        .order_by("created_at", "pk"),
        "mailbox": _mailbox_of(request, order),
        **_shipments_and_returns(order),
    }
    return render(request, "orders/order.html", context)


def _mailbox_of(request: HttpRequest, order: Order) -> Mailbox | None:
    """Return where the emails about an order went.

    If the session could not be read, DynamoDB is unavailable and is not asked once more.
    """
    signed_in = request.user.is_authenticated  # Reads the session, if there is one.
    return None if not signed_in and is_unavailable(request.session) else mailbox_of(order)


def _shipments_and_returns(order: Order) -> dict[str, Any]:
    """Return the shipments and returns, without a query for an order that is still waiting."""
    if order.status in (Order.Status.PENDING, Order.Status.PAID):
        return {}
    return {
        "shipments": order.shipments.prefetch_related("items__item").order_by("created_at", "pk"),
        "returns": order.returns.prefetch_related("items__item").order_by("created_at", "pk"),
        "can_return": any(returnable(order).values()),
    }


def _shown_payment(order: Order) -> Payment | None:
    """Return the payment that paid an order, or else the latest attempt."""
    payments = list(order.payments.order_by("-created_at", "-pk"))
    return next(
        (payment for payment in payments if payment.status in PAID_PAYMENTS),
        payments[0] if payments else None,
    )


def _waits_for(order: Order, payment: Payment | None) -> str:
    """Return what an unpaid order waits for, or an empty string.

    That is `provider`, `bank`, `answer` (which may be lost) or `shopper`.
    """
    if not order.is_payable:
        return ""
    if payment is None or payment.status not in OPEN_PAYMENTS:
        return "shopper"
    if payment.status == Payment.Status.PROCESSING:
        return "provider"
    if payment.next_url:
        return "bank"
    # What a provider's own script has not begun on our page is not under way.
    is_unanswered = not payment.transaction_id and not get_provider(payment.provider).scripted
    return "answer" if is_unanswered else "shopper"
