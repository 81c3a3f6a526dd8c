"""Search: PostgreSQL's full text over name, brand, tags, options and description, in that order of weight."""

import re

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from catalog.models import Product
from catalog.shelves import FIELDS, Page, cut, listed

CONFIG = "english"  # as catalog/listing.py writes it
MAX_LENGTH = 200
# So many hits are ranked at most: what a very common word costs does not grow with the catalogue.
MAX_RANKED = 1000
_LAST_WORD = re.compile(r"(?:^|(?<=\s))(\w+)$")


def clean(text: str) -> str:
    """Return what was typed on one line without what PostgreSQL refuses, cut to a sensible length."""
    return " ".join(text.replace("\0", " ").split())[:MAX_LENGTH]


def search_products(text: str, *, number: int = 1) -> Page:
    """Return a page of what matches `text` (a web search: words, "a phrase", or, -without), the best first."""
    query = _query(text)
    hits = listed().filter(search_vector=query).values("pk")[:MAX_RANKED]
    rank = SearchRank(F("search_vector"), query)
    rows = Product.objects.filter(pk__in=hits).order_by(Coalesce(rank, Value(0.0)).desc(), "-id").values(*FIELDS)
    return cut(rows, number)


def _query(text: str) -> SearchQuery:
    """Return the query; the last word may be half typed, unless it stands in quotes or is excluded."""
    whole = SearchQuery(text, config=CONFIG, search_type="websearch")
    last = None if '"' in text else _LAST_WORD.search(text)
    if not last:
        return whole
    begun = SearchQuery(f"'{last[1]}':*", config=CONFIG, search_type="raw")
    before = text[: last.start()].strip()
    if not before:
        return whole | begun
    return whole | (SearchQuery(before, config=CONFIG, search_type="websearch") & begun)
