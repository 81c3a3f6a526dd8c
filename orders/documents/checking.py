"""Does what was issued still stand as it was issued? Numbers, rows, and objects in the bucket."""

import hashlib
from collections.abc import Iterator

from orders.documents.issuing import digest
from orders.documents.storing import DocumentsUnavailable, read
from orders.models import DocumentSeries, Invoice


def differences() -> Iterator[str]:
    """Yield a sentence for each difference between numbers, rows, hashes and the objects in the bucket."""
    yield from gaps()
    for invoice in Invoice.objects.order_by("kind", "year", "sequence").iterator():
        if digest(invoice.data) != invoice.data_sha256 or invoice.data["number"] != invoice.number:
            yield f"{invoice.number}: the row is not what was issued"
        if invoice.pdf_sha256:
            yield from _object_of(invoice)


def gaps() -> Iterator[str]:
    """Yield a sentence for each series whose numbers are not 1, 2, 3 up to the last one given."""
    last = {(series.kind, series.year): series.last for series in DocumentSeries.objects.all()}
    issued: dict[tuple[str, int], list[int]] = {key: [] for key in last}
    for kind, year, sequence in Invoice.objects.order_by("sequence").values_list("kind", "year", "sequence"):
        issued.setdefault((kind, year), []).append(sequence)
    for (kind, year), numbers in sorted(issued.items()):
        if numbers != list(range(1, last.get((kind, year), 0) + 1)):
            yield f"the numbers of {kind} {year} do not run from 1 to {last.get((kind, year), 0)}"


def _object_of(invoice: Invoice) -> Iterator[str]:
    try:
        kept = read(invoice.storage_key)
    except DocumentsUnavailable as error:
        yield f"{invoice.number}: {error}"
        return
    if hashlib.sha256(kept).hexdigest() != invoice.pdf_sha256:
        yield f"{invoice.number}: the stored PDF is not the one that was made"
