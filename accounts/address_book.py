"""The address book: a user with addresses has exactly one default."""

from django.db import transaction

from accounts.models import Address, User
from shop.errors import DomainError

MAX_ADDRESSES = 50


class TooManyAddresses(DomainError):
    """The address book is full."""

    code = "too_many_addresses"


def addresses_of(user: User) -> list[Address]:
    """Return a user's addresses, the one to use first before others."""
    return list(user.addresses.order_by("-is_default", "-created_at", "-pk"))


@transaction.atomic
def save_address(user: User, address: Address) -> None:
    """Add an address to a user's book, or save a changed one; raises TooManyAddresses beyond 50."""
    _lock(user)
    others = user.addresses.exclude(pk=address.pk)
    if address.pk is None and others.count() >= MAX_ADDRESSES:
        raise TooManyAddresses
    if address.is_default:
        others.filter(is_default=True).update(is_default=False)
    else:
        address.is_default = not others.filter(is_default=True).exists()
    address.user = user
    address.save()


@transaction.atomic
def make_default(address: Address) -> None:
    """Make an address the one that forms begin with."""
    _lock(address.user)
    address.user.addresses.filter(is_default=True).update(is_default=False)
    address.user.addresses.filter(pk=address.pk).update(is_default=True)


@transaction.atomic
def delete_address(address: Address) -> None:
    """Delete an address; if it was the default one, the newest of the others is that now.

    Orders keep their copies.
    """
    user = address.user
    _lock(user)
    address.delete()
    if user.addresses.filter(is_default=True).exists():
        return
    newest = user.addresses.order_by("-created_at", "-pk").first()
    if newest is not None:
        make_default(newest)


def _lock(user: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
