"""Kill the shop's processes with -9 while people shop, then check that its guarantees hold.

Run it with `manage.py drill crash`.

Most kills happen at the named points of points.py; some hit a process wherever it happens to be.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from django.db import connections

from infra.devstack.supervise import celery_arguments
from tests.drills import findings
from tests.drills.chance import chance
from tests.drills.crowd import Crowd
from tests.drills.goods import make_delivery, make_product
from tests.drills.points import note_kill, read_kills
from tests.drills.programs import Program, Programs, programs

CLIENTS = 10
CREW = ("relay", "relay", "reconciler", "reconciler", "postman")
STAFF = ("staff", "staff")
EXPIRY_SECONDS = 3
# A sabotaged shop may never come to rest, so it is not given as long.
DRAIN_SECONDS, SABOTAGED_DRAIN_SECONDS = 180, 45
#: Seconds between two kills at a random moment.
ANYWHERE = (2.0, 6.0)
PLENTY, SCARCE = 100_000, 12
POINTS_WANTED = 12


@dataclass
class Report:
    """The result of a drill."""

    kills: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    orders: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(kills: int, *, sabotage: str = "", say: Callable[[str], None] = print) -> Report:
    """Let people shop until `kills` processes were killed, let everything settle, and check.

    With a `sabotage`, the guard of that name is disabled and the wait is shorter.
    """
    report = Report()
    started = time.monotonic()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # strangers are meant to get a 404
    make_delivery()
    goods = [
        make_product(f"Drill {letter}", SCARCE if letter in "XYZ" else PLENTY)
        for letter in "ABCDEXYZ"
    ]
    drill = {"DRILL_KILLS_WANTED": str(kills), "DRILL_EXPIRY_SECONDS": str(EXPIRY_SECONDS)}
    with findings.hastened_queues(), programs(DRILL_SABOTAGE=sabotage, **drill) as shop:
        notes = shop.folder / "kills"
        shop.environment["DRILL_KILLS"] = str(notes)
        staff = _start(shop)
        crowd = Crowd(shop.address, goods)
        _fire(shop, crowd, notes, kills, say)
        staff.stop()  # staff would start something new during the checks
        report.kills = read_kills(notes)
        say(
            f"the firing is over after {time.monotonic() - started:.0f} s; waiting for everything "
            "to settle ..."
        )
        report.breaches += _drain(SABOTAGED_DRAIN_SECONDS if sabotage else DRAIN_SECONDS)
        say(f"looking after {time.monotonic() - started:.0f} s ...")
        report.breaches += crowd.wrong
        report.breaches += findings.breaches(crowd.visits, shop.address)
        report.answers = crowd.answers
    report.orders = findings.orders_by_status()
    report.seconds = time.monotonic() - started
    return report


def _start(shop: Programs) -> Program:
    """Start everything; return the one program that starts new things of its own accord."""
    shop.start_web(workers=3, threads=3)
    shop.start("worker", *celery_arguments("WARNING", str(shop.folder / "beat")))
    shop.start("crew", "manage.py", "drill", "crew", *CREW)
    staff = shop.start("staff", "manage.py", "drill", "crew", *STAFF)
    threading.Thread(target=shop.keep_alive, daemon=True).start()
    return staff


def _fire(
    shop: Programs, crowd: Crowd, notes: Path, kills: int, say: Callable[[str], None]
) -> None:
    """Let people shop, and kill processes, until there were enough kills or the time is up."""
    # A drill that kills too slowly ends all the same: the command then says that it fell short.
    limit = time.monotonic() + 60 + 4 * kills
    told = 0
    with ThreadPoolExecutor(CLIENTS) as pool:
        shopping = [pool.submit(crowd.shop) for _ in range(CLIENTS)]
        try:
            while (done := read_kills(notes).total()) < kills and time.monotonic() < limit:
                if done >= told + 50:
                    told = done
                    say(f"{done} kills, {len(crowd.visits)} orders tried")
                time.sleep(chance.uniform(*ANYWHERE))
                _kill_somewhere(shop, notes)
                if any(shopper.done() for shopper in shopping):
                    break
        finally:
            crowd.over.set()
    for shopper in shopping:
        shopper.result()
    connections.close_all()


def _kill_somewhere(shop: Programs, notes: Path) -> None:
    """Kill a process of the shop at a random moment.

    It is mostly one of several workers, sometimes the parent process above them.
    """
    program = chance.choice(shop.running)
    if chance.random() < 0.15:
        note_kill(notes, f"{program.name}, the process above the others")
        program.kill()
        return
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(program.process.pid).children()
        if children:
            note_kill(notes, f"{program.name}, anywhere")
            chance.choice(children).kill()


def _drain(seconds: int) -> list[str]:
    """Wait until nothing is in progress any more; return what still is when the time is up."""
    deadline = time.monotonic() + seconds
    left = list(findings.unsettled())
    while left and time.monotonic() < deadline:
        time.sleep(1)
        left = list(findings.unsettled())
    return left
