"""Dates in structured fields: columns of a table, keys of a JSON record, metadata of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal

from topics.core.documents import DateEstimate
from topics.ingest.dates.calendar import CEILING_YEAR, FLOOR, make_day, month_span, quarter_span
from topics.ingest.dates.mentions import Mention, find_mentions
from topics.ingest.dates.numbers import NumberKind, number_kind, number_moment

Order = Literal["dmy", "mdy"]
_TIME = r"(?:[ T,;|–-]+(?:at |lúc )?\d{1,2}[:h]\d{2}.*)?"
_NUMERIC = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}){_TIME}$", re.IGNORECASE)
_SHORT_YEAR = re.compile(rf"\d{{1,2}}([/.-])\d{{1,2}}\1\d{{2}}{_TIME}$", re.IGNORECASE)
_ISO_DAY = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}$", re.IGNORECASE)
_ISO_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})$")
_STAMP = re.compile(r"(?:19|20)\d{12}$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_ZONE = re.compile(r"\(?\s*(?:GMT|UTC)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?\s*\)?\s*$", re.IGNORECASE)
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:h]([0-5]\d)(?::[0-5]\d)?(?:\.\d+)?\s*([AaPp])?\.?[Mm]?", re.IGNORECASE)
_CONFIDENCE = 0.99
_DOUBTED = 0.6  # of a day that its weekday contradicts, as in headers
_RANGE = re.compile(r"\s+(?:-|–|—|to|until|đến|tới)\s+|\s*/\s*(?=\d{4}-)")  # between two days


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What a date field says.

    Args:
        estimate: the date, None where the value holds none.
        notes: codes of what is doubtful about it.
        moment: the moment in the study's zone, where the value gives a time.
        ballot: what the value says about how its source writes dates, for `DateVotes`.
    """

    estimate: DateEstimate | None = None
    notes: tuple[str, ...] = ()
    moment: datetime | None = None
    ballot: tuple[str, ...] = ()


def _point(day: date, method: str = "field") -> DateEstimate:
    return DateEstimate(day, day, day, "day", _CONFIDENCE, method)


def two_readings(dmy: date, mdy: date, method: str = "field") -> DateEstimate:
    """Return the interval that stands for its two ends alone: 03/04/2025, where the order of day and month is open."""
    suffix = "dmy_or_mdy" if dmy < mdy else "mdy_or_dmy"
    return DateEstimate(None, min(dmy, mdy), max(dmy, mdy), "interval", 0.5, f"{method}_{suffix}")


def _clean(value: str) -> str:
    """White space and a zone such as "(GMT+7)" in the form that ISO 8601 and RFC 2822 know."""
    value = " ".join(value.split())
    if found := _ZONE.search(value):
        offset = f"{found[1]}{int(found[2]):02d}:{found[3] or '00'}"
        return value[: found.start()].rstrip(" ,") + offset
    return value


def _moment(value: str) -> datetime | None:
    """The moment of ISO 8601 or RFC 2822, as it stands."""
    for text in (value, re.sub(r" (?=[+-]\d\d:?\d\d$)", "", value)):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            continue
    if re.search(r"\d\s*[AP]\.?M\b", value, re.IGNORECASE):  # RFC 2822 knows no half days and would drop the word
        return None
    try:
        return parsedate_to_datetime(value) if value[:1].isalpha() or value[:1].isdigit() else None
    except (TypeError, ValueError):
        return None


def _local(moment: datetime, zone: tzinfo) -> tuple[datetime | None, tuple[str, ...]]:
    """The moment in the zone, and what is doubtful: no offset near midnight, an offset that no zone has today."""
    if moment.tzinfo is None:
        late = moment.hour in {22, 23, 0, 1} and (moment.hour, moment.minute, moment.second) != (0, 0, 0)
        return moment, ("zone_unknown",) if late else ()
    offset = moment.utcoffset()
    odd = ("odd_offset",) if offset and offset.total_seconds() % 900 else ()
    try:
        return moment.astimezone(zone), odd
    except OverflowError:  # the first or last moment that a date can hold
        return None, odd


def _clock(value: str, day: date) -> datetime | None:
    """The time of day beside a date in words or numbers."""
    found = _CLOCK.search(value)
    if not found:
        return None
    hour = int(found[1]) % 12 + (12 if found[3] in "Pp" else 0) if found[3] else int(found[1])
    return datetime.combine(day, time(hour, int(found[2])))


def _numeric(first: int, second: int, year: int, order: Order | None) -> FieldReading:
    """dd/mm or mm/dd: a point where only one reading exists, both agree or the order is known, else the interval of both."""
    dmy, mdy = make_day(year, second, first), make_day(year, first, second)
    if dmy and mdy and dmy != mdy:
        if order:
            return FieldReading(_point(dmy if order == "dmy" else mdy))
        return FieldReading(two_readings(dmy, mdy), ("ambiguous_day_month",))
    day = dmy or mdy
    if day is None:
        return FieldReading(notes=("date_impossible",))
    vote = () if dmy == mdy else ("field.dmy",) if dmy else ("field.mdy",)
    return FieldReading(_point(day), ballot=vote)


def _with_time(reading: FieldReading, value: str, zone: tzinfo) -> FieldReading:
    """Add the time of day, and move it into the zone where the value names an offset."""
    day = reading.estimate.point if reading.estimate else None
    moment = _clock(value, day) if day else None
    if moment is None:
        return reading
    if found := re.search(r"([+-]\d\d):?(\d\d)$", value):
        offset = datetime.strptime(found[1] + found[2], "%z").tzinfo
        moment = moment.replace(tzinfo=offset)
    local, notes = _local(moment, zone)
    if local is None:
        return reading
    estimate = reading.estimate if day == local.date() or reading.estimate is None else _point(local.date(), reading.estimate.method)
    return replace(reading, estimate=estimate, moment=local, notes=(*reading.notes, *notes))


def _written(value: str, order: Order | None) -> FieldReading:
    """A date in words: the one day in it, or the month, quarter or year that is all it says."""
    mentions = find_mentions(value)
    days = [mention for mention in mentions if mention.grain == "day"]
    if len(days) != 1 or not days[0].date:
        whole = len(mentions) == 1 and mentions[0].start <= 2 and mentions[0].end == len(value)
        return _period(mentions[0]) if whole else FieldReading(notes=("date_unreadable",))
    year, month, day = days[0].date
    if days[0].order:
        first, second = (month, day) if days[0].order == "mdy" else (day, month)
        vietnamese = bool(re.search(r"thứ|chủ nhật|ngày|lúc", value, re.IGNORECASE))
        reading = _numeric(first, second, year, order or ("dmy" if vietnamese else None))
        if order is None and days[0].weekday is not None and (both := _against_weekday(first, second, year, reading, days[0].weekday)):
            return both
    else:
        found = make_day(year, month, day)
        reading = FieldReading(_point(found)) if found else FieldReading(notes=("date_impossible",))
    return _by_weekday(reading, days[0].weekday)


def _against_weekday(first: int, second: int, year: int, reading: FieldReading, weekday: int) -> FieldReading | None:
    """Both readings of the numbers, where the weekday contradicts the usual order and fits the other: one of the two is a slip."""
    dmy, mdy = make_day(year, second, first), make_day(year, first, second)
    point = reading.estimate.point if reading.estimate else None
    if not (dmy and mdy and dmy != mdy and point) or point.weekday() == weekday or mdy.weekday() != weekday:
        return None
    return FieldReading(two_readings(dmy, mdy), ("ambiguous_day_month", "weekday_conflict"))


def _by_weekday(reading: FieldReading, weekday: int | None) -> FieldReading:
    """Let the weekday decide between two readings; note where it agrees with none, and believe the day less."""
    estimate = reading.estimate
    if weekday is None or not (estimate and estimate.earliest and estimate.latest):
        return reading
    right = [day for day in {estimate.earliest, estimate.latest} if day.weekday() == weekday]
    if len(right) == 1:
        return FieldReading(_point(right[0]), ballot=reading.ballot)
    doubted = replace(estimate, confidence=min(estimate.confidence, _DOUBTED))
    return replace(reading, estimate=doubted, notes=(*reading.notes, "weekday_conflict"))


def _period(mention: Mention) -> FieldReading:
    if mention.year and mention.grain == "month" and mention.month:
        return FieldReading(DateEstimate(None, *month_span(mention.year, mention.month), "month", _CONFIDENCE, "field"))
    if mention.year and mention.grain == "quarter" and mention.quarter:
        return FieldReading(DateEstimate(None, *quarter_span(mention.year, mention.quarter), "quarter", _CONFIDENCE, "field"))
    return FieldReading(notes=("date_unreadable",))


def _whole_period(value: str) -> FieldReading | None:
    """A month (yyyy-mm) or a year alone."""
    if found := _ISO_MONTH.match(value):
        year, month = int(found[1]), int(found[2])
        if not (year and 1 <= month <= 12):
            return FieldReading(notes=("date_impossible",))
        return FieldReading(DateEstimate(None, *month_span(year, month), "month", _CONFIDENCE, "field"))
    if _YEAR.match(value):
        return FieldReading(DateEstimate(None, date(int(value), 1, 1), date(int(value), 12, 31), "interval", _CONFIDENCE, "field"))
    return None


def _number(value: str, zone: tzinfo, number: NumberKind | None) -> FieldReading | None:
    """A number, which is a date only where it is known what it counts."""
    kind = number_kind(value)
    if kind is None:
        return None
    moment = number_moment(value, number, zone) if number else None
    if moment is None:
        return FieldReading(notes=("date_number",), ballot=(f"number.{kind}",))
    return FieldReading(_point(moment.date(), "field_number"), (), moment, (f"number.{kind}",))


def _standard(value: str, zone: tzinfo) -> FieldReading | None:
    """ISO 8601, RFC 2822, yyyymmddHHMMSS and yyyy/mm/dd with a time."""
    moment = _moment(f"{value[:8]}T{value[8:]}" if _STAMP.match(value) else value)
    if moment is not None:
        local, notes = _local(moment, zone)
        if local is None:
            return FieldReading(notes=("date_placeholder",))
        timed = bool(re.search(r"\d[T ]?\d\d:?\d\d", value[8:])) or bool(_STAMP.match(value))
        return FieldReading(_point(local.date()), notes if timed else (), local if timed else None)
    if found := _ISO_DAY.match(value):
        day = make_day(int(found[1]), int(found[3]), int(found[4]))
        return _with_time(FieldReading(_point(day)), value, zone) if day else FieldReading(notes=("date_impossible",))
    return FieldReading(notes=("date_impossible",)) if re.match(r"\d{4}-\d\d-\d\d", value) else None


def _range(value: str, zone: tzinfo, order: Order | None) -> FieldReading | None:
    """The days between two days: "2026-01-12 - 2026-01-15"; an end that fixes the order of day and month fixes it for both."""
    ends = _RANGE.split(value)
    if len(ends) != 2:
        return None
    readings = [_read(end, zone, order, None) for end in ends]
    told = {vote.removeprefix("field.") for reading in readings for vote in reading.ballot if vote in {"field.dmy", "field.mdy"}}
    if order is None and told in ({"dmy"}, {"mdy"}):
        readings = [_read(end, zone, "dmy" if told == {"dmy"} else "mdy", None) for end in ends]
    first, last = (reading.estimate.point if reading.estimate else None for reading in readings)
    if first is None or last is None or first > last:
        return None
    return FieldReading(
        DateEstimate(None, first, last, "interval", _CONFIDENCE, "field"), ballot=tuple(f"field.{vote}" for vote in sorted(told))
    )


def _read(value: str, zone: tzinfo, order: Order | None, number: NumberKind | None) -> FieldReading:
    reading = _whole_period(value) or _number(value, zone, number) or _range(value, zone, order)
    if reading:
        return reading
    if found := _NUMERIC.match(value):
        return _with_time(_numeric(int(found[1]), int(found[3]), int(found[4]), order), value, zone)
    if _SHORT_YEAR.match(value):
        return FieldReading(notes=("two_digit_year",))
    return _standard(value, zone) or _with_time(_written(value, order), value, zone)


def read_field(value: str, zone: tzinfo, order: Order | None = None, number: NumberKind | None = None) -> FieldReading:
    """Return what a date field says; invalid days (31/02) are never repaired, placeholders (1970-01-01, 9999-12-31) never believed.

    Args:
        value: ISO 8601, RFC 2822, yyyymmddHHMMSS, yyyy/mm/dd, dd/mm/yyyy, a written English or Vietnamese date, a month, quarter or
            year, or a number where `number` says what it counts.
        zone: calendar zone of the study; moments with an offset are moved into it, others are taken as they stand.
        order: whether day or month comes first, where that is known.
        number: what numbers count, where that is known.
    """
    value = _clean(value)
    if not value:
        return FieldReading()
    reading = _read(value, zone, order, number)
    ballot = ("field", *reading.ballot)
    estimate = reading.estimate
    if estimate and estimate.latest and not FLOOR <= estimate.latest < date(CEILING_YEAR, 1, 1):
        return FieldReading(notes=("date_placeholder",), ballot=ballot)
    if value.strip("0-/:. T") == "" or value in {"-1", "1"}:
        return FieldReading(notes=("date_placeholder",), ballot=ballot)
    return replace(reading, ballot=ballot)
