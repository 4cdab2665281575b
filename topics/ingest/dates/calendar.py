"""Calendar arithmetic for partly known dates."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

FLOOR = date(1990, 1, 1)  # older dates are history inside a text, never its publication
CEILING_YEAR = 2100


def make_day(year: int, month: int, day: int) -> date | None:
    """Return the day, or None where it does not exist; nothing is repaired."""
    if not (1 <= month <= 12 and 1 <= year <= 9999 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def month_span(year: int, month: int) -> tuple[date, date]:
    """Return first and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def quarter_span(year: int, quarter: int) -> tuple[date, date]:
    """Return first and last day of a quarter (1 to 4)."""
    return date(year, 3 * quarter - 2, 1), month_span(year, 3 * quarter)[1]


def first_on_or_after(bound: date, month: int, day: int) -> date | None:
    """Return the first such day of a year on or after a bound; 29 February waits for a leap year."""
    for year in range(bound.year, bound.year + 9):
        found = make_day(year, month, day)
        if found and found >= bound:
            return found
    return None
