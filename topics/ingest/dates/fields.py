"""Dates in structured fields: columns of a table, keys of a JSON record."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from email.utils import parsedate_to_datetime

from topics.core.documents import DateEstimate
from topics.ingest.dates.calendar import CEILING_YEAR, FLOOR, make_day, month_span
from topics.ingest.dates.mentions import find_mentions

_NUMERIC = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,].*)?$")
_ISO_DAY = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$")
_ISO_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_CONFIDENCE = 0.99


def _point(day: date, method: str) -> DateEstimate:
    return DateEstimate(day, day, day, "day", _CONFIDENCE, method)


def _moment(value: str, zone: tzinfo) -> date | None:
    """The day of an ISO 8601 or RFC 2822 moment in the zone; a moment without offset is taken as it stands."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (TypeError, ValueError):
            return None
    try:
        return moment.date() if moment.tzinfo is None else moment.astimezone(zone).date()
    except OverflowError:  # the first or last moment that a date can hold
        return None


def _numeric(first: int, second: int, year: int) -> DateEstimate | None:
    """dd/mm or mm/dd: a point where only one reading exists or both agree, else the interval of both."""
    days = sorted({day for day in (make_day(year, second, first), make_day(year, first, second)) if day})
    if not days:
        return None
    if len(days) == 1:
        return _point(days[0], "field")
    return DateEstimate(None, days[0], days[-1], "interval", 0.5, "field_ambiguous_day_month")


def parse_field(value: str, zone: tzinfo) -> DateEstimate | None:
    """Return the date of a field, or None where the value is no date; invalid days (31/02) are never repaired.

    Args:
        value: ISO 8601, RFC 2822, yyyy/mm/dd, dd/mm/yyyy, a written English or Vietnamese date, or yyyy-mm.
        zone: calendar zone of the study; moments with an offset are moved into it.
    """
    value = value.strip()
    estimate: DateEstimate | None = None
    if found := _ISO_DAY.match(value):
        day = make_day(*(int(part) for part in found.groups()))
        estimate = _point(day, "field") if day else None
    elif found := _ISO_MONTH.match(value):
        year, month = int(found[1]), int(found[2])
        estimate = DateEstimate(None, *month_span(year, month), "month", _CONFIDENCE, "field") if year and 1 <= month <= 12 else None
    elif found := _NUMERIC.match(value):
        estimate = _numeric(*(int(part) for part in found.groups()))
    elif moment := _moment(value, zone):
        estimate = _point(moment, "field")
    else:
        written = [mention for mention in find_mentions(value) if mention.grain == "day"]
        if len(written) == 1 and (day := make_day(written[0].year or 0, written[0].month or 0, written[0].day or 0)):
            estimate = _point(day, "field")
    if estimate and estimate.latest and not FLOOR <= estimate.latest < date(CEILING_YEAR, 1, 1):
        return None  # 1970-01-01, 9999-12-31 and the like are placeholders
    return estimate
