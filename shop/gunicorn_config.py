"""How gunicorn serves the shop: `gunicorn --config python:shop.gunicorn_config shop.wsgi`.

In each worker many threads read requests, and a few others run Django. A client that stops in the
middle of a request therefore holds up nobody, and each worker has as many connections to
PostgreSQL as threads that run Django. docs/decisions/0023-door.md explains the numbers.
"""

import logging
import socket
import struct
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: Longer than the 60 seconds after which AWS's load balancers close an idle connection: the side
#: that sends the next request should be the one that closes.
keepalive = 75
worker_class = "shop.gunicorn_worker.Worker"
#: Leaves secrets out of the log.
logger_class = "shop.gunicorn_logger.RedactingLogger"
threads = 256
#: How many requests of a worker Django handles at the same time.
DJANGO_THREADS = 4
#: How long a client may pause in the middle of a request or of a response.
PAUSE_SECONDS = 10
#: Larger bodies are left to Django, which takes them from staff only.
MOST_READ_BYTES = 300_000


def when_ready(server: Any) -> None:
    """Limit the pauses of clients; connections inherit this from the sockets that listen."""
    limit = struct.pack("ll", PAUSE_SECONDS, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def post_worker_init(worker: Any) -> None:
    """Let the worker's threads only read requests, and send responses."""
    worker.log.error_log.addFilter(is_no_pause)
    worker.wsgi = hand_over(worker.wsgi, ThreadPoolExecutor(DJANGO_THREADS, "django"))


def is_no_pause(record: logging.LogRecord) -> bool:
    """Return whether a log record is about anything but PAUSE_SECONDS that are over.

    gunicorn logs them with a traceback, so clients could fill the log.
    """
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def hand_over(application: Application, pool: ThreadPoolExecutor) -> Application:
    """Return an application that reads a request's body and then calls this one in the pool."""

    def read_and_call(
        environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        size = environ.get("CONTENT_LENGTH") or "0"
        if size.isdecimal() and 0 < int(size) <= MOST_READ_BYTES:
            try:
                body = environ["wsgi.input"].read(int(size))
            except BlockingIOError:  # PAUSE_SECONDS are over
                start_response("408 Request Timeout", [("Content-Length", "0")])
                return []
            environ["wsgi.input"] = BytesIO(body)
        return pool.submit(application, environ, start_response).result()

    return read_and_call
