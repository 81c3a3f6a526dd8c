"""The safety net below the relay: beat runs these each minute, so that events go out even while no relay runs."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from celery import shared_task

from shop import event_log, events

#: No task goes on for longer than this (seconds); the next one is not far.
BUDGET = 30.0
#: While a relay runs, nothing waits this long; objects that it is about to fill are left to it.
LEFT_LYING = timedelta(seconds=60)


@shared_task(name="shop.tasks.relay_events")
def relay_events() -> None:
    """Send to SNS what waits."""
    _repeat(events.relay_batch)


@shared_task(name="shop.tasks.archive_events")
def archive_events() -> None:
    """Write to the event log what was left lying."""
    _repeat(partial(event_log.archive_batch, LEFT_LYING))


def _repeat(work: Callable[[], int]) -> None:
    deadline = time.monotonic() + BUDGET
    while work() and time.monotonic() < deadline:
        pass
