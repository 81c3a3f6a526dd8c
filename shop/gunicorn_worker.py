"""gunicorn's worker, named in shop/gunicorn_config.py."""

from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    """A `gthread` worker whose main thread, which accepts all connections, waits for no client.

    gunicorn closes a connection in the main thread, and there reads for up to two seconds what the
    client still sends (RFC 9112, 9.6). Half-sent requests, closed one after another, would stop the
    worker for minutes.
    """

    def handle(self, conn: Any) -> Any:
        """Handle a request in a reading thread, and close its connection there if it's done."""
        is_kept = super().handle(conn)
        if not is_kept:
            conn.close(graceful=True)
            conn.close = _is_closed
        return is_kept


def _is_closed(*, graceful: bool = False) -> None:
    """Stand in for a connection's close(), which the main thread calls all the same."""
