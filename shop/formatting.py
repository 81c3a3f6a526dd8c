"""Percentages and dates as people read them, in pages, documents and the admin alike.

Money is shop/money.py's.
"""

from datetime import date, datetime
from decimal import Decimal


def format_percent(percent: Decimal) -> str:
    """Return a percentage without the zeros at its end, and without a sign: `19`, `5.5`."""
    return f"{percent.normalize():f}"


def format_date(day: date) -> str:
    """Return a day: `5 Nov 2026`. A datetime's day is that of its own time zone."""
    return f"{day.day} {day:%b %Y}"


def format_datetime(moment: datetime) -> str:
    """Return a moment: `5 Nov 2026, 15:08`."""
    return f"{format_date(moment)}, {moment:%H:%M}"
