"""Percentages, names and dates in human-readable form, for pages, documents and the admin alike.

Money is in shop/money.py. Dates and times are by the shop's clock, SHOP_TIME_ZONE; what is stored
is UTC.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone


def format_percent(percent: Decimal) -> str:
    """Return a percentage without trailing zeros and without a percent sign: `19`, `5.5`."""
    return f"{percent.normalize():f}"


def shorten(text: str, most: int) -> str:
    """Return text that has at most `most` characters, the last one an ellipsis if it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def format_names(names: Sequence[str]) -> str:
    """Return at most three names, each of at most 40 characters: `A, B, C and 27 more`."""
    shown = ", ".join(shorten(name, 40) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def format_date(day: date) -> str:
    """Return a date as lists and documents show it: `5 Nov 2026`.

    Of a moment it is the day by the shop's clock.
    """
    if isinstance(day, datetime):
        day = timezone.localtime(day)
    return f"{day.day} {day:%b %Y}"


def format_datetime(moment: datetime) -> str:
    """Return a moment by the shop's clock, as staff read it: `5 Nov 2026, 15:08`."""
    return f"{format_date(moment)}, {format_time(moment)}"


def format_moment(moment: datetime) -> str:
    """Return a moment by the shop's clock, as shoppers read it: `5 November 2026, 15:08 NZDT`.

    They may live by another clock, so the time zone is named.
    """
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y, %H:%M} {_zone_name(local)}"


def format_time(moment: datetime) -> str:
    """Return the time of a moment by the shop's clock: `15:08`."""
    return f"{timezone.localtime(moment):%H:%M}"


def _zone_name(local: datetime) -> str:
    # Many zones have no abbreviation, and are called "-03".
    name = f"{local:%Z}"
    return name if name.isalpha() else f"UTC{name}"
