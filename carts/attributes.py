"""Free-form attributes of a cart line.

Size, colour, gift_wrap, the text of an engraving, or whatever else a shop needs.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from shop.errors import DomainError

MAX_ATTRIBUTES = 20
MAX_LENGTH = 200


class CartError(DomainError):
    """A change that the cart refuses; the message is for the shopper."""

    code = "cart_refused"


def check_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `attributes` as a dict if a line can store them; raise CartError otherwise.

    A line has at most 20 attributes, and names and strings have at most 200 characters. A value is
    a string, an integer of at most 18 digits, a boolean, or None for an attribute that is to be
    removed. Nested values and floats are refused.
    """
    if len(attributes) > MAX_ATTRIBUTES:
        raise CartError(f"A line holds at most {MAX_ATTRIBUTES} attributes.")
    for name, value in attributes.items():
        if not isinstance(name, str) or not 1 <= len(name) <= MAX_LENGTH:
            raise CartError(f"The name of an attribute has 1 to {MAX_LENGTH} characters.")
        _check_value(name, value)
    return dict(attributes)


def change_attributes(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a line after some changes, of which None removes one.

    Raises CartError if they are not allowed or are too many.
    """
    both = {**before, **check_attributes(changes)}
    return check_attributes({name: value for name, value in both.items() if value is not None})


def attributes_digest(attributes: Mapping[str, Any]) -> str:
    """Return 12 characters that are the same for the same attributes, in any order.

    They only keep the lines of one cart apart, for which 48 bits are plenty.
    """
    text = json.dumps(attributes, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _check_value(name: str, value: Any) -> None:
    if isinstance(value, str) and len(value) > MAX_LENGTH:
        raise CartError(f"{name[:40]}: at most {MAX_LENGTH} characters, please.")
    # A bool passes too, because it is a subclass of int.
    if not isinstance(value, str | int | None) or (isinstance(value, int) and abs(value) >= 10**18):
        raise CartError(
            f"{name[:40]}: a text, a whole number or yes and no is what a line can hold."
        )
    if not encodes(name) or (isinstance(value, str) and not encodes(value)):
        raise CartError(f"“{name[:40]}”: this text cannot be stored.")


def encodes(text: str) -> bool:
    """Return whether a string is valid Unicode.

    Half a surrogate pair is not, and could not be sent to DynamoDB.
    """
    return not any("\ud800" <= character <= "\udfff" for character in text)
