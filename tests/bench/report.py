"""The tables that the benchmark prints."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.bench.measuring import Result
from tests.bench.pages import PAGES, Page
from tests.bench.server import Cost

#: The most that a page may cost in the largest catalogue, as a multiple of the smallest.
GROWTH = 1.3


def chosen(names: str) -> list[Page]:
    """Return the pages with these names, separated by commas; all pages if `names` is empty.

    A name selects its variants too: `cart` includes `cart, signed in`. Raises SystemExit if no page
    has such a name.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    pages = [
        page
        for page in PAGES
        if not wanted or any(page.name.split(",")[0] == name for name in wanted)
    ]
    if not pages:
        raise SystemExit(
            f"There is no such page; there are {', '.join(page.name for page in PAGES)}."
        )
    return pages


def show(results: Sequence[Sequence[Result]], sizes: Sequence[int]) -> None:
    """Print a table for each size of the catalogue, and the growth in cost from first to last."""
    console = Console(width=120)
    for position, size in enumerate(sizes):
        console.print(_table([row[position] for row in results], size))
    if len(sizes) > 1:
        console.print(_growth(results, sizes))
    missed = any(result.misses for row in results for result in row)
    console.print(
        "Some goals are missed; the tables mark them." if missed else "Every goal of a page is met."
    )


def _table(results: Sequence[Result], size: int) -> Table:
    table = Table(
        title=f"{size:,} products: CPU a request, application (+ PostgreSQL)", title_justify="left"
    )
    for name in ("page", "ms", "bare ms", "ratio", "(+ PG)", "goal", "SQL", "DynamoDB", "missed"):
        table.add_column(
            name,
            justify="left" if name in ("page", "DynamoDB", "missed") else "right",
            no_wrap=True,
        )
    for result in results:
        page = result.page
        table.add_row(
            page.name,
            _milliseconds(result.own),
            _milliseconds(result.bare),
            f"{result.ratio:.2f}",
            f"{result.whole_ratio:.2f}",
            f"{page.goal:.1f}",
            f"{result.sql} / {page.sql}",
            f"{len(result.dynamodb)} / {page.dynamodb}",
            ", ".join(result.misses),
        )
    return table


def _growth(results: Sequence[Sequence[Result]], sizes: Sequence[int]) -> Table:
    table = Table(title=f"From {sizes[0]:,} to {sizes[-1]:,} products", title_justify="left")
    for name in ("page", "times", "goal", "missed"):
        table.add_column(name, justify="left" if name in ("page", "missed") else "right")
    for row in results:
        growth = _total(row[-1].own) / _total(row[0].own)
        table.add_row(
            row[0].page.name, f"{growth:.2f}", f"{GROWTH:.1f}", "CPU" if growth > GROWTH else ""
        )
    return table


def _total(spent: Cost) -> float:
    return spent.web + spent.database


def _milliseconds(spent: Cost) -> str:
    return f"{spent.web:.2f} (+{spent.database:.2f})"
