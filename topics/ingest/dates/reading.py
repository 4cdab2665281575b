"""A text with its date mentions, and what the rules ask of it: sentences, the lead, what is surely past."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from topics.core.documents import DateEstimate, Evidence
from topics.ingest.dates.calendar import FLOOR, make_day, month_span, quarter_span
from topics.ingest.dates.founding import FoundingYear
from topics.ingest.dates.mentions import Mention
from topics.ingest.dates.tense import Tense, is_ahead, tense_of
from topics.ingest.lines import DATE_HEADER, LABELLED

LEAD = 420  # code points after the title in which reporters say "when"
REACH = 400  # code points to either side of a date in which its sentence is looked for
YEAR_AHEAD = 1  # years by which a date that is left open may lie after the day of writing
_STOPS = (". ", "! ", "? ", "… ", "\n", ".\n")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_AFTER_DASH = re.compile(r"[-–—:]\s*$")
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|\n")


@dataclass(frozen=True)
class Reading:
    """A text as the date rules see it.

    Args:
        text: as read, before cleaning.
        mentions: its dates, in order.
        order: which of day and month comes first in numbers, where that is known.
        founded: the user's founding years.
        notes: codes that rules add.
    """

    text: str
    mentions: tuple[Mention, ...]
    order: str | None = None
    founded: tuple[FoundingYear, ...] = ()
    notes: set[str] = field(default_factory=set)

    @cached_property
    def lead(self) -> int:
        """Where the lead begins: after a title line and header lines, at the first line of prose."""
        start = 0
        for line in self.text.split("\n"):
            if len(line.split()) > 12 and not is_header(line):
                return start
            start += len(line) + 1
        return 0

    @cached_property
    def first_paragraph_end(self) -> int:
        """Where the first paragraph of prose ends; a long title without a full stop is none."""
        at = self.lead
        while at < len(self.text):
            end = self.text.find("\n", at)
            end = end if end >= 0 else len(self.text)
            line = self.text[at:end].rstrip()
            if line.endswith((".", "!", "?", "…", "”", '"', ")")) or len(line.split()) > 30:
                return end
            at = end + 1
        return len(self.text)

    @cached_property
    def title_end(self) -> int:
        """Where the title ends: the first line, if more follows and it is no paragraph; else 0."""
        line = self.text[: max(self.text.find("\n"), 0)].rstrip()
        return 0 if line.endswith((".", "!", "…", "”", '"')) or len(line.split()) > 30 else len(line)

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the bounds of the sentence around an offset, at most `REACH` to either side."""
        first, last = max(0, at - REACH), at + REACH
        start = max(found + len(stop) if (found := self.text.rfind(stop, first, at)) >= 0 else first for stop in _STOPS)
        end = _SENTENCE_END.search(self.text, at, last)
        return start, (end.start() if end else min(len(self.text), last))

    def is_head(self, mention: Mention) -> bool:
        """Whether a mention stands at the head of its sentence; a dateline does not count."""
        start, _ = self.sentence(mention.start)
        before = self.text[start : mention.start]
        return len(before) <= 25 or (len(before) < 60 and bool(_AFTER_DASH.search(before)))

    def span(self, mention: Mention) -> tuple[date, date] | None:
        """Return first and last day of a mention that names a year."""
        if mention.year is None:
            return None
        if mention.grain == "month" and mention.month:
            return month_span(mention.year, mention.month)
        if mention.grain == "quarter" and mention.quarter:
            return quarter_span(mention.year, mention.quarter)
        if mention.grain == "year":
            return date(mention.year, 1, 1), date(mention.year, 12, 31)
        days = self.days(mention)
        return (days[0], days[-1]) if days else None

    def days(self, mention: Mention) -> list[date]:
        """Return the day of a full date; two where day and month may stand in either order."""
        if mention.date is None:
            return []
        year, month, day = mention.date
        if mention.order == "any" and self.order == "mdy":
            month, day = day, month
        both = mention.order == "any" and self.order is None and not self.is_vietnamese
        readings = {make_day(year, month, day), make_day(year, day, month) if both else None}
        return sorted(found for found in readings if found)

    def day(self, mention: Mention) -> date | None:
        """Return the day of a full date, where there is one reading."""
        days = self.days(mention)
        return days[0] if len(days) == 1 else None

    @cached_property
    def is_vietnamese(self) -> bool:
        """Whether the text has letters that Vietnamese alone has here; there the day always comes first."""
        return bool(re.search(r"[ăđơưĂĐƠƯạ-ỹ]", self.text))

    @cached_property
    def news_end(self) -> int:
        """Where title and first paragraph end; what follows is background."""
        return max(self.first_paragraph_end, second_line_end(self.text) if self.title_end else 0)

    @cached_property
    def tenses(self) -> tuple[Tense, ...]:
        """How the text speaks of each mention."""
        return tuple(self._tense(mention) for mention in self.mentions)

    def _tense(self, mention: Mention) -> Tense:
        start, end = self.sentence(mention.start)
        at = mention.start - start
        background = mention.start > self.news_end
        return tense_of(self.text[start:end], at, at + mention.end - mention.start, mention, background=background)

    @cached_property
    def bounds(self) -> tuple[tuple[date, Mention], ...]:
        """The past mentions, which bound the publication from below: first day and mention, latest first."""
        return self._latest_first("past")

    @cached_property
    def loose_bounds(self) -> tuple[tuple[date, Mention], ...]:
        """The same of the mentions that are left open, which can lie ahead by up to `YEAR_AHEAD`."""
        return tuple((first.replace(year=first.year - YEAR_AHEAD, day=min(first.day, 28)), m) for first, m in self._latest_first("open"))

    def _latest_first(self, tense: Tense) -> tuple[tuple[date, Mention], ...]:
        found = [
            (span[0], mention)
            for mention, said in zip(self.mentions, self.tenses, strict=True)
            if said == tense and (span := self.span(mention)) and span[0] >= FLOOR
        ]
        return tuple(sorted(found, key=lambda item: (item[0], -item[1].start), reverse=True))

    def is_ahead(self, mention: Mention) -> bool:
        """Whether a word for what is still to come stands before a mention in its sentence, or after it in the same clause."""
        start, end = self.sentence(mention.start)
        return is_ahead(self.text[start:end], mention.start - start, mention.end - start)

    def evidence(self, mention: Mention, role: str) -> Evidence:
        """Return a mention as evidence."""
        return Evidence(mention.start, mention.end, self.text[mention.start : mention.end], role)

    def point(self, mention: Mention, day: date, confidence: float, method: str) -> DateEstimate:
        """Return a day with its evidence."""
        return DateEstimate(day, day, day, "day", confidence, method, (self.evidence(mention, method),))

    def either(self, mention: Mention, confidence: float, method: str) -> DateEstimate | None:
        """Return the day of a full date, or the interval of its two readings, which `settle` can decide later."""
        days = [day for day in self.days(mention) if day >= FLOOR]
        if len(days) < 2 or mention.date is None:
            return self.point(mention, days[0], confidence, method) if days else None
        year, month, day = mention.date
        self.notes.add("ambiguous_day_month")
        suffix = "dmy_or_mdy" if date(year, month, day) == days[0] else "mdy_or_dmy"
        return DateEstimate(None, days[0], days[-1], "interval", 0.5, f"{method}_{suffix}", (self.evidence(mention, method),))


def is_quoted(text: str, at: int) -> bool:
    """Whether a place stands inside quotation marks; who is quoted there may speak of any day."""
    before = text[max(0, at - REACH) : at].rsplit("\n", 1)[-1]
    return before.count("“") > before.count("”") or before.count("«") > before.count("»") or before.count('"') % 2 == 1


def is_header(line: str) -> bool:
    """Whether a line is a labelled date."""
    return bool(DATE_HEADER.match(line) or LABELLED.match(line))


def second_line_end(text: str) -> int:
    """Where the second line that is not empty ends."""
    lines = _LINE.finditer(text)
    next(lines, None)
    second = next(lines, None)
    return second.end() if second else len(text)
