"""The notification log in DynamoDB: what was sent to whom.

The notification Lambda writes it (infra/lambdas/notifications). Its keys and indexes are also in
infra/resources.json.
"""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from shop.dynamo.table import Table, TableMeta, table_name


class Notification(Table):
    """One message to one recipient over one channel.

    `timestamp` is `<event's time>#<event id>#<channel>#<kind>`.
    """

    class Meta(TableMeta):
        table_name = table_name("notifications")

    order_id = UnicodeAttribute(hash_key=True)
    timestamp = UnicodeAttribute(range_key=True)
    user_id = UnicodeAttribute(null=True)
    event_type = UnicodeAttribute()
    notification_type = UnicodeAttribute()
    channel = UnicodeAttribute()
    recipient = UnicodeAttribute()
    sent = BooleanAttribute()
    sent_at = UnicodeAttribute(null=True)
    error = UnicodeAttribute(null=True)
    # Why the recipient's mail server refused it, or that the recipient called it spam.
    bounce = UnicodeAttribute(null=True)
    # Whether it is not tried again, because no mail can go to the recipient.
    final = BooleanAttribute(null=True)
    # Seconds since the epoch, for DynamoDB's TTL. That deletes late, so every read checks it as
    # well.
    ttl = NumberAttribute()
