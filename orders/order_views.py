"""An order's own pages: what became of it, paying it; and the address where payment providers send their webhooks."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders import paying, refunding
from orders.models import Order, Payment, Refund
from orders.notifications import sent_to
from orders.payments.provider import Notice, PaymentError, WebhookRefused, get_provider, offered_providers
from orders.payments.test import TestProvider
from orders.returns import returnable
from orders.tasks import settle_later

logger = logging.getLogger(__name__)

UNCLEAR = "We could not reach the payment provider. Nothing is lost: we ask again by ourselves."


def chosen_form(request: HttpRequest, name: str = "", *, bound: bool = True) -> Form:
    """Return the form of the provider that was chosen, the default's where none was; `provider_name` says whose.

    It holds what was sent, if `bound`.
    """
    name = name or settings.PAYMENT_PROVIDERS_OFFERED[0]
    form = get_provider(name).form_class(request.POST if bound and request.method == "POST" else None)
    form.provider_name = name  # type: ignore[attr-defined]
    return form


def provider_choice(form: Form) -> dict[str, Any]:
    """Return what a page needs to show the providers on offer, with the form of the chosen one."""
    chosen = form.provider_name  # type: ignore[attr-defined]
    choices = [
        {"name": name, "provider": provider, "form": form if name == chosen else provider.form_class()}
        for name, provider in offered_providers().items()
    ]
    return {"form": form, "providers": choices, "chosen": chosen}


def pay_and_go(request: HttpRequest, order: Order, details: dict[str, Any], provider: str) -> HttpResponse:
    """Pay an order and go where that leads."""
    try:
        payment = paying.pay(order, details, provider)
    except paying.NotPayable:
        return redirect(order)
    except PaymentError:
        logger.exception("The payment of order %s has no clear answer yet.", order.number)
        messages.warning(request, UNCLEAR)
        return redirect(order)
    return _go_on(request, order, payment)


def _go_on(request: HttpRequest, order: Order, payment: Payment) -> HttpResponse:
    """Go where the state of a payment leads."""
    if payment.error and payment.status not in paying.PAID:
        messages.error(request, payment.error)
        return redirect("orders:pay", order.token)
    if payment.status == Payment.Status.CREATED:
        return redirect(payment.next_url) if payment.next_url else redirect("orders:pay", order.token)
    if payment.status == Payment.Status.PROCESSING:
        settle_later(payment)
    return redirect(order)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Pay an order that is not paid yet, for example with another card."""
    order = get_object_or_404(Order, token=token)
    if not order.is_payable:
        return redirect(order)
    latest = order.payments.order_by("-created_at", "-pk").first()
    wanted = request.POST.get("provider") or request.GET.get("provider") or (latest.provider if latest else "")
    form = chosen_form(request, wanted if wanted in settings.PAYMENT_PROVIDERS_OFFERED else "")
    context = provider_choice(form)
    if request.method == "POST" and form.is_valid():
        return pay_and_go(request, order, form.cleaned_data, context["chosen"])
    if get_provider(context["chosen"]).scripted:
        try:
            payment, client_secret = paying.start(order, {}, context["chosen"])
        except (PaymentError, paying.NotPayable):
            logger.exception("The payment of order %s could not be begun.", order.number)
            messages.warning(request, UNCLEAR)
            return redirect(order)
        if payment.status != Payment.Status.CREATED:
            if payment.error:  # The provider never takes this amount, for example.
                messages.error(request, payment.error)
            return redirect(order)
        context |= {
            "client_secret": client_secret,
            "payment": payment,
            "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
            "return_url": request.build_absolute_uri(f"{order.get_absolute_url()}return/"),
        }
    context |= {
        "order": order,
        "items": order.items.order_by("pk"),
        "minutes": settings.CHECKOUT_EXPIRY_MINUTES,
    }
    return render(request, "orders/pay.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Be the bank that asks the shopper of a test payment for a second step."""
    order = get_object_or_404(Order, token=token)
    payment = order.payments.filter(provider="test", status=Payment.Status.CREATED).exclude(next_url="").first()
    if payment is None:
        return redirect(order)
    if request.method == "POST":
        TestProvider().confirm(payment, accepted="refuse" not in request.POST)
        return _go_on(request, order, paying.settle(payment))
    return render(request, "orders/confirm.html", {"order": order, "payment": payment})


@never_cache
@require_safe
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Receive the shopper whom a provider sends back; what the address says besides is not believed."""
    order = get_object_or_404(Order, token=token)
    payment = order.payments.filter(status__in=paying.OPEN).first()
    if payment is None:
        return redirect(order)
    try:
        return _go_on(request, order, paying.settle(payment))
    except (PaymentError, paying.WrongAmount):
        logger.exception("The payment of order %s has no clear answer yet.", order.number)
        messages.warning(request, UNCLEAR)
        return redirect(order)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a provider's word that something has changed, and ask it what. 4xx refuses, 503 asks to send it again."""
    if provider not in settings.PAYMENT_PROVIDERS:
        raise Http404
    try:
        _settle(provider, get_provider(provider).parse_webhook(request.body, request.headers))
    except WebhookRefused as refused:
        logger.warning("A webhook of %s was refused: %s", provider, refused)
        return HttpResponse("Refused.", status=400, content_type="text/plain")
    except (paying.WrongAmount, refunding.WrongRefund):
        logger.exception("A webhook of %s led to an amount that is not ours.", provider)
        return HttpResponse("Not ours.", status=400, content_type="text/plain")
    except PaymentError:
        logger.exception("A webhook of %s could not be followed up.", provider)
        return HttpResponse("Try again.", status=503, content_type="text/plain")
    return HttpResponse("Thank you.", content_type="text/plain")


def _settle(provider: str, notice: Notice) -> None:
    """Look up what a webhook is about; what is not ours is nothing to us."""
    if notice.payment_id:
        for payment in Payment.objects.filter(pk=notice.payment_id, provider=provider):
            paying.settle(payment)
    if notice.refund_id:
        refunds = Refund.objects.filter(pk=notice.refund_id, payment__provider=provider)
        for refund in refunds.select_related("payment"):
            refunding.settle_refund(refund)
    if notice.refunds_of:
        for payment in Payment.objects.filter(pk=notice.refunds_of, provider=provider):
            refunding.take_over(paying.settle(payment))


@never_cache
@require_safe
def order_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order to who knows its address: the link of the mail, or the owner's account.

    A page that waits for news of the payment asks with `seen`, the state that it shows; 204 says that there are none.
    """
    order = get_object_or_404(Order, token=token)
    payment = _telling_payment(order)
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
        "mailed_to": _mailed_to(request, order),
        **_parcels(order),
    }
    return render(request, "orders/order.html", context)


def _mailed_to(request: HttpRequest, order: Order) -> str:
    """Return where mails of an order went; where the session could not be read, DynamoDB is not asked once more."""
    signed_in = request.user.is_authenticated  # Reads the session, if there is one.
    return "" if not signed_in and getattr(request.session, "unavailable", False) else sent_to(order)


def _parcels(order: Order) -> dict[str, Any]:
    """Return what was sent and what comes back; no query for an order that is still waiting."""
    if order.status in (Order.Status.PENDING, Order.Status.PAID):
        return {}
    return {
        "shipments": order.shipments.prefetch_related("items__item").order_by("created_at", "pk"),
        "returns": order.returns.prefetch_related("items__item").order_by("created_at", "pk"),
        "can_return": any(returnable(order).values()),
    }


def _telling_payment(order: Order) -> Payment | None:
    """Return the payment that paid an order, else the newest try."""
    payments = list(order.payments.order_by("-created_at", "-pk"))
    return next((payment for payment in payments if payment.status in paying.PAID), payments[0] if payments else None)


def _waits_for(order: Order, payment: Payment | None) -> str:
    """Return what an unpaid order waits for: `provider`, `bank`, an `answer` that may be lost, or `shopper`."""
    if not order.is_payable:
        return ""
    if payment is None or payment.status not in paying.OPEN:
        return "shopper"
    if payment.status == Payment.Status.PROCESSING:
        return "provider"
    if payment.next_url:
        return "bank"
    return "shopper" if payment.transaction_id else "answer"
