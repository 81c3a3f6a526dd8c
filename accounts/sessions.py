"""The session backend: one DynamoDB item per session, written only conditionally.

A new session never overwrites another one, and saving a session that no longer exists fails instead
of reviving a session that was logged out. Only a failed condition becomes Django's CreateError or
UpdateError; a timeout or throttling of a write is raised to the caller. If a read gets no answer,
the session is empty and cannot be written: the visitor is a guest, and never signed in as somebody.

The table holds no key, only its hash, and data signed for that key alone: reading the table signs
nobody in, and data that is copied to another item reads as none.
"""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.utils import timezone
from django.utils.crypto import get_random_string
from pynamodb.exceptions import DoesNotExist, GetError, PutError
from pynamodb.exceptions import UpdateError as ItemUpdateError

from accounts.tables import SessionItem, SessionMetadata, session_id_of
from shop.dynamo.table import StoreUnavailable, is_failed_condition

logger = logging.getLogger(__name__)

#: Django's own keys have 32 of these characters. A cookie of any other form costs no DynamoDB call.
POSSIBLE_KEY = re.compile(r"[a-z0-9]{8,64}")
#: DynamoDB's limit is 400 KB per item, and each KB of a write is billed. Our sessions stay far
#: below this.
MAX_BYTES = 32 * 1024
#: How old `last_activity` may get before reading a session updates it.
ACTIVITY_STEP = timedelta(minutes=5)


class SessionTooLarge(ValueError):
    """The session's data exceeds MAX_BYTES; large data does not belong in a session."""


class SessionStore(SessionBase):
    """Sessions in the `{project}-sessions` table."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        #: Whether the session could not be read: nobody is signed in, and nothing may overwrite it.
        self.unavailable = False
        #: When the session was last used, according to the table; None until it has been read.
        self.last_activity: datetime | None = None
        #: When the session expires, according to the table; None until it has been read.
        self.expires_at: datetime | None = None
        #: Set by accounts.middleware before a save: email, browser and ip_address of the request.
        self.client: dict[str, str] = {}

    @property
    def key_salt(self) -> str:
        """Return the salt of the signature, which includes the session's key."""
        return f"accounts.sessions:{self.session_key or ''}"

    def load(self) -> dict[str, Any]:
        """Return the session's data; for an unknown or expired key return {} and write nothing."""
        try:
            item = self._item(self.session_key)
        except GetError:
            # See docs/decisions/0003-unreadable-sessions.md: the shop stays open to guests.
            logger.exception("A session could not be read.")
            self.unavailable = True
            return {}
        if item is None or item.session_data is None:
            # Django then issues a new key: a key chosen by the visitor is never adopted (session
            # fixation).
            self._session_key = None
            return {}
        self.last_activity = datetime.fromisoformat(item.last_activity)
        self.expires_at = datetime.fromtimestamp(item.expires_at, tz=UTC)
        return self.decode(item.session_data)

    def exists(self, session_key: str | None) -> bool:
        """Return whether there is an unexpired session with this key."""
        return self._item(session_key) is not None

    def create(self) -> None:
        """Store a new session under a new key."""
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the session.

        Raises CreateError if `must_create` is set and the session exists, UpdateError if the
        session no longer exists, SessionTooLarge beyond 32 KB, and StoreUnavailable if the session
        could not be read.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if self.unavailable and not must_create:
            raise StoreUnavailable("A session that could not be read is not written.")
        if self.session_key is None:  # Loading found no such session.
            raise UpdateError
        exists = SessionItem.session_id.exists()
        try:
            self._to_item(self.session_key, data).save(condition=~exists if must_create else exists)
        except PutError as error:
            if is_failed_condition(error):
                raise (CreateError if must_create else UpdateError) from error
            raise

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session; it is not an error if it no longer exists."""
        key = session_key or self.session_key
        if key and POSSIBLE_KEY.fullmatch(key):
            SessionItem(session_id_of(key)).delete()

    def touch(self) -> None:
        """Record that a session that was read is in use.

        This writes at most once per ACTIVITY_STEP, and never revives a session.
        """
        now = timezone.now()
        if (
            not self.session_key
            or self.last_activity is None
            or now - self.last_activity < ACTIVITY_STEP
        ):
            return
        try:
            SessionItem(session_id_of(self.session_key)).update(
                [SessionItem.last_activity.set(now.isoformat())],
                condition=SessionItem.session_id.exists(),
            )
        except ItemUpdateError:
            logger.info("The last activity of a session was not written.", exc_info=True)

    def is_half_over(self) -> bool:
        """Return whether less than half of the lifetime is left.

        A session that is in use is then prolonged.
        """
        if self.expires_at is None:
            return False
        return (self.expires_at - timezone.now()).total_seconds() < self.get_expiry_age() / 2

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: DynamoDB's TTL deletes sessions, and every read checks the expiry time."""

    def _item(self, key: str | None) -> SessionItem | None:
        if key is None or not POSSIBLE_KEY.fullmatch(key):
            return None
        try:
            item = SessionItem.get(session_id_of(key), consistent_read=True)
        except DoesNotExist:
            return None
        return item if item.expires_at > timezone.now().timestamp() else None

    def _to_item(self, key: str, data: dict[str, Any]) -> SessionItem:
        encoded = self.encode(data)
        if len(encoded) > MAX_BYTES:
            raise SessionTooLarge(
                f"A session holds at most {MAX_BYTES} bytes, this one has {len(encoded)}."
            )
        user_id = data.get(SESSION_KEY)
        expires: datetime = self.get_expiry_date()
        return SessionItem(
            session_id_of(key),
            session_data=encoded,
            expires_at=int(expires.timestamp()),
            last_activity=timezone.now().isoformat(),
            user_id=user_id,
            # These columns are for the list of devices, which reads them from the index without
            # decoding any session.
            email=self.client.get("email") if user_id else None,
            login_timestamp=data.get("login_timestamp"),
            metadata=SessionMetadata(
                browser=self.client.get("browser"), ip_address=self.client.get("ip_address")
            ),
        )

    def _get_new_session_key(self) -> str:
        # Django's method asks whether the key is taken. With 165 random bits and a conditional put
        # that read is not needed.
        return get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")


def is_unavailable(session: object) -> bool:
    """Return whether the session was to be read and DynamoDB gave no answer.

    A signed-in user then looks like a guest. Sessions of other backends are never unavailable.
    """
    return bool(getattr(session, "unavailable", False))
