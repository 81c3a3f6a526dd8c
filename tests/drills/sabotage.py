"""Disables the guards of the shop, one at a time, in the drill's own processes.

A drill must notice each of them.
"""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

from django.db import transaction

from carts.cart import Cart
from carts.lines import Line
from catalog import stock
from catalog.models import StockMovement, Variant
from orders import cart_lines
from orders.checkout import place
from orders.checkout.request import PlaceOrderRequest
from orders.checkout.review import Parts
from orders.models import DummyCharge, Order, Payment
from orders.payments import charge
from orders.payments.providers.base import PaymentResult
from orders.payments.providers.dummy import DummyProvider
from tests.drills.chance import chance
from tests.drills.patching import replace

#: The time that such code would otherwise spend between its read and its write.
MEANWHILE_SECONDS = 0.05


def sabotage(name: str) -> None:
    """Disable the guard of this name in this process."""
    (SABOTAGES | CONTROLS)[name]()


def _read_then_write() -> None:
    """Change stock the way it is often done: read it, compute, write it back."""

    def change(
        variant_id: int, delta: int, movement: StockMovement, *, tracked_only: bool = False
    ) -> int | None:
        variant = Variant.objects.get(pk=variant_id)
        left = variant.stock + delta
        if left < 0 or (tracked_only and not variant.track_stock):
            return None
        movement.variant_id, movement.delta = variant_id, delta
        movement.save()
        time.sleep(MEANWHILE_SECONDS)
        Variant.objects.filter(pk=variant_id).update(stock=left)
        return left

    replace(stock, "_change_stock", lambda _original: change)


def _random_key() -> None:
    """Give the provider a different key at each attempt, instead of the payment's id."""

    def wrap(original: Callable[..., PaymentResult]) -> Callable[..., PaymentResult]:
        def start(
            provider: DummyProvider, payment: Payment, details: Mapping[str, Any]
        ) -> PaymentResult:
            other = copy(payment)
            other.pk = uuid.uuid4()
            try:
                return original(provider, other, details)
            finally:
                DummyCharge.objects.filter(payment_id=other.pk).update(payment_id=payment.pk)

        return start

    replace(DummyProvider, "start", wrap)


def _no_fence() -> None:
    """Treat a payment as cancelled without cancelling it at the provider."""

    def cancel(provider: DummyProvider, payment: Payment) -> PaymentResult:
        return PaymentResult(
            Payment.Status.CANCELLED, payment.transaction_id, payment.amount, payment.currency
        )

    replace(DummyProvider, "cancel", lambda _original: cancel)


def _no_dedupe() -> None:
    """Forget that a payment was captured, so that a repeated result pays the order again."""

    def wrap(original: Callable[..., Payment]) -> Callable[..., Payment]:
        @transaction.atomic
        def finalise(payment_id: uuid.UUID, outcome: PaymentResult) -> Payment:
            if outcome.status == Payment.Status.CAPTURED:
                payment = Payment.objects.get(pk=payment_id)
                Payment.objects.filter(pk=payment_id, status=outcome.status).update(
                    status=Payment.Status.PROCESSING
                )
                paid = Order.objects.filter(pk=payment.order_id, status=Order.Status.PAID)
                paid.update(status=Order.Status.PENDING)
            return original(payment_id, outcome)

        return finalise

    replace(charge, "finalise_payment", wrap)


def _early_clear() -> None:
    """Empty the cart before the order is committed."""

    def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
        @transaction.atomic
        def write(
            request: PlaceOrderRequest, owner: str, lines: Sequence[Line], agreed: Parts | None
        ) -> Any:
            Cart(owner).clear(lines)
            return original(request, owner, lines, agreed)

        return write

    replace(place, "_write_order", wrap)


def _no_receipt() -> None:
    """Forget which lines were put back before."""

    def wrap(original: Callable[..., int]) -> Callable[..., int]:
        def put(cart: Cart, lines: Sequence[Line], _operation: str) -> int:
            return original(cart, lines, uuid.uuid4().hex)

        return put

    replace(cart_lines, "put_back", wrap)


def _random_order() -> None:
    """Take and return stock in random order instead of the order of the variants."""

    def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
        def change(levels: Mapping[int, Any], **others: Any) -> Any:
            ids = chance.sample(list(levels), len(levels))
            return {
                pk: made
                for one in ids
                for pk, made in (original({one: levels[one]}, **others) or {}).items()
            }

        return change

    replace(stock, "take", wrap)
    replace(stock, "give_back", wrap)


#: What the crash drill must notice.
SABOTAGES: dict[str, Callable[[], None]] = {
    "random-key": _random_key,
    "no-fence": _no_fence,
    "no-dedupe": _no_dedupe,
    "read-then-write": _read_then_write,
    "early-clear": _early_clear,
    "no-receipt": _no_receipt,
}
#: What the deadlock drill must notice.
CONTROLS: dict[str, Callable[[], None]] = {"random-order": _random_order}
