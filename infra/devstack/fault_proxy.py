"""A proxy on loopback that passes HTTP requests on and now and then swallows the answer; for drills
and tests.

The work is done and the caller never hears of it, which is what a lost answer is.
"""

import http.client
import random
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive"}


class SwallowingProxy:
    """Runs while its `with` block does; `url` is its address, `swallowed` counts the answers that
    it kept.
    """

    def __init__(self, upstream: str, share: float) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.share = share
        self.swallowed = 0
        self._source = random.Random()  # noqa: S311 - a drill, not a secret
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "SwallowingProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def swallows(self) -> bool:
        """Decide whether this answer gets lost."""
        if self._source.random() >= self.share:
            return False
        self.swallowed += 1
        return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: SwallowingProxy

    def do_POST(self) -> None:
        """Pass a request on, and its answer back if it is not swallowed."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection(self.proxy.upstream, timeout=10)
        try:
            upstream.request("POST", self.path, body, dict(self.headers))
            answer = upstream.getresponse()
            content = answer.read()
        finally:
            upstream.close()
        if self.proxy.swallows():
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        with suppress(ConnectionError):  # A caller who waits no longer has lost the answer too.
            self._pass_back(answer, content)

    def _pass_back(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
