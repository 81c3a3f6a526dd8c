"""What a shopper asks for by ordering."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User


@dataclass(frozen=True)
class PlaceOrderRequest:
    """An order to be placed.

    `key` names the checkout. `agreed` is what the shopper agreed to: the value that
    `CheckoutSession.review()` gave with the quote. The addresses are as returned by
    AddressFields.as_dict(). `provider` is a name in PAYMENT_PROVIDERS_OFFERED; if empty, the first
    of them. `payment_details` is what that provider's form asks for, as it was submitted.
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
