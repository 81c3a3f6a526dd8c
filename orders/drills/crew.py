"""Processes of the shop that are forked from one that has Django loaded, and forked anew when they die.

A new start of Python takes seconds of CPU; after each of some hundred kills that would be most of a drill.
"""

import os
import signal
import sys
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from types import FrameType

from django.db import connections

from orders.cancelling import cancel_order
from orders.drills.chance import chance
from orders.models import Order
from orders.payments.provider import PaymentError
from orders.reconciling import reconcile
from orders.refunding import RefundRefused, refund
from shop.events import relay_batch
from shop.loop import Loop


def relay() -> None:
    """Send events."""
    Loop("relay").run(relay_batch, idle_seconds=0.2)


def reconciler() -> None:
    """Settle what was left, each second; beat does it each minute."""
    Loop("reconciler").run(lambda: list(reconcile()) and False, idle_seconds=1.0)


def staff() -> None:
    """Refund and cancel."""
    Loop("staff").run(_work_as_staff, idle_seconds=0.5)


def _work_as_staff() -> None:
    """Do something with one paid order. Its forms have the same key each time: clicks are doubled and repeated."""
    order = Order.objects.filter(status=Order.Status.PAID).order_by("?").first()
    if order is None:
        return
    key = uuid.uuid5(order.checkout_key, f"form {chance.randrange(3)}")
    item = order.items.order_by("pk")[0]
    with suppress(RefundRefused, PaymentError):
        match chance.randrange(4):
            case 0:
                cancel_order(order, key=key)
            case 1:
                refund(order, key=key, amount=Decimal("1.00"))
            case 2:
                refund(order, key=key, quantities={item.pk: 1}, restock=True)
            case _:
                refund(order, key=key, restock=bool(chance.randrange(2)))


ROLES: dict[str, Callable[[], None]] = {"relay": relay, "reconciler": reconciler, "staff": staff}


def run(names: Sequence[str]) -> None:
    """Keep one process for each name (of ROLES) running until SIGTERM."""
    signal.signal(signal.SIGTERM, _end)
    connections.close_all()
    children = {_fork(name): name for name in names}
    try:
        while children:
            pid, _status = os.wait()
            name = children.pop(pid)
            children[_fork(name)] = name
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for pid in children:
            os.kill(pid, signal.SIGKILL)


def _fork(name: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        ROLES[name]()
    finally:
        os._exit(1)


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit()
