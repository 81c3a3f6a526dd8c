"""Reads a CSV file row by row.

It may be UTF-8 with or without BOM, with any line ending, and with commas, semicolons or tabs as
delimiters (Excel).
"""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from catalog.importers.report import BadRow, ImportRefused, Report

# No description is longer. Without a limit, a quotation mark that is never closed would read the
# rest of the file into memory.
LONGEST_FIELD = 2_000_000
DELIMITERS = ",;\t"
MAGIC = {
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"\x1f\x8b": "a compressed file",
}


@dataclass(frozen=True)
class Row:
    """A row by column name, with surrounding whitespace removed.

    `line` is the physical line on which it begins.
    """

    line: int
    cells: dict[str, str]


class Table:
    """A CSV file with a header; raises ImportRefused if it is anything else."""

    def __init__(
        self, file: BinaryIO, *, known: Collection[str], required: Collection[str]
    ) -> None:
        self.file = file
        self._known = {name.casefold(): name for name in known}
        self.lines = _check_text(file)
        file.seek(0)
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        first = self._text.readline()
        self._line = 1
        if first.lower().startswith("sep=") and len(first.rstrip()) == len("sep=,"):
            delimiter = first[4]
            first = self._text.readline()
            self._line = 2
        else:
            delimiter = max(DELIMITERS, key=first.count)
        self._reader = csv.reader(chain([first], self._text), delimiter=delimiter, strict=True)
        self._line -= 1
        self.columns = self._header(required)

    def close(self) -> None:
        """Release the file without closing it, because it belongs to the caller."""
        self._text.detach()

    def rows(self, report: Report) -> Iterator[Row]:
        """Yield the rows that can be read; the others are recorded in the report."""
        while True:
            line = self._line + 1
            try:
                values = self._next()
                if any(value.strip() for value in values):
                    yield Row(line, self._cells(values))
            except StopIteration:
                return
            except csv.Error as error:
                report.skip(line, f"The row cannot be read: {error}. Is a quotation mark missing?")
            except BadRow as error:
                report.skip(line, str(error))

    def _next(self) -> list[str]:
        before = self._reader.line_num
        old_limit = csv.field_size_limit(LONGEST_FIELD)
        try:
            return next(self._reader)
        finally:
            csv.field_size_limit(old_limit)
            self._line += self._reader.line_num - before

    def _header(self, required: Collection[str]) -> list[str]:
        try:
            names = [name.strip() for name in self._next()]
        except (csv.Error, StopIteration) as error:
            raise ImportRefused("The first line is not a row of column names.") from error
        columns = [self._known.get(name.casefold(), name) for name in names]
        if missing := [name for name in required if name not in columns]:
            raise ImportRefused(
                f"This is no product export of Shopify. Missing columns: {', '.join(missing)}."
            )
        named = [name for name in columns if name]
        if twice := {name for name in named if named.count(name) > 1}:
            raise ImportRefused(f"These columns are in the file twice: {', '.join(sorted(twice))}.")
        return columns

    def _cells(self, values: list[str]) -> dict[str, str]:
        if len(values) != len(self.columns):
            raise BadRow(f"The row has {len(values)} fields, the header has {len(self.columns)}.")
        cells = {
            name: value.strip() for name, value in zip(self.columns, values, strict=True) if name
        }
        if broken := [name for name, value in cells.items() if "\0" in value]:
            raise BadRow(f"{broken[0]} holds a NUL character.")
        return cells


def _check_text(file: BinaryIO) -> int:
    """Return the number of lines; raise ImportRefused unless the whole file is UTF-8 text."""
    start = file.read(4096)
    if not start.strip():
        raise ImportRefused("The file is empty.")
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            raise ImportRefused(f"The file is {name}. Save the export as CSV (UTF-8).")
    if b"\0" in start.partition(b"\n")[0]:
        raise ImportRefused("The file is not text. A product export is a CSV file (UTF-8).")
    file.seek(0)
    offset = number = 0
    for number, line in enumerate(file, 1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            place = (
                f"byte 0x{line[error.start]:02X} at offset {offset + error.start}, line {number}"
            )
            raise ImportRefused(
                f"The file is not UTF-8 ({place}). Save the export as CSV (UTF-8)."
            ) from error
        offset += len(line)
    return number
