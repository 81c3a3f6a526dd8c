"""Processes of the shop, forked from one that has loaded Django, and forked again when they die.

Starting Python anew takes seconds of CPU time; after each of some hundred kills that would be most
of a drill.
"""

import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from types import FrameType
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction
from django.utils import timezone

from carts.cart import Cart
from carts.lines import Line, line_key
from carts.pricing import price_lines
from catalog import stock
from catalog.listing_columns import refresh_listings
from catalog.models import Variant
from orders.cancellation import CHANGED, NotWithdrawable, cancel_order, withdraw
from orders.checkout.place import CheckoutError, place_order
from orders.checkout.session import CheckoutSession
from orders.models import Order, Payment, ShippingMethod
from orders.payments.charge import NotPayable, pay, settle_payment
from orders.payments.providers.base import PaymentError
from orders.payments.refunds import RefundRefused, refund
from orders.reconciliation import reconcile
from shop.events.outbox import relay_batch
from shop.worker import Step, Worker
from tests.drills.chance import chance
from tests.drills.goods import PRICE, VOUCHER
from tests.drills.shopper import ADDRESS, WORKS, card

#: Variants with less stock than this are among those that run out.
RUNS_OUT = 40


def _repeat(name: str, work: Callable[[], Any], every: float = 0.0) -> None:
    Worker(name).run(Step(name, work, every=every))


def relay() -> None:
    """Publish events."""
    _repeat("relay", relay_batch, every=0.2)


def reconciler() -> None:
    """Settle what was left unfinished, every second; in production beat does so every minute."""
    _repeat("reconciler", lambda: list(reconcile()) and False, every=1.0)


def staff() -> None:
    """Refund and cancel orders."""
    _repeat("staff", _work_as_staff, every=0.5)


def _work_as_staff() -> None:
    """Refund or cancel one paid order.

    The same form of an order always has the same key, so that clicks are doubled and repeated.
    """
    order = Order.objects.filter(status=Order.Status.PAID).order_by("?").first()
    if order is None:
        return
    form = chance.randrange(4)
    key = uuid.uuid5(order.checkout_key, f"form {form}")
    item = order.items.order_by("pk")[0]
    with suppress(RefundRefused, PaymentError):
        match form:
            case 0:
                cancel_order(order, key=key)
            case 1:
                refund(order, key=key, amount=Decimal("1.00"))
            case 2:
                refund(order, key=key, quantities={item.pk: 1}, restock=True)
            case _:
                refund(order, key=key, restock=bool(chance.randrange(2)))


def postman() -> None:
    """Deliver payment results that the shop already has, like a provider's repeated webhooks."""
    _repeat("postman", _bring_news, every=0.3)


def _bring_news() -> None:
    payment = Payment.objects.filter(status=Payment.Status.CAPTURED).order_by("?").first()
    if payment is not None:
        settle_payment(payment)


def warehouse() -> None:
    """Count the stock again and again."""
    _repeat("warehouse", _count_stock, every=0.2)


def _count_stock() -> None:
    variant = chance.choice(list(Variant.objects.filter(stock__lt=RUNS_OUT)) or [None])
    if variant is not None:
        with transaction.atomic():
            stock.set_level(variant, chance.randrange(RUNS_OUT), note="Drill")
            refresh_listings([variant.product_id])


class Basket(Cart):
    """A cart of three random products in random order, one of them also as a gift; not stored.

    The drills that use it are only about the database.
    """

    def __init__(self) -> None:
        super().__init__(f"anon-{uuid.uuid4().hex}")
        goods = chance.sample(list(Variant.objects.order_by("pk")), 3)
        self.chosen = [_random_line(variant, {}) for variant in goods]
        self.chosen.append(_random_line(goods[0], {"gift_wrap": True}))

    def lines(self) -> list[Line]:
        """Return the chosen lines."""
        return self.chosen

    def clear(self, lines: Iterable[Line]) -> None:
        """Do nothing, because nothing is stored."""


def _random_line(variant: Variant, attributes: dict[str, Any]) -> Line:
    key = line_key(variant.product_id, variant.pk, attributes)
    return Line(key, chance.randint(1, 3), PRICE, timezone.now(), attributes)


def buyer() -> None:
    """Place and pay orders without a pause."""
    method = ShippingMethod.objects.latest("pk")
    _repeat("buyer", lambda: _buy(method))


def _buy(method: ShippingMethod) -> bool:
    """Place one order. One in five is not paid but lapses or is changed; some are sold out."""
    basket = Basket()
    session = CheckoutSession(
        email="drill@example.com",
        address=ADDRESS,
        shipping_method_id=method.pk,
        voucher_code=VOUCHER if chance.random() < 0.5 else "",
    )
    quote = session.quote(price_lines(basket.lines()), AnonymousUser()).quote
    shown = session.review(basket.owner, AnonymousUser(), method, quote)
    wanted = session.order_request(
        AnonymousUser(), agreed=shown.agreed, payment_details=card(WORKS)
    )
    with suppress(CheckoutError, NotPayable, NotWithdrawable):
        order, payment, details = place_order(wanted, basket)
        if chance.random() > 0.2:
            pay(order, details, payment=payment)
        elif chance.random() < 0.5:
            withdraw(order, basket, CHANGED)
    return True


ROLES: dict[str, Callable[[], None]] = {
    "relay": relay,
    "reconciler": reconciler,
    "staff": staff,
    "postman": postman,
    "warehouse": warehouse,
    "buyer": buyer,
}


def run(names: Sequence[str]) -> None:
    """Keep one process running for each name (of ROLES) until SIGTERM."""
    signal.signal(signal.SIGTERM, _end)
    # A connection must not be shared with a forked process.
    connections.close_all()
    children = {_fork(name): name for name in names}
    try:
        while children:
            pid, _status = os.wait()
            name = children.pop(pid)
            children[_fork(name)] = name
    finally:
        # A second SIGTERM must not interrupt the killing.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for pid in children:
            os.kill(pid, signal.SIGKILL)


def _fork(name: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    # The handler of run() is for the parent alone.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        ROLES[name]()
    finally:
        # Never return into run(), which would fork and kill as the parent does.
        os._exit(1)


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit()
