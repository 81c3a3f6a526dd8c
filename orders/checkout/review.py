"""What a shopper agrees to: all that the review showed, part by part, and what has changed since.

`sign_parts()` gives the parts to the page, or to a client of the API, which sends them back with
the order. The signature is only valid for the same cart and checkout.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.core import signing

from carts.lines import line_key
from orders.checkout.request import PlaceOrderRequest
from orders.models import OrderItem, ShippingMethod
from orders.pricing.quote import Quote
from shop.formatting import shorten
from shop.money import format_price

SALT = "orders.review"
#: A part's words are cut to this, so that 100 lines of long names make a form that can be sent.
MOST_CHARACTERS = 60
LINE = "line:"
CHANGED = {
    "account": "You're signed in with another account.",
    "address": "The delivery address has changed.",
    "billing": "The billing address has changed.",
    "note": "The order note has changed.",
}
NAMES = {"email": "Email", "method": "Delivery method", "voucher": "Discount code"}
FIGURES = {
    "delivery": "Delivery",
    "discount": "Discount",
    "tax": "Tax",
    "tax_removed": "Tax removed for export",
}


class Part(NamedTuple):
    """One thing that a review shows.

    `digest` stands for all of it. `label`, `wishes` and `amount` are for a sentence about it.
    """

    digest: str
    label: str = ""
    wishes: str = ""
    amount: str = ""

    @property
    def words(self) -> str:
        """Return the label with the wishes: `1 × Vase, gift-wrapped`."""
        return f"{self.label}, {self.wishes}" if self.wishes else self.label


Parts = dict[str, Part]


def shown_parts(request: PlaceOrderRequest, method: ShippingMethod, quote: Quote) -> Parts:
    """Return all that a review shows of an order: who, where to, how, what, and for how much."""
    parts = {
        "account": _part(request.user.pk if request.user else None),
        "email": _part(request.email, request.email),
        "address": _part(request.shipping_address),
        "billing": _part(request.billing_address or {}),
        "method": _part([method.pk, method.name, method.days_min, method.days_max], method.name),
        "note": _part(request.note),
        "voucher": _part(request.voucher_code, request.voucher_code),
    }
    for item in quote.items:
        key = line_key(item.variant.product_id, item.variant_id, item.attributes)
        parts[f"{LINE}{key}"] = _item_part(item)
    amounts = {
        "delivery": quote.shipping_total,
        "discount": quote.discount_total,
        "tax": quote.tax_total,
        "tax_removed": quote.tax_removed,
        "total": quote.total,
    }
    return parts | {
        name: _part([_plain(amount), quote.tax_included], amount=amount)
        for name, amount in amounts.items()
    }


def sign_parts(parts: Parts, key: uuid.UUID, owner: str) -> str:
    """Return the parts, signed for a checkout key and a cart owner."""
    return signing.dumps(parts, salt=_salt(key, owner), compress=True)


def read_parts(agreed: str, key: uuid.UUID, owner: str) -> Parts | None:
    """Return what was signed, or None if it was not signed for this key and this owner."""
    try:
        signed = signing.loads(agreed, salt=_salt(key, owner))
    except signing.BadSignature:
        return None
    return {name: Part(*values) for name, values in signed.items()}


def changes_between(before: Parts, now: Parts) -> list[str]:
    """Return a sentence for each part that differs, except for the total."""
    differing = {
        name: (before.get(name), now.get(name))
        for name in [*now, *(name for name in before if name not in now)]
        if name not in before or name not in now or before[name].digest != now[name].digest
    }
    lines = {name: pair for name, pair in differing.items() if name.startswith(LINE)}
    return [
        *(
            _entry_sentence(name, was, is_now)
            for name, (was, is_now) in differing.items()
            if name in CHANGED or name in NAMES
            if was and is_now
        ),
        *_line_sentences(lines),
        *(
            f"{FIGURES[name]}: {_money(was)} before, now {_money(is_now)}."
            for name, (was, is_now) in differing.items()
            if name in FIGURES and was and is_now and was.amount != is_now.amount
        ),
    ]


def _salt(key: uuid.UUID, owner: str) -> str:
    return f"{SALT}|{key.hex}|{owner}"


def _part(shown: Any, label: str = "", wishes: str = "", amount: Decimal | None = None) -> Part:
    text = json.dumps(shown, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Part(
        digest,
        shorten(label, MOST_CHARACTERS),
        shorten(wishes, MOST_CHARACTERS),
        "" if amount is None else _plain(amount),
    )


def _item_part(item: OrderItem) -> Part:
    amounts = [item.quantity, _plain(item.unit_price), _plain(item.total)]
    label = f"{item.quantity} × {' / '.join(filter(None, [item.name, item.choice]))}"
    wishes = ", ".join(_wish(name, value) for name, value in sorted(item.attributes.items()))
    shown = [item.name, item.options, item.attributes, *amounts]
    return _part(shown, label, wishes, item.total)


def _wish(name: str, value: Any) -> str:
    if name == "gift_wrap":
        return "gift-wrapped"
    return f"{name.replace('_', ' ')}: {value}"


def _plain(amount: Decimal) -> str:
    """Return an amount in one form, however many zeros its column adds."""
    return f"{amount.normalize():f}"


def _money(part: Part) -> str:
    return format_price(Decimal(part.amount))


def _entry_sentence(name: str, was: Part, now: Part) -> str:
    if name in CHANGED:
        return CHANGED[name]
    if was.label == now.label:  # What differs is its time, or was cut off.
        return f"{NAMES[name]}: the details of {now.label} have changed."
    if not (was.label and now.label):
        return f"{NAMES[name]} {was.label or now.label} was {'removed' if was.label else 'added'}."
    return f"{NAMES[name]}: {was.label} before, now {now.label}."


def _line_sentences(lines: dict[str, tuple[Part | None, Part | None]]) -> Iterator[str]:
    gone = {name: was for name, (was, now) in lines.items() if was and not now}
    for name, (was, now) in lines.items():
        if was and now:
            yield _changed_line_sentence(was, now)
        elif now:
            twin = next((old for old in gone if _is_same_but_wishes(old, gone[old], name, now)), "")
            if twin:
                yield _wishes_sentence(gone.pop(twin), now)
            else:
                yield f"{now.words} ({_money(now)}) was added."
    for was in gone.values():
        yield f"{was.words} ({_money(was)}) was removed."


def _changed_line_sentence(was: Part, now: Part) -> str:
    if (was.words, was.amount) == (now.words, now.amount):
        return f"The details of {now.words} have changed."
    if was.words == now.words:
        return f"{now.words}: {_money(was)} before, now {_money(now)}."
    return f"{was.words} is now {now.words}: {_money(was)} before, now {_money(now)}."


def _is_same_but_wishes(old: str, was: Part, name: str, now: Part) -> bool:
    return old.split("#")[:2] == name.split("#")[:2] and (was.label, was.amount) == (
        now.label,
        now.amount,
    )


def _wishes_sentence(was: Part, now: Part) -> str:
    if (was.wishes, now.wishes) == ("", "gift-wrapped"):
        return f"Gift wrap was added to {now.label}."
    if (was.wishes, now.wishes) == ("gift-wrapped", ""):
        return f"Gift wrap was removed from {now.label}."
    return f"{was.words} is now {now.words}."
