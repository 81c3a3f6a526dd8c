"""Percentages and dates in human-readable form, for pages, documents and the admin alike.

Money is in shop/money.py.
"""

from datetime import date, datetime
from decimal import Decimal


def format_percent(percent: Decimal) -> str:
    """Return a percentage without trailing zeros and without a percent sign: `19`, `5.5`."""
    return f"{percent.normalize():f}"


def format_date(day: date) -> str:
    """Return a date: `5 Nov 2026`. For a datetime it is the date in its own time zone."""
    return f"{day.day} {day:%b %Y}"


def format_datetime(moment: datetime) -> str:
    """Return a date and time: `5 Nov 2026, 15:08`."""
    return f"{format_date(moment)}, {moment:%H:%M}"
