"""Search: PostgreSQL's full text over name, brand, tags, options and description, in that order of
weight.
"""

import re

from catalog.product_lists import COLUMNS, LISTED, Page, cut, fetch, window

MAX_LENGTH = 200
# So many hits are ranked at most: what a very common word costs does not grow with the catalogue.
MAX_RANKED = 1000
_LAST_WORD = re.compile(r"(?:^|(?<=\s))(\w{3,})$")

# `english` as catalog/listing.py writes it. The first part of the query is what was typed, as on
# the web: words, "a phrase", or, -without. The second takes the last word for half typed; both its
# parts are NULL where it is not, and `||` of a tsquery and NULL is NULL, hence coalesce.
_SEARCH = f"""
WITH asked AS (
    SELECT coalesce(whole || (before && begun), whole || begun, whole) AS query FROM (
        SELECT websearch_to_tsquery('english', %s) AS whole,
            websearch_to_tsquery('english', %s) AS before,
            to_tsquery('english', %s) AS begun
    ) AS parts
)
SELECT {COLUMNS} FROM (
    SELECT {COLUMNS}, ts_rank(search_vector, query) AS rank FROM (
        SELECT * FROM catalog_product, asked WHERE {LISTED} AND search_vector @@ query
        LIMIT {MAX_RANKED}
    ) AS hits
) AS ranked
ORDER BY rank DESC, id DESC LIMIT %s OFFSET %s
"""  # noqa: S608 - only constants are put in


def clean(text: str) -> str:
    """Return what was typed on one line without what PostgreSQL refuses, cut to a sensible
    length.
    """
    return " ".join(text.replace("\0", " ").split())[:MAX_LENGTH]


def search_products(text: str, *, number: int = 1) -> Page:
    """Return a page of what matches a cleaned text, the best first."""
    return cut(fetch(_SEARCH, [text, *_half_typed(text), *window(number)]), number)


def _half_typed(text: str) -> tuple[str | None, str | None]:
    """Return what stands before the last word and the last word as a prefix; None where there is no
    such part.

    A word in quotes or after a minus is not taken for half typed, nor one of two letters: it would
    match half the shop.
    """
    last = None if '"' in text else _LAST_WORD.search(text)
    if not last:
        return None, None
    return text[: last.start()].strip() or None, f"'{last[1]}':*"
