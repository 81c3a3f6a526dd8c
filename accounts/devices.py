"""Where a user is signed in: lists and ends the user's sessions.

A session's key is as good as a password while the session lasts. Pages and commands identify a
device by the `session_id` of the table, which is only a hash of the key.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from accounts.models import User
from accounts.tables import SessionItem, session_id_of
from shop.dynamo.table import StoreUnavailable


@dataclass(frozen=True)
class Device:
    """A browser that is signed in.

    `id` identifies it, but cannot be used to sign in.
    """

    id: str
    browser: str
    ip_address: str
    first_seen: datetime | None
    last_seen: datetime
    is_this_one: bool


def devices_of(user: User, session_key: str | None = None) -> list[Device]:
    """Return a user's devices: the one with `session_key` first, then the most recently seen.

    Raises StoreUnavailable.
    """
    this_one = session_id_of(session_key or "")
    devices = [_device(item, this_one) for item in _sessions(user)]
    return sorted(devices, key=lambda device: (device.is_this_one, device.last_seen), reverse=True)


def sign_out(user: User, device_id: str) -> int:
    """End the session of one device; return how many were ended, 0 if it was already gone.

    Raises StoreUnavailable.
    """
    return _end(item for item in _sessions(user) if item.session_id == device_id)


def sign_out_others(user: User, session_key: str | None = None) -> int:
    """End all sessions of a user except the one with `session_key`; return how many were ended.

    Raises StoreUnavailable.
    """
    this_one = session_id_of(session_key or "")
    return _end(item for item in _sessions(user) if item.session_id != this_one)


def _sessions(user: User) -> list[SessionItem]:
    """Return the sessions that have not expired, with one Query of the index."""
    try:
        items = list(SessionItem.of_user.query(str(user.pk)))
    except PynamoDBException as error:
        raise StoreUnavailable("The sessions cannot be reached.") from error
    return [item for item in items if item.expires_at > time.time()]


def _end(items: Iterable[SessionItem]) -> int:
    ended = 0
    for item in items:
        try:
            item.delete()
        except PynamoDBException as error:
            raise StoreUnavailable("The sessions cannot be reached.") from error
        ended += 1
    return ended


def _device(item: SessionItem, this_one: str) -> Device:
    metadata = item.metadata.as_dict() if item.metadata else {}
    return Device(
        id=item.session_id,
        browser=describe_browser(metadata.get("browser") or ""),
        ip_address=metadata.get("ip_address") or "",
        first_seen=datetime.fromisoformat(item.login_timestamp) if item.login_timestamp else None,
        last_seen=datetime.fromisoformat(item.last_activity),
        is_this_one=item.session_id == this_one,
    )


#: Marks in a User-Agent, of which the first match wins: Edge also claims to be Chrome, and Chrome
#: claims to be Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def describe_browser(user_agent: str) -> str:
    """Return a User-Agent in words that its owner recognises: `Firefox on Windows`."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " on ".join(filter(None, [browser, system])) or "Unknown browser"
