"""Lookups of products and variants.

The SQL is written by hand for the reason given in catalog/product_lists.py.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from django.db import connection, models

from catalog.models import Product, Variant, rendition_id

Row = TypeVar("Row", bound=models.Model)

# Long texts that only the product's own page shows; Django fetches them on access.
_LEFT_OUT = {"description", "seo_title", "seo_description", "search_vector"}
_VARIANT = list(Variant._meta.concrete_fields)
_WHOLE = [field for field in Product._meta.concrete_fields if field.attname != "search_vector"]
_PRODUCT = [field for field in Product._meta.concrete_fields if field.attname not in _LEFT_OUT]


def _columns(alias: str, fields: "Sequence[models.Field[Any, Any]]") -> str:
    return ", ".join(f"{alias}.{field.column}" for field in fields)


# The product's ready pictures are selected along with it, in the form of ProductImage.as_listing().
_BY_SLUG = f"""
SELECT {_columns("p", _WHOLE)}, (
    SELECT coalesce(jsonb_agg(to_jsonb(picture) ORDER BY position, pk), '[]') FROM (
        SELECT id AS pk, position, original AS id, widths, width, height, alt, colour, preview
        FROM catalog_productimage WHERE product_id = p.id AND status = 'ready'
    ) AS picture
) FROM catalog_product p WHERE slug = %s
"""  # noqa: S608
_OF_PRODUCT = f"""
SELECT {_columns("v", _VARIANT)} FROM catalog_variant v
WHERE product_id = %s ORDER BY position, id
"""  # noqa: S608
_BY_ID = f"""
SELECT {_columns("v", _VARIANT)}, {_columns("p", _PRODUCT)} FROM catalog_variant v
JOIN catalog_product p ON p.id = v.product_id WHERE v.id = ANY(%s)
"""  # noqa: S608 - only column names are formatted in


def find_product(slug: str) -> tuple[Product, list[dict[str, Any]]] | None:
    """Return a product of any status with its pictures in order, or None; one query.

    Each picture is in the form of ProductImage.as_listing(), with its `pk` in addition.
    """
    row = next(iter(_fetch_rows(_BY_SLUG, [slug])), None)
    if row is None:
        return None
    pictures = json.loads(row[-1])
    for picture in pictures:
        picture["id"] = rendition_id(picture["id"])
    return _model(Product, _WHOLE, row[:-1]), pictures


def variants_of(product: Product) -> list[Variant]:
    """Return the variants of a product in its order; one query."""
    found = [_model(Variant, _VARIANT, row) for row in _fetch_rows(_OF_PRODUCT, [product.pk])]
    for variant in found:
        # Set by hand, so that using it makes no further query.
        variant.product = product
    return found


def find_variants(ids: Collection[int]) -> dict[int, Variant]:
    """Return variants by id, each with its product; one query, or none if there are no ids."""
    found = {}
    for row in _fetch_rows(_BY_ID, [list(ids)]) if ids else []:
        variant = _model(Variant, _VARIANT, row[: len(_VARIANT)])
        variant.product = _model(Product, _PRODUCT, row[len(_VARIANT) :])
        found[variant.pk] = variant
    return found


def _fetch_rows(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _model(
    model: type[Row], fields: "Sequence[models.Field[Any, Any]]", values: Sequence[Any]
) -> Row:
    """Return the instance that the ORM would create from these columns, JSON included."""
    # As in product_lists.fetch(): the cursor returns JSON as text.
    values = [
        json.loads(value) if isinstance(field, models.JSONField) and value is not None else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], values)
