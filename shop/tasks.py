"""Safety nets that beat runs: events go out even while no relay runs, and mails go out after an
outage.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from celery import shared_task

from shop.events import dead_letters, log, outbox

logger = logging.getLogger(__name__)

#: No task goes on for longer than this (seconds); the next one is not far.
BUDGET = 30.0
#: While a relay runs, nothing waits this long; objects that it is about to fill are left to it.
LEFT_LYING = timedelta(seconds=60)


@shared_task(name="shop.tasks.relay_events")
def relay_events() -> None:
    """Send to SNS what waits."""
    _repeat(outbox.relay_batch)


@shared_task(name="shop.tasks.archive_events")
def archive_events() -> None:
    """Write to the event log what was left lying."""
    _repeat(partial(log.archive_batch, LEFT_LYING))


@shared_task(name="shop.tasks.redrive_notifications")
def redrive_notifications() -> None:
    """Give the mails that an outage has held up another chance; beat calls this every ten
    minutes.
    """
    done = dead_letters.redrive("notifications")
    if done != dead_letters.Redriven():
        logger.info("Dead letters of the notifications: %s", done)


def _repeat(work: Callable[[], int]) -> None:
    deadline = time.monotonic() + BUDGET
    while work() and time.monotonic() < deadline:
        pass
