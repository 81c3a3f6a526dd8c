"""The IP address of the client, as limits, logs and the list of devices know it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address in its normal form, or "" if nobody knows it.

    It is the address that the first of our TRUSTED_PROXY_COUNT proxies saw, else the peer's. A peer
    has no address if gunicorn listens on a Unix socket.
    """
    count = settings.TRUSTED_PROXY_COUNT
    entries = request.headers.get("X-Forwarded-For", "").split(",")
    # Counted from the right: entries further left come from the client and can be forged.
    reported = entries[-count] if 0 < count <= len(entries) else ""
    return _parse_address(reported) or peer_address(request)


def peer_address(request: HttpRequest) -> str:
    """Return the IP address of whoever opened the connection: the last proxy, or the client."""
    return _parse_address(request.META.get("REMOTE_ADDR", ""))


def _parse_address(text: str) -> str:
    """Return an address without port, brackets and zone, an IPv4 address always as such.

    Returns "" for anything else. Azure's gateways report a port (`192.0.2.1:5678`,
    `[2001:db8::1]:443`), and a socket for both families reports `::ffff:192.0.2.1`.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
