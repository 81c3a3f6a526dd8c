"""`manage.py reconcile`: settle what a crash left open, or check the invariants."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders import invariants, reconciliation


class Command(BaseCommand):
    """Settle payments, refunds, expired orders and carts, and print what was found.

    Celery beat does the same every minute.
    """

    help = (
        "Settle what a crash or a slow provider left, and print it; --check looks for broken "
        "promises instead."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit 1 if an invariant is broken"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each thing settled, or for each breach of an invariant."""
        lines = invariants.check() if options["check"] else reconciliation.reconcile()
        count = 0
        for line in lines:
            self.stdout.write(line)
            count += 1
        if options["check"] and count:
            raise CommandError(f"{count} breaches.")
        self.stdout.write("All invariants hold." if options["check"] else f"{count} settled.")
