"""Kill points in the shop's code: a process that reaches one may kill itself with -9 or stall.

A point is before or after a call, or inside a transaction just before its commit. The shop's own
code contains nothing of this: functions are wrapped in the drill's processes. Each kill is a line
in the file DRILL_KILLS.
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
from orders import cancellation, cart_lines
from orders.checkout import place
from orders.payments import charge, refunds, reminders
from orders.payments.providers.dummy import DummyProvider
from shop.events import outbox
from tests.drills.chance import chance
from tests.drills.patching import replace

#: How often a process stalls at a point, so that the reconciler overtakes it.
STALLS = 0.02
STALL_SECONDS = (1.0, 6.0)

#: Transactions: the name of the kill point, and where the function is.
TRANSACTIONS: list[tuple[str, Any, str]] = [
    ("order", place, "_write_order"),
    ("payment's result", charge, "finalise_payment"),
    ("another payment", charge, "_new_payment"),
    ("end of an unpaid order", cancellation, "_close_unpaid"),
    ("reminder", reminders, "remind"),
    ("cancelling a paid order", cancellation, "_cancel_paid"),
    ("refund's result", refunds, "finalise_refund"),
    ("marking events", outbox, "relay_batch"),
]
#: Calls to the provider, to DynamoDB and to SNS: likewise.
CALLS: list[tuple[str, Any, str]] = [
    ("charge", DummyProvider, "start"),
    ("look-up", DummyProvider, "look_up"),
    ("cancel at the provider", DummyProvider, "cancel"),
    ("refund at the provider", DummyProvider, "refund"),
    ("emptying the cart", place, "_empty_cart"),
    ("emptying a left cart", cart_lines, "empty_cart_of"),
    ("putting lines back", cart_lines, "put_back"),
    ("lines are back", cart_lines, "put_lines_back"),
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
    """Kills its own process now and then, until the wanted number of kills has been recorded."""

    def __init__(self, notes: Path, wanted: int) -> None:
        self.notes = notes
        self.wanted = wanted

    def point(self, name: str) -> None:
        """Pass a point: continue, stall or die.

        The fewer kills a point has had, the likelier the next one, and no point gets them all.
        """
        kills = read_kills(self.notes)
        if kills.total() >= self.wanted:
            return
        # At most a twelfth of all kills at one point, so that at least 12 points are hit.
        if kills[name] < max(3, self.wanted // 12) and chance.random() < max(
            0.015, 0.2 / (1 + kills[name])
        ):
            note_kill(self.notes, name)
            os.kill(os.getpid(), signal.SIGKILL)
        # Stalling inside a transaction would only keep the others waiting.
        if chance.random() < STALLS and not connection.in_atomic_block:
            time.sleep(chance.uniform(*STALL_SECONDS))

    def around_call(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function with one point before it and one after it."""

        @wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            self.point(f"before {name}")
            result = original(*args, **kwargs)
            self.point(f"after {name}")
            return result

        return call

    def around_transaction(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a transaction with one point just before its commit and one after it."""
        # transaction.atomic keeps the function it decorates in __wrapped__; a new one is put around
        # it.
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
    """Record a kill.

    A single write at the end of the file, so that two records never mix.
    """
    with notes.open("a") as file:
        file.write(f"{name}\n")


def read_kills(notes: Path) -> Counter[str]:
    """Return the number of kills at each point."""
    return Counter(notes.read_text().splitlines()) if notes.exists() else Counter()
