"""The session backend: one DynamoDB item a session, written only under a condition.

A new session never overwrites another, and saving one that is gone fails instead of reviving a logged-out session. Only
a failed condition becomes Django's CreateError or UpdateError; a time-out or throttling reaches the caller.
"""

import re
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.utils import timezone
from django.utils.crypto import get_random_string
from pynamodb.exceptions import PutError

from accounts.tables import SessionItem, SessionMetadata
from shop.dynamo import is_failed_condition

#: Django's own keys have 32 of these characters; a cookie of any other form costs no call.
POSSIBLE_KEY = re.compile(r"[a-z0-9]{8,64}")
#: DynamoDB takes 400 KB an item and bills each KB of a write; nothing of ours comes near this.
MAX_BYTES = 32 * 1024


class SessionTooLarge(ValueError):
    """The session's data is beyond MAX_BYTES; large things do not belong into a session."""


class SessionStore(SessionBase):
    """Sessions in the `{project}-sessions` table."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        #: Set by accounts.middleware before a save: email, browser and ip_address of the request.
        self.client: dict[str, str] = {}

    def load(self) -> dict[str, Any]:
        """Return the data; an unknown or expired key gives none and writes nothing."""
        item = self._item(self.session_key)
        if item is None:
            self._session_key = None
            return {}
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
        """Write the session; raise CreateError if it must be new and is not, UpdateError if it is gone.

        Raises SessionTooLarge beyond 32 KB.
        """
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)
        if self.session_key is None:  # Loading found no such session.
            raise UpdateError
        item = self._to_item(data)
        condition = SessionItem.session_id.does_not_exist() if must_create else SessionItem.session_id.exists()
        try:
            item.save(condition=condition)
        except PutError as error:
            if is_failed_condition(error):
                raise (CreateError if must_create else UpdateError) from error
            raise

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session; one that is gone already is no error."""
        key = session_key or self.session_key
        if key and POSSIBLE_KEY.fullmatch(key):
            SessionItem(key).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: DynamoDB's TTL deletes, and every read checks the time."""

    def _item(self, key: str | None) -> SessionItem | None:
        if key is None or not POSSIBLE_KEY.fullmatch(key):
            return None
        try:
            item = SessionItem.get(key, consistent_read=True)
        except SessionItem.DoesNotExist:
            return None
        return item if item.expires_at > timezone.now().timestamp() else None

    def _to_item(self, data: dict[str, Any]) -> SessionItem:
        encoded = self.encode(data)
        if len(encoded) > MAX_BYTES:
            raise SessionTooLarge(f"A session holds at most {MAX_BYTES} bytes, this one has {len(encoded)}.")
        now = timezone.now().isoformat()
        user_id = data.get(SESSION_KEY)
        expires: datetime = self.get_expiry_date()
        return SessionItem(
            self.session_key,
            session_data=encoded,
            expires_at=int(expires.timestamp()),
            last_activity=now,
            user_id=user_id,
            email=self.client.get("email") if user_id else None,
            login_timestamp=data.get("login_timestamp"),
            metadata=SessionMetadata(browser=self.client.get("browser"), ip_address=self.client.get("ip_address")),
        )

    def _get_new_session_key(self) -> str:
        # 165 random bits and a conditional put: asking whether the key is taken would cost a read for nothing.
        return get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")
