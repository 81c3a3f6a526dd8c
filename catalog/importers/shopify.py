"""Imports Shopify's product export."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import BinaryIO

from django.db import transaction

from catalog.importers.report import Report
from catalog.importers.shopify_rows import KNOWN, REQUIRED, ShopifyExport
from catalog.importers.table import Table
from catalog.importers.writing import write
from catalog.tasks import fetch_waiting_images

BATCH = 100

Progress = Callable[[int, int], None]


def import_products(
    file: BinaryIO, *, strict: bool = False, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Import a product export; importing it again changes nothing.

    Pictures are fetched in the background.

    file: open for reading bytes, seekable
    strict: raise ImportRefused at the first bad row, with nothing written; otherwise bad rows are
        skipped
    dry_run: report what would be done, and write nothing
    progress: called after every 100 products with the lines done and the lines of the file

    Raises ImportRefused for a file that is not such an export, before anything is written.
    """
    table = Table(file, known=KNOWN, required=REQUIRED)
    report = Report(strict=strict)
    try:
        with _all_or_nothing(dry_run) if strict or dry_run else nullcontext():
            _import(ShopifyExport(table, report), report, progress)
    finally:
        table.close()
    if report.images.created and not dry_run:
        # Beat would find the pictures within a minute anyway, so an unavailable broker loses
        # nothing.
        transaction.on_commit(lambda: fetch_waiting_images.apply_async(retry=False), robust=True)
    return report


def _import(export: ShopifyExport, report: Report, progress: Progress | None) -> None:
    products = export.products()
    while batch := list(islice(products, BATCH)):
        write(batch, report)
        if progress:
            progress(export.last_line, export.table.lines)
    report.problems.sort(key=lambda problem: problem.line)


@contextmanager
def _all_or_nothing(dry_run: bool) -> Iterator[None]:
    with transaction.atomic():
        yield
        if dry_run:
            transaction.set_rollback(True)
