"""Matches the variants of a file to variants in the database."""

from catalog.importers.goods import ImportedProduct, ImportedVariant
from catalog.importers.report import Report
from catalog.models import Variant

Pair = tuple[ImportedVariant, Variant | None]


def match(source: ImportedProduct, existing: list[Variant], report: Report) -> list[Pair]:
    """Return each variant of the file with its row in the database, or None for a new one.

    A row is found by its SKU, or else by its options. Variants that are no longer in the file are
    listed in the report.
    """
    matching = Matching(source, existing)
    matching.run(report)
    if source.complete:
        report.gone += [f"{source.slug}: {_label(variant)}" for variant in matching.left]
    return [(wanted, matching.found.get(wanted.line)) for wanted in source.variants]


class Matching:
    """The variants of one product.

    `found` maps lines of the file to rows; `left` are the rows that are not in the file.
    """

    def __init__(self, source: ImportedProduct, existing: list[Variant]) -> None:
        self.source = source
        self.left = list(existing)
        self.found: dict[int, Variant] = {}

    def run(self, report: Report) -> None:
        """Match until no variant of the file has the same options as a row that will keep them."""
        for wanted in self.source.variants:
            self._claim(
                wanted,
                [variant for variant in self.left if wanted.sku and variant.sku == wanted.sku],
            )
        for wanted in self.source.variants:
            if wanted.line not in self.found:
                self._claim(
                    wanted, [variant for variant in self.left if variant.options == wanted.options]
                )
        while conflict := self._conflict():
            self._resolve(*conflict, report)

    def _claim(self, wanted: ImportedVariant, candidates: list[Variant]) -> None:
        if candidates:
            self.found[wanted.line] = candidates[0]
            self.left.remove(candidates[0])

    def _conflict(self) -> tuple[ImportedVariant, Variant] | None:
        for wanted in self.source.variants:
            for variant in self.left:
                if variant.options == wanted.options:
                    return wanted, variant
        return None

    def _resolve(self, wanted: ImportedVariant, owner: Variant, report: Report) -> None:
        """Match the owner of the options to a variant that has no row yet.

        If there is none, skip the variant that has the same options.
        """
        uncategorised = [each for each in self.source.variants if each.line not in self.found]
        if uncategorised:
            self._claim(uncategorised[0], [owner])
            return
        report.skip(
            wanted.line, f"Its options are those of another variant in the shop ({_label(owner)})."
        )
        self.source.variants.remove(wanted)
        self.source.complete = False
        self.left.append(self.found.pop(wanted.line))


def _label(variant: Variant) -> str:
    choice = " / ".join(str(value) for value in variant.options.values())
    return " ".join(
        filter(None, [choice or "the plain variant", variant.sku and f"(SKU {variant.sku})"])
    )
