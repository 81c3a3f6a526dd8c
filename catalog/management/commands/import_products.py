"""`manage.py import_products FILE`: import products from a Shopify export."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from catalog.importers.report import ImportRefused, Report
from catalog.importers.shopify import import_products

MOST_LISTED = 200


class Command(BaseCommand):
    """Import a file and report what became of each part of it."""

    help = "Imports the products of a Shopify product export (CSV). A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--strict", action="store_true", help="stop at the first bad row, with nothing written"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file, progress_bar() as bar:
                task = bar.add_task("Importing", total=None)
                report = import_products(
                    file,
                    strict=options["strict"],
                    dry_run=options["dry_run"],
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except ImportRefused as error:
            raise CommandError(f"{path}: {error}") from error
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was written.")
        self._print(report)

    def _print(self, report: Report) -> None:
        self._print_list(
            f"{len(report.problems)} rows were skipped:",
            [str(problem) for problem in report.problems],
        )
        gone = (
            "These variants are no longer in the file; they stay, delete or sell them out as you "
            "like:"
        )
        self._print_list(gone, report.gone)
        left_out = [
            f"{name} ({part.rows} rows, such as {part.example})"
            for name, part in report.left_out.items()
        ]
        self._print_list("What has no place in the shop, and was left out:", left_out)
        for name, count in (
            ("products", report.products),
            ("variants", report.variants),
            ("pictures", report.images),
        ):
            self.stdout.write(
                f"{name}: {count.created} created, {count.updated} updated, {count.unchanged} "
                "unchanged"
            )
        self.stdout.write(f"{report.changes} changes.")
        if report.images.created:
            self.stdout.write(
                "The pictures are fetched in the background; `manage.py images list` shows what "
                "failed."
            )

    def _print_list(self, heading: str, lines: list[str]) -> None:
        if not lines:
            return
        self.stdout.write(heading)
        for line in lines[:MOST_LISTED]:
            self.stdout.write(f"  {line}")
        if len(lines) > MOST_LISTED:
            self.stdout.write(f"  and {len(lines) - MOST_LISTED} more")


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a progress bar, if the output is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar
