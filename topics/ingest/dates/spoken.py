"""Days that the lead names without a year ("Sáng 14/1", "This morning (December 26)"): which year, and how sure.

How far the day of publication lies from a spoken day was measured on half of 1,352 dated Vietnamese articles and 63,773 feed items:
"sáng nay" and, at the head of a sentence, "sáng" or "chiều" lie within a day of it in 98 of 100 cases, so they alone give a point.
The others give the days between which 97 of 100 articles appeared. The confidences below are such shares, the year included.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from topics.core.documents import DateEstimate, Evidence
from topics.ingest.dates.calendar import CEILING_YEAR, FLOOR, first_on_or_after, make_day
from topics.ingest.dates.events import event_years
from topics.ingest.dates.founding import anniversaries, anniversary_day, founding_year
from topics.ingest.dates.mentions import Mention
from topics.ingest.dates.reading import LEAD, YEAR_AHEAD, Reading
from topics.ingest.dates.tense import is_document

NEAR_BOUND, FAR_BOUND = 31, 275  # days after the latest past date within which a day and month are taken to follow it
SAME_OCCASION = 7  # days by which the day of the news can lie before the latest past date
_REVIEW = re.compile(r"\b(?:review|summary|tổng kết|nhìn lại|kết quả)\b", re.IGNORECASE)
_RANGE_END = re.compile(r"\d\)?\s*[–-]\s*$")
_WINDOWS = {"early": (1, 3), "weekday": (1, 3), "late": (1, 3), "past": (1, 3), "day": (31, 31), "": (31, 31)}
_HEAD_DAY = (7, 7)  # "Ngày 14/1" at the head of a sentence


def spoken_day(reading: Reading) -> Mention | None:
    """Return the day and month that title or lead give without a year, if they speak of the news."""
    for mention in reading.mentions:
        if mention.start > reading.lead + LEAD:
            return None
        told = mention.grain == "month_day" and mention.part and not mention.bounded and not mention.future
        if told and (mention.part == "now" or not reading.is_ahead(mention)):
            return mention
    return None


def _anniversary(reading: Reading, mention: Mention) -> tuple[date, float, Evidence] | None:
    """The year of a day near "80th anniversary": from the user's table, or from the same day of a founding year in the text."""
    for start, end, years in anniversaries(reading.text):
        if abs(start - mention.start) > LEAD:
            continue
        seen = Evidence(start, end, reading.text[start:end], "anniversary")
        if (row := founding_year(reading.text, start, reading.founded)) and mention.month and mention.day:
            kept = anniversary_day(row, years, mention.month, mention.day)
            return (kept, 0.85, seen) if kept else None
        for other in reading.mentions:
            if other.grain != "day" or not other.year or (other.month, other.day) != (mention.month, mention.day):
                continue
            if _RANGE_END.search(reading.text, max(0, other.start - 4), other.start):
                continue  # "(15.9.1945 - 15.9.2025)": the second is the day itself
            found = make_day(other.year + years, mention.month or 0, mention.day or 0)
            if found and FLOOR <= found < date(CEILING_YEAR, 1, 1):
                return found, 0.65, seen
    return None


def _candidates(mention: Mention, first: date, years: int) -> list[date]:
    """Days with that month, day and, where named, weekday, on or after a bound, within some years."""
    days = (make_day(first.year + n, mention.month or 0, mention.day or 0) for n in range(years + 1))
    return [day for day in days if day and day >= first and mention.weekday in (None, day.weekday())]


def _days_around(reading: Reading, mention: Mention) -> tuple[timedelta, timedelta]:
    """How long before and after a spoken day an article appears."""
    before, after = _HEAD_DAY if mention.part == "day" and reading.is_head(mention) else _WINDOWS.get(mention.part, (0, 0))
    return timedelta(days=before), timedelta(days=after)


def _estimate(reading: Reading, mention: Mention, day: date, confidence: float, method: str) -> DateEstimate:
    """A point where the text speaks of the day of publication, else the days on which it can have appeared."""
    sure = mention.part == "now" or (mention.part in {"early", "weekday"} and reading.is_head(mention))
    if sure:
        return reading.point(mention, day, confidence if mention.part == "now" else min(confidence, 0.85), method)
    before, after = _days_around(reading, mention)
    return DateEstimate(None, day - before, day + after, "interval", min(confidence, 0.9), method, (reading.evidence(mention, method),))


def _by_event(reading: Reading, mention: Mention) -> DateEstimate | None:
    found = event_years(reading, mention)
    if len(found.years) != 1:
        return None
    ((year, seen),) = found.years.items()
    bound = reading.bounds[0][0] - timedelta(days=SAME_OCCASION) if reading.bounds else FLOOR
    years = [year - 1, year] if found.may_be_next_year else [year]
    if _REVIEW.search(found.sentence) and (mention.month or 0) <= 2:
        years = [year, year + 1]
    possible = [day for y in years if (day := make_day(y, mention.month or 0, mention.day or 0)) and day >= bound]
    days = [day for day in possible if mention.weekday in (None, day.weekday())]
    if possible and not days:
        reading.notes.add("weekday_conflict")
    if not days:
        return None
    if len(days) == 1:
        estimate = _estimate(reading, mention, days[0], 0.95, "deictic_event_year")
        return replace(estimate, evidence=(*estimate.evidence, seen))
    before, after = _days_around(reading, mention)
    evidence = (reading.evidence(mention, "deictic"), seen)
    return DateEstimate(None, days[0] - before, days[-1] + after, "interval", 0.6, "deictic_review_year", evidence)


def _is_recent(reading: Reading, witness: Mention, gap: int) -> bool:
    """Whether a past date is one that news refer to within the year: a day, if that of a document then only a fresh one.

    A month is none: of 17 articles whose latest past date was a month, 7 appeared a year or more after the day that followed it.
    """
    return witness.grain == "day" and gap <= (NEAR_BOUND if is_document(reading.text, witness) else FAR_BOUND)


def _by_bound(reading: Reading, mention: Mention) -> DateEstimate | None:
    if not reading.bounds:
        return _by_open_bound(reading, mention)
    bound, witness = reading.bounds[0]
    fixed = _candidates(mention, bound, 4)
    seen = (reading.evidence(mention, "deictic"), reading.evidence(witness, "lower_bound"))
    if len(fixed) == 1:  # a weekday, or 29 February, leaves one year of the next four
        estimate = _estimate(reading, mention, fixed[0], 0.88, "deictic_bounded")
        return replace(estimate, evidence=(*estimate.evidence, seen[1]))
    day = first_on_or_after(bound - timedelta(days=SAME_OCCASION), mention.month or 0, mention.day or 0)
    if mention.weekday is not None or day is None or day < bound:
        return DateEstimate(None, bound, None, "interval", 0.45, "deictic_year", seen)
    gap = (day - bound).days
    may_be_later = bool(reading.loose_bounds) and reading.loose_bounds[0][0].year + YEAR_AHEAD > day.year
    if may_be_later or not _is_recent(reading, witness, gap):
        return DateEstimate(None, max(bound, day - _days_around(reading, mention)[0]), None, "interval", 0.45, "deictic_year", seen)
    estimate = _estimate(reading, mention, day, 0.88 if gap <= NEAR_BOUND else 0.6, "deictic_bounded")
    return replace(estimate, evidence=(*estimate.evidence, seen[1]))


def _by_open_bound(reading: Reading, mention: Mention) -> DateEstimate | None:
    if not reading.loose_bounds or reading.loose_bounds[0][0] < FLOOR:
        return None
    bound, witness = reading.loose_bounds[0]
    seen = (reading.evidence(mention, "deictic"), reading.evidence(witness, "lower_bound"))
    return DateEstimate(None, bound, None, "interval", 0.35, "deictic_year", seen)


def from_deictic(reading: Reading) -> DateEstimate | None:
    """ "Sáng 14/1": the year comes from an anniversary, the event in the same sentence, a weekday, or the latest past date."""
    mention = spoken_day(reading)
    if mention is None or mention.month is None or mention.day is None:
        return None
    kept = _anniversary(reading, mention)
    if kept and (not reading.bounds or reading.bounds[0][0] <= kept[0]):
        estimate = reading.point(mention, kept[0], kept[1], "anniversary")
        return replace(estimate, evidence=(*estimate.evidence, kept[2]))
    found = _by_event(reading, mention) or _by_bound(reading, mention)
    return found or DateEstimate(method="day_and_month_only", confidence=0.3, evidence=(reading.evidence(mention, "deictic"),))


def from_anniversary(reading: Reading) -> DateEstimate | None:
    """An anniversary of a known founding year, and no day: the year."""
    bound = reading.bounds[0][0] if reading.bounds else FLOOR
    for start, end, years in anniversaries(reading.text) if reading.founded else ():
        row = founding_year(reading.text, start, reading.founded)
        if row and bound.year <= row.year + years < CEILING_YEAR:
            mention = Mention(start, end, "year", row.year + years, None, None, None, bounded=False, future=False)
            span = (date(row.year + years, 1, 1), date(row.year + years, 12, 31))
            return DateEstimate(None, *span, "interval", 0.7, "anniversary_year", (reading.evidence(mention, "anniversary"),))
    return None


def day_within(reading: Reading, first: date, last: date) -> DateEstimate | None:
    """Return the day that the lead gives without a year, where an interval known from elsewhere (to a year) holds it once."""
    mention = spoken_day(reading)
    if mention is None or not mention.month or not mention.day or (last - first).days > 366:
        return None
    days = {day for year in (first.year, last.year) if (day := make_day(year, mention.month, mention.day)) and first <= day <= last}
    return _estimate(reading, mention, days.pop(), 0.88, "deictic_within") if len(days) == 1 else None
