"""Views for paying an order: the providers' forms, the pay page and the return from a provider."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from carts.ownership import owner_of
from orders.models import Order, Payment
from orders.payments import charge
from orders.payments.providers.base import (
    AmountNotAccepted,
    InvalidDetails,
    PaymentError,
    get_provider,
    offered_providers,
)
from orders.payments.providers.dummy import DummyProvider
from shop.limiter import TooManyAttempts, forgive, guard
from shop.response_headers import allow_sources


def payment_choices(
    name: str = "", *, data: Mapping[str, Any] | None = None, form: Form | None = None
) -> dict[str, Any]:
    """Return the template context that shows the providers on offer.

    The provider called `name`, or else the first on offer, is preselected. It is shown with `form`,
    or with a new form bound to `data`.
    """
    chosen = name or settings.PAYMENT_PROVIDERS_OFFERED[0]
    form = form or get_provider(chosen).form_class(data)
    choices = [
        {
            "name": name,
            "provider": provider,
            "form": form if name == chosen else provider.form_class(),
        }
        for name, provider in offered_providers().items()
    ]
    return {"form": form, "providers": choices, "chosen": chosen}


def choices_for(context: Mapping[str, Any], total: Decimal) -> dict[str, Any]:
    """Return the context of `payment_choices()` without the providers that refuse this total.

    If none is left, `amount_refused` says why.
    """
    left, refused = [], ""
    for choice in context["providers"]:
        try:
            choice["provider"].check_amount(total, settings.SHOP_CURRENCY)
        except AmountNotAccepted as error:
            refused = str(error)
        else:
            left.append(choice)
    if not left:
        return {"providers": left, "amount_refused": refused if total else ""}
    names = [choice["name"] for choice in left]
    return {
        "providers": left,
        "chosen": context["chosen"] if context["chosen"] in names else names[0],
    }


def redirect_to_step(request: HttpRequest, step: charge.NextStep) -> HttpResponse:
    """Redirect to the next step of a payment, and show the step's message if it has one."""
    if step.message:
        level = messages.WARNING if step.code == "unclear" else messages.ERROR
        messages.add_message(request, level, step.message)
    return redirect(step.url)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Let the shopper pay an order that is not paid yet, for example with another card."""
    order = get_object_or_404(Order, token=token)
    if not order.is_payable:
        return redirect(order.secret_url())
    latest = order.payments.order_by("-created_at", "-pk").first()
    wanted = (
        request.POST.get("provider")
        or request.GET.get("provider")
        or (latest.provider if latest else "")
    )
    if wanted not in settings.PAYMENT_PROVIDERS_OFFERED:
        wanted = settings.PAYMENT_PROVIDERS_OFFERED[0]
    context = payment_choices(wanted)
    if request.method == "POST":
        try:
            return _pay(request, order, wanted)
        except InvalidDetails as invalid:
            context = payment_choices(wanted, form=invalid.form)
        except TooManyAttempts as error:
            if get_provider(wanted).scripted:
                raise  # Its page would ask the provider once more.
            context = payment_choices(wanted, data=request.POST)
            context["form"].full_clean()
            context["form"].add_error(None, str(error))
    provider = get_provider(context["chosen"])
    if provider.scripted:
        # Its script needs the client secret of a payment that was started. Only a POST starts one.
        try:
            payment, client_secret = charge.resume_payment(order, context["chosen"])
        except (PaymentError, charge.WrongAmount):
            return redirect_to_step(request, charge.unclear_step(order))
        if payment is not None and payment.status != Payment.Status.CREATED:
            if payment.error:
                messages.error(request, payment.error)
            return redirect(order.secret_url())
        context |= {
            "client_secret": client_secret,
            "payment": payment,
            "publishable_key": provider.publishable_key,
            "return_url": settings.SHOP_URL + reverse("orders:payment_return", args=[order.token]),
        }
    context |= {
        "order": order,
        "items": order.items.order_by("pk"),
        "minutes": settings.CHECKOUT_EXPIRY_MINUTES,
    }
    response = render(request, "orders/pay.html", context)
    if provider.scripted:
        allow_sources(response, provider.sources)
    return response


def _pay(request: HttpRequest, order: Order, provider: str) -> HttpResponse:
    """Try to pay with what was submitted. Raises InvalidDetails and TooManyAttempts."""
    details = get_provider(provider).clean_details(request.POST)
    who = {"order": str(order.pk), "owner": owner_of(request)}
    guard(request, "pay", **who)
    step = charge.pay_and_get_next_step(order, details, provider)
    if step.code == "paid":
        forgive(request, "pay", **who)
    return redirect_to_step(request, step)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def dummy_challenge(request: HttpRequest, token: str) -> HttpResponse:
    """Act as the bank that asks the shopper for a second step of a test payment."""
    order = get_object_or_404(Order, token=token)
    payment = (
        order.payments.filter(provider="test", status=Payment.Status.CREATED)
        .exclude(next_url="")
        .first()
    )
    if payment is None:
        return redirect(order.secret_url())
    if request.method == "POST":
        DummyProvider().confirm(payment, accepted="refuse" not in request.POST)
        return redirect_to_step(request, charge.settle_and_get_next_step(order, payment))
    return render(request, "orders/dummy_challenge.html", {"order": order, "payment": payment})


@never_cache
@require_safe
def payment_return(request: HttpRequest, token: str) -> HttpResponse:
    """Receive a shopper who was sent back by a provider.

    The query string is not trusted; the provider is asked for the payment's state instead.
    """
    order = get_object_or_404(Order, token=token)
    return redirect_to_step(request, charge.check_returning_payment(order))
