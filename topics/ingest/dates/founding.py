"""When things were founded: the user's table, which turns "the 80th anniversary" into a year."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated

import msgspec

from topics.ingest.dates.calendar import make_day

NEAR = 450  # code points around "80th anniversary" in which the name must stand
_ANNIVERSARY = re.compile(
    r"\b(\d{1,3})(?:st|nd|rd|th)[\s-]+(?:\w+[\s-]+){0,2}anniversar(?:y|ies)\b"
    r"|\b(?:k[ỷỉ]|tưởng) niệm\s+(?:lần thứ\s+)?(\d{1,3})\s+năm\b"
    r"|\bk[ỷỉ] niệm\s+(?:[^\W\d]+\s+){0,4}lần thứ\s+(\d{1,3})\b"
    r"|\bmark(?:s|ed|ing)?\s+(\d{1,3})\s+years\s+(?:since|of)\b",
    re.IGNORECASE,
)


class FoundingYear(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of `[dates] founded`: names of one thing, and when it was founded."""

    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    year: Annotated[int, msgspec.Meta(ge=1, le=2099)]
    month: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None

    def __post_init__(self) -> None:
        if not all(name.strip() for name in self.names):
            raise ValueError("a name in `founded` is empty; write the name as articles do")
        if self.day and not self.month:
            raise ValueError("`founded` gives a day without a month; add the month or leave the day out")
        if self.month and self.day and make_day(self.year, self.month, self.day) is None:
            raise ValueError(f"`founded` gives {self.year}-{self.month}-{self.day}, which is no day")


def anniversaries(text: str) -> list[tuple[int, int, int]]:
    """Return (start, end, number of years) of every anniversary that a text speaks of."""
    if "nivers" not in text and "niệm" not in text and "years" not in text:
        return []
    return [(hit.start(), hit.end(), int(next(part for part in hit.groups() if part))) for hit in _ANNIVERSARY.finditer(text)]


def _where(name: str, text: str, near: int) -> int | None:
    """Distance of the nearest mention of a name from an offset, in code points."""
    pattern = r"\s+".join(re.escape(word) for word in unicodedata.normalize("NFC", name).split())
    found = re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return min((min(abs(hit.start() - near), abs(hit.end() - near)) for hit in found), default=None)


def founding_year(text: str, at: int, founded: tuple[FoundingYear, ...]) -> FoundingYear | None:
    """Return the founded thing named nearest to an offset, within `NEAR`; None where two are equally near but differ in year."""
    window = max(0, at - NEAR)
    near = text[window : at + NEAR]
    found = [(distance, row) for row in founded for name in row.names if (distance := _where(name, near, at - window)) is not None]
    if not found:
        return None
    best = min(distance for distance, _ in found)
    rows = [row for distance, row in found if distance == best]
    return rows[0] if len({row.year for row in rows}) == 1 else None


def anniversary_day(row: FoundingYear, years: int, month: int, day: int) -> date | None:
    """Return the day of a year on which an anniversary is kept: nearest to the anniversary itself where that day is known."""
    year = row.year + years
    if not row.month:
        return make_day(year, month, day)
    kept = make_day(year, row.month, row.day or 15) or date(year, row.month, 28)
    days = [found for near in (year - 1, year, year + 1) if (found := make_day(near, month, day))]
    return min(days, key=lambda found: abs((found - kept).days), default=None)
