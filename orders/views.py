"""The checkout's pages (contact, delivery, review) and an order's own (pay, order)."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Address
from carts.cart import Cart
from carts.contents import Contents, price_lines
from carts.requests import cart_of, new_guest_cart, remember
from carts.views import AWAY
from orders import paying
from orders.checkout import CannotDeliver, CartEmpty, Customer, LinesShort, TotalChanged, place_order, quote_order
from orders.drafts import Draft
from orders.forms import ContactForm, DeliveryForm, PlaceForm
from orders.models import Order, Payment, ShippingMethod
from orders.payments.provider import PaymentError, get_provider
from orders.tasks import settle_later
from shop.dynamo import StoreUnavailable
from shop.money import format_money

UNCLEAR = "We could not reach the payment provider. Nothing is lost: we ask again by ourselves and tell you by mail."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Ask who orders and where it goes."""
    draft = Draft.of(request)
    addresses = (
        list(request.user.addresses.order_by("-is_default", "-created_at", "-pk"))
        if request.user.is_authenticated
        else []
    )
    form = ContactForm(request.POST or None, initial=_contact_initial(request, draft, addresses))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        draft.email, draft.note, draft.save_address = data["email"], data["note"], data["save_address"]
        draft.address = {name: data[name] for name in Address.FIELDS}
        draft.keep(request)
        return redirect("orders:delivery")
    return _step(request, "orders/contact.html", draft, {"form": form, "addresses": addresses})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest) -> HttpResponse:
    """Ask which way it is sent."""
    draft = Draft.of(request)
    if not draft.has_contact:
        return redirect("orders:checkout")
    methods = ShippingMethod.objects.to_country(draft.address["country"])
    initial = {"shipping_method": draft.shipping_method_id or (methods[0].pk if methods else None)}
    form = DeliveryForm(methods, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        draft.shipping_method_id = form.cleaned_data["shipping_method"].pk
        draft.keep(request)
        return redirect("orders:review")
    return _step(request, "orders/delivery.html", draft, {"form": form, "methods": methods})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Show all of it with the total; the button places the order and pays it."""
    draft = Draft.of(request)
    place_form = PlaceForm(request.POST or None)
    if request.method == "POST" and place_form.is_valid():
        placed = Order.objects.filter(checkout_key=place_form.cleaned_data["key"]).first()
        if placed:  # The button was pressed twice, or the page came from the history.
            return redirect(placed)
    if not draft.has_contact:
        return redirect("orders:checkout")
    if draft.shipping_method_id is None:
        return redirect("orders:delivery")
    card_form = _payment_form(request)
    if request.method == "POST" and place_form.is_valid() and card_form.is_valid():
        return _place(request, draft, place_form.cleaned_data, card_form.cleaned_data)
    return _step(request, "orders/review.html", draft, {"form": card_form})


def _place(request: HttpRequest, draft: Draft, wanted: dict[str, Any], card: dict[str, Any]) -> HttpResponse:
    """Place the order, then pay it; whatever is in the way is said on the page where it can be mended."""
    try:
        cart = cart_of(request)[0] or new_guest_cart()
        order = place_order(
            key=wanted["key"],
            cart=cart,
            customer=Customer(
                email=draft.email,
                shipping_address=draft.address,
                user=request.user if request.user.is_authenticated else None,
                note=draft.note,
            ),
            shipping_method_id=draft.shipping_method_id or 0,
            shown_total=wanted["total"],
        )
    except (CartEmpty, LinesShort):
        return redirect("carts:cart")
    except TotalChanged as changed:
        total = format_money(changed.quote.total)
        messages.warning(request, f"The total has changed to {total} since you saw it. Nothing was ordered yet.")
        return redirect("orders:review")
    except CannotDeliver:
        messages.warning(request, "That delivery is no longer offered. Please choose another.")
        return redirect("orders:delivery")
    except StoreUnavailable:
        messages.error(request, AWAY)
        return redirect("orders:review")
    draft.finish(request)
    response = _pay(request, order, card)
    remember(response, cart, 0)
    return response


def _pay(request: HttpRequest, order: Order, card: dict[str, Any]) -> HttpResponse:
    """Pay an order and go where that leads."""
    try:
        payment = paying.pay(order, card)
    except PaymentError:
        messages.warning(request, UNCLEAR)
        return redirect(order)
    if payment.status == Payment.Status.FAILED:
        messages.error(request, payment.error)
        return redirect("orders:pay", order.token)
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
    form = _payment_form(request)
    if request.method == "POST" and form.is_valid():
        return _pay(request, order, form.cleaned_data)
    return render(request, "orders/pay.html", {"order": order, "form": form, "items": order.items.order_by("pk")})


@never_cache
@require_safe
def order_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order to who knows its address: the link of the mail, or the owner's account."""
    order = get_object_or_404(Order, token=token)
    payment = order.payments.order_by("-created_at", "-pk").first()
    processing = payment is not None and payment.status == Payment.Status.PROCESSING
    return render(
        request,
        "orders/order.html",
        {"order": order, "items": order.items.order_by("pk"), "payment": payment, "processing": processing},
    )


def _step(request: HttpRequest, template: str, draft: Draft, context: dict[str, Any]) -> HttpResponse:
    """Show a step of the checkout beside what is being ordered."""
    try:
        contents = _contents(cart_of(request)[0])
    except StoreUnavailable:
        return render(request, "carts/unavailable.html", {"message": AWAY}, status=503)
    if not contents.is_orderable:
        return redirect("carts:cart")
    method = ShippingMethod.objects.filter(pk=draft.shipping_method_id).first() if draft.shipping_method_id else None
    context |= {
        "contents": contents,
        "offers": [
            {"method": offer, "price": offer.price_for(contents.items_total)} for offer in context.get("methods", [])
        ],
        "draft": draft,
        "method": method,
        "quote": quote_order(contents, method),
        "key": uuid.UUID(draft.key),
    }
    return render(request, template, context)


def _contents(cart: Cart | None) -> Contents:
    return price_lines(cart.lines() if cart else [])


def _contact_initial(request: HttpRequest, draft: Draft, addresses: list[Address]) -> dict[str, Any]:
    """Return what the form starts with: an address of the book that was clicked, or what the draft has."""
    clicked = next((entry for entry in addresses if str(entry.pk) == request.GET.get("address")), None)
    address = clicked.as_dict() if clicked else draft.address
    return {**address, "email": draft.email, "note": draft.note, "save_address": not addresses}


def _payment_form(request: HttpRequest) -> Form:
    provider = get_provider(settings.PAYMENT_PROVIDER)
    return provider.form_class(request.POST or None)
