"""The loop of a worker that runs until it is told to stop: relay, process_image_results.

A signal ends a wait at once, but never a step half way. A fault (the database or AWS away, for
example) is logged and followed by a growing pause; the worker itself stays.
"""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DatabaseError, InterfaceError, close_old_connections

LONGEST_PAUSE = 30.0
#: Faults of what we depend on: a line in the log is enough. Anything else is logged with its
# traceback.
AWAY = (DatabaseError, InterfaceError, BotoCoreError, ClientError, OSError)

logger = logging.getLogger(__name__)


class Stopped(BaseException):
    """A signal came during a wait; no handler of errors may take it for one."""


class Worker:
    """Repeats a step; `waiting()` marks the part of a step that a signal may interrupt."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stopping = False
        self._interruptible = False

    def run(self, step: Callable[[], object], *, idle_seconds: float = 0.0) -> None:
        """Call `step` until SIGTERM or SIGINT; pause for `idle_seconds` whenever it returns
        something false.
        """
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self._stop) for number in numbers}
        try:
            self._repeat(step, idle_seconds)
        except Stopped:
            logger.info("%s has stopped", self.name)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let a signal interrupt what is done inside: a sleep, a long poll."""
        self._interruptible = True
        try:
            if self.stopping:
                raise Stopped
            yield
        finally:
            self._interruptible = False

    def pause(self, seconds: float) -> None:
        """Sleep, unless a signal comes."""
        with self.waiting():
            time.sleep(seconds)

    def _repeat(self, step: Callable[[], object], idle_seconds: float) -> None:
        faults = 0
        while not self.stopping:
            close_old_connections()
            try:
                busy = step()
            except Exception as error:  # noqa: BLE001 - a worker outlives every fault, and says which it was
                faults += 1
                self._recover(error, faults)
            else:
                faults = 0
                if not busy:
                    self.pause(idle_seconds)
        raise Stopped

    def _recover(self, error: Exception, faults: int) -> None:
        seconds = min(2.0 ** (faults - 1), LONGEST_PAUSE)
        text = " ".join(str(error).split())
        trace = None if isinstance(error, AWAY) else error
        message = "%s: %s: %s; again in %.0f s"
        logger.warning(message, self.name, type(error).__name__, text, seconds, exc_info=trace)
        self.pause(seconds)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        if self._interruptible:
            raise Stopped
