"""What an import did, and what it did not do."""

from dataclasses import dataclass, field

EXAMPLE = 60


class ImportRefused(Exception):
    """Nothing was imported; the message says why, on one line."""


class BadRow(Exception):
    """A row cannot be imported; the message is the reason."""


@dataclass(frozen=True)
class Problem:
    """A row that was skipped; `line` is the physical line of the file on which it begins."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


@dataclass
class Count:
    """How many rows of a table were created, updated and left unchanged."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def add(self, *, created: bool, changed: bool) -> None:
        """Count one row."""
        self.created += created
        self.updated += changed and not created
        self.unchanged += not (created or changed)


@dataclass
class LeftOut:
    """A column, or another part of the file, that the shop has no place for."""

    rows: int = 0
    example: str = ""


@dataclass
class Report:
    """The result of an import.

    problems: the rows that were skipped, in the order of the file
    left_out: what the shop has no place for, by column
    gone: variants of imported products that are in the shop and no longer in the file; they stay
    """

    products: Count = field(default_factory=Count)
    variants: Count = field(default_factory=Count)
    images: Count = field(default_factory=Count)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    strict: bool = False

    @property
    def changes(self) -> int:
        """Return how many rows were created or updated."""
        return sum(
            count.created + count.updated for count in (self.products, self.variants, self.images)
        )

    def skip(self, line: int, reason: str) -> None:
        """Record a skipped row; raises ImportRefused if the import is strict."""
        problem = Problem(line, reason)
        if self.strict:
            raise ImportRefused(f"{problem} Nothing was imported.")
        self.problems.append(problem)

    def leave_out(self, column: str, value: str) -> None:
        """Record a value that the shop has no place for."""
        entry = self.left_out.setdefault(column, LeftOut())
        entry.rows += 1
        entry.example = entry.example or value[:EXAMPLE]
