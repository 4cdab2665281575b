"""How lines around an article look that say where and when: date headers and datelines, in English and Vietnamese.

White space is bounded in every pattern, so that each takes time in proportion to the line, whatever stands in it.
"""

from __future__ import annotations

import re

UPPER = "A-Z" + "".join(chr(code) for code in range(0xC0, 0x1F00) if chr(code).isupper())  # for character classes
_S, _SS = r"[^\S\n]{0,4}", r"[^\S\n]{1,4}"

DATE_HEADER = re.compile(r"^\s*+date\s{1,4}\d{4}-\d{2}-\d{2}\b", re.IGNORECASE)
_WEEKDAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.?(?=,)"
    rf"|Thứ{_SS}(?:Hai|Ba|Tư|Năm|Sáu|Bảy|[2-7])|Chủ{_SS}nhật)"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DAY = (
    rf"(?:\d{{1,2}}{_SS}tháng{_SS}\d{{1,2}}(?:(?:,|{_SS}năm)?{_SS}\d{{4}})?|\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{4}})?|\d{{4}}-\d\d-\d\d"
    rf"|{_MONTH}{_SS}\d{{1,2}}(?:,?{_SS}\d{{4}})?|\d{{1,2}}{_SS}{_MONTH}(?:,?{_SS}\d{{4}})?)"
)
_LABEL = r"(?:Published|Posted|Updated|Last updated|Date|Ngày đăng|Đăng|Cập nhật|Xuất bản)"
_CLOCK = rf"(?:[\s\d:|,.()/+–—-]|\b(?:[ap]\.?m\b|GMT|UTC|ICT|EST|EDT|lúc|ngày|giờ|năm|at|on|{_LABEL}|{_WEEKDAY}|{_MONTH}))"
# Nothing but times and further dates may follow: "Saturday, March 8 saw the ships return" is a sentence.
LABELLED = re.compile(
    rf"^\s*+(?:{_LABEL}(?:{_SS}(?:on|at|lúc|ngày|vào)\b)*+{_S}[:：]?{_S}(?:\d\d?:\d\d\D{{0,12}})?(?:{_WEEKDAY},?{_SS})?"
    rf"|{_WEEKDAY},?{_SS}(?:ngày{_SS})?){_DAY}(?!\w){_CLOCK}*+$",
    re.IGNORECASE,
)
_PLACE = rf"[{UPPER}][^\W\d_]*+(?:[ .'’-]{{1,2}}[^\W\d_]++){{0,4}}"
_AGENCY = rf"\((?:[{UPPER}][\w.&’' -]{{1,40}})\)"
DATELINE = re.compile(rf"^\s*+{_PLACE}(?:,{_S}{_PLACE})?(?:,{_S}{_DAY}{_S}(?:{_AGENCY})?|{_S}{_AGENCY}){_S}[-–—]++\s++")
