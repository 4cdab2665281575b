"""Dates in addresses and file names: /2026/01/14/, -20260114103000.htm, 2026-01-14_x.txt."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from topics.core.documents import DateEstimate
from topics.ingest.dates.calendar import CEILING_YEAR, FLOOR, make_day, month_span
from topics.ingest.dates.fields import Order, two_readings
from topics.ingest.dates.forms import MONTH_WORDS

_SLASHED = re.compile(r"(?<![^/])(\d{4})/(\d{1,2}|[A-Za-z]{3})/(\d{1,2})(?![\d])")
_MONTH = re.compile(r"(?<![^/])(\d{4})[/-](\d{2})(?![^/])")
_DASHED = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.])(\d\d)\2(\d\d)(?!\d)")
_STAMP = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)\d{0,6})?(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d\d)([-_.])(\d\d)\2((?:19|20)\d\d)(?!\d)")
URL_PATH, URL_STAMP, FILE_NAME, FOLDERS = 0.95, 0.85, 0.9, 0.85


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else MONTH_WORDS.get(month.capitalize(), 0)
    found = make_day(int(year), number, int(day))
    return found if found and FLOOR <= found < date(CEILING_YEAR, 1, 1) else None


def _one(days: set[date], confidence: float, method: str) -> DateEstimate | None:
    """A point where one day alone is named; several days are no evidence."""
    if len(days) != 1:
        return None
    (day,) = days
    return DateEstimate(day, day, day, "day", confidence, method)


def _month_of(path: str, confidence: float, method: str) -> DateEstimate | None:
    months = {(int(hit[1]), int(hit[2])) for hit in _MONTH.finditer(path)}
    valid = {(year, month) for year, month in months if FLOOR.year <= year < CEILING_YEAR and 1 <= month <= 12}
    return DateEstimate(None, *month_span(*valid.pop()), "month", confidence, method) if len(valid) == 1 else None


def _stamps(text: str, *, timed: bool) -> set[date]:
    return {day for hit in _STAMP.finditer(text) if bool(hit[4]) == timed and (day := _day(hit[1], hit[2], hit[3]))}


def from_url(url: str) -> DateEstimate | None:
    """Return the day or month that an address names in its path."""
    try:
        path = urlsplit(url).path
    except ValueError:  # "https://[" and the like
        return None
    if not any(char.isdigit() for char in path):
        return None
    slashed = {day for hit in _SLASHED.finditer(path) if (day := _day(hit[1], hit[2], hit[3]))}
    dashed = {day for hit in _DASHED.finditer(path) if (day := _day(hit[1], hit[3], hit[4]))}
    return (
        _one(slashed, URL_PATH, "url_path")
        or _one(_stamps(path, timed=True), URL_PATH, "url_stamp")
        or _one(dashed | _stamps(path, timed=False), URL_STAMP, "url_stamp")
        or _month_of(path, URL_STAMP, "url_month")
    )


def _year_last(hit: re.Match[str], order: Order | None) -> tuple[date, ...]:
    """The readings of 03-04-2025: day first, then month first; one where the other is no day, is the same, or the order is known."""
    dmy, mdy = _day(hit[4], hit[3], hit[1]), _day(hit[4], hit[1], hit[3])
    if dmy and mdy and dmy != mdy and order:
        return (dmy if order == "dmy" else mdy,)
    return tuple(dict.fromkeys(day for day in (dmy, mdy) if day))


def from_file(name: str, order: Order | None = None) -> DateEstimate | None:
    """Return the day or month that a file name, or the folders that it lies in, give; both readings of 03-04-2025 as in a date field.

    Args:
        name: path relative to the source, with `/`; of a file that holds one document.
        order: whether day or month comes first, where the user says so.
    """
    folders, _, last = name.rpartition("/")
    year_last = [_year_last(hit, order) for hit in _YEAR_LAST.finditer(last)]
    sure = {day for hit in _DASHED.finditer(last) if (day := _day(hit[1], hit[3], hit[4]))}
    sure |= _stamps(last, timed=True) | _stamps(last, timed=False)
    if not sure and len(year_last) == 1 and len(year_last[0]) == 2:
        return two_readings(year_last[0][0], year_last[0][1], "file_name")
    named = _one(sure.union(*year_last), FILE_NAME, "file_name")
    if named:
        return named
    slashed = {day for hit in _SLASHED.finditer(name) if (day := _day(hit[1], hit[2], hit[3]))}
    dated = {day for hit in _DASHED.finditer(folders) if (day := _day(hit[1], hit[3], hit[4]))} | _stamps(folders, timed=False)
    return _one(slashed | dated, FOLDERS, "file_path") or _month_of(folders, FOLDERS, "file_path")
