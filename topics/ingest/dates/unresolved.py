"""Expressions of time that are named and left alone: lunar days, relative words, years of other eras."""

from __future__ import annotations

import re

_LUNAR = re.compile(
    r"\b(?:mùng|mồng)\s+(?:\d{1,2}|một|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)\b|\btháng\s+(?:giêng|chạp)\b|\bâm lịch\b|\brằm\s+tháng\b"
    r"|\b\d{1,2}\s+tết\b|\blunar (?:month|calendar|new year[’']s (?:day|eve))\b"
)
_RELATIVE = re.compile(
    r"\b(?:hôm (?:qua|kia)|(?:sáng|trưa|chiều|tối|đêm) qua|(?:thứ \w+ )?tuần (?:trước|qua)|tháng trước|yesterday|last (?:night|week|month"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|(?:two|three|several|\d+) days ago)\b"
)
_BUDDHIST = re.compile(r"\b(?:phật lịch|pl\.?|b\.?e\.?|buddhist (?:era|year|calendar))\s*:?\s*(?:năm\s+)?2[45]\d\d\b")
# A code, its form in small letters, and words of which one stands in every text that has the form: most texts are spared the search.
_FORMS = (
    ("date_lunar", _LUNAR, ("mùng", "mồng", "giêng", "chạp", "âm lịch", "rằm", " tết", "lunar ")),
    ("date_relative", _RELATIVE, (" qua", "hôm kia", "tuần trước", "tháng trước", "yesterday", "last ", "days ago")),
    ("date_buddhist_year", _BUDDHIST, (" 24", " 25", ":24", ":25", ".24", ".25", "l24", "l25", "e24", "e25", "h24", "h25", "r24", "r25")),
)


def unresolved(text: str) -> tuple[str, ...]:
    """Return codes of expressions of time that are not turned into days: `date_lunar`, `date_relative`, `date_buddhist_year`."""
    text = text.lower()
    return tuple(code for code, form, hints in _FORMS if any(hint in text for hint in hints) and form.search(text))
