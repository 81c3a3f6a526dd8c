"""Where somebody is signed in: the sessions of a user, listed and ended.

A session id is a password for as long as it lives, so it never leaves this module: pages and
commands name a device by a digest of it.
"""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from accounts.models import User
from accounts.tables import SessionItem
from shop.dynamo.table import StoreUnavailable


@dataclass(frozen=True)
class Device:
    """A browser that is signed in; `id` names it without letting anybody in."""

    id: str
    browser: str
    ip_address: str
    first_seen: datetime | None
    last_seen: datetime
    is_this_one: bool


def devices_of(user: User, session_key: str | None = None) -> list[Device]:
    """Return the devices of a user, the one with `session_key` first, then the last seen.

    Raises StoreUnavailable.
    """
    devices = [_device(item, session_key) for item in _sessions(user)]
    return sorted(devices, key=lambda device: (device.is_this_one, device.last_seen), reverse=True)


def sign_out(user: User, device_id: str) -> int:
    """End the session of one device; return how many ended (0: it was gone already).

    Raises StoreUnavailable.
    """
    return _end(item for item in _sessions(user) if _digest(item.session_id) == device_id)


def sign_out_others(user: User, session_key: str | None = None) -> int:
    """End all sessions of a user but the one with `session_key`; return how many.

    Raises StoreUnavailable.
    """
    return _end(item for item in _sessions(user) if item.session_id != session_key)


def _sessions(user: User) -> list[SessionItem]:
    """Return the sessions that have not expired: one Query of the index."""
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


def _device(item: SessionItem, session_key: str | None) -> Device:
    metadata = item.metadata.as_dict() if item.metadata else {}
    return Device(
        id=_digest(item.session_id),
        browser=describe_browser(metadata.get("browser") or ""),
        ip_address=metadata.get("ip_address") or "",
        first_seen=datetime.fromisoformat(item.login_timestamp) if item.login_timestamp else None,
        last_seen=datetime.fromisoformat(item.last_activity),
        is_this_one=item.session_id == session_key,
    )


def _digest(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()[:24]


#: What a User-Agent says of itself; the first that fits, since Edge says Chrome too, and Chrome
# says Safari.
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
    """Return a User-Agent in words that its owner knows: `Firefox on Windows`."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " on ".join(filter(None, [browser, system])) or "Unknown browser"
