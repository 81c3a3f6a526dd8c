"""The sessions table."""

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from shop.dynamo.table import Table, TableMeta, table_name


class SessionMetadata(MapAttribute[str, str]):
    """Where a session was opened."""

    browser = UnicodeAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)


class UserSessions(GlobalSecondaryIndex["SessionItem"]):
    """The sessions of a user.

    It follows the table within moments (every global index is eventually consistent).
    """

    class Meta:
        index_name = "user_id-index"
        projection = IncludeProjection(
            ["email", "login_timestamp", "last_activity", "expires_at", "metadata"]
        )

    user_id = UnicodeAttribute(hash_key=True)


class SessionItem(Table):
    """A session as it is stored; the data itself is signed by Django."""

    class Meta(TableMeta):
        table_name = table_name("sessions")

    session_id = UnicodeAttribute(hash_key=True)
    session_data = UnicodeAttribute(null=True)
    # Seconds since the epoch, for DynamoDB's TTL, which deletes late: every read checks it itself.
    expires_at = NumberAttribute()
    last_activity = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    login_timestamp = UnicodeAttribute(null=True)
    metadata = SessionMetadata(null=True)

    of_user = UserSessions()
