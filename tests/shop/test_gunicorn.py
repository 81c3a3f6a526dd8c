"""gunicorn, as the shop configures it, isn't held up by requests that were sent in half."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from infra.devstack.checks import HOST, free_ports
from shop.gunicorn_config import MOST_READ_BYTES, PAUSE_SECONDS

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
CONFIG = ["--config", "python:shop.gunicorn_config"]
HEAD = b"POST /cart/add/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
HALVES = [
    HEAD,
    HEAD + b"Content-Length: 5000\r\n\r\nhalf of it",
    HEAD + b"Content-Length: %d\r\n\r\nhalf of it" % (MOST_READ_BYTES + 1),
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhalf",
    b"GE",
]


@contextmanager
def serving(*arguments: str) -> Iterator[int]:
    """Run two workers; yield their port."""
    [port] = free_ports(1)
    command = [sys.executable, "-m", "gunicorn", "shop.wsgi", "--bind", f"{HOST}:{port}"]
    command += ["--workers", "2", "--log-level", "warning", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE)
    try:
        wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGQUIT)  # doesn't wait for the halves
        _, log = process.communicate(timeout=40)
    if arguments:  # A worker that a half-sent request holds up ends in the middle of it.
        assert b"Traceback" not in log, log.decode()


def wait_for(port: int) -> None:
    """Return once both workers have answered, probably: ten answers in a row."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        try:
            for _ in range(10):
                get(port, "/livez", timeout=10)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("gunicorn doesn't answer.")


def get(port: int, path: str, timeout: float) -> int:
    with closing(http.client.HTTPConnection(HOST, port, timeout=timeout)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


@contextmanager
def half_sent(port: int, count: int) -> Iterator[list[socket.socket]]:
    connections = [socket.create_connection((HOST, port), timeout=30) for _ in range(count)]
    for number, connection in enumerate(connections):
        connection.sendall(HALVES[number % len(HALVES)])
    time.sleep(0.5)
    yield connections
    for connection in connections:
        connection.close()


def test_two_workers_stand_50_half_sent_requests() -> None:
    with serving(*CONFIG) as port, half_sent(port, 50) as connections:
        waits = []
        end = time.monotonic() + PAUSE_SECONDS + 5
        while time.monotonic() < end:  # Closing the halves, in the end, holds up nobody either.
            began = time.monotonic()
            assert get(port, "/robots.txt", timeout=5) == 200
            waits.append(time.monotonic() - began)
            time.sleep(0.1)
        assert max(waits) < 2
        # Nor do they stay for ever: the client is told, or the connection is closed.
        for number, connection in enumerate(connections):
            connection.settimeout(5)
            answer = connection.recv(1000)
            if HALVES[number % len(HALVES)].endswith(b"\r\n\r\nhalf of it"):
                assert answer.startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 403 ", b"HTTP/1.1 413 "))


def test_without_the_configuration_they_stop_the_shop() -> None:
    with serving() as port, half_sent(port, 50), pytest.raises(TimeoutError):
        get(port, "/robots.txt", timeout=3)


def test_reads_whole_bodies_and_keeps_connections() -> None:
    body = b"x" * 90_000
    with serving(*CONFIG) as port:
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        for _ in range(3):
            connection.request("POST", "/robots.txt", body, {"Content-Type": "a/b"})
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Connection"]) == (403, "keep-alive")
            answer.read()
        connection.close()
