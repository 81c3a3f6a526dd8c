"""Lists of products: the rows of one page, in order, without ever counting the catalogue.

The SQL is written by hand. These are the busiest pages, and the ORM took longer to build one of
their queries than PostgreSQL took to answer it. Only constants of this module are formatted into
SQL; values are parameters.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.db import connection

from catalog.models import product_address

PAGE_SIZE = 24
LAST_PAGE = 100  # beyond it OFFSET costs too much, and no shopper looks that far
SORTS = {"newest": "Newest", "price": "Price, low to high", "-price": "Price, high to low"}
_ORDERS = {
    "newest": "created_at DESC, id DESC",
    "price": "listing_price, id",
    "-price": "listing_price DESC, id DESC",
}
COLUMNS = """id, name, slug, brand, listing_price, listing_compare_at_price, listing_price_varies,
    listing_in_stock, listing_image"""
# Lists show products that are active and have a price; a product without variants has none.
LISTED = "status = 'active' AND listing_price IS NOT NULL"
_ON_SALE = "listing_compare_at_price IS NOT NULL"
_SECONDS = 60

# Each category is read with its own index scan, which stops at the end of the page, and the few
# rows are merged. A single scan with `category_id IN (...)` would read and sort all products of all
# categories.
_IN_CATEGORIES = """
SELECT {columns} FROM unnest(%s::bigint[]) AS given (category)
CROSS JOIN LATERAL (
    SELECT {columns}, created_at FROM catalog_product WHERE category_id = given.category AND {where}
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
    """One page of products, and whether there is another; numbers start at 1."""

    products: list[Row] = field(default_factory=list)
    number: int = 1
    has_next: bool = False

    @property
    def previous(self) -> int | None:
        """Return the previous page's number; None instead of 1, whose URL needs no number."""
        return self.number - 1 if self.number > 2 else None

    @property
    def next(self) -> int:
        """Return the number of the next page."""
        return self.number + 1


def page_number(text: str) -> int | None:
    """Return a page number from the URL, 1 if it is empty, or None if it is not valid."""
    if not text:
        return 1
    # int() would accept other digits, signs and any length.
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return number if 1 <= number <= LAST_PAGE else None


def window(number: int) -> tuple[int, int]:
    """Return LIMIT and OFFSET of a page.

    LIMIT is one row more than the page shows, which tells whether there is a next page.
    """
    return PAGE_SIZE + 1, (number - 1) * PAGE_SIZE


def cut(rows: list[Row], number: int) -> Page:
    """Return the page for the rows that were selected with `window`."""
    return Page(rows[:PAGE_SIZE], number, has_next=len(rows) > PAGE_SIZE and number < LAST_PAGE)


def fetch(statement: str, parameters: list[Any]) -> list[Row]:
    """Run a statement that selects COLUMNS, and return its rows as list templates need them."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    for row in rows:
        row["url"] = product_address(row["slug"])
        # Django has cursors return JSON as text; only its JSONField decodes it.
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
    """Return a page of the products in some categories."""
    where = " AND ".join(
        [LISTED, *(["listing_in_stock"] if in_stock else []), *([_ON_SALE] if on_sale else [])]
    )
    # The inner LIMIT must be offset + limit: the whole page may come from one category.
    statement = _IN_CATEGORIES.format(columns=COLUMNS, where=where, order=_ORDERS[sort])
    limit, offset = window(number)
    return cut(fetch(statement, [category_ids, offset + limit, limit, offset]), number)


def newest(count: int) -> list[Row]:
    """Return the newest products."""
    return fetch(_FIRST.format(columns=COLUMNS, where=LISTED), [count])


def on_sale(count: int) -> list[Row]:
    """Return the newest products that are on sale and in stock."""
    where = f"{LISTED} AND {_ON_SALE} AND listing_in_stock"
    return fetch(_FIRST.format(columns=COLUMNS, where=where), [count])


def related(product_id: int, category_id: int | None, count: int) -> list[Row]:
    """Return the newest other products of a product's category, at most a minute old."""
    if category_id is None:
        return []
    # Cached per category, not per product: all products of a category share the rows. One more is
    # read than needed, because the product itself may be among them.
    key = f"related-{category_id}"
    rows = caches["local"].get(key)
    if rows is None:
        statement = _FIRST.format(columns=COLUMNS, where=f"category_id = %s AND {LISTED}")
        rows = fetch(statement, [category_id, count + 1])
        caches["local"].set(key, rows, _SECONDS)
    return [row for row in rows if row["id"] != product_id][:count]
