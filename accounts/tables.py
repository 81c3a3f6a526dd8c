"""The sessions table; its keys and indexes are also in infra/resources.json, as of all tables."""

import hashlib

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from shop.dynamo.table import Table, TableMeta, table_name


def session_id_of(key: str) -> str:
    """Return the `session_id` of a session key: its SHA-256 in hexadecimal.

    The key is the cookie. Whoever reads the table must not be able to sign in as somebody.
    """
    return hashlib.sha256(key.encode()).hexdigest()


class SessionMetadata(MapAttribute[str, str]):
    """The browser and IP address with which a session was opened."""

    browser = UnicodeAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)


class UserSessions(GlobalSecondaryIndex["SessionItem"]):
    """The index of sessions by user.

    It follows the table within moments, as every global secondary index is eventually consistent.
    """

    class Meta:
        index_name = "user_id-index"
        projection = IncludeProjection(
            ["email", "login_timestamp", "last_activity", "expires_at", "metadata"]
        )

    user_id = UnicodeAttribute(hash_key=True)


class SessionItem(Table):
    """A session as it is stored; its data is signed for its key alone (accounts/sessions.py)."""

    class Meta(TableMeta):
        table_name = table_name("sessions")

    session_id = UnicodeAttribute(hash_key=True)
    session_data = UnicodeAttribute(null=True)
    # Seconds since the epoch, for DynamoDB's TTL. TTL deletes late, so every read checks the time
    # too.
    expires_at = NumberAttribute()
    last_activity = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    login_timestamp = UnicodeAttribute(null=True)
    metadata = SessionMetadata(null=True)

    of_user = UserSessions()
