"""What a shopper asks for by ordering."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from orders.checkout.unpaid_limits import placer_keys


@dataclass(frozen=True)
class PlaceOrderRequest:
    """An order to be placed.

    `key` names the checkout. `agreed` is what the shopper agreed to: the value that
    `CheckoutSession.review()` gave with the quote. The addresses are as returned by
    AddressFields.as_dict(). `provider` is a name in PAYMENT_PROVIDERS_OFFERED; if empty, the first
    of them. `payment_details` is what that provider's form asks for, as it was submitted.
    `client_address` is the shopper's IP address, if it is known.
    """

    key: uuid.UUID
    email: str
    shipping_address: dict[str, str]
    shipping_method_id: int
    agreed: str = ""
    user: User | None = None
    billing_address: dict[str, str] | None = None
    note: str = ""
    voucher_code: str = ""
    provider: str = ""
    payment_details: Mapping[str, Any] = field(default_factory=dict)
    client_address: str = ""

    def placer(self, owner: str) -> dict[str, str]:
        """Return the keys by which unpaid orders are counted; `owner` is that of the cart."""
        return placer_keys(address=self.client_address, owner=owner, email=self.email)
