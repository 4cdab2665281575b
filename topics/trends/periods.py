"""Calendar periods: every one from the first dated document to the last day that the data could hold, empty ones too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from topics.core.documents import DateEstimate
from topics.core.errors import UsageError
from topics.core.series import Period, PeriodUnit

MAX_PERIODS = 10_000


def start_of(day: date, unit: PeriodUnit) -> date:
    """Return the first day of the period that holds a day; weeks are ISO weeks and begin on Monday."""
    match unit:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case "year":
            return date(day.year, 1, 1)


def next_start(start: date, unit: PeriodUnit) -> date | None:
    """Return the first day of the following period; None at the end of the calendar."""
    longest = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[unit]
    if (date.max - start).days < longest:
        return None
    return start_of(start + timedelta(days=longest), unit)


def label_of(start: date, unit: PeriodUnit) -> str:
    """Return 2026-01-14, 2026-W03, 2026-01, 2026-Q1 or 2026; labels sort by time."""
    match unit:
        case "day":
            return start.isoformat()
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{start.year}-{start.month:02d}"
        case "quarter":
            return f"{start.year}-Q{(start.month + 2) // 3}"
        case "year":
            return str(start.year)


def period_of(estimate: DateEstimate, unit: PeriodUnit) -> str | None:
    """Return the label of the period that holds a date wholly; None where it is unknown or may lie in two."""
    if estimate.earliest is None or estimate.latest is None:
        return None
    first, last = start_of(estimate.earliest, unit), start_of(estimate.latest, unit)
    return label_of(first, unit) if first == last else None


def make_periods(dates: Iterable[DateEstimate], unit: PeriodUnit, as_of: date | None) -> tuple[Period, ...]:
    """Return the periods from the first to the last document that lies in one, and from there to `as_of`, without gaps.

    The first and the last with documents are complete when the data reach their edge, allowing twice the mean gap between documents; the
    last only if `as_of` does not lie before its end. Periods between are complete; those after it are not, since nobody can say
    whether nothing was published or nothing gathered.

    Raises:
        UsageError: more than 10,000 periods.
    """
    found = periods_of(Counter((estimate.earliest, estimate.latest) for estimate in dates), unit, as_of)
    if not found or as_of is None or as_of <= found[-1].end:
        return found
    later = _starts(found[0].start, as_of, unit)[len(found) :]
    return (*found, *(Period(label_of(start, unit), start, _end(start, unit), complete=False) for start in later))


def periods_of(spans: Mapping[tuple[date | None, date | None], int], unit: PeriodUnit, as_of: date | None) -> tuple[Period, ...]:
    """Return the periods with documents, which are counted by the earliest and latest day of their dates; see `make_periods`."""
    inside = {(a, b): n for (a, b), n in spans.items() if a and b and start_of(a, unit) == start_of(b, unit)}
    if not inside:
        return ()
    first, last = min(earliest for earliest, _ in inside), max(latest for _, latest in inside)
    starts = _starts(first, last, unit)
    slack = timedelta(days=2 * ((last - first).days + 1) / sum(inside.values()))
    periods: list[Period] = []
    for start in starts:
        end = _end(start, unit)
        complete = start != starts[0] or first - start <= slack
        if start == starts[-1]:
            complete = complete and end - last <= slack and (as_of is None or as_of >= end)
        periods.append(Period(label_of(start, unit), start, end, complete))
    return tuple(periods)


def _end(start: date, unit: PeriodUnit) -> date:
    """The last day of the period that begins with a day."""
    following = next_start(start, unit)
    return following - timedelta(days=1) if following else date.max


def _starts(first: date, last: date, unit: PeriodUnit) -> list[date]:
    starts = [start_of(first, unit)]
    while (following := next_start(starts[-1], unit)) and following <= last:
        starts.append(following)
        if len(starts) > MAX_PERIODS:
            raise UsageError(
                f"more than {MAX_PERIODS:,} periods from {first} to {last}.",
                where="trends.period",
                hint="Choose a longer period; or look at as_of in [study] and at the dates, where a mistyped year stretches the time.",
            )
    return starts
