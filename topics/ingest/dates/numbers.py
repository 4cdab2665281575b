"""Dates kept as numbers: seconds, milliseconds or microseconds since 1970, and days of a spreadsheet."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, get_args

NumberKind = Literal["epoch_s", "epoch_ms", "epoch_us", "excel"]
KINDS: tuple[NumberKind, ...] = get_args(NumberKind)
_NUMBER = re.compile(r"\d{5,16}(?:\.\d{1,9})?$")
_UNITS: dict[NumberKind, int] = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
_FIRST, _LAST = 631_152_000, 4_102_444_800  # 1990-01-01 and 2100-01-01 in seconds since 1970
_SHEET_FIRST, _SHEET_LAST = 32_874, 73_050  # the same days in days since 1899-12-30
_SHEET_START = datetime.combine(date(1899, 12, 30), time.min)


def number_kind(value: str) -> NumberKind | None:
    """Return what a number would be if it were a date between 1990 and 2099, by its size; None where it can be none."""
    if not _NUMBER.match(value) or not value.isascii():
        return None
    number = float(value)
    if _SHEET_FIRST <= number < _SHEET_LAST:
        return "excel"
    return next((kind for kind, unit in _UNITS.items() if _FIRST * unit <= number < _LAST * unit), None)


def number_moment(value: str, kind: NumberKind, zone: tzinfo) -> datetime | None:
    """Return the moment in the zone that a number stands for, or None where it lies outside 1990 to 2099.

    Args:
        value: digits, with a fraction or without.
        kind: what the column counts.
        zone: calendar zone of the study; days of a spreadsheet have none and are taken as they stand.
    """
    if number_kind(value) != kind:
        return None
    if kind == "excel":
        return _SHEET_START + timedelta(days=float(value))
    return datetime.fromtimestamp(float(value) / _UNITS[kind], UTC).astimezone(zone)
