"""The carts table, with one item per line.

The hash key is `user-<id>` or `anon-<uuid>`, the range key `<product id>#<variant id>`, followed by
`#` and a digest of the line's attributes if it has any. A line that a shopper saved for later has
`later#` before its range key. In addition each cart has one item with the key `#`: the set of the
lines' keys, so that the limit can be a condition of the write that would exceed it. The table's
keys are also in infra/resources.json.
"""

from typing import Any

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from shop.dynamo.table import DecimalAttribute, Table, TableMeta, table_name

KEYS_ITEM = "#"
LATER = "later#"
RECEIPT = "receipt#"


class CartLine(Table):
    """A line as it is stored.

    Always write with `update`, never with `save`, so that attributes unknown to this class survive.
    """

    class Meta(TableMeta):
        table_name = table_name("carts")

    user_id = UnicodeAttribute(hash_key=True)
    product_id = UnicodeAttribute(range_key=True)
    # Null only in items that are no lines.
    quantity = NumberAttribute(null=True)
    price = DecimalAttribute(null=True)
    added_at = UnicodeAttribute(null=True)
    # Seconds since the epoch, for DynamoDB's TTL. TTL deletes late, so every read checks the time
    # too.
    expires_at = NumberAttribute()
    # The last operation that was counted. It recognises a repetition even after the ten minutes
    # that DynamoDB's own token lasts. In the item that holds the keys it differs after each change.
    last_operation = UnicodeAttribute(null=True)
    attributes: MapAttribute[str, Any] = MapAttribute(null=True)
    line_keys = UnicodeSetAttribute(null=True)
