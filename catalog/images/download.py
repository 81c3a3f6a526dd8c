"""Downloads a picture from a URL that somebody else provided.

Such a URL may point into our own network, never end, or send 20 GB. Therefore: only http and https
are allowed; every address to which the name resolves must be public; the connection goes to the
address that was checked (the name is not resolved a second time); a redirect is checked like the
first URL; and time and size are limited. The environment's proxy settings are ignored, because a
proxy would resolve the name itself and the check would be useless.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

CONNECT_SECONDS = 3
READ_SECONDS = 10
TOTAL_SECONDS = 30.0
MAX_REDIRECTS = 3
CHUNK = 65_536
REDIRECTS = {301, 302, 303, 307, 308}
# Characters that a browser does not quote in a URL, and `%`, which is part of what is already
# quoted.
SAFE = "/%:@!$&'()*+,;=~-._?"
# NAT64, RFC 6052: any IPv4 address, even a private one, may be embedded in it.
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchError(Exception):
    """The picture was not downloaded; the message tells staff why."""


@dataclass(frozen=True)
class Download:
    """A downloaded picture.

    `suffix` is determined by its first bytes: `.jpg`, `.png`, `.webp` or `.avif`.
    """

    data: bytes
    suffix: str


def fetch(url: str, *, allow_private: bool = False) -> Download:
    """Return the picture at `url`; raises FetchError.

    `allow_private` is for tests, whose server is on the loopback address.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    try:
        data = _follow(url, deadline, allow_private)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _explained(error, deadline) from error
    return Download(data, _suffix(data))


def _follow(url: str, deadline: float, allow_private: bool) -> bytes:
    # Redirects are followed here, because each target must pass the same checks.
    for _hop in range(MAX_REDIRECTS + 1):
        parts = _checked(url)
        with _send_request(parts, _resolve(parts, allow_private), deadline) as response:
            if response.status not in REDIRECTS:
                return _read_body(response, deadline)
            url = urljoin(url, response.getheader("Location", ""))
    raise FetchError(f"The address redirects more than {MAX_REDIRECTS} times.")


def _checked(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError("The address does not begin with http:// or https:// and a name.")
    if parts.username or parts.password:
        raise FetchError("The address holds a user name or a password.")
    return parts


def _resolve(url: SplitResult, allow_private: bool) -> list[str]:
    """Return the addresses of the host; raise FetchError unless all of them are public."""
    try:
        answers = socket.getaddrinfo(_host(url), _port(url), type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise FetchError(f"The name {url.hostname} was not found.") from error
    addresses = [str(answer[4][0]) for answer in answers]
    if not allow_private and not all(
        is_public(ipaddress.ip_address(text.partition("%")[0])) for text in addresses
    ):
        raise FetchError(
            f"{url.hostname} is in a private network; pictures are only fetched from public "
            "addresses."
        )
    return addresses


def is_public(address: Address) -> bool:
    """Return whether an address belongs to a public host on the internet.

    An IPv4 address that is embedded in an IPv6 address is checked as well.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64 or address.teredo:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if inner:
            return is_public(inner)
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _host(url: SplitResult) -> str:
    return (url.hostname or "").encode("idna").decode()


def _port(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


@contextmanager
def _send_request(
    url: SplitResult, addresses: list[str], deadline: float
) -> Iterator[http.client.HTTPResponse]:
    """Request the path of `url` from one of these addresses."""
    link = _open_socket(url, addresses)
    # A socket's own timeout starts again with every byte; this one does not.
    watchdog = threading.Timer(max(deadline - time.monotonic(), 0), _shut, [link])
    watchdog.daemon = True
    watchdog.start()
    try:
        if isinstance(link, ssl.SSLSocket):
            link.do_handshake()
        link.settimeout(READ_SECONDS)
        with _request(url, link) as response:
            yield response
    finally:
        watchdog.cancel()
        link.close()


def _open_socket(url: SplitResult, addresses: list[str]) -> socket.socket:
    """Return a socket to the first address that answers.

    For https, the TLS handshake with the host of `url` is still to be done.
    """
    fault: OSError | None = None
    for address in addresses:
        try:
            link = socket.create_connection((address, _port(url)), timeout=CONNECT_SECONDS)
        except OSError as error:
            fault = error
            continue
        if url.scheme == "http":
            return link
        # The handshake is left to _send_request(): only there does the watchdog limit its duration.
        context = ssl.create_default_context()
        return context.wrap_socket(link, server_hostname=_host(url), do_handshake_on_connect=False)
    raise fault or OSError("no address")


def _shut(link: socket.socket) -> None:
    """Shut down a connection while it is being read, so that its reader sees the end of the file.

    The reader may just have closed it, which is not an error.
    """
    with suppress(OSError):
        socket.socket.shutdown(link, socket.SHUT_RDWR)


def _request(url: SplitResult, link: socket.socket) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(_host(url), _port(url))
    # So that the Host header does not include the scheme's default port.
    connection.default_port = 443 if url.scheme == "https" else 80
    connection.sock = link
    target = quote(url.path or "/", safe=SAFE)
    if url.query:
        target += f"?{quote(url.query, safe=SAFE)}"
    headers = {
        "User-Agent": f"Trivet ({settings.SHOP_URL})",
        "Accept": "image/*",
        "Connection": "close",
    }
    connection.request("GET", target, headers=headers)
    return connection.getresponse()


def _read_body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    if response.status != HTTPStatus.OK:
        raise FetchError(f"The server answered {response.status} {response.reason}.")
    limit = settings.UPLOAD_MAX_BYTES
    data = bytearray()
    while chunk := response.read1(CHUNK):
        data += chunk
        # Counted while reading: a Content-Length may be missing or wrong.
        if len(data) > limit:
            raise FetchError(f"The file is larger than {limit // 1_000_000} MB.")
    # A connection that was cut, by the server or by the watchdog, looks like the end of the file.
    if time.monotonic() > deadline:
        raise TimeoutError
    if response.length:
        raise FetchError("The server broke off in the middle of the file.")
    return bytes(data)


def _suffix(data: bytes) -> str:
    """Determine a file's type from its first bytes; the server's Content-Type proves nothing."""
    if data.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return ".avif"
    if data.lstrip()[:1] == b"<":
        raise FetchError("There is a web page at this address, not a picture.")
    raise FetchError("The file is not a JPEG, PNG, WebP or AVIF picture.")


def _explained(error: Exception, deadline: float) -> FetchError:
    """Return a FetchError that explains the error to staff."""
    if time.monotonic() > deadline:
        return FetchError(f"The server took longer than {TOTAL_SECONDS:.0f} seconds.")
    if isinstance(error, TimeoutError):
        return FetchError("The server did not answer in time.")
    if isinstance(error, ssl.SSLError):
        return FetchError("The server's certificate is not valid.")
    if isinstance(error, ConnectionRefusedError):
        return FetchError("The server refused the connection.")
    if isinstance(error, ValueError):
        return FetchError("The address is not a valid web address.")
    return FetchError(f"The connection failed ({type(error).__name__}).")
