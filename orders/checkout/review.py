"""What has changed, in words, between the review page that a shopper saw and today's prices."""

from django.core import signing

from carts.pricing import PricedCart
from orders.pricing.quote import Quote
from shop.money import format_money

SALT = "orders.review"


def sign_review(contents: PricedCart, quote: Quote) -> str:
    """Return what a review page showed, signed, for `review_changes()`."""
    return signing.dumps(_shown_figures(contents, quote), salt=SALT, compress=True)


def review_changes(seen: str, contents: PricedCart, quote: Quote) -> list[str]:
    """Return a sentence for each difference from what was seen.

    There are none if `seen` cannot be read.
    """
    try:
        before: dict[str, list[str]] = signing.loads(seen, salt=SALT)
    except signing.BadSignature:
        return []
    now = _shown_figures(contents, quote)
    return [
        sentence
        for key in [*now, *(key for key in before if key not in now)]
        if (sentence := _change_sentence(before.get(key), now.get(key)))
    ]


def _shown_figures(contents: PricedCart, quote: Quote) -> dict[str, list[str]]:
    """Return the label and the amount of everything that makes up the total."""
    shown = {
        line.line.key: [f"{line.line.quantity} × {line.variant}", format_money(line.total)]
        for line in contents.lines
    }
    return shown | {
        "delivery": ["Delivery", format_money(quote.shipping_total)],
        "discount": ["Discount", format_money(quote.discount_total)],
        "tax": ["Tax", format_money(quote.tax_total)],
    }


def _change_sentence(before: list[str] | None, now: list[str] | None) -> str:
    if before is None or now is None:
        added = now or before or ["", ""]
        return f"{added[0]} ({added[1]}) was {'added' if before is None else 'taken out'}."
    if before == now:
        return ""
    if before[0] == now[0]:
        return f"{now[0]}: {before[1]} before, now {now[1]}."
    return f"{before[0]} is now {now[0]}: {before[1]} before, now {now[1]}."
