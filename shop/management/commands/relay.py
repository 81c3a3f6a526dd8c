"""`manage.py relay`: the worker that sends waiting events to SNS."""

from typing import Any

from django.core.management.base import BaseCommand

from shop.events import relay_batch
from shop.loop import Loop

# Events are looked for this often when there are none; a confirmation mail may wait a second.
IDLE_SECONDS = 1.0


class Command(BaseCommand):
    """Send events until SIGTERM. Any number of relays may run."""

    help = "Sends waiting events to the SNS topic, until it is told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal comes."""
        Loop("relay").run(relay_batch, idle_seconds=IDLE_SECONDS)
