"""Days that the lead names without a year ("Sáng 14/1", "This morning (December 26)"): which year, and how sure.

How often a spoken day is the day of publication was measured on 2,700 dated Vietnamese articles and 63,000 feed items:
"sáng nay" 95 %, "sáng" or "chiều" at the head of the lead 88 %, "tối" 70 %, "ngày" 67 %, and nearly all within three days.
So only the first two give a point; the others give the days on which the article can have appeared. The confidences below are
such shares, the year included.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from topics.core.documents import DateEstimate, Evidence
from topics.ingest.dates.calendar import FLOOR, first_on_or_after, make_day
from topics.ingest.dates.founding import anniversaries, anniversary_day, founding_year
from topics.ingest.dates.mentions import Mention
from topics.ingest.dates.reading import LEAD, Reading

NEAR_BOUND, FAR_BOUND = 31, 275  # days after the latest past date within which a day and month are taken to follow it
_EVENT_YEAR = re.compile(
    r"\b(?:the|its|this year[’']s|an?|their)\s+(199\d|20\d\d)\b(?!\s*[–-]\s*\d)|\bnăm\s+(199\d|20\d\d)\b(?!\s*[–-]\s*\d)", re.IGNORECASE
)
_NOT_ITS_YEAR = re.compile(
    r"\b(?:by|until|before|towards?|beyond|since|in|during|from|đến|tới|trước|hết|từ|vào|hồi|trong|so với|cùng kỳ|cuối"
    r"|(?<!tháng )đầu|sinh|kể từ)"
    r"\s+(?:the\s+)?(?:end of\s+|cuối\s+)?$",
    re.IGNORECASE,
)
_REVIEW = re.compile(r"\b(?:review|summary|tổng kết|nhìn lại|kết quả)\b", re.IGNORECASE)
_LAGS = {"late": 1, "early": 1, "weekday": 1, "now": 0, "past": 1, "day": 3, "": 3}  # days after the spoken day


def spoken_day(reading: Reading) -> Mention | None:
    """Return the day and month that title or lead give without a year, if they speak of the news."""
    for mention in reading.mentions:
        if mention.start > reading.lead + LEAD:
            return None
        if mention.grain == "month_day" and not mention.bounded and not mention.future and mention.part:
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
            if other.grain == "day" and other.year and (other.month, other.day) == (mention.month, mention.day):
                found = make_day(other.year + years, mention.month or 0, mention.day or 0)
                if found and found >= FLOOR:
                    return found, 0.65, seen
    return None


def _event_years(reading: Reading, mention: Mention) -> tuple[dict[int, Evidence], str]:
    """Years of events in the sentence of a mention, with their evidence, and the sentence."""
    start, end = reading.sentence(mention.start)
    sentence = reading.text[start:end]
    years: dict[int, Evidence] = {}
    for hit in _EVENT_YEAR.finditer(sentence):
        if not _NOT_ITS_YEAR.search(sentence[: hit.start()][-30:]):
            group = 1 if hit[1] else 2
            years[int(hit[group])] = Evidence(start + hit.start(group), start + hit.end(group), hit[group], "event_year")
    return years, sentence


def _candidates(mention: Mention, first: date, years: int) -> list[date]:
    """Days with that month, day and, where named, weekday, on or after a bound, within some years."""
    days = (make_day(first.year + n, mention.month or 0, mention.day or 0) for n in range(years + 1))
    return [day for day in days if day and day >= first and mention.weekday in (None, day.weekday())]


def _estimate(reading: Reading, mention: Mention, day: date, confidence: float, method: str) -> DateEstimate:
    """A point where the text speaks of the day of publication, else the days on which it can have appeared."""
    sure = mention.part == "now" or (mention.part in {"early", "weekday"} and reading.is_head(mention))
    if sure:
        return reading.point(mention, day, confidence if mention.part == "now" else min(confidence, 0.85), method)
    latest = day + timedelta(days=_LAGS[mention.part])
    return DateEstimate(None, day, latest, "interval", min(confidence, 0.9), method, (reading.evidence(mention, method),))


def _by_event(reading: Reading, mention: Mention) -> DateEstimate | None:
    years, sentence = _event_years(reading, mention)
    if len(years) != 1:
        return None
    ((year, seen),) = years.items()
    day = make_day(year, mention.month or 0, mention.day or 0)
    if day is None:
        return None
    bound = next((first for first, witness in reading.bounds if witness.grain in {"day", "month"}), None)
    if _REVIEW.search(sentence) and (mention.month or 0) <= 2:
        later = make_day(year + 1, mention.month or 0, mention.day or 0)
        evidence = (reading.evidence(mention, "deictic"), seen)
        return DateEstimate(None, day, later, "interval", 0.6, "deictic_review_year", evidence) if later else None
    if bound is not None and day < bound:
        return None
    if mention.weekday not in (None, day.weekday()):
        reading.notes.add("weekday_conflict")
        return None
    estimate = _estimate(reading, mention, day, 0.95, "deictic_event_year")
    return replace(estimate, evidence=(*estimate.evidence, seen))


def _by_bound(reading: Reading, mention: Mention) -> DateEstimate | None:
    if not reading.bounds:
        return None
    bound, witness = reading.bounds[0]
    fixed = _candidates(mention, bound, 4)
    seen = (reading.evidence(mention, "deictic"), reading.evidence(witness, "lower_bound"))
    if len(fixed) == 1:  # a weekday, or 29 February, leaves one year of the next four
        estimate = _estimate(reading, mention, fixed[0], 0.88, "deictic_bounded")
        return replace(estimate, evidence=(*estimate.evidence, seen[1]))
    day = first_on_or_after(bound, mention.month or 0, mention.day or 0)
    if mention.weekday is not None or day is None:
        return DateEstimate(None, bound, None, "interval", 0.4, "deictic_year", seen)
    if witness.grain in {"year", "quarter"}:
        return DateEstimate(None, day, None, "interval", 0.4, "deictic_year", seen)
    gap = (day - bound).days
    if gap > FAR_BOUND:  # the bound may be an appointment that is still ahead
        before = make_day(bound.year, mention.month or 0, mention.day or 0) or day
        return DateEstimate(None, min(before, day), day, "interval", 0.5, "deictic_year", seen)
    estimate = _estimate(reading, mention, day, 0.88 if gap <= NEAR_BOUND else 0.6, "deictic_bounded")
    return replace(estimate, evidence=(*estimate.evidence, seen[1]))


def from_deictic(reading: Reading) -> DateEstimate | None:
    """ "Sáng 14/1": the year comes from an anniversary, the event in the same sentence, a weekday, or the latest past date."""
    mention = spoken_day(reading)
    if mention is None or mention.month is None or mention.day is None:
        return None
    kept = _anniversary(reading, mention)
    if kept and all(first <= kept[0] for first, _ in reading.bounds):
        estimate = reading.point(mention, kept[0], kept[1], "anniversary")
        return replace(estimate, evidence=(*estimate.evidence, kept[2]))
    found = _by_event(reading, mention) or _by_bound(reading, mention)
    return found or DateEstimate(method="day_and_month_only", confidence=0.3, evidence=(reading.evidence(mention, "deictic"),))


def from_anniversary(reading: Reading) -> DateEstimate | None:
    """An anniversary of a known founding year, and no day: the year."""
    for start, end, years in anniversaries(reading.text):
        row = founding_year(reading.text, start, reading.founded)
        if row and FLOOR.year <= row.year + years < 2100 and all(first.year <= row.year + years for first, _ in reading.bounds):
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
