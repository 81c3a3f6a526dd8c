"""Settle what a crash left, or look whether anything is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders import invariants, reconciliation


class Command(BaseCommand):
    """Settle payments, refunds, expired orders and carts; print what was found.

    Beat does the same each minute.
    """

    help = (
        "Settle what a crash or a slow provider left, and print it; --check looks for broken "
        "promises instead."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit 1 if an invariant is broken"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each thing done, or for each breach."""
        lines = invariants.check() if options["check"] else reconciliation.reconcile()
        count = 0
        for line in lines:
            self.stdout.write(line)
            count += 1
        if options["check"] and count:
            raise CommandError(f"{count} breaches.")
        self.stdout.write("All invariants hold." if options["check"] else f"{count} settled.")
