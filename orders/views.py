"""The page of an order, and the form that finds it."""

import logging
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sessions import is_unavailable
from carts.cart import Cart
from carts.ownership import cart_of, guest_cart_named, owner_of, remember_cart, shown_count
from carts.views import CART_UNAVAILABLE
from orders.cancellation import CHANGED, NOT_WANTED, NotWithdrawable, withdraw
from orders.cart_lines import RETURN_TEXTS
from orders.checkout.session import resume_checkout
from orders.guest_orders import OrderNotFound, find_order
from orders.models import Order, Payment, Refund
from orders.payments.charge import WrongAmount
from orders.payments.providers.base import PaymentError, get_provider
from orders.states import OPEN_PAYMENTS, PAID_PAYMENTS, CartReturn
from orders.timeline import Mailbox, mailbox_of
from orders.units import returnable
from shop.dynamo.table import StoreUnavailable
from shop.forms import CodeField, column_field
from shop.limiter import TooManyAttempts, forgive, guard

logger = logging.getLogger(__name__)

PROVIDER_AWAY = (
    "We couldn't reach the payment provider, so your order stays as it is. Please try again in a "
    "minute."
)


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
        "cart_text": _cart_text(request, order),
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


@never_cache
@require_POST
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Give up an unpaid order, and show its lines in the cart, where they can be changed."""
    return _withdraw(request, get_object_or_404(Order, token=token), CHANGED)


@never_cache
@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give up an unpaid order; its lines are in the cart again."""
    return _withdraw(request, get_object_or_404(Order, token=token), NOT_WANTED)


def _withdraw(request: HttpRequest, order: Order, reason: str) -> HttpResponse:
    page = order.secret_url()
    try:
        # A browser without a cart gets the same one each time: after a crash before the answer, a
        # second click finds the lines.
        cart = cart_of(request) or guest_cart_named(order.token)
        order = withdraw(order, cart, reason)
    except NotWithdrawable as error:
        messages.error(request, str(error))
        return redirect(page)
    except (PaymentError, WrongAmount):
        logger.exception("Order %s could not be withdrawn.", order.number)
        messages.warning(request, PROVIDER_AWAY)
        return redirect(page)
    except StoreUnavailable:
        messages.error(request, CART_UNAVAILABLE)
        return redirect(page)
    if order.cart_return == CartReturn.NONE or order.cart_owner != cart.owner:
        return redirect(page)  # It had ended before, in another way.
    return _show_cart(request, order, cart, "carts:cart" if reason == CHANGED else page)


def _show_cart(request: HttpRequest, order: Order, cart: Cart, page: str) -> HttpResponse:
    """Let the shopper of a withdrawn order go on with its lines and with what they had entered."""
    resume_checkout(request.session, order)
    is_partly = order.cart_return == CartReturn.PARTLY
    level = messages.WARNING if is_partly else messages.SUCCESS
    messages.add_message(request, level, RETURN_TEXTS[order.cart_return])
    response = redirect(page)
    # An estimate, which the cart's page corrects.
    remember_cart(request, response, cart, shown_count(request) + order.units())
    return response


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


def _cart_text(request: HttpRequest, order: Order) -> str:
    """Return what has become of the lines of an unpaid order, for whoever has them in the cart."""
    if order.cart_return == CartReturn.NONE or order.cart_owner != owner_of(request):
        return ""
    return RETURN_TEXTS[order.cart_return]


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
