"""The loop of workers that run until they are told to stop: relay and process_image_results.

A signal ends a wait at once, but never interrupts a step halfway. If a step fails, for example
because the database or AWS is unavailable, the error is logged and the step is repeated after
longer and longer pauses; the worker and its other steps go on.
"""

import logging
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DatabaseError, InterfaceError, close_old_connections

LONGEST_PAUSE = 30.0
#: Faults of systems we depend on, for which a line in the log is enough. Anything else is logged
#: with its traceback.
DEPENDENCY_ERRORS = (DatabaseError, InterfaceError, BotoCoreError, ClientError, OSError)

logger = logging.getLogger(__name__)


class Stopped(BaseException):
    """A signal arrived during a wait.

    It is not an Exception, so that no error handler catches it.
    """


class Step:
    """Work that a worker repeats, with growing pauses while it fails."""

    def __init__(
        self, name: str, work: Callable[[], int | None], *, full: int = 1, every: float = 0.0
    ) -> None:
        """Call `work` again at once if it returns at least `full`, else after `every` seconds."""
        self.name, self.work, self.full, self.every = name, work, full, every
        self.faults = 0
        self.due = 0.0

    def seconds_left(self) -> float:
        """Return the seconds until the next call, 0 if it is due."""
        return max(self.due - time.monotonic(), 0.0)

    def run(self) -> None:
        """Do the work and schedule the next call."""
        try:
            done = self.work() or 0
        except Exception as error:  # noqa: BLE001 - whatever holds up one step must not hold up another
            self.faults += 1
            pause = min(2.0 ** (self.faults - 1), LONGEST_PAUSE)
            self._log_fault(error, pause)
        else:
            self.faults = 0
            pause = 0.0 if done >= self.full else self.every
        self.due = time.monotonic() + pause

    def _log_fault(self, error: Exception, pause: float) -> None:
        text = " ".join(str(error).split())
        trace = None if isinstance(error, DEPENDENCY_ERRORS) else error
        message = "%s: %s: %s; again in %.0f s"
        logger.warning(message, self.name, type(error).__name__, text, pause, exc_info=trace)


class Worker:
    """Repeats steps; `waiting()` marks the part of a step that a signal may interrupt."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stopping = False
        self._interruptible = False

    def run(self, *steps: Step) -> None:
        """Run each step whenever it is due, until SIGTERM or SIGINT."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self._stop) for number in numbers}
        try:
            self._repeat(steps)
        except Stopped:
            logger.info("%s has stopped", self.name)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let a signal interrupt the block: a sleep or a long poll."""
        self._interruptible = True
        try:
            # The signal may have arrived during a step, when it could not interrupt anything.
            if self.stopping:
                raise Stopped
            yield
        finally:
            # Also after Stopped, so that a second signal does not interrupt the cleanup.
            self._interruptible = False

    def _repeat(self, steps: Sequence[Step]) -> None:
        while True:
            # Django does this per request only: without it, a connection that PostgreSQL has closed
            # would never be replaced.
            close_old_connections()
            for step in steps:
                if not step.seconds_left():
                    step.run()
            with self.waiting():
                time.sleep(min(step.seconds_left() for step in steps))

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        if self._interruptible:
            raise Stopped
