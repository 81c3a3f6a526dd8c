"""The carts table: one item a line, `user-<id>` or `anon-<uuid>` and `<product id>#<variant id>`."""

from typing import Any

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from shop.dynamo import DecimalAttribute, TableMeta, table_name


class CartLine(Model):
    """A line as it is stored. Writers use `update`, never `save`: attributes that this class does not know survive."""

    class Meta(TableMeta):
        table_name = table_name("carts")

    user_id = UnicodeAttribute(hash_key=True)
    product_id = UnicodeAttribute(range_key=True)
    quantity = NumberAttribute()
    price = DecimalAttribute()
    added_at = UnicodeAttribute()
    # Seconds since the epoch, for DynamoDB's TTL, which deletes late: every read checks it itself.
    expires_at = NumberAttribute()
    # The last operation that was counted, so that repeating it is recognised beyond DynamoDB's own ten minutes.
    last_operation = UnicodeAttribute(null=True)
    attributes: MapAttribute[str, Any] = MapAttribute(null=True)
