"""The checkout's pages: contact, delivery, review. An order's own pages are orders/views.py."""

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Address
from carts.ownership import cart_of, new_guest_cart, remember_cart
from carts.pricing import PricedCart, price_lines
from carts.views import CART_UNAVAILABLE
from orders.checkout.forms import BillingForm, ContactForm, DeliveryForm, PlaceForm, VoucherForm
from orders.checkout.place import (
    CannotDeliver,
    CartEmpty,
    Customer,
    InsufficientStock,
    Terms,
    TotalChanged,
    Wish,
    place_order,
    quote_order,
    tax_rates,
)
from orders.checkout.review import review_changes, sign_review
from orders.checkout.session import CheckoutSession, address_book, last_order
from orders.models import Order, ShippingMethod, Voucher
from orders.payments.views import make_payment_form, pay_and_redirect, payment_choices
from orders.pricing.quote import Quote
from orders.pricing.vouchers import VoucherRefused, find_voucher
from shop.dynamo.table import StoreUnavailable


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Ask who orders and where it goes."""
    draft = CheckoutSession.of(request)
    addresses = address_book(request.user)
    chosen = _chosen_address(request, draft, addresses)
    answers = request.POST.dict() | (chosen.as_dict() if chosen else {})
    initial = {
        "email": draft.email,
        "note": draft.note,
        "save_address": not addresses,
        "other_billing": bool(draft.billing_address),
    }
    form = ContactForm(
        answers if request.method == "POST" else None,
        initial=initial | ({} if chosen else draft.address),
    )
    asks_billing = "other_billing" in request.POST
    billing = BillingForm(
        request.POST if asks_billing else None, prefix="billing", initial=draft.billing_address
    )
    if request.method == "POST" and form.is_valid() and (not asks_billing or billing.is_valid()):
        data = form.cleaned_data
        draft.email, draft.note, draft.save_address = (
            data["email"],
            data["note"],
            data["save_address"],
        )
        draft.address = {name: data[name] for name in Address.FIELDS}
        draft.billing_address = billing.instance.as_dict() if asks_billing else {}
        draft.keep(request)
        return redirect("orders:delivery")
    if form.errors.keys() & set(Address.FIELDS):
        chosen = None  # What is wrong with it can be mended only where it can be seen.
    context = {"form": form, "billing": billing, "addresses": addresses, "chosen": chosen}
    return _step(request, "orders/contact.html", draft, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest) -> HttpResponse:
    """Ask which way it is sent."""
    draft = CheckoutSession.of(request)
    if not draft.has_contact:
        return redirect("orders:checkout")
    try:
        contents = _contents(request)
    except StoreUnavailable:
        return _cart_unavailable(request)
    methods = ShippingMethod.objects.offered(draft.address["country"], contents.grams)
    initial = {"shipping_method": draft.shipping_method_id or (methods[0].pk if methods else None)}
    form = DeliveryForm(methods, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        draft.shipping_method_id = form.cleaned_data["shipping_method"].pk
        draft.keep(request)
        return redirect("orders:review")
    offers = [
        {"method": method, "price": method.price_for(contents.items_total)} for method in methods
    ]
    return _step(
        request, "orders/delivery.html", draft, {"form": form, "methods": methods, "offers": offers}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Show all of it with the total; the button places the order and pays it."""
    draft = CheckoutSession.of(request)
    place_form = PlaceForm(request.POST or None)
    wanted = place_form.cleaned_data if request.method == "POST" and place_form.is_valid() else None
    if not draft.has_contact or draft.shipping_method_id is None:
        placed = Order.objects.filter(checkout_key=wanted["key"]).first() if wanted else None
        if placed:  # The button was pressed twice, or the page came from the history.
            return redirect(placed)
        return redirect("orders:delivery" if draft.has_contact else "orders:checkout")
    payment_form = make_payment_form(request, wanted["provider"] if wanted else "")
    if wanted and (wanted["total"] == 0 or payment_form.is_valid()):
        return _place(request, draft, wanted, payment_form)
    return _step(request, "orders/review.html", draft, payment_choices(payment_form))


@require_POST
def voucher(request: HttpRequest) -> HttpResponse:
    """Take a voucher's code, or forget the one there is where the field is empty."""
    draft = CheckoutSession.of(request)
    form = VoucherForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That is not a voucher's code.")
        return redirect("orders:review")
    code = form.cleaned_data["code"]
    try:
        contents = _contents(request)
        found = find_voucher(code)
        quote_order(contents, Terms(voucher=found, customer=_customer(request, draft).identity))
    except VoucherRefused as refused:
        draft.refused_voucher = {"code": code, "error": str(refused)}
        draft.keep(request)
    except StoreUnavailable:
        messages.error(request, CART_UNAVAILABLE)
    else:
        draft.voucher_code = found.code if found else ""
        draft.keep(request)
    return redirect(f"{reverse(form.cleaned_data['back'])}#voucher")


def _place(
    request: HttpRequest, draft: CheckoutSession, wanted: dict[str, Any], payment_form: Form
) -> HttpResponse:
    """Place the order, then pay it; whatever is in the way is said on the page where it can be
    mended.
    """
    wish = Wish(
        draft.shipping_method_id or 0, wanted["total"], draft.voucher_code, wanted["provider"]
    )
    try:
        cart = cart_of(request)[0] or new_guest_cart()
        order = place_order(
            key=wanted["key"], cart=cart, customer=_customer(request, draft), wish=wish
        )
    except CartEmpty:
        return redirect("carts:cart")
    except InsufficientStock as short:
        names = ", ".join(str(line.variant or "Something") for line in short.contents.short)
        messages.error(
            request, f"Sold out, or less is left than you want: {names}. Nothing was ordered yet."
        )
        return redirect("carts:cart")
    except TotalChanged:
        return _review_again(request, draft, wanted)
    except VoucherRefused as refused:
        draft.voucher_code = ""
        draft.keep(request)
        return _review_again(request, draft, wanted, refused=str(refused))
    except CannotDeliver:
        messages.warning(request, "That delivery is no longer offered. Please choose another.")
        return redirect("orders:delivery")
    except StoreUnavailable:
        messages.error(request, CART_UNAVAILABLE)
        return redirect("orders:review")
    details = payment_form.cleaned_data if payment_form.is_valid() else {}
    response = (
        pay_and_redirect(request, order, details, wanted["provider"])
        if order.is_payable
        else redirect(order)
    )
    if (
        uuid.UUID(draft.key) == wanted["key"]
    ):  # Else it is an old page, and the shopper has begun anew since.
        draft.finish(request, order)
        remember_cart(response, cart, 0)
    return response


def _review_again(
    request: HttpRequest, draft: CheckoutSession, wanted: dict[str, Any], refused: str = ""
) -> HttpResponse:
    """Show the review with what has changed since the shopper saw it; the card that was typed
    stays.
    """
    # What was free asked for no card, and must not be blamed for that now.
    form = make_payment_form(request, wanted["provider"], bound=wanted["total"] > 0)
    context = payment_choices(form) | {
        "before": wanted["seen"],
        "has_changed": True,
        "refused": refused,
    }
    return _step(request, "orders/review.html", draft, context)


def _customer(request: HttpRequest, draft: CheckoutSession) -> Customer:
    user = request.user if request.user.is_authenticated else None
    billing = draft.billing_address or None
    return Customer(draft.email, draft.address, user=user, billing_address=billing, note=draft.note)


def _step(
    request: HttpRequest, template: str, draft: CheckoutSession, context: dict[str, Any]
) -> HttpResponse:
    """Show a step of the checkout beside what is being ordered."""
    try:
        contents = _contents(request)
    except StoreUnavailable:
        return _cart_unavailable(request)
    if not contents.is_orderable:
        return _nothing_to_order(request, contents)
    method = (
        ShippingMethod.objects.filter(pk=draft.shipping_method_id).first()
        if draft.shipping_method_id
        else None
    )
    quote, voucher = _quote(request, draft, contents, method)
    context |= {
        "changes": review_changes(context.get("before", ""), contents, quote),
        "contents": contents,
        "draft": draft,
        "method": method,
        "quote": quote,
        "refused_voucher": draft.pop_refused_voucher(request),
        "voucher": voucher,
        "key": uuid.UUID(draft.key),
        "seen": sign_review(contents, quote),
    }
    return render(request, template, context)


def _nothing_to_order(request: HttpRequest, contents: PricedCart) -> HttpResponse:
    """Lead to what became of the cart where it was ordered (the shopper went back), else to the
    cart.
    """
    token = last_order(request)
    if contents.lines or not token:
        return redirect("carts:cart")
    messages.info(request, "You have ordered what was in your cart. This is your order.")
    return redirect("orders:order", token)


def _quote(
    request: HttpRequest,
    draft: CheckoutSession,
    contents: PricedCart,
    method: ShippingMethod | None,
) -> tuple[Quote, Voucher | None]:
    """Return the quote and its voucher; one that no longer counts is taken out, and that is
    said.
    """
    rates = tax_rates(draft.address.get("country", ""))
    terms = Terms(method, rates, customer=_customer(request, draft).identity)
    try:
        voucher = find_voucher(draft.voucher_code)
        return quote_order(contents, replace(terms, voucher=voucher)), voucher
    except VoucherRefused as refused:
        messages.warning(request, f"{refused} It is taken out.")
        draft.voucher_code = ""
        draft.keep(request)
        return quote_order(contents, terms), None


def _contents(request: HttpRequest) -> PricedCart:
    cart = cart_of(request)[0]
    return price_lines(cart.lines() if cart else [])


def _cart_unavailable(request: HttpRequest) -> HttpResponse:
    return render(request, "carts/unavailable.html", {"message": CART_UNAVAILABLE}, status=503)


def _chosen_address(
    request: HttpRequest, draft: CheckoutSession, addresses: list[Address]
) -> Address | None:
    """Return the address of the book that the shopper takes, None for one that is typed."""
    if request.method == "POST":
        return next(
            (entry for entry in addresses if str(entry.pk) == request.POST.get("address")), None
        )
    return next((entry for entry in addresses if entry.as_dict() == draft.address), None)
