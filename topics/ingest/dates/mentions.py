"""Finds what a text says about dates: English and Vietnamese forms, each with its span and grain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from topics.ingest.dates.calendar import CEILING_YEAR, FLOOR, make_day

Grain = Literal["day", "month_day", "month", "quarter", "year"]

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_EN_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_VI_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_NOT_AFTER = r"(?<![\w/.–-])"
_NOT_BEFORE = r"(?![\w/-])"
_VI_LEAD = r"(?:[Ss]áng|[Tt]rưa|[Cc]hiều|[Tt]ối|[Đđ]êm|[Rr]ạng sáng|[Nn]gày|[Hh]ôm nay|[Hh]ôm|[Ss]áng nay|[Cc]hiều nay|[Tt]ối nay)"
_VI_QUARTER = r"(?P<quarter>IV|I{1,3}|[1-4])"
_EN_QUARTER = r"(?P<quarter>first|second|third|fourth|1st|2nd|3rd|4th)"
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

_FORMS: tuple[tuple[Grain, str], ...] = (
    ("day", rf"{_NOT_AFTER}{_YEAR}-(?P<month>0[1-9]|1[0-2])-{_DAY}(?![\d-])"),
    ("day", rf"\b{_EN_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}\b"),
    ("day", rf"{_NOT_AFTER}{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_EN_MONTH},?\s+{_YEAR}\b"),
    ("day", rf"{_NOT_AFTER}{_DAY}\s+tháng\s+{_VI_MONTH}(?:\s+năm\s+|\s*[/,-]\s*){_YEAR}{_NOT_BEFORE}"),
    ("day", rf"{_NOT_AFTER}{_DAY}(?P<sep>[/.-]){_VI_MONTH}(?P=sep){_YEAR}{_NOT_BEFORE}"),
    ("quarter", rf"\b{_EN_QUARTER}\s+quarter\s+(?:of\s+)?{_YEAR}\b"),
    ("quarter", rf"\bQ(?P<quarter>[1-4])[\s/-]*{_YEAR}\b"),
    ("quarter", rf"\b[Qq]uý\s+{_VI_QUARTER}(?:\s+năm\s+|\s*[/,-]\s*|\s+){_YEAR}{_NOT_BEFORE}"),
    ("month", rf"\b{_EN_MONTH},?\s+{_YEAR}\b"),
    ("month", rf"\b[Tt]háng\s+{_VI_MONTH}(?:\s+năm\s+|\s*[/,-]\s*){_YEAR}{_NOT_BEFORE}"),
    ("month_day", rf"\b{_VI_LEAD}(?:\s+(?:nay|qua|ngày))?,?\s*\(?{_DAY}[/-]{_VI_MONTH}\b(?![/\d-])"),
    ("month_day", rf"\b{_VI_LEAD}\s+(?:ngày\s+)?{_DAY}\s+tháng\s+{_VI_MONTH}\b"),
    ("month_day", rf"(?<=\(){_DAY}[/-]{_VI_MONTH}(?=\))"),
    ("month_day", rf"\b{_EN_MONTH}\s+{_DAY}(?:st|nd|rd|th)?\b(?![,\s]*\d)"),
    ("month_day", rf"{_NOT_AFTER}{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_EN_MONTH}\b"),
    ("year", rf"{_NOT_AFTER}(?<!\d )(?<!\d[–-] ){_YEAR}(?![\w/]|\s?[–-]\s?\d)"),
)
_PATTERNS = tuple((grain, re.compile(form)) for grain, form in _FORMS)
_BOUNDED = re.compile(
    r"\b(?:since|from|until|till|by|before|after|between|through|dated|từ|kể từ|đến|tới|trước|sau|hết|ký)\s+(?:the\s+)?"
    r"(?:ngày\s+|sáng\s+|cuối\s+|đầu\s+|giữa\s+|end of\s+|late\s+|early\s+)*$",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"(?:\b(?:will|to be|due|expected|scheduled|planned?|plans|next|vision|term|sẽ|dự kiến|kế hoạch|tầm nhìn|nhiệm kỳ"
    r"|giai đoạn|mục tiêu|phấn đấu|sắp)\b[^.!?\n]{0,45}"
    r"|\b(?:by|until|till|towards?|beyond|before|đến|tới|trước|hết)\s+(?:the\s+)?"
    r"(?:(?:end of|late|early|mid|ngày|năm|tháng|quý|cuối|đầu|giữa)\s+){0,2})$",
    re.IGNORECASE,
)
_AS_OF = re.compile(
    r"\b(?:as of|tính đến|tính tới)\s+(?:(?:hết|ngày|sáng|trưa|chiều|tối)\s+)*$", re.IGNORECASE
)  # "so far": the day of writing


@dataclass(frozen=True, slots=True)
class Mention:
    """A date in a text: its span, grain, and what it fixes. `bounded` follows a word like "since"; `future` a word like "by"."""

    start: int
    end: int
    grain: Grain
    year: int | None
    month: int | None
    day: int | None
    quarter: int | None
    bounded: bool
    future: bool


def _month(value: str | None) -> int | None:
    if value is None or value.isdigit():
        return int(value) if value else None
    return next(number for number, name in enumerate(_MONTHS, start=1) if name.startswith(value.lower().rstrip(".")[:3]))


def _valid(year: int | None, month: int | None, day: int | None) -> bool:
    if year is not None and not 1900 <= year < CEILING_YEAR:
        return False
    return day is None or month is None or make_day(year or 2000, month, day) is not None


def _mention(text: str, grain: Grain, found: re.Match[str]) -> Mention | None:
    group: Callable[[str], str | None] = found.groupdict().get
    quarter_text = group("quarter")
    year, month, day = (int(value) if (value := group("year")) else None), _month(group("month")), (int(v) if (v := group("day")) else None)
    if not _valid(year, month, day):
        return None
    before = text[max(0, found.start() - 60) : found.start()].rsplit("\n", 1)[-1]
    quarter = (_QUARTERS.get(quarter_text.lower()) or int(quarter_text)) if quarter_text else None
    so_far = bool(_AS_OF.search(before))
    bounded = not so_far and bool(_BOUNDED.search(before))
    ahead = not so_far and bool(_AHEAD.search(before))
    return Mention(found.start(), found.end(), grain, year, month, day, quarter, bounded, ahead)


def find_mentions(text: str) -> tuple[Mention, ...]:
    """Return every date that the text states, in order, the longest form at each place; impossible days are no dates."""
    taken: list[tuple[int, int]] = []
    found: list[Mention] = []
    for grain, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            mention = _mention(text, grain, match)
            if mention:
                found.append(mention)
    return tuple(sorted(found, key=lambda mention: mention.start))


def past(mentions: tuple[Mention, ...]) -> Iterator[Mention]:
    """Yield the mentions that speak of something that has been: no future words, not history before the floor."""
    for mention in mentions:
        if not mention.future and (mention.year is None or mention.year >= FLOOR.year):
            yield mention
