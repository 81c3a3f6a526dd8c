"""Stress-test the shop and check that its guarantees hold."""

import signal
import sys
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import track

from tests.drills import cart as carts
from tests.drills import crash, deadlock, oversell
from tests.drills import crew as crew_roles
from tests.drills.programs import DrillFailed
from tests.drills.sabotage import SABOTAGES
from tests.drills.scratch import run_in_scratch_stack

CONTROL_ROUNDS = 20
KILLS, SABOTAGE_KILLS = 300, 60
MOST_SHOWN = 30
STOPPING = (signal.SIGINT, signal.SIGTERM)


def positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("a number from 1 on")
    return int(text)


def share(text: str) -> float:
    """Return a number from 0 to 0.5."""
    if not 0 <= float(text) <= 0.5:
        raise ArgumentTypeError("a share from 0 to 0.5")
    return float(text)


class Command(BaseCommand):
    """Run a drill, on a stack of its own or on that of the environment.

    Exits with 1 if a guarantee was broken.
    """

    help = (
        "Fire at the shop's promises: what must hold is checked after the firing. Runs on a "
        "laptop only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add a subcommand for each drill, with its own options."""
        drills = parser.add_subparsers(dest="drill", required=True, parser_class=CommandParser)
        self._add_cart(drills)
        self._add_oversell(drills)
        self._add_crash(drills)
        self._add_deadlock(drills)
        crew = self._add(
            drills, "crew", self._crew, "Processes of the shop for another drill; not for you."
        )
        crew.add_argument("roles", nargs="+", choices=sorted(crew_roles.ROLES))

    def _add(self, drills: Any, name: str, run: Callable[..., None], text: str) -> CommandParser:
        parser: CommandParser = drills.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        return parser

    def _add_cart(self, drills: Any) -> None:
        text = (
            "Racing merges and adds of carts, with answers that get lost, in the stack of the "
            "environment."
        )
        parser = self._add(drills, "cart", self._cart, text)
        parser.add_argument("--rounds", type=positive, default=1000)
        parser.add_argument(
            "--swallow",
            type=share,
            default=0.1,
            help="the share of answers that get lost (0 to 0.5)",
        )

    def _add_oversell(self, drills: Any) -> None:
        parser = self._add(
            drills,
            "oversell",
            self._oversell,
            "Many buyers order the last units at the same moment.",
        )
        parser.add_argument("--buyers", type=positive, default=200)
        parser.add_argument("--units", type=positive, default=50)
        parser.add_argument("--rounds", type=positive, default=20)
        parser.add_argument(
            "--control", action="store_true", help="leave the stock unguarded: it must go wrong"
        )
        self._add_here(parser)

    def _add_crash(self, drills: Any) -> None:
        parser = self._add(
            drills, "crash", self._crash, "Processes of the shop die while people order and pay."
        )
        parser.add_argument("--kills", type=positive, help="300, and 60 with a sabotage")
        parser.add_argument(
            "--sabotage",
            choices=sorted(SABOTAGES),
            default="",
            help="a guard that is off: be caught",
        )
        parser.add_argument(
            "--sabotages", action="store_true", help="all of them, one after the other"
        )
        self._add_here(parser)

    def _add_deadlock(self, drills: Any) -> None:
        parser = self._add(
            drills, "deadlock", self._deadlock, "Buyers lock the same goods in orders of their own."
        )
        parser.add_argument("--seconds", type=positive, default=120)
        parser.add_argument("--clients", type=positive, default=16)
        parser.add_argument(
            "--control", action="store_true", help="change stock in random order: it must go wrong"
        )
        self._add_here(parser)

    def _add_here(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--here", action="store_true", help="the environment is a scratch stack: use that"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the drill on the stack that the options name."""
        if not settings.AWS_ENDPOINT_URL:
            raise CommandError(
                "A drill buys, kills and floods: it needs the emulated AWS of a laptop."
            )
        before = {number: signal.signal(number, _end) for number in STOPPING}
        try:
            self._run(options)
        except DrillFailed as error:
            raise CommandError(str(error)) from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _run(self, options: dict[str, Any]) -> None:
        if options.get("sabotages"):
            self._run_elsewhere(
                *(["crash", "--sabotage", name, *self._kills(options)] for name in SABOTAGES)
            )
        if not options.get("here", True):
            self._run_elsewhere(sys.argv[2:])
        options["run"](**options)

    def _run_elsewhere(self, *runs: list[str]) -> None:
        """Run drills one after the other, each on a scratch stack; exit with 1 if one failed."""
        try:
            codes = [run_in_scratch_stack(arguments) for arguments in runs]
        except KeyboardInterrupt:
            sys.exit(130)
        sys.exit(max(codes))

    def _kills(self, options: dict[str, Any]) -> list[str]:
        return ["--kills", str(options["kills"])] if options["kills"] else []

    def _crew(self, *, roles: list[str], **options: Any) -> None:
        crew_roles.run(roles)

    def _crash(self, *, kills: int | None, sabotage: str, **options: Any) -> None:
        """Run the drill. With a sabotage it must find a breach, without one it must not."""
        _migrate()
        wanted = kills or (SABOTAGE_KILLS if sabotage else KILLS)
        report = crash.run(wanted, sabotage=sabotage, say=self.stdout.write)
        self._print_counts("kills", report.kills)
        self._print_counts("answers", report.answers)
        self._print_counts("orders", report.orders)
        for breach in report.breaches[:MOST_SHOWN]:
            self.stdout.write(f"breach: {breach}")
        caught = (
            f"{report.kills.total()} kills at {len(report.kills)} points, {len(report.breaches)} "
            "breaches"
        )
        self.stdout.write(f"{sabotage or 'crash'}: {caught} ({report.seconds:.0f} s)")
        if sabotage:
            if not report.breaches:
                raise CommandError(f"The sabotage {sabotage} was not caught.")
        elif report.breaches:
            raise CommandError("The shop broke its promises.")
        elif len(report.kills) < crash.POINTS_WANTED:
            raise CommandError(
                f"Fewer than {crash.POINTS_WANTED} points were hit: too few kills to tell."
            )
        elif report.kills.total() < wanted:
            raise CommandError(
                "There were fewer kills than wanted in the time: is this machine very busy?"
            )

    def _deadlock(self, *, seconds: int, clients: int, control: bool, **options: Any) -> None:
        _migrate()
        report = deadlock.run(seconds, clients, control=control, say=self.stdout.write)
        for breach in report.breaches[:MOST_SHOWN]:
            self.stdout.write(f"breach: {breach}")
        self.stdout.write(
            f"{clients} clients, {seconds} s: {report.orders} orders, {report.deadlocks} deadlocks"
        )
        self._judge(report.deadlocks + len(report.breaches), control=control)

    def _print_counts(self, title: str, counts: Counter[str]) -> None:
        self.stdout.write(f"{title}:")
        for name, count in sorted(counts.items()):
            self.stdout.write(f"  {count:5} {name}")

    def _cart(self, *, rounds: int, swallow: float, **options: Any) -> None:
        """Run the drill and the naive control, and print the figures.

        Fails if the drill finds a fault or the control does not.
        """
        ours = self._carts(rounds, naive=False, swallow=swallow)
        control = self._carts(min(CONTROL_ROUNDS, rounds), naive=True, swallow=swallow)
        if ours.lost or ours.doubled:
            raise CommandError("The carts lost or doubled something.")
        if not (control.lost or control.doubled):
            raise CommandError(
                "The naive control lost and doubled nothing: the drill shows no race."
            )

    def _carts(self, rounds: int, *, naive: bool, swallow: float) -> carts.Result:
        label = "naive control" if naive else "cart"
        console = Console(stderr=True)
        steps = track(
            carts.run(rounds, naive=naive, swallow=swallow),
            label,
            rounds,
            console=console,
            transient=True,
        )
        *_, result = steps
        self.stdout.write(
            f"{label}: {result.rounds} rounds of {carts.MERGES} merges and {carts.ADDS} adds, "
            f"{result.swallowed} answers swallowed: {result.lost} units lost, {result.doubled} "
            "doubled"
        )
        return result

    def _oversell(
        self, *, rounds: int, buyers: int, units: int, control: bool, **options: Any
    ) -> None:
        _migrate()
        broken = 0
        for result in oversell.run(rounds, buyers, units, control=control):
            self.stdout.write(str(result))
            broken += bool(result.breaches)
        self.stdout.write(
            f"{rounds} rounds of {buyers} buyers for {units} units: {broken} went wrong"
        )
        self._judge(broken, control=control)

    def _judge(self, broken: int, *, control: bool) -> None:
        """Fail if the drill found a fault, or if the control did not."""
        if broken and not control:
            raise CommandError("The shop broke its promise.")
        if control and not broken:
            raise CommandError("The control went well: the drill shows no race.")


def _migrate() -> None:
    """Create the tables, of which a scratch stack has none."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _end(number: int, frame: FrameType | None) -> None:
    """End like Ctrl-C, but only once, so that everything that was started is stopped."""
    for other in STOPPING:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt
