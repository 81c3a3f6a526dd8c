"""Downloading a picture: only from public addresses, within a deadline, and only pictures."""

import ipaddress
import socket
import socketserver
import time

import pytest
from django.conf import LazySettings

from catalog.images import download as fetching
from catalog.images.download import FetchError, fetch, is_public
from tests.catalog.images.pictures import picture


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif"])
def test_it_fetches_a_picture_and_judges_it_by_its_bytes(server: str, name: str) -> None:
    download = fetch(f"{server}/{name}?v=1&text=ä ö", allow_private=True)
    assert download.suffix == f".{name.replace('jpeg', 'jpg')}"
    assert download.data == picture(name.upper())


def test_it_follows_a_redirect(server: str) -> None:
    assert fetch(f"{server}/moved", allow_private=True).data == picture()


def test_it_names_the_host_that_was_asked_for(server: str) -> None:
    assert fetch(f"{server}/host", allow_private=True).data.endswith(
        server.removeprefix("http://").encode()
    )


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/page", "There is a web page at this address, not a picture."),
        ("/text", "The file is not a JPEG, PNG, WebP or AVIF picture."),
        ("/missing", "The server answered 404 Not Found."),
        ("/round", "The address redirects more than 3 times."),
        ("/to-file", "does not begin with http"),
        ("/cut", "The server broke off in the middle of the file."),
    ],
)
def test_it_says_why_not(server: str, path: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        fetch(server + path, allow_private=True)


def test_it_refuses_loopback(server: str) -> None:
    with pytest.raises(FetchError, match="localhost is in a private network"):
        fetch(f"{server}/jpeg")


def test_it_checks_a_redirect_like_the_first_address(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = fetching._resolve
    only_first = iter([True])
    monkeypatch.setattr(
        fetching, "_resolve", lambda url, _allow: resolve(url, next(only_first, False))
    )
    with pytest.raises(FetchError, match=r"169.254.169.254 is in a private network"):
        fetch(f"{server}/to-metadata")


PRIVATE = [
    "http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://10.0.0.1/",
    "http://192.168.1.1/", "http://169.254.169.254/", "http://100.64.0.1/", "http://[fe80::1]/", "http://[fd00::1]/",
    "http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://224.0.0.1/", "http://[64:ff9b::7f00:1]/",
]  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE)
def test_it_refuses_private_addresses_however_they_are_written(url: str) -> None:
    with pytest.raises(FetchError, match="private network"):
        fetch(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.216.34", True), ("2606:4700::1111", True), ("2002:7f00:1::", False)],
)
def test_it_knows_a_public_address(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.com/a.jpg", "does not begin with http"),
        ("file:///etc/passwd", "does not begin with http"),
        ("http://user:secret@example.com/", "user name or a password"),
        ("http://does-not-exist.invalid/a.jpg", "The name does-not-exist.invalid was not found."),
        ("http://example.com:99999/", "not a valid web address"),
        ("http://[::1", "not a valid web address"),
        (f"http://{'a' * 300}.example/", "not a valid web address"),
    ],
)
def test_it_refuses_other_addresses(url: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        fetch(url)


def test_it_stops_at_the_limit_of_size(server: str, settings: LazySettings) -> None:
    settings.UPLOAD_MAX_BYTES = 100_000
    with pytest.raises(FetchError, match="larger than"):
        fetch(f"{server}/large", allow_private=True)


def test_it_ends_a_server_that_never_ends(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.5)
    started = time.monotonic()
    with pytest.raises(FetchError, match="took longer than"):
        fetch(f"{server}/drip", allow_private=True)
    assert time.monotonic() - started < 2


def test_it_does_not_wait_for_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "READ_SECONDS", 0.3)
    with socketserver.TCPServer(
        ("127.0.0.1", 0), socketserver.BaseRequestHandler, bind_and_activate=True
    ) as silent:
        port = silent.server_address[1]
        with pytest.raises(FetchError, match="did not answer in time"):
            fetch(f"https://127.0.0.1:{port}/", allow_private=True)
        with pytest.raises(FetchError, match="did not answer in time"):
            fetch(f"http://127.0.0.1:{port}/", allow_private=True)


def test_it_says_that_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(FetchError, match="refused the connection"):
            fetch(f"http://127.0.0.1:{unused.getsockname()[1]}/", allow_private=True)


def test_it_does_not_follow_the_environments_proxy(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch(f"{server}/jpeg", allow_private=True).data == picture()
