"""How dates are written in English and Vietnamese: the pieces that the scanner of mentions puts together."""

from __future__ import annotations

import re

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
VI_MONTHS = {
    "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12,
}  # fmt: skip
EN_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
MONTH_WORDS: dict[str, int] = {}
for _number, _name in enumerate(MONTHS, start=1):
    for _form in (_name, _name[:3], _name[:3] + ".", *(("sept", "sept.") if _number == 9 else ())):
        MONTH_WORDS[_form.capitalize()] = MONTH_WORDS[_form.upper()] = _number

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_VI_WORDS = "[Mm]ười [Mm]ột|[Mm]ười [Hh]ai|[Mm]ười|[Hh]ai|[Bb]a|[Tt]ư|[Nn]ăm|[Ss]áu|[Bb][ảẩ]y|[Tt]ám|[Cc]hín"
_VI_TO_YEAR = r"(?:\s+năm\s+|\s*[/,-]\s*)"

RUN = re.compile(r"\d(?<![\w/.–-]\d)\d*(?:[/.-]\d+)*")
"""A number or numbers joined as in a date; starting with the digit lets the search skip over letters."""
ISO = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})$")
DMY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$")
MONTH_YEAR = re.compile(r"(\d{1,2})[/-]((?:19|20)\d\d)$")
DAY_MONTH = re.compile(r"(\d{1,2})([/.-])(\d{1,2})$")

AFTER_DAY = re.compile(
    rf"(?:st|nd|rd|th)?\s+(?:of\s+)?{EN_MONTH}\b(?:,?\s+{_YEAR}\b)?"
    rf"|\s+[Tt]háng\s+(?:(?P<number>0?[1-9]|1[0-2])|(?P<word>{_VI_WORDS}))(?![\w])(?:{_VI_TO_YEAR}(?P<vi_year>(?:19|20)\d\d)(?![\w/-]))?"
)
AFTER_MONTH_DAY = re.compile(rf"(?:st|nd|rd|th)?,?\s+{_YEAR}\b|(?:st|nd|rd|th)\b")
AFTER_VI_MONTH = re.compile(rf"{_VI_TO_YEAR}{_YEAR}(?![\w/-])")
WORD_MONTH_BEFORE = re.compile(rf"\b[Tt]háng\s+(?P<word>{_VI_WORDS})(?:\s+năm\s+|\s*,\s*)$")
QUARTER = re.compile(
    rf"\b(?:(?P<en>first|second|third|fourth|1st|2nd|3rd|4th)\s+quarter\s+(?:of\s+)?|Q(?P<q>[1-4])[\s/-]*"
    rf"|[Qq]u[ýí]\s+(?P<vi>IV|I{{1,3}}|[1-4])(?:\s+năm\s+|\s*[/,-]\s*|\s+)){_YEAR}(?![\w/-])"
)
QUARTER_AT = re.compile(r"[Qq](?:uarter|u[ýí]|[1-4])")
QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
VERSION_BEFORE = re.compile(r"(?<!\w)(?:version|ver|v|build|firmware|phiên bản)\.?\s*$", re.IGNORECASE)
NOT_A_DAY = re.compile(r"\s*(?:%|triệu|tỷ|tỉ|nghìn|ngàn|kg|km|ha\b|m\b|độ|lần|điểm|USD|đồng|người|giờ|phút)")

_VI_DAY_NAMES = "hai|ba|tư|năm|sáu|bảy|[2-7]"
WEEKDAY_BEFORE = re.compile(
    rf"(?:(?P<en>mon|tues|wednes|thurs|fri|satur|sun)day|thứ\s+(?P<vi>{_VI_DAY_NAMES})|(?P<sunday>chủ\s+nhật|CN))"
    r"\s*,?\s*(?:ngày\s*)?\(?$",
    re.IGNORECASE,
)
SPOKEN_BEFORE = re.compile(
    r"(?<!\w)(?:(?P<part>rạng sáng|sáng sớm|sáng|trưa|chiều tối|chiều|tối|đêm|hôm|khuya)(?:\s+(?P<when>nay|qua))?"
    r"(?:\s*,?\s*(?:vào\s+)?ngày)?"
    r"|(?P<bare>ngày))\s*,?\s*\(?$",
    re.IGNORECASE,
)
EN_SPOKEN_BEFORE = re.compile(
    r"\b(?:(?P<now>this (?:morning|afternoon|evening)|today|tonight|earlier today)|(?P<past>yesterday|last night)|(?P<on>on))\s*,?\s*\(?$",
    re.IGNORECASE,
)
_EN_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_VI_DAYS = {"hai": 0, "ba": 1, "tư": 2, "năm": 3, "sáu": 4, "bảy": 5, **{str(n): n - 2 for n in range(2, 8)}}

BOUNDED = re.compile(
    r"\b(?:since|from|until|till|by|before|after|between|through|dated|từ|kể từ|đến|tới|trước|sau|hết|ký)\s+(?:the\s+)?"
    r"(?:ngày\s+|sáng\s+|cuối\s+|đầu\s+|giữa\s+|end of\s+|late\s+|early\s+)*$",
    re.IGNORECASE,
)
AHEAD = re.compile(
    r"\b(?:(?:will|to be|due|expected|scheduled|planned?|plans|next|vision|term|sẽ|dự kiến|kế hoạch|tầm nhìn|nhiệm kỳ"
    r"|giai đoạn|mục tiêu|phấn đấu|sắp(?!\s+(?:xếp|đặt)))\b[^.!?\n]{0,45}"
    r"|(?:by|until|till|towards?|beyond|before|đến|tới|trước|hết)\s+(?:the\s+)?"
    r"(?:(?:end of|late|early|mid|ngày|năm|tháng|quý|cuối|đầu|giữa)\s+){0,2})$",
    re.IGNORECASE,
)
AS_OF = re.compile(
    r"\b(?:as of|tính đến|tính tới)\s+(?:(?:hết|ngày|sáng|trưa|chiều|tối)\s+)*$", re.IGNORECASE
)  # "so far": the day of writing


def month_number(name: str) -> int:
    """Return the month of an English name or abbreviation."""
    return MONTH_WORDS[name.capitalize()]


def weekday_of(found: re.Match[str]) -> int:
    """Return the weekday (Monday is 0) of a match of `WEEKDAY_BEFORE`."""
    if found["en"]:
        return _EN_DAYS.index(found["en"].lower())
    return _VI_DAYS[found["vi"].lower()] if found["vi"] else 6
