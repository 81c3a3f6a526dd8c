"""The checkout pages: contact, delivery and review. The order page is in orders/views.py."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.address_book import addresses_of
from accounts.forms import AddressForm
from accounts.models import Address
from carts.ownership import cart_of, new_guest_cart, owner_of, remember_cart
from carts.pricing import PricedCart, price_lines
from carts.views import CART_UNAVAILABLE
from orders.checkout.place import (
    CannotDeliver,
    CartEmpty,
    CheckoutError,
    InsufficientStock,
    OrderTooLarge,
    place_order,
    placed_order,
)
from orders.checkout.request import PlaceOrderRequest
from orders.checkout.review import changes_between, read_parts
from orders.checkout.session import (
    CheckoutSession,
    Review,
    last_order,
    remember_unpaid,
    resume_checkout,
)
from orders.models import Order, ShippingMethod, Voucher
from orders.payments import charge
from orders.payments.providers.base import AmountNotAccepted, InvalidDetails, get_provider
from orders.payments.views import choices_for, payment_choices, redirect_to_step
from orders.pricing.vouchers import VoucherRefused
from shop.client_address import client_address
from shop.dynamo.table import StoreUnavailable
from shop.errors import DomainError
from shop.forms import column_field
from shop.limiter import TooManyAttempts, forgive, guard, mark_refused, too_many_attempts
from shop.money import LARGEST


class ContactForm(AddressForm):
    """Contact details and the shipping address."""

    email = column_field(
        Order,
        "email",
        label="E-mail",
        help_text="For the confirmation and news of the delivery.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    note = column_field(
        Order,
        "note",
        label="A note for us",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    save_address = forms.BooleanField(label="Keep this address in my address book", required=False)
    other_billing = forms.BooleanField(label="The invoice goes to another address", required=False)

    field_order = ("email",)

    def offer(self, countries: Iterable[str]) -> None:
        """Offer only the countries that the shop delivers to."""
        self.fields["country"].offer(countries)  # type: ignore[attr-defined]


class BillingForm(AddressForm):
    """The billing address, if it is not the shipping address.

    It has no phone number: nothing is delivered there.
    """

    AUTOCOMPLETE: ClassVar[dict[str, str]] = {
        name: f"billing {token}"
        for name, token in AddressForm.AUTOCOMPLETE.items()
        if name != "phone"
    }

    class Meta(AddressForm.Meta):
        fields: tuple[str, ...] = tuple(name for name in AddressForm.Meta.fields if name != "phone")


class DeliveryForm(forms.Form):
    shipping_method = forms.ModelChoiceField(
        queryset=ShippingMethod.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Please choose how we should send it."},
    )

    def __init__(self, methods: list[ShippingMethod], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shipping_method"].queryset = ShippingMethod.objects.filter(  # type: ignore[attr-defined]
            pk__in=[method.pk for method in methods]
        )


class VoucherForm(forms.Form):
    """A voucher code, and the step of the checkout to return to."""

    code = column_field(Voucher, "code", required=False)
    back = forms.ChoiceField(choices=[("orders:delivery", ""), ("orders:review", "")])


class PlaceForm(forms.Form):
    """The order button: which checkout it places, and all that its page showed, signed."""

    key = forms.UUIDField()
    # `place_order()` checks the signature, so it needs no limit besides that of the request.
    agreed = forms.CharField(required=False)
    provider = forms.CharField(max_length=20, required=False)

    def clean_provider(self) -> str:
        """Return a provider on offer, the first one by default."""
        offered = settings.PAYMENT_PROVIDERS_OFFERED
        return (
            self.cleaned_data["provider"]
            if self.cleaned_data["provider"] in offered
            else offered[0]
        )


REVIEW = "orders/review.html"
#: The page on which a shopper can fix each error; for all other errors that is the review page.
ERROR_PAGES: Mapping[type[DomainError], str] = {
    CartEmpty: "carts:cart",
    InsufficientStock: "carts:cart",
    OrderTooLarge: "carts:cart",
    CannotDeliver: "orders:delivery",
    AmountNotAccepted: "orders:review",
    StoreUnavailable: "orders:review",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Ask for the contact details and the addresses."""
    checkout = CheckoutSession.load(request.session, request.user)
    addresses = addresses_of(request.user) if request.user.is_authenticated else []
    chosen = _chosen_address(request, checkout, addresses)
    answers = request.POST.dict() | (chosen.as_dict() if chosen else {})
    initial = {
        "email": checkout.email,
        "note": checkout.note,
        "save_address": not addresses,
        "other_billing": bool(checkout.billing_address),
    }
    form = ContactForm(
        answers if request.method == "POST" else None,
        initial=initial | ({} if chosen else checkout.address),
    )
    form.offer(ShippingMethod.objects.destinations())
    # An account's orders go by its confirmed email; Django ignores what a disabled field submits.
    form.fields["email"].disabled = request.user.is_authenticated
    asks_billing = "other_billing" in request.POST
    billing = BillingForm(
        request.POST if asks_billing else None, prefix="billing", initial=checkout.billing_address
    )
    if request.method == "POST" and form.is_valid() and (not asks_billing or billing.is_valid()):
        data = form.cleaned_data
        checkout.email, checkout.note, checkout.save_address = (
            data["email"],
            data["note"],
            data["save_address"],
        )
        checkout.address = {name: data[name] for name in Address.FIELDS}
        checkout.billing_address = billing.instance.as_dict() if asks_billing else {}
        checkout.save(request.session)
        return redirect("orders:delivery")
    if form.errors.keys() & set(Address.FIELDS):
        chosen = None  # Show its fields, so that the shopper can correct them.
    context = {"form": form, "billing": billing, "addresses": addresses, "chosen": chosen}
    return _step(request, "orders/contact.html", checkout, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest) -> HttpResponse:
    """Ask for the delivery method."""
    checkout = CheckoutSession.load(request.session, request.user)
    if not checkout.has_contact:
        return redirect("orders:checkout")
    try:
        cart = _priced_cart(request)
    except StoreUnavailable:
        return _cart_unavailable(request)
    methods = ShippingMethod.objects.offered(checkout.address["country"], cart.grams)
    initial = {
        "shipping_method": checkout.shipping_method_id or (methods[0].pk if methods else None)
    }
    form = DeliveryForm(methods, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        checkout.shipping_method_id = form.cleaned_data["shipping_method"].pk
        checkout.save(request.session)
        return redirect("orders:review")
    offers = checkout.offers(methods, cart)
    return _step(request, "orders/delivery.html", checkout, {"form": form, "offers": offers})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Show the whole order with its total; its button places the order and pays it."""
    checkout = CheckoutSession.load(request.session, request.user)
    form = PlaceForm(request.POST or None)
    pressed = form.cleaned_data if request.method == "POST" and form.is_valid() else None
    if not checkout.has_contact or checkout.shipping_method_id is None:
        return _resume(request, checkout, pressed)
    if pressed:
        return _order_and_pay(request, checkout, pressed)
    context = payment_choices(data=request.POST if request.method == "POST" else None)
    context["asked_again"] = request.method == "POST"  # A button without a key agrees to nothing.
    return _step(request, REVIEW, checkout, context)


def _resume(
    request: HttpRequest, checkout: CheckoutSession, pressed: dict[str, Any] | None
) -> HttpResponse:
    """Redirect to the first step that is missing, or to the order if the checkout was placed.

    The latter is a double click, or a page from the browser's history.
    """
    placed = placed_order(pressed["key"], owner_of(request)) if pressed else None
    if placed:
        return redirect(placed.secret_url())
    return redirect("orders:delivery" if checkout.has_contact else "orders:checkout")


@require_POST
def voucher(request: HttpRequest) -> HttpResponse:
    """Apply a voucher code; an empty field removes the current one."""
    checkout = CheckoutSession.load(request.session, request.user)
    form = VoucherForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Enter a valid code.")
        return redirect("orders:review")
    back = f"{reverse(form.cleaned_data['back'])}#voucher"
    try:
        _use_voucher(request, checkout, form.cleaned_data["code"])
    except StoreUnavailable:
        messages.error(request, CART_UNAVAILABLE)
    except TooManyAttempts as error:
        return too_many_attempts(request, error, back=back)
    return redirect(back)


def _use_voucher(request: HttpRequest, checkout: CheckoutSession, code: str) -> None:
    """Apply a code, or remember why it is refused. Only refused codes count as attempts.

    Raises StoreUnavailable and TooManyAttempts.
    """
    cart, who = _priced_cart(request), {"owner": owner_of(request)}
    try:
        if code:
            guard(request, "voucher", **who)
        checkout.use_voucher(code, cart, request.user)
        if code:
            forgive(request, "voucher", **who)
    except (VoucherRefused, TooManyAttempts) as refused:
        checkout.refused_voucher = {"code": code, "error": str(refused)}
        if isinstance(refused, TooManyAttempts):
            raise
    finally:
        checkout.save(request.session)


def _order_and_pay(
    request: HttpRequest, checkout: CheckoutSession, pressed: dict[str, Any]
) -> HttpResponse:
    """Place the order, then pay it; errors are shown on the page where they can be fixed."""
    wanted = checkout.order_request(
        request.user,
        **pressed,
        payment_details=request.POST,
        client_address=client_address(request),
    )
    try:
        cart = cart_of(request) or new_guest_cart()
        order, payment, details = place_order(wanted, cart)
    except InvalidDetails as invalid:
        context = payment_choices(wanted.provider, form=invalid.form)
        return _step(request, REVIEW, checkout, context | {"pressed": wanted})
    except TooManyAttempts as error:
        mark_refused(request, error)
        messages.error(request, str(error))
        context = payment_choices(wanted.provider, data=request.POST)
        return _step(request, REVIEW, checkout, context | {"pressed": wanted})
    except (CheckoutError, VoucherRefused, AmountNotAccepted, StoreUnavailable) as error:
        return _show_checkout_error(request, checkout, wanted, error)
    step = charge.pay_and_get_next_step(order, details, wanted.provider, payment=payment)
    response = (
        redirect(order.secret_url()) if step.code == "paid" else redirect_to_step(request, step)
    )
    # Otherwise it is an old page, and the shopper has begun a new checkout since.
    if uuid.UUID(checkout.key) == wanted.key:
        if step.code == "refused":
            resume_checkout(request.session, order)
            return response
        if step.code != "paid":
            remember_unpaid(request.session, order)
        checkout.finish(request.session, request.user, order)
        remember_cart(request, response, cart, 0)
    return response


def _show_checkout_error(
    request: HttpRequest, checkout: CheckoutSession, wanted: PlaceOrderRequest, error: DomainError
) -> HttpResponse:
    """Tell why nothing was ordered, on the page where the shopper can fix it."""
    if type(error) in ERROR_PAGES:
        level = messages.WARNING if isinstance(error, CannotDeliver) else messages.ERROR
        if not isinstance(error, CartEmpty):  # The cart page says so itself.
            text = CART_UNAVAILABLE if isinstance(error, StoreUnavailable) else str(error)
            messages.add_message(request, level, text)
        return redirect(ERROR_PAGES[type(error)])
    refused = ""
    if isinstance(error, VoucherRefused):
        refused, checkout.voucher_code = str(error), ""
        checkout.save(request.session)
    # A free order asked for no card, so it must not complain about a missing one now.
    asked_for = get_provider(wanted.provider).form_class().fields.keys()
    data = request.POST if asked_for & request.POST.keys() else None
    again = {"pressed": wanted, "asked_again": True, "refused": refused}
    context = payment_choices(wanted.provider, data=data) | again
    return _step(request, REVIEW, checkout, context)


def _step(
    request: HttpRequest, template: str, checkout: CheckoutSession, context: dict[str, Any]
) -> HttpResponse:
    """Render a step of the checkout, with the contents of the order beside it."""
    try:
        cart = _priced_cart(request)
    except StoreUnavailable:
        return _cart_unavailable(request)
    if not cart.is_orderable:
        return _nothing_to_order(request, cart)
    priced = checkout.quote(cart, request.user)
    if priced.refused:
        messages.warning(request, f"{priced.refused} It has been removed.")
        checkout.save(request.session)
    if priced.quote.total > LARGEST:
        messages.error(request, str(OrderTooLarge()))
        return redirect("carts:cart")
    if template == REVIEW:
        if priced.method is None:
            messages.warning(request, str(CannotDeliver()))
            return redirect("orders:delivery")
        owner = owner_of(request)
        shown = checkout.review(owner, request.user, priced.method, priced.quote)
        context |= _review_context(shown, owner, context.get("pressed"))
        context |= choices_for(context, priced.quote.total)
    context |= {
        # All of an orderable cart is sold, so the quote has an item for each line.
        "lines": list(zip(cart.lines, priced.quote.items, strict=True)),
        "checkout": checkout,
        "method": priced.method,
        "quote": priced.quote,
        "refused_voucher": checkout.pop_refused_voucher(request.session),
        "voucher": priced.voucher,
        "key": uuid.UUID(checkout.key),
    }
    return render(request, template, context)


def _review_context(shown: Review, owner: str, pressed: PlaceOrderRequest | None) -> dict[str, Any]:
    """Return what the button agrees to, and what differs from the page where it was `pressed`."""
    before = read_parts(pressed.agreed, pressed.key, owner) if pressed else None
    return {
        "agreed": shown.agreed,
        "changes": changes_between(before, shown.parts) if before else [],
        "has_other_total": before is not None and before["total"] != shown.parts["total"],
    }


def _nothing_to_order(request: HttpRequest, cart: PricedCart) -> HttpResponse:
    """Redirect to the order if the cart was ordered (the shopper went back), else to the cart."""
    order = None if cart.lines else last_order(request.session)
    if order is None:
        return redirect("carts:cart")
    messages.info(request, "You have ordered what was in your cart. This is your order.")
    return redirect(order.secret_url())


def _priced_cart(request: HttpRequest) -> PricedCart:
    cart = cart_of(request)
    return price_lines(cart.lines() if cart else [])


def _cart_unavailable(request: HttpRequest) -> HttpResponse:
    return render(request, "carts/unavailable.html", {"message": CART_UNAVAILABLE}, status=503)


def _chosen_address(
    request: HttpRequest, checkout: CheckoutSession, addresses: list[Address]
) -> Address | None:
    """Return the address-book entry that the shopper chose, or None for an address typed in."""
    if request.method == "POST":
        return next(
            (entry for entry in addresses if str(entry.pk) == request.POST.get("address")), None
        )
    return next((entry for entry in addresses if entry.as_dict() == checkout.address), None)
