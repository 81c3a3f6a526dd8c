"""The session backend: one DynamoDB item a session, written only under a condition.

A new session never overwrites another, and saving one that is gone fails instead of reviving a
logged-out session. Only a failed condition becomes Django's CreateError or UpdateError; a time-out
or throttling of a write reaches the caller. A read that gets no answer leaves an empty, unwritable
session: a guest, never somebody signed in.
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

from accounts.tables import SessionItem, SessionMetadata
from shop.dynamo.table import StoreUnavailable, is_failed_condition

logger = logging.getLogger(__name__)

#: Django's own keys have 32 of these characters; a cookie of any other form costs no call.
POSSIBLE_KEY = re.compile(r"[a-z0-9]{8,64}")
#: DynamoDB takes 400 KB an item and bills each KB of a write; nothing of ours comes near this.
MAX_BYTES = 32 * 1024
#: How old `last_activity` may be before reading a session writes it anew.
ACTIVITY_STEP = timedelta(minutes=5)


class SessionTooLarge(ValueError):
    """The session's data is beyond MAX_BYTES; large things do not belong into a session."""


class SessionStore(SessionBase):
    """Sessions in the `{project}-sessions` table."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        #: The session could not be read: nobody is signed in, and nothing may be written over it.
        self.unavailable = False
        #: When the session was last used, as the table has it; None before it was read.
        self.last_activity: datetime | None = None
        #: When the session ends, as the table has it; None before it was read.
        self.expires_at: datetime | None = None
        #: Set by accounts.middleware before a save: email, browser and ip_address of the request.
        self.client: dict[str, str] = {}

    def load(self) -> dict[str, Any]:
        """Return the data; an unknown or expired key gives none and writes nothing."""
        try:
            item = self._item(self.session_key)
        except GetError:
            logger.exception("A session could not be read.")
            self.unavailable = True
            return {}
        if item is None or item.session_data is None:
            self._session_key = None
            return {}
        self.last_activity = datetime.fromisoformat(item.last_activity)
        self.expires_at = datetime.fromtimestamp(item.expires_at, tz=UTC)
        return self.decode(item.session_data)

    def exists(self, session_key: str | None) -> bool:
        """Say whether a session lives under this key."""
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
        """Write the session; raise CreateError if it must be new and is not, UpdateError if it is
        gone.

        Raises SessionTooLarge beyond 32 KB, and StoreUnavailable for a session that could not be
        read.
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
            self._to_item(data).save(condition=~exists if must_create else exists)
        except PutError as error:
            if is_failed_condition(error):
                raise (CreateError if must_create else UpdateError) from error
            raise

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session; one that is gone already is no error."""
        key = session_key or self.session_key
        if key and POSSIBLE_KEY.fullmatch(key):
            SessionItem(key).delete()

    def touch(self) -> None:
        """Note that a session that was read is in use; written at most every ACTIVITY_STEP, and
        never revives one.
        """
        now = timezone.now()
        if (
            not self.session_key
            or self.last_activity is None
            or now - self.last_activity < ACTIVITY_STEP
        ):
            return
        try:
            SessionItem(self.session_key).update(
                [SessionItem.last_activity.set(now.isoformat())],
                condition=SessionItem.session_id.exists(),
            )
        except ItemUpdateError:
            logger.info("The last activity of a session was not written.", exc_info=True)

    def is_half_over(self) -> bool:
        """Say whether less than half of the lifetime is left, so that a session in use should be
        prolonged.
        """
        if self.expires_at is None:
            return False
        return (self.expires_at - timezone.now()).total_seconds() < self.get_expiry_age() / 2

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: DynamoDB's TTL deletes, and every read checks the time."""

    def _item(self, key: str | None) -> SessionItem | None:
        if key is None or not POSSIBLE_KEY.fullmatch(key):
            return None
        try:
            item = SessionItem.get(key, consistent_read=True)
        except DoesNotExist:
            return None
        return item if item.expires_at > timezone.now().timestamp() else None

    def _to_item(self, data: dict[str, Any]) -> SessionItem:
        encoded = self.encode(data)
        if len(encoded) > MAX_BYTES:
            raise SessionTooLarge(
                f"A session holds at most {MAX_BYTES} bytes, this one has {len(encoded)}."
            )
        user_id = data.get(SESSION_KEY)
        expires: datetime = self.get_expiry_date()
        return SessionItem(
            self.session_key,
            session_data=encoded,
            expires_at=int(expires.timestamp()),
            last_activity=timezone.now().isoformat(),
            user_id=user_id,
            email=self.client.get("email") if user_id else None,
            login_timestamp=data.get("login_timestamp"),
            metadata=SessionMetadata(
                browser=self.client.get("browser"), ip_address=self.client.get("ip_address")
            ),
        )

    def _get_new_session_key(self) -> str:
        # 165 random bits and a conditional put: asking whether the key is taken would cost a read
        # for nothing.
        return get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")


def is_unavailable(session: object) -> bool:
    """Say whether a session was to be read and DynamoDB gave no answer.

    Whoever is signed in looks like a guest then. Sessions of other backends never are.
    """
    return bool(getattr(session, "unavailable", False))
