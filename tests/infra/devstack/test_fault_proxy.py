"""Each fault of the proxy, switched on and off in front of a server that counts its requests."""

import http.client
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from infra.devstack.fault_proxy import FaultProxy


class Upstream(ThreadingHTTPServer):
    """Records each request and answers with what it received."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.requests: list[tuple[str, str, bytes]] = []


class Handler(BaseHTTPRequestHandler):
    server: Upstream

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append((self.command, self.path, body))
        self.send_response(201)
        self.send_header("X-Target", self.headers.get("X-Target", ""))
        self.send_header("Content-Length", str(len(body) or 7))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body or b"nothing")

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST

    def log_message(self, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[FaultProxy]:
    with FaultProxy(upstream.url) as proxy:
        yield proxy


def connect(proxy: FaultProxy, seconds: float = 5) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(proxy.url).netloc, timeout=seconds)


def ask(proxy: FaultProxy, body: bytes = b"x", seconds: float = 5) -> tuple[int, bytes]:
    connection = connect(proxy, seconds)
    try:
        connection.request("POST", "/", body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_passes_requests_on_and_answers_back(proxy: FaultProxy, upstream: Upstream):
    connection = connect(proxy)
    for method in ("GET", "PUT", "POST", "DELETE"):
        connection.request(method, "/a?b=c", b"hello", {"X-Target": method})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["X-Target"]) == (201, method)
        assert answer.read() == b"hello"
        assert len(answer.headers.get_all("Date")) == 1
        assert upstream.requests.pop() == (method, "/a?b=c", b"hello")
    connection.close()


def test_passes_the_length_of_a_head_back(proxy: FaultProxy):
    connection = connect(proxy)
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert (answer.headers["Content-Length"], answer.read()) == ("7", b"")
    connection.close()


def test_gives_no_answer_where_the_upstream_gives_none(proxy: FaultProxy, upstream: Upstream):
    upstream.shutdown()
    upstream.server_close()
    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy)


def test_closes_without_an_answer_until_told_otherwise(proxy: FaultProxy, upstream: Upstream):
    connection = connect(proxy)
    connection.request("POST", "/", b"before")
    assert connection.getresponse().read() == b"before"
    proxy.closes = True
    with pytest.raises(http.client.RemoteDisconnected):
        connection.request("POST", "/", b"meanwhile on a kept connection")
        connection.getresponse()
    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy, b"meanwhile on a new one")
    proxy.closes = False
    assert ask(proxy, b"after") == (201, b"after")
    assert [body for _, _, body in upstream.requests] == [b"before", b"after"]


def test_refuses_by_the_body_of_a_request(proxy: FaultProxy, upstream: Upstream):
    proxy.refuse = lambda body: (400, b"too long") if len(body) > 3 else None
    assert ask(proxy, b"long") == (400, b"too long")
    assert ask(proxy, b"one") == (201, b"one")
    assert [body for _, _, body in upstream.requests] == [b"one"]


def test_swallows_answers_after_the_work_is_done(proxy: FaultProxy, upstream: Upstream):
    proxy.swallow = 1
    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy, b"done")
    assert proxy.swallowed == 1
    assert [body for _, _, body in upstream.requests] == [b"done"]
    proxy.swallow = 0
    assert ask(proxy) == (201, b"x")
    assert proxy.swallowed == 1


def test_swallows_a_share_and_counts_it(upstream: Upstream):
    def is_lost(_number: int) -> bool:
        try:
            ask(proxy)
        except http.client.RemoteDisconnected:
            return True
        return False

    with FaultProxy(upstream.url, swallow=0.5) as proxy, ThreadPoolExecutor(4) as pool:
        lost = sum(pool.map(is_lost, range(200)))
    assert proxy.swallowed == lost
    assert 50 < lost < 150
    assert len(upstream.requests) == 200


def test_hangs_until_told_otherwise(proxy: FaultProxy, upstream: Upstream):
    proxy.hangs = True
    with pytest.raises(TimeoutError):
        ask(proxy, seconds=0.3)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, proxy)
        time.sleep(0.3)
        assert not waiting.done()
        proxy.hangs = False
        with pytest.raises(http.client.RemoteDisconnected):
            waiting.result()
    assert upstream.requests == []
    assert ask(proxy) == (201, b"x")


def test_is_slow_by_some_seconds(proxy: FaultProxy, upstream: Upstream):
    proxy.slow_by = 0.5
    began = time.monotonic()
    assert ask(proxy) == (201, b"x")
    assert time.monotonic() - began >= 0.5
    with pytest.raises(TimeoutError):
        ask(proxy, seconds=0.2)
    proxy.slow_by = 0
    assert ask(proxy, seconds=0.4) == (201, b"x")


def test_ends_its_hangs_with_its_block(upstream: Upstream):
    with ThreadPoolExecutor(1) as pool:
        with FaultProxy(upstream.url) as proxy:
            proxy.hangs = True
            waiting = pool.submit(ask, proxy)
            time.sleep(0.2)
        with pytest.raises(http.client.RemoteDisconnected):
            waiting.result(2)
