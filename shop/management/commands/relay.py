"""`manage.py relay`: the worker that sends waiting events to SNS and writes them to the event
log.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from shop.events import log, outbox
from shop.worker import AWAY, LONGEST_PAUSE, Worker

# Events are looked for this often when there are none; a confirmation mail may wait a second.
IDLE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Step:
    """One of the relay's two works.

    While it fails it pauses longer and longer, and the other goes on.
    """

    def __init__(
        self, name: str, work: Callable[[], int], *, full: int, every: float = 0.0
    ) -> None:
        """Call `work` again at once while it returns at least `full`, else after `every`
        seconds.
        """
        self.name, self.work, self.full, self.every = name, work, full, every
        self.faults = 0
        self.due = 0.0

    def __call__(self) -> bool:
        """Work if it is time to; say whether there is more to do at once."""
        if time.monotonic() < self.due:
            return False
        try:
            count = self.work()
        except Exception as error:  # noqa: BLE001 - whatever holds up one must not hold up the other
            self.faults += 1
            self._pause(error, min(2.0 ** (self.faults - 1), LONGEST_PAUSE))
            return False
        self.faults = 0
        if count >= self.full:
            return True
        self.due = time.monotonic() + self.every
        return False

    def _pause(self, error: Exception, seconds: float) -> None:
        self.due = time.monotonic() + seconds
        trace = None if isinstance(error, AWAY) else error
        text = " ".join(str(error).split())
        logger.warning(
            "%s: %s: %s; again in %.0f s",
            self.name,
            type(error).__name__,
            text,
            seconds,
            exc_info=trace,
        )


class Command(BaseCommand):
    """Send and log events until SIGTERM. Any number of relays may run."""

    help = "Sends waiting events to the SNS topic and to the event log, until it is told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal comes."""
        sending = Step("relay", outbox.relay_batch, full=1)
        logging_ = Step("event log", log.archive_batch, full=log.BATCH, every=log.FLUSH_SECONDS)
        Worker("relay").run(lambda: any([sending(), logging_()]), idle_seconds=IDLE_SECONDS)
