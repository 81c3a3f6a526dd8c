"""Safety nets that beat runs.

Events are sent even while no relay runs, and mails are sent after an outage.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from celery import shared_task

from shop import limiter
from shop.events import dead_letters, log, outbox

logger = logging.getLogger(__name__)

#: The maximum duration of a task (seconds); beat soon starts the next one.
BUDGET = 30.0
#: The age from which events are archived here. While a relay runs, none of them gets this old, and
#: objects that it is about to fill are left to it.
ARCHIVE_AFTER = timedelta(seconds=60)


@shared_task(name="shop.tasks.relay_events")
def relay_events() -> None:
    """Send waiting events to SNS."""
    _repeat(outbox.relay_batch)


@shared_task(name="shop.tasks.archive_events")
def archive_events() -> None:
    """Write events that the relay has left over to the event log."""
    _repeat(partial(log.archive_batch, ARCHIVE_AFTER))


@shared_task(name="shop.tasks.prune_events")
def prune_events() -> None:
    """Delete events that nobody needs any more."""
    _repeat(outbox.prune_batch)


@shared_task(name="shop.tasks.redrive_notifications")
def redrive_notifications() -> None:
    """Give mails that an outage has held up another chance; beat runs this every ten minutes."""
    done = dead_letters.redrive("notifications")
    if done != dead_letters.Redriven():
        logger.info("Dead letters of the notifications: %s", done)


@shared_task(name="shop.tasks.clear_expired_attempts")
def clear_expired_attempts() -> None:
    """Delete the counts of attempts that no longer count."""
    limiter.clear_expired_attempts()


def _repeat(work: Callable[[], int]) -> None:
    deadline = time.monotonic() + BUDGET
    while work() and time.monotonic() < deadline:
        pass
