"""Writes the products of a file to the database, a batch at a time.

Rows that are already up to date are not touched. Locks are taken in the same order as everywhere:
variants by id, then pictures, then products.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Func, JSONField, Model, Value
from django.utils import timezone
from django.utils.text import slugify

from catalog import stock
from catalog.importers.goods import ImportedImage, ImportedProduct, ImportedVariant
from catalog.importers.matching import match
from catalog.importers.report import Report
from catalog.listing_columns import refresh_listings
from catalog.models import Category, Product, ProductImage, StockMovement, Variant

# A lock that lets two imports write their batches only in turn. The number is arbitrary and need
# only be unique within this database.
IMPORT_LOCK = 0x5F0A_11D3


@dataclass
class Changes:
    """The rows of one model that a batch creates or changes.

    `columns` maps each column to the rows in which it changes.
    """

    created: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def update(self, row: Model, fields: dict[str, Any]) -> bool:
        """Set the fields that differ on an existing row; return whether there were any."""
        different = [name for name, value in fields.items() if getattr(row, name) != value]
        for name in different:
            setattr(row, name, fields[name])
            self.columns[name].append(row)
        if different:
            self.changed.append(row)
        return bool(different)


@dataclass
class Goods:
    """A product of the file with its rows in the database.

    `touched` says whether anything about it has changed.
    """

    source: ImportedProduct
    product: Product
    variants: list[Variant]
    images: dict[str, ProductImage]
    is_new: bool
    touched: bool = False


def write(batch: list[ImportedProduct], report: Report) -> None:
    """Write a batch in one transaction, and count in the report what was done."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
        _refuse_foreign_skus(batch, report)
        goods = _load_goods([source for source in batch if source.variants])
        _create_products(goods)
        _write_images(goods, report)
        _write_variants(goods, report)
        _update_products(goods, report)
        refresh_listings([each.product.pk for each in goods if each.touched])


def _refuse_foreign_skus(batch: list[ImportedProduct], report: Report) -> None:
    """Drop variants whose SKU belongs to another product.

    If the variant is in a product's first row, the whole product is dropped.
    """
    skus = [variant.sku for source in batch for variant in source.variants if variant.sku]
    owners = dict(Variant.objects.filter(sku__in=skus).values_list("sku", "product__slug"))
    for source in batch:
        for variant in list(source.variants):
            owner = owners.get(variant.sku, source.slug)
            if owner != source.slug:
                report.skip(variant.line, f"The SKU {variant.sku} belongs to the product {owner}.")
                source.drop(variant)


def _load_goods(batch: list[ImportedProduct]) -> list[Goods]:
    slugs = [source.slug for source in batch]
    variants: dict[int, list[Variant]] = defaultdict(list)
    images: dict[int, dict[str, ProductImage]] = defaultdict(dict)
    locked = Variant.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    for variant in locked.filter(product__slug__in=slugs):
        variants[variant.product_id].append(variant)
    for image in (
        ProductImage.objects.filter(product__slug__in=slugs).exclude(source_url="").order_by("-pk")
    ):
        images[image.product_id][image.source_url] = image
    products = {product.slug: product for product in Product.objects.filter(slug__in=slugs)}
    goods = []
    for source in batch:
        product = products.get(source.slug) or Product(slug=source.slug, **source.fields)
        is_new = product.pk is None
        goods.append(
            Goods(source, product, variants[product.pk], images[product.pk], is_new, touched=is_new)
        )
    return goods


def _create_products(goods: list[Goods]) -> None:
    _choose_categories(goods)
    Product.objects.bulk_create(each.product for each in goods if each.is_new)


def _choose_categories(goods: list[Goods]) -> None:
    """Put products without a category into the one named after their type.

    It is created if there is none.
    """
    uncategorised = [
        each
        for each in goods
        if each.product.category_id is None and each.source.fields.get("product_type")
    ]
    if not uncategorised:
        return
    categories = {
        category.name.casefold(): category for category in Category.objects.order_by("-path")
    }
    for each in uncategorised:
        name = each.source.fields["product_type"]
        if name.casefold() not in categories:
            categories[name.casefold()] = _make_category(name)
        each.source.fields["category_id"] = categories[name.casefold()].pk
        if each.is_new:
            each.product.category_id = each.source.fields["category_id"]


def _make_category(name: str) -> Category:
    base = slug = slugify(name)[:100] or "category"
    number = 1
    while Category.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return Category.objects.add_root({"name": name[:1].upper() + name[1:], "slug": slug})


def _write_images(goods: list[Goods], report: Report) -> None:
    changes = Changes()
    for each in goods:
        for source in each.source.images:
            _write_image(each, source, changes, report)
    ProductImage.objects.bulk_create(changes.created)
    if changes.changed:
        ProductImage.objects.bulk_update(changes.changed, list(changes.columns), batch_size=500)


def _write_image(each: Goods, source: ImportedImage, changes: Changes, report: Report) -> None:
    image = each.images.get(source.url)
    changed = image is not None and changes.update(image, source.fields)
    if image is None:
        waiting = ProductImage.Status.WAITING
        each.images[source.url] = ProductImage(
            product=each.product, source_url=source.url, status=waiting, **source.fields
        )
        changes.created.append(each.images[source.url])
    each.touched |= changed or image is None
    report.images.add(created=image is None, changed=changed)


def _write_variants(goods: list[Goods], report: Report) -> None:
    changes = Changes()
    levels: list[tuple[Variant, int]] = []
    for each in goods:
        for source, found in match(each.source, each.variants, report):
            variant, changed = _write_variant(each, source, found, changes)
            if source.stock is not None and source.stock != variant.stock:
                levels.append((variant, source.stock))
                changed = True
            each.touched |= changed or found is None
            report.variants.add(created=found is None, changed=changed)
    _save_variants(changes)
    stock.set_levels(
        {variant.pk: level for variant, level in levels}, reason=StockMovement.Reason.IMPORT
    )


def _write_variant(
    each: Goods, source: ImportedVariant, found: Variant | None, changes: Changes
) -> tuple[Variant, bool]:
    """Return the row, which is still to be saved, and whether an existing row changes."""
    fields = source.fields | {"options": source.options}
    if source.image_url:
        fields["image_id"] = each.images[source.image_url].pk
    if found:
        return found, changes.update(found, fields)
    changes.created.append(Variant(product=each.product, **fields))
    return changes.created[-1], False


def _save_variants(changes: Changes) -> None:
    # If two variants exchange their SKUs or options, each must give up its own before the other can
    # have it.
    moved = [variant.pk for variant in changes.columns["sku"] + changes.columns["options"]]
    if moved:
        unique = Func(Value("id"), F("pk"), function="jsonb_build_object", output_field=JSONField())
        Variant.objects.filter(pk__in=moved).update(sku=None, options=unique)
    if changes.changed:
        Variant.objects.bulk_update(changes.changed, list(changes.columns), batch_size=500)
    Variant.objects.bulk_create(changes.created)


def _update_products(goods: Iterable[Goods], report: Report) -> None:
    changes = Changes()
    now = timezone.now()
    for each in goods:
        changed = not each.is_new and changes.update(each.product, each.source.fields)
        each.touched |= changed
        report.products.add(created=each.is_new, changed=changed)
    touched = [each.product for each in goods if each.touched and not each.is_new]
    for product in touched:
        product.updated_at = now
    if touched:
        Product.objects.bulk_update(touched, [*changes.columns, "updated_at"], batch_size=500)
