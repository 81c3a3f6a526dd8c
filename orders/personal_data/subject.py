"""Whose data it is: an account with its orders, or the guest orders of an email."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from orders.models import Order


@dataclass(frozen=True)
class Subject:
    """A person; `user` is None for a guest, who is known by the email alone."""

    email: str
    user: User | None = None

    @classmethod
    def of_email(cls, email: str) -> "Subject":
        """Return the account with an email, or the guest who used it."""
        user = User.objects.filter(email__iexact=email).first()
        return cls(user.email if user else email, user)

    @property
    def orders(self) -> QuerySet[Order]:
        """Return the person's orders, oldest first: the account's, and the email's as a guest.

        An order that somebody placed with this email but never paid is the email's, too.
        """
        own = Order.objects.filter(user=None, email__iexact=self.email)
        if self.user is not None:
            own |= Order.objects.filter(user=self.user)
        return own.order_by("placed_at", "pk")
