"""Verify that issued documents are unchanged: numbers, rows, and objects in the bucket."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count, Exists, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from orders.documents.issue import digest
from orders.documents.storage import DocumentsUnavailable, read_pdf
from orders.models import DocumentSeries, Invoice


def differences() -> Iterator[str]:
    """Yield a sentence for each difference between numbers, rows, hashes and stored objects."""
    yield from number_gaps()
    for invoice in Invoice.objects.order_by("kind", "year", "sequence").iterator():
        if digest(invoice.data) != invoice.data_sha256 or invoice.data["number"] != invoice.number:
            yield f"{invoice.number}: the row is not what was issued"
        if invoice.pdf_sha256:
            yield from _pdf_differences(invoice)


def number_gaps() -> Iterator[str]:
    """Yield a sentence for each series whose numbers are not 1, 2, 3 up to the last one given.

    A single statement compares them, so documents that are issued meanwhile make no difference.
    Numbers are unique and positive: if there are as many as the highest, none is missing.
    """
    of = (
        Invoice.objects.filter(kind=OuterRef("kind"), year=OuterRef("year"))
        .order_by()
        .values("kind")
    )
    series = DocumentSeries.objects.annotate(
        issued=Coalesce(Subquery(of.annotate(n=Count("pk")).values("n")), 0),
        highest=Coalesce(Subquery(of.annotate(n=Max("sequence")).values("n")), 0),
    )
    for each in series.exclude(issued=F("last"), highest=F("last")).order_by("kind", "year"):
        yield f"the numbers of {each.kind} {each.year} do not run from 1 to {each.last}"
    known = DocumentSeries.objects.filter(kind=OuterRef("kind"), year=OuterRef("year"))
    for invoice in Invoice.objects.exclude(Exists(known)).order_by("number"):
        yield f"{invoice.number} belongs to no series"


def _pdf_differences(invoice: Invoice) -> Iterator[str]:
    try:
        kept = read_pdf(invoice.storage_key)
    except DocumentsUnavailable as error:
        yield f"{invoice.number}: {error}"
        return
    if hashlib.sha256(kept).hexdigest() != invoice.pdf_sha256:
        yield f"{invoice.number}: the stored PDF is not the one that was made"
