"""Pages of products: what is on them, in which order, and which page it is, without ever counting the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from catalog.models import Product

PAGE_SIZE = 24
LAST_PAGE = 100  # beyond it an OFFSET costs too much, and no shopper goes there
SORTS = {"newest": "Newest", "price": "Price, low to high", "-price": "Price, high to low"}
_ORDERS = {
    "newest": ("-created_at", "-id"),
    "price": ("listing_price", "id"),
    "-price": ("-listing_price", "-id"),
}
# Rows are dictionaries: a template reads them at a fraction of what a model instance costs.
FIELDS = (
    "id",
    "name",
    "slug",
    "brand",
    "listing_price",
    "listing_compare_at_price",
    "listing_price_varies",
    "listing_in_stock",
    "listing_image",
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


def cut(rows: QuerySet[Any, Row], number: int) -> Page:
    """Return one page; it fetches one row more than it shows, which says whether there is a next page."""
    start = (number - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    return Page(found[:PAGE_SIZE], number, has_next=len(found) > PAGE_SIZE and number < LAST_PAGE)


def listed() -> QuerySet[Product]:
    """Return what lists show: active, and with at least one variant that has a price."""
    return Product.objects.on_sale_now().filter(listing_price__isnull=False)


def on_shelves(
    category_ids: Sequence[int], *, number: int, sort: str = "newest", in_stock: bool = False, on_sale: bool = False
) -> Page:
    """Return a page of the products of some categories.

    Every category is read by its own index scan that stops at the page's end, and PostgreSQL merges these; one scan
    with `category_id IN (...)` would read and sort all products of all of them.
    """
    order = _ORDERS[sort]
    wanted = listed()
    if in_stock:
        wanted = wanted.filter(listing_in_stock=True)
    if on_sale:
        wanted = wanted.filter(listing_compare_at_price__isnull=False)
    sort_fields = {name.lstrip("-") for name in order}
    fields = (*FIELDS, *sorted(sort_fields - set(FIELDS)))
    end = number * PAGE_SIZE + 1
    parts = [wanted.filter(category_id=pk).order_by(*order).values(*fields)[:end] for pk in category_ids]
    rows = parts[0] if len(parts) == 1 else parts[0].union(*parts[1:], all=True).order_by(*order)
    return cut(rows, number)


def newest(count: int, *, category_id: int | None = None, without: int = 0) -> list[Row]:
    """Return what came last, of one category if it is given, leaving out the product `without`."""
    rows = listed() if category_id is None else listed().filter(category_id=category_id)
    found = rows.order_by("-created_at", "-id").values(*FIELDS)[: count + bool(without)]
    return [row for row in found if row["id"] != without][:count]


def reduced(count: int) -> list[Row]:
    """Return what costs less than it did, the newest first, and only what can be had."""
    rows = listed().filter(listing_compare_at_price__isnull=False, listing_in_stock=True)
    return list(rows.order_by("-created_at", "-id").values(*FIELDS)[:count])
