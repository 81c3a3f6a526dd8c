"""Finds the variants of the database that a file speaks of."""

from catalog.importers.goods import ImportedProduct, ImportedVariant
from catalog.importers.report import Report
from catalog.models import Variant

Pair = tuple[ImportedVariant, Variant | None]


def match(source: ImportedProduct, existing: list[Variant], report: Report) -> list[Pair]:
    """Return each variant of the file with its row, None for a new one; a row is found by SKU, else by its options.

    Variants that the file no longer has are noted in the report.
    """
    left = list(existing)
    found: dict[int, Variant] = {}
    for wanted in source.variants:
        _claim(wanted, left, found, [variant for variant in left if wanted.sku and variant.sku == wanted.sku])
    for wanted in source.variants:
        if wanted.line not in found:
            _claim(wanted, left, found, [variant for variant in left if variant.options == wanted.options])
    _refuse_taken_options(source, left, found, report)
    if source.complete:
        report.gone += [f"{source.slug}: {_label(variant)}" for variant in left]
    return [(wanted, found.get(wanted.line)) for wanted in source.variants]


def _claim(wanted: ImportedVariant, left: list[Variant], found: dict[int, Variant], candidates: list[Variant]) -> None:
    if candidates:
        found[wanted.line] = candidates[0]
        left.remove(candidates[0])


def _refuse_taken_options(
    source: ImportedProduct, left: list[Variant], found: dict[int, Variant], report: Report
) -> None:
    """Drop what was found by its SKU, but has the options of a variant that the file does not speak of."""
    for wanted in list(source.variants):
        owner = next((variant for variant in left if variant.options == wanted.options), None)
        if owner:
            report.skip(wanted.line, f"Its options are those of another variant in the shop ({_label(owner)}).")
            source.variants.remove(wanted)
            source.complete = False
            found.pop(wanted.line, None)


def _label(variant: Variant) -> str:
    choice = " / ".join(str(value) for value in variant.options.values())
    return " ".join(filter(None, [choice or "the plain variant", variant.sku and f"(SKU {variant.sku})"]))
