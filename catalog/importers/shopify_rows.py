"""The meaning of the columns in Shopify's product export.

The rows of a product follow each other and share a handle; the first one has the product's own
data. A row is a variant, a picture, or both at once.
https://help.shopify.com/en/manual/products/import-export/using-csv
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_unicode_slug

from catalog.descriptions import clean_html, lost_tags
from catalog.importers.cells import Cells
from catalog.importers.goods import ImportedImage, ImportedProduct, ImportedVariant
from catalog.importers.report import BadRow, Report
from catalog.importers.table import Row, Table
from catalog.models import Product

REQUIRED = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price")
OPTIONS = 3
OPTION_NAMES = [f"Option{number} Name" for number in range(1, OPTIONS + 1)]
OPTION_VALUES = [f"Option{number} Value" for number in range(1, OPTIONS + 1)]
# {column: (field of Product, maximum length)}
PRODUCT_TEXTS = {
    "Title": ("name", 255),
    "Vendor": ("brand", 120),
    "Type": ("product_type", 120),
    "SEO Title": ("seo_title", 255),
    "SEO Description": ("seo_description", 5000),
}
OTHER_COLUMNS = (
    "Handle", "Body (HTML)", "Tags", "Published", "Status", "Variant SKU", "Variant Grams",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy",
    "Variant Price", "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable",
    "Variant Barcode", "Variant Image", "Image Src", "Image Position", "Image Alt Text",
)  # fmt: skip
KNOWN = frozenset([*OPTION_NAMES, *OPTION_VALUES, *PRODUCT_TEXTS, *OTHER_COLUMNS])
#: A row with one of these is a variant, not only a picture.
VARIANT_MARKS = (*OPTION_VALUES, "Variant SKU", "Variant Price")
#: Only the first row of a product has these.
FIRST_ROW_MARKS = ("Body (HTML)", "Vendor", "Type", "Tags", "Published", "Status")
FOURTH_OPTION = re.compile(r"Option([4-9]|\d\d+) (Name|Value)")
# Shopify gives this option to a product without options.
PLAIN = {"Title": "Default Title"}

STATUSES = {
    "active": Product.Status.ACTIVE,
    "draft": Product.Status.DRAFT,
    "archived": Product.Status.ARCHIVED,
    # Shopify shows these only to visitors who know the URL. We have no such status, and hiding them
    # is safer than listing them.
    "unlisted": Product.Status.DRAFT,
}


class ShopifyExport:
    """Reads the products of an export.

    Rows that are wrong, and values that the shop has no place for, are recorded in the report.
    """

    def __init__(self, table: Table, report: Report) -> None:
        self.table = table
        self.report = report
        self.last_line = 0
        self._unplaced = [name for name in table.columns if name and name not in KNOWN]
        self._handles: dict[str, int] = {}
        self._skus: dict[str, int] = {}

    def products(self) -> Iterator[ImportedProduct]:
        """Yield the products that can be imported."""
        for handle, group in groupby(self._rows(), key=lambda row: row.cells["Handle"]):
            rows = list(group)
            try:
                self._check_new(handle, rows[0].line)
                product = self._product(handle, Cells(rows[0]))
            except BadRow as error:
                self.report.skip(rows[0].line, str(error) + _with_it(rows[1:]))
                continue
            for row in rows[1:]:
                self._add_row(product, Cells(row))
            product.place_images()
            self.last_line = rows[-1].line
            yield product

    def _rows(self) -> Iterator[Row]:
        for row in self.table.rows(self.report):
            for column in self._unplaced:
                if row.cells[column] and not FOURTH_OPTION.fullmatch(column):
                    self.report.leave_out(column, row.cells[column])
            if row.cells["Handle"]:
                yield row
            else:
                self.report.skip(row.line, "The row has no handle.")

    def _check_new(self, handle: str, line: int) -> None:
        first = self._handles.setdefault(handle, line)
        if first != line:
            raise BadRow(
                f"The rows of {handle} do not follow each other: the product began on line {first}."
            )
        if len(handle) > 255:
            raise BadRow("The handle has more than 255 characters.")
        try:
            validate_unicode_slug(handle)
        except ValidationError as error:
            raise BadRow(f"The handle {handle[:60]!r} holds what an address cannot.") from error

    def _product(self, handle: str, cells: Cells) -> ImportedProduct:
        if not cells.raw("Title"):
            if any(cells.raw(column) for column in FIRST_ROW_MARKS):
                raise BadRow(f"{handle} has no title.")
            raise BadRow(f"{handle} has no first row, with a title.")
        product = ImportedProduct(cells.row.line, handle, _product_fields(cells))
        self._add_goods(product, cells)
        for tag in lost_tags(cells.raw("Body (HTML)")):
            self.report.leave_out(f"Body (HTML): <{tag}>", handle)
        return product

    def _add_row(self, product: ImportedProduct, cells: Cells) -> None:
        try:
            _check_later(product, cells)
            self._add_goods(product, cells)
        except BadRow as error:
            product.complete = False
            self.report.skip(cells.row.line, str(error))

    def _add_goods(self, product: ImportedProduct, cells: Cells) -> None:
        """Add the variant and the picture in a row: either both, or none and raise BadRow."""
        image = _image(cells)
        if any(cells.raw(column) for column in VARIANT_MARKS):
            variant = self._variant(product, cells)
            product.variants.append(variant)
            if variant.image_url and not (image and image.url == variant.image_url):
                product.add_image(ImportedImage(variant.image_url, {}))
        if image:
            product.add_image(image)

    def _variant(self, product: ImportedProduct, cells: Cells) -> ImportedVariant:
        options = _options(product.fields["option_names"], cells)
        for other in product.variants:
            if other.options == options:
                raise BadRow(f"The same options are on line {other.line}.")
        variant = ImportedVariant(
            cells.row.line, options, _variant_fields(cells), image_url=cells.url("Variant Image")
        )
        variant.fields["position"] = len(product.variants)
        variant.stock = self._stock(cells)
        if variant.sku:
            first = self._skus.setdefault(variant.sku, variant.line)
            if first != variant.line:
                raise BadRow(f"The SKU {variant.sku} is on line {first} already.")
        return variant

    def _stock(self, cells: Cells) -> int | None:
        if not cells.raw("Variant Inventory Qty"):
            return None
        level = cells.integer("Variant Inventory Qty")
        if level < 0:
            self.report.leave_out("Variant Inventory Qty below 0 (imported as 0)", str(level))
        return max(level, 0)


def _with_it(rows: list[Row]) -> str:
    lines = ", ".join(str(row.line) for row in rows)
    return f" Its other rows are skipped too: {lines}." if lines else ""


def _product_fields(cells: Cells) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: cells.text(column, limit)
        for column, (name, limit) in PRODUCT_TEXTS.items()
        if cells.has(column)
    }
    fields |= {"option_names": _option_names(cells)} | _tags(cells) | _status(cells)
    if cells.has("Body (HTML)"):
        fields["description"] = clean_html(cells.raw("Body (HTML)"))
    return fields


def _check_later(product: ImportedProduct, cells: Cells) -> None:
    """Check for errors that only a row after the first can have."""
    if cells.raw("Title") not in ("", product.fields["name"]):
        raise BadRow(f"Another title under the handle {product.slug}.")
    if not any(cells.raw(column) for column in (*VARIANT_MARKS, "Image Src")):
        raise BadRow("The row holds neither a variant nor a picture.")


def _image(cells: Cells) -> ImportedImage | None:
    url = cells.url("Image Src")
    if not url:
        return None
    image = ImportedImage(url, {})
    if cells.has("Image Alt Text"):
        image.fields["alt"] = cells.text("Image Alt Text", 512)
    if cells.raw("Image Position"):
        image.fields["position"] = cells.integer("Image Position")
        if image.fields["position"] < 0:
            raise BadRow(f"Image Position {image.fields['position']} is negative.")
    return image


def _option_names(cells: Cells) -> list[str]:
    if any(FOURTH_OPTION.fullmatch(column) and value for column, value in cells.row.cells.items()):
        raise BadRow(f"The product has more than {OPTIONS} options.")
    names = [cells.text(column, 80) for column in OPTION_NAMES]
    if any(later and not earlier for earlier, later in zip(names, names[1:], strict=False)):
        raise BadRow("An option before the last has no name.")
    names = [name for name in names if name]
    if len(set(names)) < len(names):
        raise BadRow("Two options have the same name.")
    return [] if names == list(PLAIN) and cells.raw(OPTION_VALUES[0]) == PLAIN["Title"] else names


def _options(names: list[str], cells: Cells) -> dict[str, str]:
    values = [cells.text(column, 255) for column in OPTION_VALUES]
    if not names and values[0] == PLAIN["Title"]:
        return {}
    if any(values[len(names) :]):
        raise BadRow("An option value has no option name.")
    if empty := [name for name, value in zip(names, values, strict=False) if not value]:
        raise BadRow(f"The option {empty[0]} has no value.")
    return dict(zip(names, values, strict=False))


def _variant_fields(cells: Cells) -> dict[str, Any]:
    fields: dict[str, Any] = {"price": cells.price("Variant Price")}
    # An empty SKU in the file does not remove one that staff added later.
    if sku := cells.code("Variant SKU", 120):
        fields["sku"] = sku
    if cells.has("Variant Compare At Price"):
        # Shopify writes 0.00 for some products that were never on sale.
        compare_at = (
            cells.price("Variant Compare At Price")
            if cells.raw("Variant Compare At Price")
            else None
        )
        fields["compare_at_price"] = compare_at or None
    if cells.has("Variant Grams"):
        fields["weight_grams"] = cells.grams("Variant Grams")
    if cells.has("Variant Barcode"):
        fields["barcode"] = cells.code("Variant Barcode", 40)
    if cells.has("Variant Inventory Tracker"):
        fields["track_stock"] = bool(cells.raw("Variant Inventory Tracker"))
    if cells.has("Variant Inventory Policy"):
        fields["allow_backorder"] = _policy(cells)
    # Shopify: "blank = FALSE".
    for column, name in (
        ("Variant Requires Shipping", "requires_shipping"),
        ("Variant Taxable", "taxable"),
    ):
        if cells.has(column):
            fields[name] = cells.flag(column, empty=False)
    return fields


def _policy(cells: Cells) -> bool:
    value = cells.raw("Variant Inventory Policy").lower()
    if value not in ("", "deny", "continue"):
        raise BadRow(f"Variant Inventory Policy {value[:40]!r} is neither deny nor continue.")
    return value == "continue"


def _tags(cells: Cells) -> dict[str, list[str]]:
    if not cells.has("Tags"):
        return {}
    tags = list(dict.fromkeys(tag.strip() for tag in cells.raw("Tags").split(",") if tag.strip()))
    if long := [tag for tag in tags if len(tag) > 80]:
        raise BadRow(
            f"The tag {long[0][:40]!r}... has {len(long[0])} characters; at most 80 are kept."
        )
    return {"tags": tags}


def _status(cells: Cells) -> dict[str, str]:
    """Return the status.

    A product that is active but not published in the online shop becomes a draft.
    """
    if not cells.has("Status") and not cells.has("Published"):
        return {}
    value = cells.raw("Status").lower() or "active"
    if value not in STATUSES:
        raise BadRow(f"Status {value[:40]!r} is none of {', '.join(STATUSES)}.")
    published = cells.flag("Published", empty=True)
    if STATUSES[value] == Product.Status.ACTIVE and not published:
        return {"status": Product.Status.DRAFT}
    return {"status": STATUSES[value]}
