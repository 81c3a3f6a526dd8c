"""Keeps what product lists show, and what search looks in, on the product row.

A page of products is thus one query; catalog/product_lists.py has those queries and their filters.
Any code that changes a product, a variant or a picture must call `refresh_listings` in the same
transaction.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from catalog.descriptions import as_text
from catalog.models import Product, ProductImage, Variant

BATCH = 500
# A tsvector can hold at most 1 MB (PostgreSQL manual, 12.11). A description can be found by far
# less than a tenth of that.
LONGEST_TEXT = 100_000

# One statement for the whole batch. bulk_update() would write a CASE with one branch per product
# for each column, which used to take most of the time of an import.
UPDATE = """
UPDATE catalog_product SET
    listing_price = new.price,
    listing_compare_at_price = new.compare_at_price,
    listing_price_varies = new.price_varies,
    listing_in_stock = new.in_stock,
    listing_image = new.image::jsonb,
    search_vector = setweight(to_tsvector('english', new.text_a), 'A')
        || setweight(to_tsvector('english', new.text_b), 'B')
        || setweight(to_tsvector('english', new.text_c), 'C')
        || setweight(to_tsvector('english', new.text_d), 'D')
FROM unnest(
    %s::bigint[], %s::numeric[], %s::numeric[], %s::boolean[], %s::boolean[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[]
) AS new (
    id, price, compare_at_price, price_varies, in_stock, image, text_a, text_b, text_c, text_d
)
WHERE catalog_product.id = new.id
"""


@dataclass(frozen=True)
class Listing:
    """The new values of one product, in the order of the statement's arguments."""

    id: int
    price: Decimal | None
    compare_at_price: Decimal | None
    price_varies: bool
    in_stock: bool
    image: str | None
    text_a: str
    text_b: str
    text_c: str
    text_d: str


def refresh_listings(product_ids: Collection[int]) -> None:
    """Recompute the `listing_*` columns and `search_vector` of products.

    This takes four queries per 500 products.
    """
    # Locked in the order of their ids, so that two callers never deadlock.
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), BATCH):
        _refresh_batch(ids[start : start + BATCH])


@transaction.atomic
def _refresh_batch(ids: list[int]) -> None:
    # Lock the products first, so that concurrent refreshes of a product run one after the other and
    # the later one sees the changes of both.
    locked = Product.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    products = list(locked.select_related("category").filter(pk__in=ids))
    variants = defaultdict(list)
    for variant in Variant.objects.filter(product__in=ids).order_by("position", "pk"):
        variants[variant.product_id].append(variant)
    ready = ProductImage.objects.filter(product__in=ids, status=ProductImage.Status.READY)
    images = {
        image.product_id: image
        for image in ready.order_by("product_id", "position", "pk").distinct("product_id")
    }
    _write_listings(
        [
            _new_listing(product, variants[product.pk], images.get(product.pk))
            for product in products
        ]
    )


def _write_listings(listings: list[Listing]) -> None:
    columns = [[getattr(listing, field.name) for listing in listings] for field in fields(Listing)]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, columns)


def _new_listing(product: Product, variants: list[Variant], image: ProductImage | None) -> Listing:
    # Lists show a price at which something can be bought now. If everything is sold out, all
    # variants count.
    shown = [variant for variant in variants if variant.is_buyable] or variants
    cheapest = min(shown, key=lambda variant: variant.price, default=None)
    options = [str(value) for variant in variants for value in variant.options.values()]
    category = product.category.name if product.category else ""
    return Listing(
        id=product.pk,
        price=cheapest.price if cheapest else None,
        compare_at_price=cheapest.compare_at_price if cheapest and is_sale(cheapest) else None,
        price_varies=len({variant.price for variant in shown}) > 1,
        in_stock=any(variant.is_buyable for variant in variants),
        image=json.dumps(image.as_listing()) if image else None,
        # a to d are PostgreSQL's weights for ranking, a the highest.
        text_a=_text([product.name]),
        text_b=_text([product.brand, product.product_type, category, *product.tags]),
        text_c=_text([*dict.fromkeys(options), *(variant.sku or "" for variant in variants)]),
        text_d=_text([as_text(product.description)]),
    )


def is_sale(variant: Variant) -> bool:
    """Return whether a variant is on sale, so that its compare-at price is shown crossed out."""
    return variant.compare_at_price is not None and variant.compare_at_price > variant.price


def _text(parts: Iterable[Any]) -> str:
    return " ".join(part for part in parts if part)[:LONGEST_TEXT]
