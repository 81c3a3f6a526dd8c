"""Rows of products for lists: which, in what order and which page of them, without ever counting
the catalogue.

The statements are written out. These are the busiest pages, and the ORM took longer to build a
query for one of them than PostgreSQL to answer it. What is put into a statement's text is a
constant of this module; values are parameters.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.db import connection

from catalog.models import product_address

PAGE_SIZE = 24
LAST_PAGE = 100  # beyond it an OFFSET costs too much, and no shopper goes there
SORTS = {"newest": "Newest", "price": "Price, low to high", "-price": "Price, high to low"}
_ORDERS = {
    "newest": "created_at DESC, id DESC",
    "price": "listing_price, id",
    "-price": "listing_price DESC, id DESC",
}
COLUMNS = """id, name, slug, brand, listing_price, listing_compare_at_price, listing_price_varies,
    listing_in_stock, listing_image"""
# What lists show is active and has a price; a product without a variant has none.
LISTED = "status = 'active' AND listing_price IS NOT NULL"
_ON_SALE = "listing_compare_at_price IS NOT NULL"
_SECONDS = 60

# Every category is read by its own index scan, which stops at the page's end, and the few rows are
# merged. One scan with `category_id IN (...)` would read and sort all products of all of them.
_IN_CATEGORIES = """
SELECT {columns} FROM unnest(%s::bigint[]) AS shelf (category)
CROSS JOIN LATERAL (
    SELECT {columns}, created_at FROM catalog_product WHERE category_id = shelf.category AND {where}
    ORDER BY {order} LIMIT %s
) AS product
ORDER BY {order} LIMIT %s OFFSET %s
"""
_FIRST = (
    "SELECT {columns} FROM catalog_product WHERE {where} ORDER BY created_at DESC, id DESC LIMIT %s"
)

Row = dict[str, Any]


@dataclass(slots=True)
class Page:
    """Some products, and whether there are more; the number starts at 1."""

    products: list[Row] = field(default_factory=list)
    number: int = 1
    has_next: bool = False

    @property
    def previous(self) -> int | None:
        """Return the page before; None instead of 1, whose address needs no number."""
        return self.number - 1 if self.number > 2 else None

    @property
    def next(self) -> int:
        """Return the number of the page after."""
        return self.number + 1


def page_number(text: str) -> int | None:
    """Return the number of a page from an address; None where it names none."""
    if not text:
        return 1
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return number if 1 <= number <= LAST_PAGE else None


def window(number: int) -> tuple[int, int]:
    """Return LIMIT and OFFSET of a page: one row more than it shows, which says whether there is a
    next page.
    """
    return PAGE_SIZE + 1, (number - 1) * PAGE_SIZE


def cut(rows: list[Row], number: int) -> Page:
    """Return the page that `window` asked for."""
    return Page(rows[:PAGE_SIZE], number, has_next=len(rows) > PAGE_SIZE and number < LAST_PAGE)


def fetch(statement: str, parameters: list[Any]) -> list[Row]:
    """Return what a statement selects, of COLUMNS, as a list's template takes it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    for row in rows:
        row["url"] = product_address(row["slug"])
        row["listing_image"] = json.loads(row["listing_image"]) if row["listing_image"] else None
    return rows


def in_categories(
    category_ids: list[int],
    *,
    number: int,
    sort: str = "newest",
    in_stock: bool = False,
    on_sale: bool = False,
) -> Page:
    """Return a page of the products of some categories."""
    where = " AND ".join(
        [LISTED, *(["listing_in_stock"] if in_stock else []), *([_ON_SALE] if on_sale else [])]
    )
    statement = _IN_CATEGORIES.format(columns=COLUMNS, where=where, order=_ORDERS[sort])
    limit, offset = window(number)
    return cut(fetch(statement, [category_ids, offset + limit, limit, offset]), number)


def newest(count: int) -> list[Row]:
    """Return what came last."""
    return fetch(_FIRST.format(columns=COLUMNS, where=LISTED), [count])


def on_sale(count: int) -> list[Row]:
    """Return what costs less than it did, the newest first, and only what can be had."""
    where = f"{LISTED} AND {_ON_SALE} AND listing_in_stock"
    return fetch(_FIRST.format(columns=COLUMNS, where=where), [count])


def related(product_id: int, category_id: int | None, count: int) -> list[Row]:
    """Return the newest of a product's category but not the product itself, as of at most a minute
    ago.
    """
    if category_id is None:
        return []
    key = f"beside-{category_id}"
    rows = caches["local"].get(key)
    if rows is None:
        statement = _FIRST.format(columns=COLUMNS, where=f"category_id = %s AND {LISTED}")
        rows = fetch(statement, [category_id, count + 1])
        caches["local"].set(key, rows, _SECONDS)
    return [row for row in rows if row["id"] != product_id][:count]
