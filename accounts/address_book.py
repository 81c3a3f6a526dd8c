"""The address book: a user who has addresses has exactly one default address.

The fields of an address are in accounts/models.py, its layout by country in address_format.py.
"""

from django.db import transaction

from accounts.models import Address, User
from shop.errors import DomainError

MAX_ADDRESSES = 50


class TooManyAddresses(DomainError):
    code = "too_many_addresses"


def addresses_of(user: User) -> list[Address]:
    """Return a user's addresses, the default one first, then the newest."""
    return list(user.addresses.order_by("-is_default", "-created_at", "-pk"))


@transaction.atomic
def save_address(user: User, address: Address) -> None:
    """Add an address to a user's address book, or save a changed one.

    Raises TooManyAddresses beyond 50.
    """
    _lock_user(user)
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
    """Make an address the default, with which forms are prefilled."""
    _lock_user(address.user)
    address.user.addresses.filter(is_default=True).update(is_default=False)
    address.user.addresses.filter(pk=address.pk).update(is_default=True)


@transaction.atomic
def delete_address(address: Address) -> None:
    """Delete an address.

    If it was the default, the newest of the others becomes the default. Orders keep their own
    copies.
    """
    user = address.user
    _lock_user(user)
    address.delete()
    if user.addresses.filter(is_default=True).exists():
        return
    newest = user.addresses.order_by("-created_at", "-pk").first()
    if newest is not None:
        make_default(newest)


def _lock_user(user: User) -> None:
    """Serialise changes to a user's address book, so that it keeps exactly one default address."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
