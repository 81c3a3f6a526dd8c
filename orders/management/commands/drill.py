"""Fire at the shop's promises, and show that they hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import track

from carts import drill as carts

CONTROL_ROUNDS = 20


class Command(BaseCommand):
    """Run a drill against the emulated AWS and the real database of this machine."""

    help = "Fire at the shop's promises: racing merges and adds of carts, with answers that get lost."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the drill and how long it goes on."""
        parser.add_argument("name", choices=["cart"])
        parser.add_argument("--rounds", type=int, default=1000)
        parser.add_argument("--swallow", type=float, default=0.1, help="the share of answers that get lost (0 to 0.5)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it, then the naive control; print the figures, fail if ours breaks or the control does not."""
        if options["rounds"] < 1 or not 0 <= options["swallow"] <= 0.5:
            raise CommandError("At least one round, and a share from 0 to 0.5.")
        ours = self._run(options["rounds"], naive=False, swallow=options["swallow"])
        control = self._run(min(CONTROL_ROUNDS, options["rounds"]), naive=True, swallow=options["swallow"])
        if ours.lost or ours.doubled:
            raise CommandError("The carts lost or doubled something.")
        if not (control.lost or control.doubled):
            raise CommandError("The naive control lost and doubled nothing: the drill shows no race.")

    def _run(self, rounds: int, *, naive: bool, swallow: float) -> carts.Result:
        label = "naive control" if naive else "cart"
        console = Console(stderr=True)
        steps = track(carts.run(rounds, naive=naive, swallow=swallow), label, rounds, console=console, transient=True)
        *_, result = steps
        self.stdout.write(
            f"{label}: {result.rounds} rounds of {carts.MERGES} merges and {carts.ADDS} adds, "
            f"{result.swallowed} answers swallowed: {result.lost} units lost, {result.doubled} doubled"
        )
        return result
