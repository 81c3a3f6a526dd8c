"""Free-form attributes of a line: size, colour, gift_wrap, the text of an engraving, whatever a
shop comes up with.
"""

from collections.abc import Mapping
from typing import Any

from shop.errors import DomainError

MAX_ATTRIBUTES = 20
MAX_LENGTH = 200


class CartError(DomainError):
    """A change that the cart does not take; the text is for the shopper."""

    code = "cart_refused"


def check_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes if a line can keep them, else raise CartError.

    At most 20, names and texts of at most 200 characters; a value is a text, a whole number of at
    most 18 digits, a truth value, or None for one that is to be taken away. Nothing nested, no
    float.
    """
    if len(attributes) > MAX_ATTRIBUTES:
        raise CartError(f"A line holds at most {MAX_ATTRIBUTES} attributes.")
    for name, value in attributes.items():
        if not isinstance(name, str) or not 1 <= len(name) <= MAX_LENGTH:
            raise CartError(f"The name of an attribute has 1 to {MAX_LENGTH} characters.")
        _check_value(name, value)
    return dict(attributes)


def _check_value(name: str, value: Any) -> None:
    if isinstance(value, str) and len(value) > MAX_LENGTH:
        raise CartError(f"{name[:40]}: at most {MAX_LENGTH} characters, please.")
    if not isinstance(value, str | int | None) or (isinstance(value, int) and abs(value) >= 10**18):
        raise CartError(
            f"{name[:40]}: a text, a whole number or yes and no is what a line can hold."
        )
    if not encodes(name) or (isinstance(value, str) and not encodes(value)):
        raise CartError(f"{name[:40]!r}: this text cannot be stored.")


def encodes(text: str) -> bool:
    """Say whether a text is proper Unicode; half a surrogate pair is not, and DynamoDB could not be
    sent it.
    """
    return not any("\ud800" <= character <= "\udfff" for character in text)
