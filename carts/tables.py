"""The carts table: one item a line, `user-<id>` or `anon-<uuid>` and `<product id>#<variant id>`.

What a shopper saved for later has `later#` before the key. Beside the lines each cart has one item
with the key `#`: the set of their keys (without `later#`), so that the limit is a condition of the
write that would break it.
"""

from typing import Any

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from shop.dynamo.table import DecimalAttribute, Table, TableMeta, table_name

KEYS_ITEM = "#"
LATER = "later#"


class CartLine(Table):
    """A line as it is stored.

    Writers use `update`, never `save`: attributes that this class does not know survive.
    """

    class Meta(TableMeta):
        table_name = table_name("carts")

    user_id = UnicodeAttribute(hash_key=True)
    product_id = UnicodeAttribute(range_key=True)
    # Only the item with the keys is without these three.
    quantity = NumberAttribute(null=True)
    price = DecimalAttribute(null=True)
    added_at = UnicodeAttribute(null=True)
    # Seconds since the epoch, for DynamoDB's TTL, which deletes late: every read checks it itself.
    expires_at = NumberAttribute()
    # The last operation that was counted, so that repeating it is recognised beyond DynamoDB's own
    # ten minutes.
    last_operation = UnicodeAttribute(null=True)
    attributes: MapAttribute[str, Any] = MapAttribute(null=True)
    line_keys = UnicodeSetAttribute(null=True)
