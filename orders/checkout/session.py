"""A checkout that is not an order yet, kept in the shopper's session: it survives reloads, the back
button and tabs.
"""

import logging
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.address_book import TooManyAddresses, save_address
from accounts.models import Address, User
from orders.models import Order

logger = logging.getLogger(__name__)

SESSION_KEY = "checkout"
LAST_ORDER_KEY = "last_order"


def address_book(user: User | AnonymousUser) -> list[Address]:
    """Return a user's addresses, the one to use first before others; a guest has none."""
    return (
        list(user.addresses.order_by("-is_default", "-created_at", "-pk"))
        if isinstance(user, User)
        else []
    )


def last_order(request: HttpRequest) -> str:
    """Return the token of the order that this session's last checkout became; nothing where there
    was none.
    """
    token: str = request.session.get(LAST_ORDER_KEY, "")
    return token


@dataclass
class CheckoutSession:
    """What the shopper has said so far; `key` becomes the order's checkout key."""

    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    email: str = ""
    address: dict[str, str] = field(default_factory=dict)
    # Nothing where it is the same.
    billing_address: dict[str, str] = field(default_factory=dict)
    note: str = ""
    save_address: bool = False
    shipping_method_id: int | None = None
    voucher_code: str = ""
    # What was typed last and why it does not count, until a page has said so.
    refused_voucher: dict[str, str] = field(default_factory=dict)

    @property
    def has_contact(self) -> bool:
        """Say whether it is known who orders and where it goes."""
        return bool(self.email and self.address)

    @classmethod
    def of(cls, request: HttpRequest) -> "CheckoutSession":
        """Return the request's draft; a new one where there is none, filled in from the account."""
        stored: dict[str, Any] | None = request.session.get(SESSION_KEY)
        return cls(**stored) if stored else cls._from_account(request)

    @classmethod
    def _from_account(cls, request: HttpRequest) -> "CheckoutSession":
        if not request.user.is_authenticated:
            return cls()
        first = address_book(request.user)[:1]
        return cls(email=request.user.email, address=first[0].as_dict() if first else {})

    def keep(self, request: HttpRequest) -> None:
        """Store the draft in the session."""
        request.session[SESSION_KEY] = asdict(self)

    def pop_refused_voucher(self, request: HttpRequest) -> dict[str, str]:
        """Return `code` and `error` of a voucher that was refused, once."""
        refused, self.refused_voucher = self.refused_voucher, {}
        if refused:
            self.keep(request)
        return refused

    def finish(self, request: HttpRequest, order: Order) -> None:
        """Forget the checkout once it is an order; the address goes to the address book if that was
        wished.
        """
        request.session.pop(SESSION_KEY, None)
        request.session[LAST_ORDER_KEY] = order.token
        if self.save_address and request.user.is_authenticated:
            self._save_address(request.user)

    def _save_address(self, user: User) -> None:
        if user.addresses.filter(**self.address).exists():
            return
        try:
            save_address(user, Address(**self.address))
        except TooManyAddresses:
            logger.info("The address book of user %s is full.", user.pk)
