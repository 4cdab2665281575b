"""From mentions to an estimate: labelled headers, datelines and the lead first, then constraints between mentions.

A point is given only where the text itself fixes year and day; `as_of` may cut an interval, never move a point.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from topics.core.documents import DateEstimate, Evidence
from topics.ingest.dates.calendar import FLOOR, first_on_or_after, make_day, month_span, quarter_span
from topics.ingest.dates.mentions import Mention, find_mentions, past
from topics.ingest.lines import DATE_HEADER, DATELINE, LABELLED

LEAD = 420  # code points after the title in which reporters say "when"
_EDGE = 3  # lines at either end in which headers stand
_DEICTIC = re.compile(
    r"(?:\b(?:this (?:morning|afternoon|evening)|today|on|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\s*,?\s*\(?$)"
    r"|^(?:sáng|trưa|chiều|tối|đêm|rạng sáng|ngày|hôm)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|\n")
_EVENT_YEAR = re.compile(
    r"\b(?:the|its|this year[’']s|an?|their)\s+(20\d\d)\b(?!\s*[–-]\s*\d)|\bnăm\s+(20\d\d)\b(?!\s*[–-]\s*\d)", re.IGNORECASE
)
_REVIEW = re.compile(r"\b(?:review|summary|tổng kết|nhìn lại|kết quả)\b", re.IGNORECASE)
_REVIEWS_END = (6, 30)  # month and day of the next year until which reviews of a year are still published

Rule = Callable[[str, tuple[Mention, ...], int], DateEstimate | None]


def _evidence(text: str, mention: Mention, role: str) -> Evidence:
    return Evidence(mention.start, mention.end, text[mention.start : mention.end], role)


def _day(mention: Mention) -> date | None:
    if mention.grain != "day" or mention.year is None or mention.month is None or mention.day is None:
        return None
    return make_day(mention.year, mention.month, mention.day)


def _span(mention: Mention) -> tuple[date, date] | None:
    """First and last day of a mention that names a year."""
    if mention.year is None:
        return None
    if mention.grain == "month" and mention.month:
        return month_span(mention.year, mention.month)
    if mention.grain == "quarter" and mention.quarter:
        return quarter_span(mention.year, mention.quarter)
    if mention.grain == "year":
        return date(mention.year, 1, 1), date(mention.year, 12, 31)
    day = _day(mention)
    return (day, day) if day else None


def _point(text: str, mention: Mention, day: date, confidence: float, method: str) -> DateEstimate:
    return DateEstimate(day, day, day, "day", confidence, method, (_evidence(text, mention, method),))


def _lead_start(text: str) -> int:
    """Where the lead begins: after a title line and header lines, at the first line of prose."""
    start = 0
    for line in text.split("\n"):
        if len(line.split()) > 12 and not _is_header(line):
            return start
        start += len(line) + 1
    return 0


def _sentence(text: str, at: int) -> tuple[int, int]:
    starts = [found.end() for found in _SENTENCE_END.finditer(text, 0, at)]
    end = _SENTENCE_END.search(text, at)
    return (starts[-1] if starts else 0), (end.start() if end else len(text))


def _is_header(line: str) -> bool:
    return bool(DATE_HEADER.match(line) or LABELLED.match(line))


def _edge_lines(text: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The first and the last few lines that are not empty, each with its offset."""
    lines: list[tuple[int, str]] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((start, line))
        start += len(line) + 1
    return lines[:_EDGE], lines[_EDGE:][-_EDGE:]


def from_header(text: str, mentions: tuple[Mention, ...], _lead: int) -> DateEstimate | None:
    """A labelled line at the top or the bottom: "date 2026-01-14", "Published: 14 March 2025", "Thứ Sáu, 14/03/2025, 10:30"."""
    top, bottom = _edge_lines(text)
    for start, line in (*top, *bottom):
        if _is_header(line):
            for mention in mentions:
                if start <= mention.start < start + min(len(line), 80) and (day := _day(mention)) and day >= FLOOR:
                    return _point(text, mention, day, 0.99, "header")
    return None


def from_dateline(text: str, mentions: tuple[Mention, ...], _lead: int) -> DateEstimate | None:
    """A full date at the head of an early line, before a dash: "HANOI, March 14, 2025 (Annam Wire) - "."""
    for start, line in _edge_lines(text)[0]:
        if found := DATELINE.match(line):
            for mention in mentions:
                if start <= mention.start < start + found.end() and (day := _day(mention)) and day >= FLOOR:
                    return _point(text, mention, day, 0.98, "dateline")
    return None


def from_lead(text: str, mentions: tuple[Mention, ...], lead: int) -> DateEstimate | None:
    """A full date in the lead that no "since" or "by" governs; of several, the latest."""
    days = [
        (day, m)
        for m in mentions
        if lead <= m.start <= lead + LEAD and not m.bounded and not m.future and (day := _day(m)) and day >= FLOOR
    ]
    if not days:
        return None
    day, mention = max(days, key=lambda item: (item[0], -item[1].start))
    spoken = _deictic(text, mentions, lead)
    if spoken and spoken.start < mention.start and (spoken.month, spoken.day) != (day.month, day.day):
        return None  # "On Saturday (April 12) ... after the earthquake of March 28, 2025": the day of the news comes first
    latest = max((d for m in past(mentions) if (d := _day(m)) and m.start > lead), default=day)
    if latest > day + timedelta(days=2):  # the text knows of something later, so the lead looks back
        return None
    return _point(text, mention, day, 0.93, "lead")


def _deictic(text: str, mentions: tuple[Mention, ...], lead: int) -> Mention | None:
    """The day and month that the lead gives without a year."""
    for mention in mentions:
        if mention.grain != "month_day" or mention.bounded or mention.future or not lead <= mention.start <= lead + LEAD:
            continue
        if _DEICTIC.search(text[max(0, mention.start - 40) : mention.start]) or _DEICTIC.match(text[mention.start : mention.end]):
            return mention
    return None


def from_deictic(text: str, mentions: tuple[Mention, ...], lead: int) -> DateEstimate | None:
    """ "Sáng 14/1": the year comes from the event in the same sentence, or from the latest past date that the text names."""
    mention = _deictic(text, mentions, lead)
    if mention is None or mention.month is None or mention.day is None:
        return None
    start, end = _sentence(text, mention.start)
    bounds = [(span[0], m) for m in past(mentions) if m.grain in {"day", "month"} and (span := _span(m))]
    bound, witness = max(bounds, key=lambda item: item[0], default=(None, None))
    sentence = text[start:end]
    years = sorted({int(a or b) for a, b in _EVENT_YEAR.findall(sentence)})
    if len(years) == 1 and (day := make_day(years[0], mention.month, mention.day)):
        looks_back = bool(_REVIEW.search(sentence)) and mention.month <= 2
        if not looks_back and (bound is None or day >= bound):
            return _point(text, mention, day, 0.95, "deictic_event_year")
        if looks_back and (later := make_day(years[0] + 1, mention.month, mention.day)):
            return DateEstimate(None, day, later, "interval", 0.6, "deictic_review_year", (_evidence(text, mention, "deictic"),))
    if bound is not None and witness is not None and (day := first_on_or_after(bound, mention.month, mention.day)):
        estimate = _point(text, mention, day, 0.9, "deictic_bounded")
        return replace(estimate, evidence=(*estimate.evidence, _evidence(text, witness, "lower_bound")))
    known = [m.year for m in past(mentions) if m.grain == "year" and m.year]
    if known:
        days = [day for year in (max(known), max(known) + 1) if (day := make_day(year, mention.month, mention.day))]
        if days:
            return DateEstimate(None, days[0], days[-1], "interval", 0.6, "deictic_year", (_evidence(text, mention, "deictic"),))
    return DateEstimate(method="day_and_month_only", confidence=0.3, evidence=(_evidence(text, mention, "deictic"),))


def from_periods(text: str, mentions: tuple[Mention, ...], _lead: int) -> DateEstimate | None:
    """No day at all: the latest month or quarter that the text reports on, or the years that it looks back at."""
    spans = [(span, m) for m in past(mentions) if not m.bounded and (span := _span(m))]
    if not spans:
        return None
    (first, last), mention = max(spans, key=lambda item: (item[0][1], item[0][0], -item[1].start))
    evidence = (_evidence(text, mention, mention.grain),)
    if mention.grain == "month":
        return DateEstimate(None, first, last, "month", 0.7, "month_mention", evidence)
    if mention.grain == "quarter":
        return DateEstimate(None, first, last, "quarter", 0.6, "quarter_mention", evidence)
    if mention.grain == "year":
        return DateEstimate(None, first, date(last.year + 1, *_REVIEWS_END), "interval", 0.5, "year_mention", evidence)
    return DateEstimate(None, first, None, "interval", 0.4, "latest_past_date", evidence)


RULES: tuple[Rule, ...] = (from_header, from_dateline, from_lead, from_deictic, from_periods)


def estimate_from_text(text: str) -> DateEstimate:
    """Return what the text alone (as read, before cleaning) says about its publication day."""
    mentions = find_mentions(text)
    if not mentions:
        return DateEstimate()
    lead = _lead_start(text)
    for rule in RULES:
        estimate = rule(text, mentions, lead)
        if estimate:
            return estimate
    return DateEstimate()


def within(estimate: DateEstimate, as_of: date | None) -> DateEstimate:
    """Cut an interval at `as_of`; a point later than the day after it is not believed."""
    if as_of is None or (estimate.latest and estimate.latest <= as_of):
        return estimate
    if estimate.point:
        return estimate if (estimate.point - as_of).days <= 1 else DateEstimate(method="after_as_of", evidence=estimate.evidence)
    if estimate.earliest and estimate.earliest > as_of:
        return DateEstimate(method="after_as_of", evidence=estimate.evidence)
    return replace(estimate, latest=as_of) if estimate.earliest else estimate
