"""Run ministack and save its state every two seconds; runs in the emulator's virtual environment.

On its own, ministack saves its state only on an orderly shutdown, so a kill would lose every table
and queue. The snapshot is taken on ministack's own event loop, where no request can change the
state at the same time.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import ministack.app
from ministack.core.persistence import save_all

INTERVAL = 2.0
# Save at least every 15th time even without a change: a Lambda's event source changes queues
# without sending a request.
EVERY = 15
READS = ("Get", "BatchGet", "Query", "Scan", "List", "Describe", "Head")

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

inner = ministack.app.app


class Snapshots:
    """Notices requests that may have changed something, and saves the state after them."""

    def __init__(self) -> None:
        self.changed = False
        self.task: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Pass a request through, as an ASGI application."""
        if scope["type"] == "lifespan":
            self.task = asyncio.create_task(self.save_forever())
            await inner(scope, receive, send)
            return
        if not writes(scope):
            await inner(scope, receive, send)
            return

        async def send_and_note(message: dict[str, Any]) -> None:
            # An empty answer means that a queue was polled and had no message.
            if len(message.get("body", b"")) != len(b"{}"):
                self.changed = True
            await send(message)

        try:
            await inner(scope, receive, send_and_note)
        except asyncio.CancelledError:
            # The request was cut short, but it may already have changed something.
            self.changed = True
            raise

    async def save_forever(self) -> None:
        """Save the state every two seconds if something has changed."""
        count = 0
        while True:
            await asyncio.sleep(INTERVAL)
            count += 1
            if self.changed or count % EVERY == 0:
                # Before saving, so that a change made meanwhile is saved the next time.
                self.changed = False
                save_all(ministack.app._build_persistence_save_dict())


def writes(scope: dict[str, Any]) -> bool:
    """Return whether this request can change anything."""
    if scope.get("method") in ("GET", "HEAD", "OPTIONS"):
        return False
    headers = dict(scope.get("headers") or [])
    operation = headers.get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
    return not operation.startswith(READS)


if __name__ == "__main__":
    sys.argv = ["ministack"]
    ministack.app.app = Snapshots()
    with suppress(KeyboardInterrupt):
        ministack.app.main()
