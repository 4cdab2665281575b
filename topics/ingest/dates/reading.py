"""A text with its date mentions, and what the rules ask of it: sentences, the lead, what is surely past."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from topics.core.documents import DateEstimate, Evidence
from topics.ingest.dates.calendar import FLOOR, make_day, month_span, quarter_span
from topics.ingest.dates.founding import FoundingYear
from topics.ingest.dates.mentions import Mention, past
from topics.ingest.lines import DATE_HEADER, LABELLED

LEAD = 420  # code points after the title in which reporters say "when"
_CLAUSE = 40  # code points after a date that still speak of it
_SAID = re.compile(r"\b(?:said|says|told|announced|reported|cho biết|khẳng định|thông báo|nhấn mạnh|yêu cầu)\b", re.IGNORECASE)
_STOPS = (". ", "! ", "? ", "… ", "\n", ".\n")
_AFTER_DASH = re.compile(r"[-–—:]\s*$")
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|\n")
_FUTURE = re.compile(
    r"\b(?:will|to be|due|expected|scheduled|plans?|planned|deadline|upcoming|sẽ|dự kiến|kế hoạch|tầm nhìn|mục tiêu"
    r"|phấn đấu|sắp(?!\s+(?:xếp|đặt))|lộ trình|hiệu lực|thời hạn|hạn chót)\b",
    re.IGNORECASE,
)
_YEAR_SAID = re.compile(r"\b(?:in|during|since|of|from|between|and|năm|từ|và|hồi|đến|của)\s+(?:năm\s+)?(?:the\s+)?$", re.IGNORECASE)
_FROM = re.compile(r"\b(?:từ|from|effective)\s+(?:(?:ngày|tháng|đầu|cuối|giữa|năm)\s+)*$", re.IGNORECASE)
_UNTIL_NOW = re.compile(r"\b(?:đến nay|đã|was|were|had|has|have|since)\b", re.IGNORECASE)
LOOKS_BACK = re.compile(
    r"\b(?:achievements?|experiences?|results?|reviews?|reviewed|performance|outcomes?|summary|tổng kết|nhìn lại|kết quả|thành tích"
    r"|thành tựu)\b",
    re.IGNORECASE,
)


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
        """Return the bounds of the sentence around an offset."""
        start = max(found + len(stop) if (found := self.text.rfind(stop, 0, at)) >= 0 else 0 for stop in _STOPS)
        end = _SENTENCE_END.search(self.text, at)
        return start, (end.start() if end else len(self.text))

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
    def bounds(self) -> tuple[tuple[date, Mention], ...]:
        """The mentions that bound the publication from below: first day and mention, latest first."""
        found = [(span[0], mention) for mention in past(self.mentions) if self._is_told(mention) and (span := self.span(mention))]
        return tuple(sorted(found, key=lambda item: (item[0], -item[1].start), reverse=True))

    def is_ahead(self, mention: Mention) -> bool:
        """Whether a word for what is still to come stands before a mention in its sentence, or after it in the same clause."""
        start, end = self.sentence(mention.start)
        said = _SAID.search(self.text, mention.end, min(end, mention.end + _CLAUSE))
        return bool(_FUTURE.search(self.text, start, said.start() if said else min(end, mention.end + _CLAUSE)))

    def _is_told(self, mention: Mention) -> bool:
        """Whether a mention surely speaks of the past: no word for the future beside it; a bare year needs a word before it."""
        start, end = self.sentence(mention.start)
        if self.is_ahead(mention) and not LOOKS_BACK.search(self.text, max(start, mention.start - 40), mention.start):
            return False
        ahead = mention.grain == "day" and _FROM.search(self.text[max(0, mention.start - 24) : mention.start])
        if ahead and not _UNTIL_NOW.search(self.text, start, end):
            return False
        return mention.grain != "year" or bool(_YEAR_SAID.search(self.text[max(0, mention.start - 16) : mention.start]))

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


def is_header(line: str) -> bool:
    """Whether a line is a labelled date."""
    return bool(DATE_HEADER.match(line) or LABELLED.match(line))
