"""Many buyers order many products at once, each in a sequence of their own.

Half of them use the same voucher. Run it with `manage.py drill deadlock`.

Meanwhile unpaid orders return their stock, and staff refund, cancel and count the stock. With the
control, stock is changed in random order; then PostgreSQL must find deadlocks, or the drill proves
nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from catalog import stock
from orders.models import Order
from tests.drills.goods import make_delivery, make_product, make_voucher
from tests.drills.programs import DrillFailed, Programs, programs

SKUS = 10
#: Some products run out all the time, which changes their rows too.
PLENTY, SCARCE = 1_000_000, 20
EXPIRY_SECONDS = 2
HELPERS = ("reconciler", "staff", "warehouse", "warehouse")
#: Backends report their statistics to pg_stat_database at most once a second (PostgreSQL manual,
#: 27.2.2).
FIGURES_SECONDS = 2.0
START_SECONDS, STEP_SECONDS = 60.0, 5.0
TROUBLE = "deadlock detected"


@dataclass
class Report:
    """The result: orders placed, deadlocks counted by PostgreSQL, and what went wrong."""

    orders: int
    deadlocks: int
    breaches: list[str]


def run(
    seconds: int, clients: int, *, control: bool = False, say: Callable[[str], None] = print
) -> Report:
    """Let buyers order for some seconds and return the result."""
    make_delivery()
    make_voucher()
    for number in range(SKUS):
        make_product(f"Drill {number}", SCARCE if number % 5 == 0 else PLENTY)
    before = _deadlocks()
    placed = Order.objects.count()
    sabotage = "random-order" if control else ""
    with programs(DRILL_SABOTAGE=sabotage, DRILL_EXPIRY_SECONDS=str(EXPIRY_SECONDS)) as shop:
        crew = shop.start("crew", "manage.py", "drill", "crew", *["buyer"] * clients, *HELPERS)
        _wait_for_orders(shop, placed)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(min(STEP_SECONDS, seconds))
            say(f"{Order.objects.count() - placed} orders, {_deadlocks() - before} deadlocks")
        crew.stop()
        faults = [
            line
            for line in shop.log_of("crew").splitlines()
            if "Error" in line and TROUBLE not in line
        ]
    time.sleep(FIGURES_SECONDS)
    wrong = [f"a process said: {line}" for line in faults]
    wrong += [f"the ledger of {variant} says {ledger}" for variant, ledger in stock.differences()]
    return Report(Order.objects.count() - placed, _deadlocks() - before, wrong)


def _wait_for_orders(shop: Programs, before: int) -> None:
    """Return once the buyers have placed an order. Raises DrillFailed."""
    deadline = time.monotonic() + START_SECONDS
    while Order.objects.count() == before:
        if time.monotonic() > deadline:
            raise DrillFailed(f"Nobody buys.\n{shop.log_of('crew')[-2000:]}")
        time.sleep(0.2)


def _deadlocks() -> int:
    """Return how many deadlocks PostgreSQL has found in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
