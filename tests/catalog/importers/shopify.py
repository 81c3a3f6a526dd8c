"""Makes Shopify exports for tests."""

import csv
import io
from pathlib import Path

from catalog.importers.report import Report
from catalog.importers.shopify import import_products

DATA = Path(__file__).parent / "data"
SAMPLES = [DATA / "shopify-home-and-garden.csv", DATA / "shopify-apparel.csv"]
COLUMNS = SAMPLES[0].read_text().splitlines()[0].split(",")

POT = {
    "Handle": "pot",
    "Title": "Pot",
    "Body (HTML)": "<p>Clay.</p>",
    "Vendor": "Potter",
    "Type": "Outdoor",
    "Tags": "Pot, Plants",
    "Published": "true",
    "Option1 Name": "Size",
    "Option1 Value": "Small",
    "Variant SKU": "POT-S",
    "Variant Grams": "500",
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "3",
    "Variant Inventory Policy": "deny",
    "Variant Price": "9.99",
    "Variant Requires Shipping": "true",
    "Variant Taxable": "true",
}
LARGE_POT = {
    "Handle": "pot",
    "Option1 Value": "Large",
    "Variant SKU": "POT-L",
    "Variant Grams": "900",
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "1",
    "Variant Inventory Policy": "continue",
    "Variant Price": "15.00",
    "Variant Compare At Price": "20.00",
    "Variant Barcode": "4006381333931",
}


def export(*rows: dict[str, str], columns: list[str] | None = None, **style: str) -> io.BytesIO:
    """Return a file with these rows.

    `style` may contain an `encoding` and arguments of csv.writer.
    """
    encoding = style.pop("encoding", "utf-8")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or COLUMNS, restval="", **style)
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def run(*rows: dict[str, str], strict: bool = False) -> Report:
    return import_products(export(*rows), strict=strict)


def problems(report: Report) -> dict[int, str]:
    return {problem.line: problem.reason for problem in report.problems}
