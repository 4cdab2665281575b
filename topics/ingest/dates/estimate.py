"""From mentions to an estimate: labelled headers, datelines and the lead first, then constraints between mentions.

A point is given only where the text itself fixes year and day; `as_of` may cut an interval, never move a point.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from topics.core.documents import DateEstimate
from topics.ingest.dates.calendar import FLOOR
from topics.ingest.dates.founding import FoundingYear
from topics.ingest.dates.mentions import Mention, find_mentions
from topics.ingest.dates.reading import LEAD, LOOKS_BACK, Reading, is_header
from topics.ingest.dates.spoken import from_anniversary, from_deictic, spoken_day
from topics.ingest.lines import DATELINE

_EDGE = 3  # lines at either end in which headers stand
_UPDATED = re.compile(r"\s*(?:last\s+)?updated|\s*cập nhật", re.IGNORECASE)
_BARE = re.compile(r"[\s\d:|,.()/–—+-]*(?:(?:AM|PM|GMT|UTC|ICT|lúc|ngày|giờ|at|on)[\s\d:|,.()/–—+-]*)*$", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"(?:\b(?:số|No\.|nghị định|nghị quyết|quyết định|thông tư|công văn|luật|chỉ thị|văn bản|công điện|kết luận|decree|decision"
    r"|circular|resolution|law)\b[^.\n]{0,60}|\b(?:ký|ban hành|issued|signed|adopted))\s*(?:ngày|on)?\s*$",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"\b(?:trước đó|trước đây|earlier|previously|born|sinh|founded|thành lập|k[ỷỉ] niệm)\b[^.\n]{0,25}$", re.IGNORECASE)
_SAID = re.compile(r"\b(?:said|reported|disclosed|announced|told|cho biết|thông báo)\b[^.\n]{0,20}$", re.IGNORECASE)
_REVIEWS_END = (6, 30)  # month and day of the next year until which reviews of a year are still published

Rule = Callable[[Reading], DateEstimate | None]


def _edge_lines(text: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The first and the last few lines that are not empty, each with its offset."""
    lines: list[tuple[int, str]] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((start, line))
        start += len(line) + 1
    return lines[:_EDGE], lines[_EDGE:][-_EDGE:]


def _is_bare(line: str, start: int, mention: Mention) -> bool:
    """Whether a short line holds a full date and besides it only a weekday and a time."""
    rest = line[: max(0, mention.start - start)] + line[mention.end - start :]
    if mention.weekday is not None:
        rest = re.sub(r"[^\W\d]+day|thứ\s+\w+|chủ\s+nhật", "", rest, flags=re.IGNORECASE)
    return len(line) <= 60 and bool(_BARE.match(rest))


def from_header(reading: Reading) -> DateEstimate | None:
    """A labelled line at the top or the bottom; of "published" and "updated", published."""
    top, bottom = _edge_lines(reading.text)
    found: list[tuple[bool, DateEstimate, Mention]] = []
    for start, line in (*top, *bottom):
        for mention in reading.mentions:
            if mention.grain != "day" or not start <= mention.start < start + min(len(line), 80):
                continue
            if is_header(line) or _is_bare(line, start, mention):
                updated = bool(_UPDATED.match(line))
                estimate = reading.either(mention, 0.95 if updated else 0.99, "header")
                if estimate:
                    found.append((updated, estimate, mention))
                break
    if not found:
        return None
    _, estimate, mention = min(found, key=lambda item: item[0])
    if estimate.point and mention.weekday not in (None, estimate.point.weekday()):
        reading.notes.add("weekday_conflict")
        estimate = replace(estimate, confidence=0.6)
    return estimate


def from_dateline(reading: Reading) -> DateEstimate | None:
    """A full date at the head of an early line, before a dash: "HANOI, March 14, 2025 (Annam Wire) - "."""
    for start, line in _edge_lines(reading.text)[0]:
        if found := DATELINE.match(line):
            for mention in reading.mentions:
                if mention.grain == "day" and start <= mention.start < start + found.end():
                    estimate = reading.either(mention, 0.98, "dateline")
                    if estimate:
                        return estimate
    return None


def _is_news(reading: Reading, mention: Mention) -> bool:
    """Whether a full date can be the day of the news: no "since", "by", range, number of a decree or looking back governs it."""
    if mention.grain != "day" or mention.bounded or mention.future:
        return False
    before = reading.text[max(0, mention.start - 80) : mention.start].rsplit("\n", 1)[-1]
    if mention.part in {"now", "early", "late"} or _SAID.search(before):
        return True
    return not (_DOCUMENT.search(before) or _EARLIER.search(before) or reading.is_ahead(mention))


def from_lead(reading: Reading) -> DateEstimate | None:
    """A full date in the title or the first paragraph that is the day of the news; of several, the latest."""
    end = min(reading.lead + LEAD, reading.first_paragraph_end)
    days = [
        (day, mention)
        for mention in reading.mentions
        if mention.start <= end and _is_news(reading, mention) and (day := reading.day(mention)) and day >= FLOOR
    ]
    if not days:
        return None
    day, mention = max(days, key=lambda item: (item[0], -item[1].start))
    spoken = spoken_day(reading)
    if spoken and (spoken.month, spoken.day) != (day.month, day.day) and (spoken.start < mention.start or spoken.part != "day"):
        return None  # "On Saturday (April 12) ... after the earthquake of March 28, 2025": the day of the news comes first
    latest = max((first for first, m in reading.bounds if m.start > mention.end), default=day)
    if latest > day + timedelta(days=2):  # the text knows of something later, so the lead looks back
        return None
    if mention.part in {"past", "late"}:  # "tối 14/1/2025" is told in the evening or the next day
        following = day + timedelta(days=1)
        return DateEstimate(None, day, following, "interval", 0.85, "lead", (reading.evidence(mention, "lead"),))
    confidence = 0.95 if mention.part == "now" or mention.start < reading.title_end else 0.7 if mention.part == "early" else 0.6
    return reading.point(mention, day, confidence, "lead")


def from_periods(reading: Reading) -> DateEstimate | None:
    """No day of publication: the month or quarter that the lead reports on, the year under review, or not before the latest past date."""
    if not reading.bounds:
        return None
    first, mention = reading.bounds[0]
    span = reading.span(mention)
    evidence = (reading.evidence(mention, mention.grain),)
    alone = not mention.bounded and mention.start <= reading.lead + LEAD and all(m.grain != "month_day" for m in reading.mentions)
    if span and alone and mention.grain == "month":  # reports on a month often follow it, hence the low confidence
        return DateEstimate(None, *span, "month", 0.35, "month_mention", evidence)
    if span and alone and mention.grain == "quarter":
        return DateEstimate(None, *span, "quarter", 0.35, "quarter_mention", evidence)
    if mention.grain == "year" and not mention.bounded:
        start, end = reading.sentence(mention.start)
        if LOOKS_BACK.search(reading.text, start, end):
            return DateEstimate(None, first, date(first.year + 1, *_REVIEWS_END), "interval", 0.5, "year_mention", evidence)
    return DateEstimate(None, first, None, "interval", 0.4, "latest_past_date", evidence)


RULES: tuple[Rule, ...] = (from_header, from_dateline, from_lead, from_deictic, from_anniversary, from_periods)


def read_text(text: str, order: str | None = None, founded: tuple[FoundingYear, ...] = ()) -> tuple[DateEstimate, Reading]:
    """Return what a text says about its publication day, and the reading that it rests on.

    Args:
        text: as read, before cleaning.
        order: `dmy` or `mdy` where the source's order of day and month is known.
        founded: the user's founding years.
    """
    reading = Reading(text, find_mentions(text), order, founded)
    if reading.mentions or founded:
        for rule in RULES:
            estimate = rule(reading)
            if estimate:
                return estimate, reading
    return DateEstimate(), reading


def estimate_from_text(text: str, order: str | None = None, founded: tuple[FoundingYear, ...] = ()) -> DateEstimate:
    """Return what the text alone (as read, before cleaning) says about its publication day."""
    return read_text(text, order, founded)[0]


def within(estimate: DateEstimate, as_of: date | None) -> DateEstimate:
    """Cut an interval at `as_of`; a point later than the day after it is not believed."""
    if as_of is None or (estimate.latest and estimate.latest <= as_of):
        return estimate
    if estimate.point:
        return estimate if (estimate.point - as_of).days <= 1 else DateEstimate(method="after_as_of", evidence=estimate.evidence)
    if estimate.earliest and estimate.earliest > as_of:
        return DateEstimate(method="after_as_of", evidence=estimate.evidence)
    return replace(estimate, latest=as_of) if estimate.earliest else estimate
