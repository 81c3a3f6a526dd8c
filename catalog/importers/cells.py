"""Checks and converts the cells of a row."""

import re
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlsplit

from django.conf import settings

from catalog.importers.report import BadRow
from catalog.importers.table import Row
from shop.money import LARGEST, digits_fault, round_price

HIGHEST_INTEGER = 2_147_483_647
PRICE = re.compile(r"\d{1,15}(\.\d{1,10})?", re.ASCII)
INTEGER = re.compile(r"-?\d{1,10}", re.ASCII)
# Excel turns a long number into this form, losing its last digits.
MANGLED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE | re.ASCII)


class Cells:
    """The cells of a row, converted.

    Each conversion raises BadRow with a reason that names the column.
    """

    def __init__(self, row: Row) -> None:
        self.row = row

    def has(self, column: str) -> bool:
        """Return whether the file has this column at all."""
        return column in self.row.cells

    def raw(self, column: str) -> str:
        """Return the cell unchanged, or "" if the file has no such column."""
        return self.row.cells.get(column, "")

    def text(self, column: str, limit: int) -> str:
        """Return a text of at most `limit` characters."""
        value = self.raw(column)
        if len(value) > limit:
            raise BadRow(f"{column} has {len(value)} characters; at most {limit} are kept.")
        return value

    def code(self, column: str, limit: int) -> str:
        """Return a SKU or barcode.

        Shopify puts an apostrophe before a number, so that Excel does not change it; it is removed.
        """
        value = self.text(column, limit)
        if value.startswith("'") and value[1:].isdigit():
            value = value[1:]
        if MANGLED.fullmatch(value):
            raise BadRow(
                f"{column} {value!r} was damaged by a spreadsheet: its last digits are lost."
            )
        return value

    def price(self, column: str) -> Decimal:
        """Return an amount of money."""
        value = self.raw(column)
        if not value:
            raise BadRow(f"{column} is empty.")
        if value.startswith("-") and PRICE.fullmatch(value[1:]):
            raise BadRow(f"{column} {value} is negative.")
        if not PRICE.fullmatch(value):
            raise BadRow(f"{column} {value[:40]!r} is not a number such as 1234.50.")
        amount = Decimal(value)
        if amount > LARGEST:
            raise BadRow(f"{column} {value} is too high.")
        if fault := digits_fault(amount, settings.SHOP_CURRENCY):
            raise BadRow(f"{column} {value}: {fault}")
        return round_price(amount)

    def integer(self, column: str) -> int:
        """Return an integer, which may be negative."""
        value = self.raw(column)
        if not INTEGER.fullmatch(value) or abs(int(value)) > HIGHEST_INTEGER:
            raise BadRow(f"{column} {value[:40]!r} is not a whole number that can be kept.")
        return int(value)

    def grams(self, column: str) -> int:
        """Return a weight in grams, rounded; an empty cell is 0."""
        value = self.raw(column) or "0"
        if not PRICE.fullmatch(value) or Decimal(value) > HIGHEST_INTEGER:
            raise BadRow(f"{column} {value[:40]!r} is not a weight in grams.")
        return int(Decimal(value).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def flag(self, column: str, *, empty: bool) -> bool:
        """Return a boolean; an empty cell is `empty`."""
        value = self.raw(column).lower()
        if value not in ("", "true", "false"):
            raise BadRow(f"{column} {value[:40]!r} is neither true nor false.")
        return value == "true" if value else empty

    def url(self, column: str) -> str:
        """Return a URL, or "" if there is none."""
        value = self.text(column, 2000)
        if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).netloc):
            raise BadRow(f"{column} {value[:60]!r} is not a web address.")
        return value
