"""The lines of a cart, and the keys that tell one from another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from carts.attributes import attributes_digest
from carts.tables import LATER


@dataclass(frozen=True)
class Line:
    """An unexpired line; `price` is what the variant cost when added, in SHOP_CURRENCY."""

    key: str
    quantity: int
    price: Decimal
    added_at: datetime
    attributes: dict[str, Any]

    @property
    def variant_id(self) -> int:
        """Return the variant's id, which is the second part of the key."""
        return int(self.key.removeprefix(LATER).split("#")[1])

    @property
    def is_saved(self) -> bool:
        """Return whether the line is saved for later and so is not to be ordered now."""
        return self.key.startswith(LATER)


def line_key(product_id: int, variant_id: int, attributes: Mapping[str, Any] | None = None) -> str:
    """Return the range key of a line: all that makes it another line than the next one.

    It is made of ids because a SKU can change and an id cannot. A line with attributes has a digest
    of them at the end.
    """
    key = f"{product_id}#{variant_id}"
    return f"{key}#{attributes_digest(attributes)}" if attributes else key


def key_with(key: str, attributes: Mapping[str, Any]) -> str:
    """Return the key of the line with these attributes, of the same variant and kind as `key`."""
    kind = LATER if key.startswith(LATER) else ""
    product, variant = key.removeprefix(LATER).split("#")[:2]
    return kind + line_key(int(product), int(variant), attributes)
