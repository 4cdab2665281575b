"""Patterns in the dates of one source that show a fault in how they were made: shifted clocks, times of fetching, placeholder days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from topics.core.documents import DateEstimate

MIN_TIMES = 200  # times of day that a pattern over hours needs
MIN_DAYS = 100  # dated documents that a pattern over days needs
MIN_LAGS = 50  # documents whose text tells a day
QUIET_HOURS = 6  # newsrooms sleep about so long
QUIET_START = 0  # and from about midnight on, local time
SHIFT = 3  # hours off before a clock is called shifted
BATCH = 5  # documents in one minute that no newsroom publishes
BATCH_SHARE = 0.5
ONE_DAY_SHARE = 0.2
FIRST_DAY_SHARE = 0.2  # about 3 % of the days are the first of a month
WEEKDAY_SHARE = 0.6
ADDRESS_DAYS = 7  # further apart is a conflict of its own
BEFORE_SHARE = 0.05  # texts that speak of tomorrow as "sáng 15/8" are fewer

Found = tuple[str, int, str]


class Dated(Protocol):
    """What a pattern needs of a document."""

    @property
    def estimate(self) -> DateEstimate:
        """When it was published."""
        ...

    @property
    def moment(self) -> str:
        """Minute of its date field, empty where it has none."""
        ...

    @property
    def lag(self) -> int | None:
        """Days from the day that the text tells of to the day of the field."""
        ...

    @property
    def url_lag(self) -> int | None:
        """Days from the day that the address names to the day of the field."""
        ...


def _clock(source: str, hours: Counter[int]) -> list[Found]:
    """A clock that is off: the quiet hours of the night lie at another time of day."""
    total = sum(hours.values())
    if total < MIN_TIMES:
        return []
    windows = {start: sum(hours[(start + n) % 24] for n in range(QUIET_HOURS)) for start in range(24)}
    start = min(windows, key=lambda hour: (windows[hour], hour))
    off = (start - QUIET_START + 12) % 24 - 12
    if abs(off) < SHIFT or windows[start] > 0.5 * total * QUIET_HOURS / 24:
        return []
    moved = sum(n for hour, n in hours.items() if not 0 <= hour - off < 24)
    end = (start + QUIET_HOURS) % 24
    message = (
        f"{source}: the clock of the date field looks wrong: the quietest hours are {start:02d}:00 to {end:02d}:00, not the night. "
        f"It seems to run about {abs(off)} hours (give or take two) {'behind' if off < 0 else 'ahead'}; then about {moved:,} of {total:,} "
        f"documents ({moved / total:.0%}) have the wrong day. Check the zone in which the times were written."
    )
    return [("shifted_clock", moved, message)]


def _batches(source: str, minutes: Counter[str]) -> list[Found]:
    """Times of fetching in place of times of publication: many documents in one minute."""
    total = sum(minutes.values())
    timed = {minute: n for minute, n in minutes.items() if not minute.endswith("T00:00")}
    shared = sum(n for n in timed.values() if n >= BATCH)
    if total < MIN_TIMES or shared < BATCH_SHARE * total:
        return []
    message = (
        f"{source}: {shared:,} of {total:,} documents ({shared / total:.0%}) share the minute of their date field with {BATCH - 1} or more "
        "others. That looks like the time at which they were fetched, not published, so a day can be late by one or more."
    )
    return [("fetch_time", shared, message)]


def _lags(source: str, rows: Sequence[Dated]) -> list[Found]:
    """Fields that are earlier than the day that the text tells of."""
    lags = [row.lag for row in rows if row.lag is not None]
    early = sum(lag < 0 for lag in lags)
    late = sum(lag >= 2 for lag in lags)
    found: list[Found] = []
    if len(lags) >= MIN_LAGS and early > BEFORE_SHARE * len(lags):
        message = (
            f"{source}: of {len(lags):,} texts that tell the day of their news, {early:,} ({early / len(lags):.0%}) have an earlier date "
            "field. Either they announce the next day, or the field's day is too early for about that share."
        )
        found.append(("field_before_text", early, message))
    if len(lags) >= MIN_LAGS and late > 3 * BEFORE_SHARE * len(lags):
        message = (
            f"{source}: of {len(lags):,} texts that tell the day of their news, {late:,} ({late / len(lags):.0%}) have a date field two "
            "or more days later. The field may be the day of an update or of the crawl."
        )
        found.append(("field_after_text", late, message))
    addresses = [row.url_lag for row in rows if row.url_lag is not None]
    off = [lag for lag in addresses if 1 <= abs(lag) <= ADDRESS_DAYS]
    if len(addresses) >= MIN_LAGS and len(off) > BEFORE_SHARE * len(addresses):
        side = "later" if sum(lag > 0 for lag in off) * 2 >= len(off) else "earlier"
        message = (
            f"{source}: of {len(addresses):,} addresses that name a day, {len(off):,} ({len(off) / len(addresses):.0%}) disagree with the "
            f"date field, most of them by one day and with the field {side}. One of the two is not the day of publication."
        )
        found.append(("field_against_address", len(off), message))
    return found


def _days(source: str, days: Counter[date]) -> list[Found]:
    """Days that stand for something else: one day with too much, first days of months, one weekday."""
    total = sum(days.values())
    if total < MIN_DAYS or len(days) < 2:
        return []
    found: list[Found] = []
    day, most = max(days.items(), key=lambda item: (item[1], item[0]))
    if most > ONE_DAY_SHARE * total and len(days) > 10:
        message = f"{source}: {most:,} of {total:,} documents ({most / total:.0%}) fall on {day}. It may stand for an unknown day."
        found.append(("one_day", most, message))
    first = sum(n for day, n in days.items() if day.day == 1)
    if first > FIRST_DAY_SHARE * total:
        message = f"{source}: {first:,} of {total:,} documents ({first / total:.0%}) fall on the first of a month. The day may be made up."
        found.append(("first_of_month", first, message))
    weekdays = Counter(day.weekday() for day in days.elements())
    name, on = max(weekdays.items(), key=lambda item: (item[1], item[0]))
    if on > WEEKDAY_SHARE * total and len({day.isocalendar()[:2] for day in days}) >= 8:
        title = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")[name]
        message = f"{source}: {on:,} of {total:,} documents ({on / total:.0%}) fall on {title}. It may be a week's date."
        found.append(("one_weekday", on, message))
    return found


def source_findings(source: str, rows: Sequence[Dated]) -> list[Found]:
    """Return (code, documents, sentence) of every suspicious pattern in the dates of a source."""
    minutes = Counter(row.moment for row in rows if row.moment)
    hours: Counter[int] = Counter()
    for minute, n in minutes.items():
        if not minute.endswith("T00:00"):
            hours[int(minute[11:13])] += n
    days = Counter(row.estimate.point for row in rows if row.estimate.point)
    return [*_clock(source, hours), *_batches(source, minutes), *_lags(source, rows), *_days(source, days)]
