"""Days as pages write them: ISO 8601 moments, digits in either order, names of months, and the signs of Chinese, Japanese and Korean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Literal

from topics.ingest.dates.calendar import CEILING_YEAR, FLOOR, make_day

_LANGUAGES = "en en_GB de de_AT fr es it pt nl sv da nb fi pl cs tr id ro ru uk"


def _folded(name: str) -> str:
    """A name as regular expressions compare it without case: the long s is an s, and the Turkish letters are an i."""
    return unicodedata.normalize("NFC", name).casefold().replace("ı", "i").replace("i\u0307", "i")


@cache
def months() -> dict[str, int]:
    """Return the number of each name or abbreviation of a month that all languages read alike, folded and without its dot.

    Source: Unicode CLDR, through Babel.
    """
    from babel.dates import get_month_names

    read: dict[str, set[int]] = {}
    for language in _LANGUAGES.split():
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    read.setdefault(_folded(name).rstrip("."), set()).add(number)
    return {name: min(numbers) for name, numbers in read.items() if len(numbers) == 1 and name.isalpha()}


def month_named(name: str) -> int:
    """Return the number of a month by its name in one of the languages, 0 where it is none."""
    return months().get(_folded(name), 0)


_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_NUMBER = r"(?P<month>0?[1-9]|1[0-2])"
_CLOCK = (
    r"(?:(?:T|\s)\s?(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?\s?(?P<offset>Z|[+-]\d\d:?\d\d)?)?"
)
Moment = Literal["", "utc", "local"]


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day in a string: where it stands and its first and last possible value, which differ where day and month may be swapped;
    `moment` says whether it is that of a moment with an offset.
    """

    start: int
    end: int
    earliest: date
    latest: date
    moment: Moment = ""

    @property
    def day(self) -> date | None:
        """The day, where only one is possible."""
        return self.earliest if self.earliest == self.latest else None


def _believable(day: date | None) -> bool:
    return day is not None and FLOOR <= day < date(CEILING_YEAR, 1, 1)


def _in_zone(day: date, found: re.Match[str], zone: tzinfo | None) -> date:
    """The day of a moment in the zone; midnight is what a program writes for a day without a time, so it stays."""
    groups = found.groupdict()
    if zone is None or not groups.get("offset") or int(groups["hour"]) > 23:
        return day
    hour, minute, second = (int(groups[name] or 0) for name in ("hour", "minute", "second"))
    if hour == minute == second == 0:
        return day
    offset = UTC if groups["offset"].upper() == "Z" else _offset(groups["offset"])
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=offset).astimezone(zone).date()


def _moment(found: re.Match[str]) -> Moment:
    offset = found.groupdict().get("offset")
    if not offset:
        return ""
    return "local" if offset.strip("Zz+-0:") else "utc"


def _offset(text: str) -> timezone:
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=min(minutes, 1439)) * (-1 if text[0] == "-" else 1))


def _either_order(found: re.Match[str], *, month_first: bool | None) -> tuple[date, date] | None:
    """First and last reading of digits. Dots are day first everywhere; slashes and hyphens as the page's language has it."""
    first, second, year = int(found["first"]), int(found["second_part"]), int(found["year"])
    day_first = make_day(year, second, first)
    swapped = make_day(year, first, second)
    if found["sep"] == "." or (month_first is False and day_first):
        swapped = None
    elif month_first and swapped:
        day_first = None
    days = sorted(day for day in (day_first, swapped) if day)
    return (days[0], days[-1]) if days else None


def _span(found: re.Match[str], zone: tzinfo | None, *, month_first: bool | None) -> tuple[date, date] | None:
    groups = found.groupdict()
    if groups.get("short"):
        day = make_day(2000 + int(groups["short"]), int(groups["second_part"]), int(groups["first"]))
        return (day, day) if day else None
    if groups.get("first"):
        return _either_order(found, month_first=month_first)
    month = month_named(groups["name"]) if groups.get("name") else int(groups["month"])
    day = make_day(int(groups["year"]), month, int(groups["day"]))
    if day is None:
        return None
    day = _in_zone(day, found, zone)
    return day, day


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    month = "(?P<name>" + "|".join(sorted(map(re.escape, months()), key=len, reverse=True)) + r")\b\.?"
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"(?<![\d/.-]){_YEAR}(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=sep){_DAY}(?!\d|[-/]\d){_CLOCK}",
            rf"(?<![\w/.-]){_DAY}(?:st|nd|rd|th|er|[.ºª])?[\s-]{{0,3}}(?:of\s+|de\s+)?{month},?[\s-]{{0,3}}(?:de\s+|del\s+)?{_YEAR}(?!\d)",
            rf"(?<![^\W\d_]){month}\s{{0,2}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,3}}{_YEAR}(?!\d)",
            rf"(?<![\w/.-]){_DAY}\s+tháng\s+{_NUMBER}(?:\s*,?\s+năm\s+|\s*[/,-]\s*){_YEAR}(?!\d)",
            rf"(?<!\d){_YEAR}\s?[年년]\s?{_NUMBER}\s?[月월]\s?{_DAY}\s?[日일]",
            r"(?<![\w/.,-])(?P<first>\d{1,2})(?P<sep>[./-])\s?(?P<second_part>\d{1,2})(?P=sep)\s?(?P<year>(?:19|20)\d\d)(?![\w/-])",
            r"(?<![\w/.,-])(?P<first>\d{1,2})\.(?P<second_part>\d{1,2})\.(?P<short>\d\d)(?![\w/.:-]|,\d)",
        )
    )


def find_days(text: str, *, zone: tzinfo | None = None, month_first: bool | None = None) -> Iterator[WrittenDay]:
    """Yield the days that a string states, in order; days that do not exist or lie before the floor are left out.

    Args:
        text: NFC.
        zone: where moments with an offset are moved to; None keeps the day as written.
        month_first: how 03/04/2025 is read; None keeps both readings.
    """
    taken: list[tuple[int, int]] = []
    found: list[WrittenDay] = []
    for pattern in _patterns():
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            span = _span(match, zone, month_first=month_first)
            if span and _believable(span[0]) and _believable(span[1]):
                found.append(WrittenDay(match.start(), match.end(), *span, _moment(match)))
    yield from sorted(found, key=lambda item: item.start)


_COMPACT = re.compile(r"^(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?:T?\d{4,6}Z?)?$")
_EPOCH = re.compile(r"^(?P<seconds>1\d{9})(?:\d{3})?$")  # seconds or milliseconds since 1970, of the years 2001 to 2033
MAX_VALUE = 80


def parse_value(value: str, *, zone: tzinfo | None = None, month_first: bool | None = None) -> WrittenDay | None:
    """Return the one day of a metadata value, such as 2025-03-14T08:00:00+07:00, 20250314, 1741914000 (seconds
    since 1970) or "14 mars 2025"; None for none or several.
    """
    value = unicodedata.normalize("NFC", value).strip()[:MAX_VALUE]
    if compact := _COMPACT.match(value):
        day = make_day(*(int(part) for part in compact.groups()))
        return WrittenDay(0, len(value), day, day) if day and _believable(day) else None
    if epoch := _EPOCH.match(value):
        day = datetime.fromtimestamp(int(epoch["seconds"]), zone or UTC).date()
        return WrittenDay(0, len(value), day, day, "utc")
    found = list(find_days(value, zone=zone, month_first=month_first))
    return found[0] if len(found) == 1 else None


def is_written(day: date, source: str) -> bool:
    """Whether a day stands in full in a page's source: in digits, with the name of its month, or as seconds since 1970."""
    names = "|".join(re.escape(name) for name, number in months().items() if number == day.month)
    year, month, number = day.year, f"0?{day.month}", f"0?{day.day}"
    forms = (
        rf"{year}[-/.]?{day:%m}[-/.]?{day:%d}(?!\d)|{year}[-/.]{month}[-/.]{number}(?!\d)",
        rf"(?<!\d){number}[./-]\s?{month}[./-]\s?(?:{year}|{day:%y})(?!\d)|(?<!\d){month}/{number}/{year}",
        rf"(?<!\d){number}(?:st|nd|rd|th|er|[.ºª])?[\s-]{{0,3}}(?:of\s+|de\s+)?(?:{names})\.?,?[\s-]{{0,3}}(?:de\s+|del\s+)?{year}",
        rf"(?:{names})\.?\s{{0,2}}{number}(?:st|nd|rd|th)?,?\s{{1,3}}{year}|(?<!\d){number}\s+tháng\s+{month}\D{{1,6}}{year}",
    )
    if any(re.search(form, source, re.IGNORECASE) for form in forms):
        return True
    start = (day - date(1970, 1, 1)).days * 86_400
    return any(start <= int(value) < start + 86_400 for value in re.findall(r"(?<!\d)1\d{9}(?!\d)", source))
