"""The account pages. accounts/urls.py requires login for all of them."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django.views.generic import ListView, TemplateView

from accounts import address_book as book
from accounts.devices import devices_of, sign_out_others
from accounts.devices import sign_out as sign_out_device
from accounts.forms import AddressBookForm, ProfileForm
from accounts.models import Address, User

LATEST = 3


def shopper(request: HttpRequest) -> User:
    """Return the signed-in user."""
    return cast(User, request.user)


class OverviewView(TemplateView):
    """Shows the latest orders and the default address, and links to everything else."""

    template_name = "accounts/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = shopper(self.request)
        return super().get_context_data(
            orders=user.orders.newest_first().prefetch_related("items")[:LATEST],
            address=user.addresses.filter(is_default=True).first(),
            **kwargs,
        )


class OrdersView(ListView):
    """The user's orders, newest first."""

    template_name = "accounts/orders.html"
    context_object_name = "orders"
    paginate_by = 10

    def get_queryset(self) -> QuerySet[Any]:
        return shopper(self.request).orders.newest_first().prefetch_related("items")


class AddressesView(ListView):
    """The address book, default address first."""

    template_name = "accounts/addresses.html"
    context_object_name = "addresses"

    def get_queryset(self) -> QuerySet[Address]:
        return shopper(self.request).addresses.order_by("-is_default", "-created_at", "-pk")


def add_address(request: HttpRequest) -> HttpResponse:
    """Add an address to the address book."""
    return _edit(request, Address(user=shopper(request)), "Address added.")


def edit_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an address in the address book."""
    return _edit(request, get_object_or_404(shopper(request).addresses, pk=pk), "Address saved.")


def _edit(request: HttpRequest, address: Address, done: str) -> HttpResponse:
    form = AddressBookForm(request.POST or None, instance=address)
    if form.is_valid():
        try:
            book.save_address(shopper(request), form.save(commit=False))
        except book.TooManyAddresses:
            form.add_error(
                None, ValidationError("Your address book is full. Delete an address first.")
            )
        else:
            messages.success(request, done)
            return redirect("accounts:addresses")
    return render(request, "accounts/address.html", {"form": form, "address": address})


def delete_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an address, after asking for confirmation."""
    address = get_object_or_404(shopper(request).addresses, pk=pk)
    if request.method == "POST":
        book.delete_address(address)
        messages.success(request, "Address deleted.")
        return redirect("accounts:addresses")
    return render(request, "accounts/address_delete.html", {"address": address})


@require_POST
def make_default(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an address the default from now on."""
    book.make_default(get_object_or_404(shopper(request).addresses, pk=pk))
    messages.success(request, "This address is used first from now on.")
    return redirect("accounts:addresses")


def profile(request: HttpRequest) -> HttpResponse:
    """Change the user's name."""
    form = ProfileForm(request.POST or None, instance=shopper(request))
    if form.is_valid():
        form.instance.save(update_fields=["first_name", "last_name"])
        messages.success(request, "Your name is saved.")
        return redirect("accounts:overview")
    return render(request, "accounts/profile.html", {"form": form})


def devices(request: HttpRequest) -> HttpResponse:
    """List the devices on which the user is signed in."""
    return render(
        request,
        "accounts/devices.html",
        {"devices": devices_of(shopper(request), request.session.session_key)},
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out the device that the form names, or all devices but this one if it names none."""
    device_id = request.POST.get("device", "")
    if device_id:
        sign_out_device(shopper(request), device_id)
        messages.success(request, "That device is signed out.")
    else:
        sign_out_others(shopper(request), request.session.session_key)
        messages.success(request, "All other devices are signed out.")
    return redirect("accounts:devices")
