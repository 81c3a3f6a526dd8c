"""A small Stripe on loopback, with an unreliable network.

It implements the parts of the HTTP API that we use, including idempotency.
"""

import json
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.orders.payments.stripe.account import Account, Refusal

SECRET_KEY = "sk_test_the_shops_own"


@dataclass
class Network:
    """What goes wrong, as rates from 0 to 1."""

    #: The work is done, then the connection is closed.
    lost: float = 0
    #: The work is done twice, as if a proxy had repeated the request.
    doubled: float = 0
    #: The work waits for `delay` seconds.
    delayed: float = 0
    delay: float = 0.02


class Answer(NamedTuple):
    """An HTTP response, and whether Stripe remembers it under the idempotency key."""

    status: int
    body: str
    kept: bool = False
    replayed: bool = False


class Remembered(NamedTuple):
    """The first request with an idempotency key; its answer is None while it is being processed."""

    request: str
    params: dict[str, str]
    answer: Answer | None = None


class StripeServer:
    """Serves at `url`; `account` is what it knows.

    Hold `lock` to access the account while requests may be running.
    """

    def __init__(self, seed: int = 1) -> None:
        self.account = Account()
        self.network = Network()
        self.lock = threading.RLock()
        self.requests: list[str] = []
        self._random = random.Random(seed)
        self._lose: Counter[str] = Counter()
        self._fail: Counter[str] = Counter()
        self._keys: dict[str, Remembered] = {}
        self._numbers = count(1)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator["StripeServer"]:
        """Serve until the end of the block."""
        thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()

    def lose(self, ending: str, times: int = 1) -> None:
        """Do the work of the next `times` matching requests, but lose the answers.

        A request matches if it ends with `ending`, such as "POST /v1/refunds".
        """
        self._lose[ending] += times

    def fail(self, ending: str, times: int = 1) -> None:
        """Answer the next matching requests with an error 500, without doing the work."""
        self._fail[ending] += times

    def forget_keys(self) -> None:
        """Forget the idempotency keys, as Stripe may do after 24 hours."""
        with self.lock:
            self._keys.clear()

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: str
    ) -> Answer | None:
        """Do the work and return the answer, or None if it is lost."""
        url = urlsplit(target)
        request = f"{method} {url.path}"
        params = dict(parse_qsl(body if method == "POST" else url.query, keep_blank_values=True))
        if headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            return _error(
                401, type="invalid_request_error", message="Invalid API Key provided: sk_test_****"
            )
        with self.lock:
            self.requests.append(request)
            failed, lost = (
                self._is_planned(self._fail, request),
                self._is_planned(self._lose, request),
            )
            lost = lost or self._random.random() < self.network.lost
            doubled = self._random.random() < self.network.doubled
            delay = self.network.delay if self._random.random() < self.network.delayed else 0
        if failed:
            return _error(500, type="api_error", message="An unknown error occurred.")
        for _ in range(2 if doubled else 1):
            answer = self._answer_once(request, params, headers.get("Idempotency-Key", ""), delay)
        return None if lost else answer

    def next_request_id(self) -> str:
        """Return the request id that is sent with an answer."""
        return f"req_{next(self._numbers)}"

    def _answer_once(self, request: str, params: dict[str, str], key: str, delay: float) -> Answer:
        if not key or request.startswith("GET"):
            return self._perform(request, params, delay)
        with self.lock:
            known = self._keys.get(key)
            if known is None:
                self._keys[key] = Remembered(request, params)
        if known:
            return _repeat(known, request, params)
        answer = self._perform(request, params, delay)
        with self.lock:
            if answer.kept:
                self._keys[key] = Remembered(request, params, answer)
            else:
                del self._keys[key]
        return answer

    def _perform(self, request: str, params: dict[str, str], delay: float) -> Answer:
        time.sleep(delay)
        with self.lock:
            try:
                return Answer(200, json.dumps(self._route(request, params)), kept=True)
            except Refusal as refusal:
                return Answer(refusal.status, json.dumps(refusal.body), kept=refusal.kept)

    def _route(self, request: str, params: dict[str, str]) -> dict[str, object]:
        if request == "POST /v1/payment_intents":
            return self.account.create_intent(params)
        if request == "GET /v1/payment_intents/search":
            return self.account.search_intents(params.get("query", ""))
        if request == "POST /v1/refunds":
            return self.account.create_refund(params)
        if request == "GET /v1/refunds":
            return self.account.list_refunds(params)
        if request == "GET /v1/disputes":
            return self.account.list_disputes(params)
        if match := re.fullmatch(r"POST /v1/payment_intents/(\w+)/cancel", request):
            return self.account.cancel_intent(match[1])
        if match := re.fullmatch(r"GET /v1/payment_intents/(\w+)", request):
            return self.account.retrieve_intent(match[1])
        raise Refusal(f"Unrecognized request URL ({request})", status=404, kept=False)

    def _is_planned(self, plan: Counter[str], request: str) -> bool:
        ending = next(
            (ending for ending, left in plan.items() if left and request.endswith(ending)), None
        )
        if ending is not None:
            plan[ending] -= 1
        return ending is not None


def _repeat(known: Remembered, request: str, params: dict[str, str]) -> Answer:
    """Answer a request whose idempotency key has been used before, as Stripe does."""
    if (known.request, known.params) != (request, params):
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were "
            "first used with."
        )
        return _error(400, type="idempotency_error", message=message)
    if known.answer is None:
        message = "There is currently another in-progress request using this Idempotency Key."
        return _error(409, type="idempotency_error", code="idempotency_key_in_use", message=message)
    return known.answer._replace(replayed=True)


def _error(status: int, **error: str) -> Answer:
    return Answer(status, json.dumps({"error": error}))


def _handler(server: StripeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Send each answer as a single packet; with two, one would wait for the acknowledgement of
        # the other.
        wbufsize = 65536

        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

        def log_message(self, *args: object) -> None:
            """Log nothing."""

        def _answer(self, body: str) -> None:
            answer = server.answer(self.command, self.path, self.headers, body)
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            content = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Request-Id", server.next_request_id())
            if answer.replayed:
                self.send_header("Idempotent-Replayed", "true")
            self.end_headers()
            self.wfile.write(content)

    return Handler
