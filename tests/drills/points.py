"""Charges at named points of the shop's code: the process that comes by kills itself with -9, or
stalls for a while.

A point lies before or after a call, or inside a transaction just before its commit. Nothing of this
is in the shop's own code: functions are wrapped in the drill's processes. Each kill is a line of
the file DRILL_KILLS.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from catalog import stock
from orders import cancellation
from orders.checkout import place
from orders.payments import charge, refunds
from orders.payments.providers.dummy import DummyProvider
from shop.events import outbox
from tests.drills.chance import chance
from tests.drills.patching import replace

#: A stalled process is overtaken by the reconciler; as often as this.
STALLS = 0.02
STALL_SECONDS = (1.0, 6.0)

#: Transactions: what the kill is named after, and where the function is.
TRANSACTIONS: list[tuple[str, Any, str]] = [
    ("order", place, "_write_order"),
    ("payment's result", charge, "finalise_payment"),
    ("another payment", charge, "_new_payment"),
    ("end of an unpaid order", cancellation, "_close_unpaid"),
    ("cancelling a paid order", cancellation, "_cancel_paid"),
    ("refund's result", refunds, "finalise_refund"),
    ("marking events", outbox, "relay_batch"),
]
#: Calls, to the provider, to DynamoDB, to SNS: as above.
CALLS: list[tuple[str, Any, str]] = [
    ("charge", DummyProvider, "start"),
    ("look-up", DummyProvider, "look_up"),
    ("cancel at the provider", DummyProvider, "cancel"),
    ("refund at the provider", DummyProvider, "refund"),
    ("emptying the cart", place, "_empty_cart"),
    ("emptying a left cart", place, "empty_cart_of"),
    ("publishing", outbox, "_send"),
    ("returning stock", stock, "give_back"),
    ("reserving a refund", refunds, "begin_refund"),
]


def lay_charges() -> None:
    """Wrap the functions in this process."""
    notes, wanted = getattr(settings, "DRILL_KILLS", ""), getattr(settings, "DRILL_KILLS_WANTED", 0)
    killer = Killer(Path(notes), wanted)
    for name, owner, function in TRANSACTIONS:
        replace(owner, function, partial(killer.around_transaction, name))
    for name, owner, function in CALLS:
        replace(owner, function, partial(killer.around_call, name))


class Killer:
    """Kills its own process now and then, until as many kills are noted as were wanted."""

    def __init__(self, notes: Path, wanted: int) -> None:
        self.notes = notes
        self.wanted = wanted

    def point(self, name: str) -> None:
        """Come by a point.

        Those that had fewer kills are the more dangerous, and none gets them all.
        """
        kills = read_kills(self.notes)
        if kills.total() >= self.wanted:
            return
        if kills[name] < max(3, self.wanted // 12) and chance.random() < max(
            0.015, 0.2 / (1 + kills[name])
        ):
            note_kill(self.notes, name)
            os.kill(os.getpid(), signal.SIGKILL)
        # One that stalls inside a transaction would only keep the others waiting.
        if chance.random() < STALLS and not connection.in_atomic_block:
            time.sleep(chance.uniform(*STALL_SECONDS))

    def around_call(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function with a point before and one after."""

        @wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            self.point(f"before {name}")
            result = original(*args, **kwargs)
            self.point(f"after {name}")
            return result

        return call

    def around_transaction(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function that is a transaction with a point just before the commit and one after
        it.
        """
        body = getattr(original, "__wrapped__", original)

        @transaction.atomic
        def work(*args: Any, **kwargs: Any) -> Any:
            result = body(*args, **kwargs)
            self.point(f"before the commit of the {name}")
            return result

        @wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            result = work(*args, **kwargs)
            self.point(f"after the commit of the {name}")
            return result

        return call


def note_kill(notes: Path, name: str) -> None:
    """Write down a kill; one write at the end of the file, so that no two get mixed."""
    with notes.open("a") as file:
        file.write(f"{name}\n")


def read_kills(notes: Path) -> Counter[str]:
    """Return how many kills there were, by point."""
    return Counter(notes.read_text().splitlines()) if notes.exists() else Counter()
