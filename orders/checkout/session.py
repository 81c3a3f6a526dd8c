"""A checkout that is not an order yet; it survives reloads, the back button and several tabs.

It does not depend on a request. The pages keep it in the browser's session; anything else that has
a mapping to keep it in can do the same.
"""

import logging
import uuid
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.address_book import TooManyAddresses, addresses_of, save_address
from accounts.models import Address, User
from carts.pricing import PricedCart
from orders.checkout.request import PlaceOrderRequest
from orders.checkout.review import Parts, shown_parts, sign_parts
from orders.models import Order, ShippingMethod, TaxRate, Voucher
from orders.pricing.quote import PricingContext, Quote, quote_cart
from orders.pricing.vouchers import VoucherRefused, find_voucher

logger = logging.getLogger(__name__)

SESSION_KEY = "checkout"
LAST_ORDER_KEY = "last_order"
UNPAID_ORDER_KEY = "unpaid_order"

Store = MutableMapping[str, Any]
Shopper = User | AnonymousUser


def last_order(store: Mapping[str, Any]) -> Order | None:
    """Return the order that this session's last checkout became, if any."""
    return Order.objects.filter(pk=store.get(LAST_ORDER_KEY, 0)).first()


def remember_unpaid(store: Store, order: Order) -> None:
    """Remember an order that waits for its payment, for as long as it is kept for its shopper."""
    kept = timedelta(minutes=settings.CHECKOUT_EXPIRY_MINUTES)
    store[UNPAID_ORDER_KEY] = [order.pk, (order.placed_at + kept).timestamp()]


def unpaid_order(store: Mapping[str, Any]) -> Order | None:
    """Return this session's order that waits for its payment, if any.

    A session that has left none unpaid, or none lately, costs no query.
    """
    pk, until = store.get(UNPAID_ORDER_KEY, (0, 0))
    if until < timezone.now().timestamp():
        return None
    return Order.objects.filter(pk=pk, status=Order.Status.PENDING).first()


def resume_checkout(store: Store, order: Order) -> None:
    """Let the shopper of a withdrawn order go on with what they had entered for it."""
    for key in (LAST_ORDER_KEY, UNPAID_ORDER_KEY):
        store.pop(key, None)
    CheckoutSession.of_order(order).save(store)


class SessionQuote(NamedTuple):
    """What a checkout costs as it stands; `refused` is why its voucher no longer applies.

    `method` is None if none is chosen, or the chosen one is no longer offered for this order.
    """

    quote: Quote
    method: ShippingMethod | None
    voucher: Voucher | None
    refused: VoucherRefused | None = None


class Offer(NamedTuple):
    """A delivery method that a shopper may choose, and what it costs."""

    method: ShippingMethod
    price: Decimal


class Review(NamedTuple):
    """What a review shows, and `agreed`, the same signed, which comes back with the order."""

    parts: Parts
    agreed: str


@dataclass
class CheckoutSession:
    """What the shopper has entered so far; `key` becomes the order's checkout key."""

    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    email: str = ""
    address: dict[str, str] = field(default_factory=dict)
    # Empty if it is the same as the shipping address.
    billing_address: dict[str, str] = field(default_factory=dict)
    note: str = ""
    save_address: bool = False
    shipping_method_id: int | None = None
    voucher_code: str = ""
    # `code` and `error` of the voucher that was refused last, until a page has shown them.
    refused_voucher: dict[str, str] = field(default_factory=dict)

    @property
    def has_contact(self) -> bool:
        """Return whether the e-mail and the shipping address are known."""
        return bool(self.email and self.address)

    @classmethod
    def load(cls, store: Store, user: Shopper) -> "CheckoutSession":
        """Return the stored checkout, or a new one that is filled in from the account.

        Whoever is signed in orders with the account's email, which is confirmed, whatever they
        typed as a guest.
        """
        stored: dict[str, Any] | None = store.get(SESSION_KEY)
        checkout = cls(**stored) if stored else cls._new_for(user)
        account = _account(user)
        checkout.email = account.email if account else checkout.email
        return checkout

    @classmethod
    def of_order(cls, order: Order) -> "CheckoutSession":
        """Return a new checkout with all that was entered for an order."""
        is_same = order.billing_address == order.shipping_address
        method = ShippingMethod.objects.filter(name=order.shipping_method).order_by("pk").first()
        return cls(
            email=order.email,
            address=order.shipping_address,
            billing_address={} if is_same else order.billing_address,
            note=order.note,
            shipping_method_id=method.pk if method else None,
            voucher_code=order.voucher_code,
        )

    @classmethod
    def _new_for(cls, user: Shopper) -> "CheckoutSession":
        account = _account(user)
        if account is None:
            return cls()
        first = addresses_of(account)[:1]
        return cls(email=account.email, address=first[0].as_dict() if first else {})

    def save(self, store: Store) -> None:
        store[SESSION_KEY] = asdict(self)

    def pop_refused_voucher(self, store: Store) -> dict[str, str]:
        """Return the `code` and `error` of a refused voucher, once."""
        refused, self.refused_voucher = self.refused_voucher, {}
        if refused:
            self.save(store)
        return refused

    def use_voucher(self, code: str, cart: PricedCart, user: Shopper) -> None:
        """Apply a voucher code; an empty code removes the current one. Raises VoucherRefused."""
        if not code:
            self.voucher_code = ""
            return
        voucher = find_voucher(code)
        method = self._offered_method(cart)
        quote_cart(cart, PricingContext(method, voucher=voucher, customer=_account(user)))
        self.voucher_code = voucher.code

    def quote(self, cart: PricedCart, user: Shopper) -> SessionQuote:
        """Return what the cart costs, and drop a voucher that no longer applies."""
        method = self._offered_method(cart)
        tax = TaxRate.objects.terms_in(self.address.get("country", ""))
        customer = _account(user)
        try:
            voucher = find_voucher(self.voucher_code) if self.voucher_code else None
            context = PricingContext(method, tax, voucher, customer)
            return SessionQuote(quote_cart(cart, context), method, voucher)
        except VoucherRefused as refused:
            self.voucher_code = ""
            context = PricingContext(method, tax, None, customer)
            return SessionQuote(quote_cart(cart, context), method, None, refused)

    def offers(self, methods: Sequence[ShippingMethod], cart: PricedCart) -> list[Offer]:
        """Return delivery methods with what they cost for a cart, before any voucher."""
        tax = TaxRate.objects.terms_in(self.address.get("country", ""))
        return [
            Offer(method, quote_cart(cart, PricingContext(method, tax)).shipping_total)
            if tax.domestic
            else Offer(method, method.price_for(cart.items_total))
            for method in methods
        ]

    def review(self, owner: str, user: Shopper, method: ShippingMethod, quote: Quote) -> Review:
        """Return all that ordering now would agree to.

        `owner` is the cart's; `method` and `quote` are of what `quote()` returned for it.
        """
        wanted = self.order_request(user)
        parts = shown_parts(wanted, method, quote)
        return Review(parts, sign_parts(parts, wanted.key, owner))

    def order_request(
        self,
        user: Shopper,
        *,
        key: uuid.UUID | None = None,
        agreed: str = "",
        provider: str = "",
        payment_details: Mapping[str, Any] = {},
        client_address: str = "",
    ) -> PlaceOrderRequest:
        """Return the order as it would be placed now; see PlaceOrderRequest."""
        return PlaceOrderRequest(
            key=key or uuid.UUID(self.key),
            email=self.email,
            shipping_address=self.address,
            shipping_method_id=self.shipping_method_id or 0,
            agreed=agreed,
            user=_account(user),
            billing_address=self.billing_address or None,
            note=self.note,
            voucher_code=self.voucher_code,
            provider=provider,
            payment_details=payment_details,
            client_address=client_address,
        )

    def finish(self, store: Store, user: Shopper, order: Order) -> None:
        """Forget a checkout that has become an order; save its address if the shopper asked so."""
        store.pop(SESSION_KEY, None)
        # Not its token: sessions hold no secret.
        store[LAST_ORDER_KEY] = order.pk
        account = _account(user)
        if self.save_address and account is not None:
            self._save_address(account)

    def _offered_method(self, cart: PricedCart) -> ShippingMethod | None:
        if not self.shipping_method_id or not self.address:
            return None
        offered = ShippingMethod.objects.filter(pk=self.shipping_method_id, is_active=True).first()
        if offered and offered.reaches(self.address["country"]) and offered.carries(cart.grams):
            return offered
        return None

    def _save_address(self, user: User) -> None:
        if user.addresses.filter(**self.address).exists():
            return
        try:
            save_address(user, Address(**self.address))
        except TooManyAddresses:
            logger.info("The address book of user %s is full.", user.pk)


def _account(user: Shopper) -> User | None:
    return user if user.is_authenticated else None
