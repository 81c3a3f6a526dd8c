"""`manage.py relay`: the worker that sends waiting events to SNS and to the event log."""

from typing import Any

from django.core.management.base import BaseCommand

from shop.events import log, outbox
from shop.worker import Step, Worker

# How often to look for events when there are none; a confirmation mail may take a second longer.
IDLE_SECONDS = 1.0


class Command(BaseCommand):
    """Send and log events until SIGTERM. Any number of relays may run."""

    help = "Sends waiting events to the SNS topic and to the event log, until it is told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        Worker("relay").run(
            Step("relay", outbox.relay_batch, every=IDLE_SECONDS),
            Step("event log", log.archive_batch, full=log.BATCH, every=log.FLUSH_SECONDS),
        )
