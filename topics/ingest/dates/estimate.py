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
from topics.ingest.dates.reading import LEAD, Reading, is_header, is_quoted
from topics.ingest.dates.spoken import from_anniversary, from_deictic, later_day, spoken_day
from topics.ingest.dates.tense import DONE, reviews
from topics.ingest.lines import DATELINE

_EDGE = 3  # lines at either end in which headers stand
_UPDATED = re.compile(r"\s*(?:last\s+)?updated|\s*cập nhật", re.IGNORECASE)
_BARE = re.compile(r"[\s\d:|,.()/–—+-]*(?:(?:AM|PM|GMT|UTC|ICT|lúc|ngày|giờ|at|on)[\s\d:|,.()/–—+-]*)*$", re.IGNORECASE)
_FROM_NOW = re.compile(r"\b(?:từ|from|kể từ|since|effective)\s+(?:\w+\s+){0,2}(?:ngày\s+)?\(?$", re.IGNORECASE)
_EDITION = re.compile(
    r"(?:\b(?:bản tin|điểm tin|tin tức|xem nhanh|thời sự|báo in|ấn phẩm|số ra|số báo|newsletter|bulletin|edition|issue"
    r"|briefing|round-?up|digest)\b[^.,;:\n]{0,40})$",
    re.IGNORECASE,
)
_CITED = re.compile(
    r"\b(?:trên|trong|theo|in|on|of|by|according to)\s+(?:[^\W\d]+[’']?s?\s+){1,5}(?=(?:số ra|số báo|báo in|ấn phẩm|edition|issue)\b)",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\b(?:who|whom|whose|which|that|where|when|while|after|before|since|because|although|until|between|(?:was|were|had|been) first"
    r"|originally|once|formerly|dated|anniversary)\b",
    re.IGNORECASE,
)
_SAID_ON = re.compile(r"\b(?:said|reported|disclosed|announced|told [^.,;]{1,30})\s+on\s+(?:\w+day,?\s+)?(?:the\s+)?$")
_TODAY = re.compile(r"\b(?:now|today|tonight|this (?:week|month|year)|again|still|ago|years? (?:later|after|since))\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\s*(?:[a-z]{2,}(?:ed|ing)|born|built|held|made|set|known|begun|written|sunk|lost|founded)\b")
_PRONOUN = re.compile(r"\s*(?:it|this|he|she|they)\b", re.IGNORECASE)
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


def _is_main_clause(reading: Reading, mention: Mention) -> bool:
    """Whether the first sentence of an English text tells in its main clause what happened "on March 14, 2025".

    Vietnamese has no such form: of articles that begin with "Ngày 14/3/2025, ..." only two of three appear within a day.
    """
    start, end = reading.sentence(mention.start)
    if reading.is_vietnamese or mention.part not in {"day", "weekday"} or start > reading.lead or mention.start < reading.lead:
        return False
    text = reading.text
    before = text[max(start, reading.lead) : mention.start]
    clause = re.split(r"[,;:—–(]\s", before)[-1]
    if _SUBORDINATE.search(clause) or _TODAY.search(text, start, end) or _PRONOUN.match(before):
        return False
    if len(before.split()) <= 3:  # "On March 14, 2025 the army opened ..."
        return bool(DONE.search(text, mention.end, end))
    return bool(DONE.search(clause)) and not (clause is not before and len(clause) < len(before) and _PARTICIPLE.match(clause))


def _news_of(reading: Reading, mention: Mention) -> float:
    """How surely a full date is the day of the news; 0 where nothing in the text says so."""
    if mention.grain != "day" or mention.bounded or is_quoted(reading.text, mention.start):
        return 0.0
    before = reading.text[max(0, mention.start - 80) : mention.start].rsplit("\n", 1)[-1]
    if _SAID_ON.search(before) and reading.sentence(mention.start)[0] <= reading.lead:
        return 0.85
    if mention.future or reading.is_ahead(mention):
        return 0.0
    if mention.part == "now":
        return 0.0 if _FROM_NOW.search(before) else 0.95
    if (edition := _EDITION.search(before)) and mention.part in {"", "day", "early", "late"}:
        cited = _CITED.search(before)  # "in the Post's edition of March 14": what another paper wrote
        return 0.0 if cited and cited.end() == edition.start() else 0.95
    return 0.8 if _is_main_clause(reading, mention) else 0.0


def from_lead(reading: Reading) -> DateEstimate | None:
    """A full date in the title or the first paragraph that the text itself calls the day of the news.

    That is "this morning (March 14, 2025)", the date of an edition, or in English the main clause of the first sentence. Any other
    day in the lead may be history, and only bounds the publication from below.
    """
    end = min(reading.lead + LEAD, reading.first_paragraph_end)
    days = [
        (sure, day, mention)
        for mention in reading.mentions
        if mention.start <= end and (sure := _news_of(reading, mention)) and (day := reading.day(mention)) and day >= FLOOR
    ]
    if not days:
        return None
    sure, day, mention = max(days, key=lambda item: (item[0], item[1], -item[2].start))
    spoken = spoken_day(reading)
    if spoken and (spoken.month, spoken.day) != (day.month, day.day) and (spoken.start < mention.start or spoken.part != "day"):
        return None  # "On Saturday (April 12) ... after the earthquake of March 28, 2025": the day of the news comes first
    latest = reading.bounds[0][0] if reading.bounds else day
    if latest > day + timedelta(days=2) or later_day(reading, mention, day):  # the text knows of something later, so the lead looks back
        return None
    return reading.point(mention, day, sure, "lead")


def from_periods(reading: Reading) -> DateEstimate | None:
    """No day of publication: not before the latest past date, and of a year under review not long after it."""
    if not reading.bounds:
        return _from_open(reading)
    first, mention = reading.bounds[0]
    evidence = (reading.evidence(mention, mention.grain),)
    start, end = reading.sentence(mention.start)
    if mention.grain == "year" and not mention.bounded and reviews(reading.text[start:end], mention.start - start):
        return DateEstimate(None, first, date(first.year + 1, *_REVIEWS_END), "interval", 0.5, "year_mention", evidence)
    loose = _from_open(reading)
    if loose and loose.earliest and loose.earliest > first:
        return loose
    return DateEstimate(None, first, None, "interval", 0.4, "latest_past_date", evidence)


def _from_open(reading: Reading) -> DateEstimate | None:
    """What a date that may lie ahead still says: an article names few of them more than a year before they come."""
    if not reading.loose_bounds:
        return None
    first, mention = reading.loose_bounds[0]
    if first < FLOOR:
        return None
    return DateEstimate(None, first, None, "interval", 0.3, "open_date", (reading.evidence(mention, mention.grain),))


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


def within(estimate: DateEstimate, as_of: date | None, slack: int = 0) -> DateEstimate:
    """Cut an interval at `as_of`; a point later than the day after it is not believed.

    Args:
        estimate: to be cut. One without bounds stays so: "some day before `as_of`" is known of every document.
        as_of: the last day that can be, or the last day in the data.
        slack: days after `as_of` up to which an interval may begin, for an `as_of` that only points of the data tell.
    """
    if as_of is None or (estimate.latest and estimate.latest <= as_of):
        return estimate
    if estimate.point:
        return estimate if (estimate.point - as_of).days <= 1 else DateEstimate(method="after_as_of", evidence=estimate.evidence)
    if estimate.earliest and estimate.earliest > as_of:
        believed = (estimate.earliest - as_of).days <= slack
        return estimate if believed else DateEstimate(method="after_as_of", evidence=estimate.evidence)
    return replace(estimate, latest=as_of) if estimate.earliest else estimate
