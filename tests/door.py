"""A door on loopback in front of the emulated AWS, which a test may shut or let refuse
something.
"""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive"}


class Door(ThreadingHTTPServer):
    """Passes requests on while it is open; `refuse` may answer a request's body itself, by (status,
    body).
    """

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), Doorkeeper)
        self.upstream = urlsplit(upstream).netloc
        self.open = True
        self.refuse: Callable[[bytes], tuple[int, bytes] | None] = lambda _: None
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Doorkeeper(BaseHTTPRequestHandler):
    server: Door
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.server.open:
            self.close_connection = True
            return
        status, headers, content = self._pass_on(body)
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST  # noqa: N815

    def _pass_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if refusal := self.server.refuse(body):
            return refusal[0], [], refusal[1]
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=30)
        try:
            upstream.request(self.command, self.path, body, dict(self.headers.items()))
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            upstream.close()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def door_to(upstream: str) -> Iterator[Door]:
    """Run a door for as long as the block does."""
    door = Door(upstream)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    try:
        yield door
    finally:
        door.shutdown()
        door.server_close()
