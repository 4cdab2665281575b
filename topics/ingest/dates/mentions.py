"""Finds what a text says about dates: English and Vietnamese forms, each with its span and grain.

Every form holds a number, so one pass looks at numbers alone and at the words beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from topics.ingest.dates import forms
from topics.ingest.dates.calendar import CEILING_YEAR, FLOOR, make_day

Grain = Literal["day", "month_day", "month", "quarter", "year"]
Part = Literal["", "now", "early", "late", "past", "day", "weekday"]
_LEFT = 24  # code points before a day in which its part of the day stands
_GOVERNED = 60  # code points before a date in which "since" or "will" stand
_OPENING = "([{\"'“‘*_—–-"
_PARTS: dict[str, Part] = {"tối": "late", "đêm": "late", "chiều tối": "late", "khuya": "late", "hôm": "day"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A date in a text: its span, grain, and what it fixes.

    Args:
        bounded: follows a word like "since", or is an end of a range.
        future: follows a word like "by" or "will".
        part: how the text speaks of the day: `now` (this morning), `early` (sáng), `late` (tối), `past` (last night), `day`, `weekday`.
        weekday: Monday is 0, where the text names it.
        order: for days in numbers, which of day and month comes first, `any` where both readings are possible.
    """

    start: int
    end: int
    grain: Grain
    year: int | None
    month: int | None
    day: int | None
    quarter: int | None
    bounded: bool
    future: bool
    part: Part = ""
    weekday: int | None = None
    order: Literal["", "dmy", "mdy", "any"] = ""

    @property
    def date(self) -> tuple[int, int, int] | None:
        """Year, month and day, where all three are there."""
        return (self.year, self.month, self.day) if self.grain == "day" and self.year and self.month and self.day else None


@dataclass(slots=True)
class _Found:
    """What the scanner reads at a number, before its surroundings are judged."""

    start: int
    end: int
    grain: Grain
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    order: Literal["", "dmy", "mdy", "any"] = ""
    part: Part = ""
    weekday: int | None = None


def _possible(found: _Found) -> bool:
    if found.year is not None and not 1900 <= found.year < CEILING_YEAR:
        return False
    return found.day is None or found.month is None or make_day(found.year or 2000, found.month, found.day) is not None


def _spoken(text: str, found: _Found) -> None:
    """Add the part of the day or the weekday that stands before a day; Vietnamese parts belong to the span."""
    left = text[max(0, found.start - _LEFT) : found.start].rsplit("\n", 1)[-1]
    if hit := forms.WEEKDAY_BEFORE.search(left):
        found.weekday, found.part = forms.weekday_of(hit), "weekday"
        left = left[: hit.start()].rstrip(" ,")
    if hit := forms.SPOKEN_BEFORE.search(left):
        part = (hit["part"] or "").lower()
        when = (hit["when"] or "").lower()
        spoken: Part = "now" if when == "nay" else "past" if when == "qua" else _PARTS.get(part, "early") if part else "day"
        if found.weekday is None:
            found.part = spoken
            if found.grain == "month_day":
                found.start -= len(left) - hit.start()
        elif spoken != "day":
            found.part = spoken
    elif (hit := forms.EN_SPOKEN_BEFORE.search(left)) and not (found.weekday is not None and hit["on"]):
        found.part = "now" if hit["now"] else "past" if hit["past"] else "day"


def _full(start: int, end: int, token: str) -> _Found | None:
    """yyyy-mm-dd or dd/mm/yyyy; mm/dd/yyyy where it can be nothing else."""
    if hit := forms.ISO.match(token):
        return _Found(start, end, "day", int(hit[1]), int(hit[3]), int(hit[4]))
    if hit := forms.DMY.match(token):
        first, second, year = int(hit[1]), int(hit[3]), int(hit[4])
        if second > 12 >= first >= 1:
            return _Found(start, end, "day", year, first, second, order="mdy")
        return _Found(start, end, "day", year, second, first, order="dmy" if first > 12 or first == second else "any")
    return None


def _numeric(text: str, token: str, start: int, end: int) -> _Found | None:
    """A date all in numbers: yyyy-mm-dd, dd/mm/yyyy, mm/yyyy after "tháng", dd/mm after a word for a day."""
    following = text[end : end + 1]
    if following in ("/", "-") or (following.isalnum() and not (following == "T" and forms.ISO.match(token))):
        return None
    if found := _full(start, end, token):
        return None if "." in token and forms.VERSION_BEFORE.search(text, max(0, start - _LEFT), start) else found
    if hit := forms.MONTH_YEAR.match(token):
        is_month = int(hit[1]) <= 12 and text[max(0, start - 6) : start].rstrip().lower().endswith("tháng")
        return _Found(start - len("tháng "), end, "month", int(hit[2]), int(hit[1])) if is_month else None
    if hit := forms.DAY_MONTH.match(token):
        found = _Found(start, end, "month_day", None, int(hit[3]), int(hit[1]))
        _spoken(text, found)
        closed = text[start - 1 : start] == "(" and following == ")"
        dotted = hit[2] == "."
        if (found.part and not (dotted and forms.NOT_A_DAY.match(text, end))) or (closed and not dotted):
            return found
    return None


def _small(text: str, value: int, start: int, end: int) -> _Found | None:
    """A number of one or two digits: a day beside a month's name, or a month after "tháng"."""
    before = text[max(0, start - 11) : start]
    word = before.split()[-1].lstrip(_OPENING) if before[-1:].isspace() and before.strip() else ""
    if word in forms.MONTH_WORDS:
        at = start - len(before) + before.rindex(word)
        hit = forms.AFTER_MONTH_DAY.match(text, end)
        if hit and hit["year"]:
            return _Found(at, hit.end(), "day", int(hit["year"]), forms.MONTH_WORDS[word], value)
        stop = hit.end() if hit else end
        if not hit and (text[end : end + 1].isalnum() or re.match(r"[,\s]*\d", text[end : end + 4])):
            return None
        return _Found(at, stop, "month_day", None, forms.MONTH_WORDS[word], value)
    if word.lower() == "tháng" and value <= 12:
        hit = forms.AFTER_VI_MONTH.match(text, end)
        at = start - len(before) + before.rindex(word)
        return _Found(at, hit.end(), "month", int(hit["year"]), value) if hit else None
    if hit := forms.AFTER_DAY.match(text, end):
        month = forms.month_number(hit["month"]) if hit["month"] else int(hit["number"] or 0) or forms.VI_MONTHS[hit["word"].lower()]
        year = hit["year"] or hit["vi_year"]
        return _Found(start, hit.end(), "day" if year else "month_day", int(year) if year else None, month, value)
    return None


_YEAR_FOLLOWS = re.compile(r"[\w/]|\s?[–-]\s?\d")
_YEAR_PRECEDED = re.compile(r"\d (?:[–-] )?$|\d[–-] $")


def _year(text: str, value: int, start: int, end: int) -> _Found | None:
    """A number of four digits: the year of a month in words, or a year alone."""
    before = text[max(0, start - 24) : start]
    words = before.split()
    word = words[-1].rstrip(",").lstrip(_OPENING) if words and before[-1:].isspace() else ""
    if word in forms.MONTH_WORDS and not text[end : end + 1].isalnum():
        return _Found(start - len(before) + before.rindex(word), end, "month", value, forms.MONTH_WORDS[word])
    if hit := forms.WORD_MONTH_BEFORE.search(before):
        return _Found(start - len(before) + hit.start(), end, "month", value, forms.VI_MONTHS[hit["word"].lower()])
    if _YEAR_FOLLOWS.match(text, end) or _YEAR_PRECEDED.search(before[-4:]):
        return None
    return _Found(start, end, "year", value)


def _read(text: str, hit: re.Match[str]) -> _Found | None:
    token, start, end = hit[0], hit.start(), hit.end()
    if not token.isdigit():
        return _numeric(text, token, start, end)
    if len(token) <= 2:
        value = int(token)
        return _small(text, value, start, end) if 1 <= value <= 31 else None
    return _year(text, int(token), start, end) if len(token) == 4 and token[:2] in ("19", "20") else None


_RANGE_BEFORE = re.compile(r"\d\)?\s*[–-]\s*$")
_RANGE_AFTER = re.compile(r"\)?\s*[–-]\s*\(?\d")


def _mention(text: str, found: _Found) -> Mention:
    before = text[max(0, found.start - _GOVERNED) : found.start].rsplit("\n", 1)[-1]
    so_far = bool(forms.AS_OF.search(before))
    ranged = found.grain == "day" and bool(_RANGE_BEFORE.search(before[-4:]) or _RANGE_AFTER.match(text, found.end))
    return Mention(
        found.start, found.end, found.grain, found.year, found.month, found.day, found.quarter,
        ranged or (not so_far and bool(forms.BOUNDED.search(before))), not so_far and bool(forms.AHEAD.search(before)),
        found.part, found.weekday, found.order,
    )  # fmt: skip


def _quarters(text: str) -> Iterator[_Found]:
    for at in forms.QUARTER_AT.finditer(text):
        if hit := forms.QUARTER.search(text, max(0, at.start() - 8), at.end() + 30):
            said = (hit["en"] or hit["q"] or hit["vi"]).lower()
            yield _Found(hit.start(), hit.end(), "quarter", int(hit["year"]), quarter=forms.QUARTERS.get(said) or int(said))


def find_mentions(text: str) -> tuple[Mention, ...]:
    """Return every date that the text states, in order, the longest form at each place; impossible days are no dates."""
    quarters = list(_quarters(text))
    kept: list[_Found] = [found for found in quarters if _possible(found)]
    done = position = 0
    for hit in forms.RUN.finditer(text):
        while position < len(quarters) and quarters[position].end <= hit.start():
            position += 1
        if hit.start() < done or (position < len(quarters) and quarters[position].start < hit.end()):
            continue
        found = _read(text, hit)
        if found is None or found.start < done:
            continue
        done = found.end
        if not _possible(found):
            continue
        if found.grain in {"day", "month_day"} and not found.part:
            _spoken(text, found)
            if found.grain == "month_day" and not _is_spoken_day(text, found):
                continue
        kept.append(found)
    return tuple(_mention(text, found) for found in sorted(kept, key=lambda found: found.start))


def _is_spoken_day(text: str, found: _Found) -> bool:
    """Whether "14 tháng 3" is a day: in Vietnamese it can also be a span of months, so a word for a day must stand before it."""
    return "tháng" not in text[found.start : found.end].lower() or bool(found.part)


def past(mentions: tuple[Mention, ...]) -> Iterator[Mention]:
    """Yield the mentions that speak of something that has been: no future words, not history before the floor."""
    for mention in mentions:
        if not mention.future and (mention.year is None or mention.year >= FLOOR.year):
            yield mention
