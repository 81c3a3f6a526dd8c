"""The cart page and the views that change a cart.

All of them work without JavaScript; htmx swaps the same partials.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from carts.attributes import CartError
from carts.cart import MAX_LINES, MAX_QUANTITY, Cart, MergeReport
from carts.forms import AddForm, GiftWrapForm, LineForm, QuantityForm
from carts.lines import line_key
from carts.ownership import cart_of, new_guest_cart, remember_cart, shown_count
from carts.pricing import PricedCart, price_lines, too_large_note
from carts.tables import LATER
from catalog.models import Product
from catalog.product_queries import find_variants
from shop.dynamo.table import StoreUnavailable
from shop.formatting import format_names

CART_UNAVAILABLE = (
    "Your cart cannot be reached at the moment. Nothing in it is lost; please try again in a "
    "minute."
)

SomeForm = TypeVar("SomeForm", bound=forms.Form)


@never_cache
@require_GET
def cart(request: HttpRequest) -> HttpResponse:
    """Show the cart, with one DynamoDB Query and one SQL query."""
    return cart_page(request)


def cart_page(request: HttpRequest) -> HttpResponse:
    """Render the cart in its current state; for htmx, only the part that changes."""
    try:
        owned = cart_of(request)
        contents = price_lines(owned.all_lines() if owned else [])
    except StoreUnavailable:
        return render(request, "carts/unavailable.html", {"message": CART_UNAVAILABLE}, status=503)
    notes = merge_notes(owned.merge_report, contents) if owned else []
    if contents.is_too_large:
        notes.append(too_large_note())
    response = render(request, _template(request), {"contents": contents, "notes": notes})
    if owned:
        remember_cart(request, response, owned, contents.count)
    return response


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add a variant and redirect to the cart."""
    form = AddForm(request.POST)
    if not form.is_valid():
        return _refuse_change(
            request, "That did not work. Please choose a quantity from 1 to 99 and try again."
        )
    wanted = form.cleaned_data
    variant = find_variants([wanted["variant"]]).get(wanted["variant"])
    if variant is None or variant.product.status != Product.Status.ACTIVE:
        raise Http404
    if not variant.is_buyable:
        return _refuse_change(request, f"{variant} is sold out.", variant.product)
    try:
        owned = cart_of(request) or new_guest_cart()
        owned.add(
            line_key(variant.product_id, variant.pk),
            wanted["quantity"],
            price=variant.price,
            operation=wanted["operation"],
            attributes={"gift_wrap": True} if wanted["gift_wrap"] else None,
        )
    except CartError as error:
        return _refuse_change(request, str(error), variant.product)
    except StoreUnavailable:
        return _refuse_change(request, CART_UNAVAILABLE, variant.product)
    response = redirect("carts:cart")
    # An estimate, which saves a Query. The cart page, to which this redirects, sets the exact
    # count.
    remember_cart(request, response, owned, shown_count(request) + wanted["quantity"])
    return response


@require_POST
def set_quantity(request: HttpRequest) -> HttpResponse:
    return _change_line(
        request,
        QuantityForm,
        lambda owned, data: owned.set_quantity(data["line"], data["quantity"]),
    )


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Remove a line."""
    return _change_line(request, LineForm, lambda owned, data: owned.remove(data["line"]))


@require_POST
def save_for_later(request: HttpRequest) -> HttpResponse:
    return _change_line(request, LineForm, lambda owned, data: owned.save_for_later(data["line"]))


@require_POST
def move_to_cart(request: HttpRequest) -> HttpResponse:
    """Move a saved line back to the lines to order."""
    return _change_line(
        request, LineForm, lambda owned, data: owned.move_to_cart(data["line"].removeprefix(LATER))
    )


@require_POST
def gift_wrap(request: HttpRequest) -> HttpResponse:
    """Turn gift wrapping on or off for a line."""
    return _change_line(
        request,
        GiftWrapForm,
        lambda owned, data: owned.set_attributes(
            data["line"], {"gift_wrap": data["gift_wrap"] or None}
        ),
    )


def _change_line(
    request: HttpRequest, form_class: type[SomeForm], change: Callable[[Cart, dict[str, Any]], None]
) -> HttpResponse:
    """Make one change to the cart, then show it in its current state."""
    form = form_class(request.POST)
    if not form.is_valid():
        return _refuse_change(request, "Please choose a quantity from 0 to 99.")
    try:
        owned = cart_of(request)
        if owned:
            change(owned, form.cleaned_data)
    except CartError as error:
        return _refuse_change(request, str(error))
    except StoreUnavailable:
        return _refuse_change(request, CART_UNAVAILABLE)
    return cart_page(request) if request.htmx else redirect("carts:cart")  # type: ignore[attr-defined]


def _refuse_change(request: HttpRequest, text: str, product: Product | None = None) -> HttpResponse:
    """Show why a change was refused, on the page from which it was made."""
    messages.error(request, text)
    url = product.get_absolute_url() if product else reverse("carts:cart")
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _template(request: HttpRequest) -> str:
    return "carts/_cart.html" if request.htmx else "carts/cart.html"  # type: ignore[attr-defined]


def merge_notes(report: MergeReport, contents: PricedCart) -> list[str]:
    """Return what a merge could not keep, as sentences for the shopper."""
    names = {
        line.line.key: str(line.variant)
        for line in [*contents.lines, *contents.saved]
        if line.variant
    }
    notes = []
    if report.cut:
        cut = format_names([name for key, name in names.items() if key in report.cut])
        notes.append(f"You can order up to {MAX_QUANTITY} of {cut}, so we kept {MAX_QUANTITY}.")
    if report.dropped:
        notes.append(
            f"{len(report.dropped)} of the things you had chosen did not fit: a cart has "
            f"{MAX_LINES} lines."
        )
    return notes
