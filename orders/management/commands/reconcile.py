"""Settle what a crash left."""

from typing import Any

from django.core.management.base import BaseCommand

from orders import paying


class Command(BaseCommand):
    """Look up slow payments, and give up orders that were not paid in time; print what was done."""

    help = "Settle slow payments and give up orders that were not paid in time. Beat does the same each minute."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each thing done."""
        done = 0
        for line in paying.reconcile():
            self.stdout.write(line)
            done += 1
        self.stdout.write(f"{done} settled.")
