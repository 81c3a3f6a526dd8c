"""The option picker of a product page.

It decides which variant the URL selects, and to which variant each option value leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Variant

LOW_STOCK = 5


@dataclass(slots=True)
class Value:
    """A value of an option, such as `Large`, and the variant that is selected by choosing it."""

    text: str
    variant: int
    # The name of its element: `value-1-2` is the second value of the first option.
    name: str
    is_chosen: bool
    is_sold_out: bool
    # No variant combines this value with the other chosen ones, so choosing it changes those as
    # well.
    is_elsewhere: bool

    @property
    def css(self) -> str:
        """Return the classes of the element that shows the value."""
        return (
            f"option-value{' is-sold-out' * self.is_sold_out}{' is-elsewhere' * self.is_elsewhere}"
        )

    @property
    def query(self) -> str:
        """Return the query string of the page that shows the variant."""
        return f"?variant={self.variant}"


@dataclass(slots=True)
class Option:
    """An option, such as `Size`, with its chosen value and all of its values."""

    name: str
    chosen: str
    values: list[Value]


@dataclass(slots=True)
class Stock:
    """A stock level in words, and its severity: success, warning or danger."""

    words: str
    level: str


def choose(variants: Sequence[Variant], wanted: str) -> Variant | None:
    """Return the variant with the id `wanted`, or else the first one.

    Variants that can be bought come before those that cannot.
    """
    for variant in variants:
        if str(variant.pk) == wanted:
            return variant
    return next(
        (variant for variant in variants if variant.is_buyable), variants[0] if variants else None
    )


def options(names: Sequence[str], variants: Sequence[Variant], chosen: Variant) -> list[Option]:
    """Return the options in the product's order, with their values in the order of the variants."""
    table = {_key(names, variant): variant for variant in variants}
    return [_option(position, names, table, _key(names, chosen)) for position in range(len(names))]


def _key(names: Sequence[str], variant: Variant) -> tuple[str, ...]:
    return tuple(str(variant.options.get(name, "")) for name in names)


def _option(
    position: int,
    names: Sequence[str],
    table: dict[tuple[str, ...], Variant],
    chosen: tuple[str, ...],
) -> Option:
    values = []
    for number, text in enumerate(dict.fromkeys(key[position] for key in table), 1):
        key = (*chosen[:position], text, *chosen[position + 1 :])
        variant = table.get(key) or _nearest(position, text, table, chosen)
        values.append(
            Value(
                text,
                variant.pk,
                name=f"value-{position + 1}-{number}",
                is_chosen=text == chosen[position],
                is_sold_out=not variant.is_buyable,
                is_elsewhere=key not in table,
            )
        )
    return Option(names[position], chosen[position], values)


def _nearest(
    position: int, text: str, table: dict[tuple[str, ...], Variant], chosen: tuple[str, ...]
) -> Variant:
    """Return the variant with this value that keeps most of the other chosen values.

    If there are several, one that can be bought is preferred.
    """
    keys = [key for key in table if key[position] == text]
    return table[
        max(
            keys,
            key=lambda key: (
                sum(a == b for a, b in zip(key, chosen, strict=True)),
                table[key].is_buyable,
            ),
        )
    ]


def stock_of(variant: Variant) -> Stock:
    """Return the stock level of a variant in words."""
    if not variant.is_buyable:
        return Stock("Sold out", "danger")
    if variant.track_stock and variant.stock <= 0:
        return Stock("Made to order, so it takes a little longer", "warning")
    if variant.track_stock and variant.stock <= LOW_STOCK and not variant.allow_backorder:
        return Stock(f"Only {variant.stock} left", "warning")
    return Stock("In stock", "success")
