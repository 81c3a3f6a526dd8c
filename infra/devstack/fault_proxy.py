"""An HTTP proxy on loopback whose faults can be switched while it runs, for drills and tests."""

import http.client
import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

# Headers of a single hop, and headers that BaseHTTPRequestHandler sends itself.
NOT_PASSED_BACK = {"connection", "transfer-encoding", "keep-alive", "date", "server"}
UPSTREAM_SECONDS = 30
HANG_CHECK_SECONDS = 0.02

# Status, headers by lower-case name, content.
Answer = tuple[int, dict[str, str], bytes]


class FaultProxy(ThreadingHTTPServer):
    """Serves at `url` for the duration of its `with` block; several faults may be on at a time.

    closes: ends the connection without an answer
    hangs: gives no answer and keeps the connection open until this is switched off
    slow_by: waits this many seconds before passing a request on
    refuse: gets the body of a request and returns the (status, body) to answer with, or None to
        pass the request on
    swallow: loses this share of the answers, 0 to 1, after the upstream has done the work;
        `swallowed` counts them
    """

    daemon_threads = True

    def __init__(self, upstream: str, *, swallow: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.closes = False
        self.hangs = False
        self.slow_by = 0.0
        self.refuse: Callable[[bytes], tuple[int, bytes] | None] = lambda _body: None
        self.swallow = swallow
        self.swallowed = 0
        self._counting = threading.Lock()
        self._source = random.Random()  # noqa: S311 - a drill, not a secret

    def __enter__(self) -> "FaultProxy":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Otherwise the threads of hanging requests would never end.
        self.hangs = False
        self.shutdown()
        self.server_close()

    def swallows(self) -> bool:
        """Return whether to lose this answer, and count it if so."""
        if self._source.random() >= self.swallow:
            return False
        with self._counting:
            self.swallowed += 1
        return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FaultProxy

    def do_POST(self) -> None:
        """Pass a request on and its answer back, as far as the proxy's faults allow."""
        answer = self._answer_to(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        if answer is None:
            self._hang_up()
        else:
            self._send_back(*answer)

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST  # noqa: N815

    def _answer_to(self, body: bytes) -> Answer | None:
        if self.server.closes or self._hung():
            return None
        time.sleep(self.server.slow_by)
        if refusal := self.server.refuse(body):
            status, content = refusal
            return status, {}, content
        answer = self._ask_upstream(body)
        return None if answer is None or self.server.swallows() else answer

    def _hung(self) -> bool:
        hung = False
        while self.server.hangs:
            hung = True
            time.sleep(HANG_CHECK_SECONDS)
        return hung

    def _ask_upstream(self, body: bytes) -> Answer | None:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=UPSTREAM_SECONDS)
        try:
            upstream.request(self.command, self.path, body, dict(self.headers))
            answer = upstream.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            upstream.close()

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the caller may have hung up first
            self.connection.shutdown(socket.SHUT_RDWR)

    def _send_back(self, status: int, headers: dict[str, str], content: bytes) -> None:
        # Keep the upstream's own length: in an answer to HEAD it is not the length of the content.
        headers = {"content-length": str(len(content))} | headers
        with suppress(ConnectionError):  # a caller who no longer waits has lost the answer too
            self.send_response(status)
            for name in headers.keys() - NOT_PASSED_BACK:
                self.send_header(name, headers[name])
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""
