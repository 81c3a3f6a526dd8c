"""Search: PostgreSQL full-text search over products.

It searches name, brand, tags, options and description, in this order of weight.
"""

import re

from catalog.product_lists import COLUMNS, LISTED, Page, cut, fetch, window

MAX_LENGTH = 200
# At most this many hits are ranked, so that the cost of a very common word does not grow with the
# catalogue.
MAX_RANKED = 1000
_LAST_WORD = re.compile(r"(?:^|(?<=\s))(\w{3,})$")

# The configuration `english` is the one in catalog/listing_columns.py. The first part of the query
# is the text in web search syntax: words, "a phrase", or, -without. The second part treats the last
# word as half typed. Both of its halves are NULL if it is not, and `||` of a tsquery and NULL is
# NULL, hence coalesce.
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
"""  # noqa: S608 - only constants are formatted in


def clean(text: str) -> str:
    """Return the search text on one line, cut to 200 characters.

    NUL characters are removed, as PostgreSQL refuses them.
    """
    return " ".join(text.replace("\0", " ").split())[:MAX_LENGTH]


def search_products(text: str, *, number: int = 1) -> Page:
    """Return a page of the products that match a cleaned text, best match first."""
    return cut(fetch(_SEARCH, [text, *_half_typed(text), *window(number)]), number)


def _half_typed(text: str) -> tuple[str | None, str | None]:
    """Return the text before the last word, and the last word as a prefix; None for a missing part.

    The last word is not treated as half typed if the text has quotes, if the word follows a minus,
    or if it has only one or two letters, as it would then match half of the shop.
    """
    last = None if '"' in text else _LAST_WORD.search(text)
    if not last:
        return None, None
    return text[: last.start()].strip() or None, f"'{last[1]}':*"
