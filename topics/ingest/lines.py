"""How lines around an article look that say where and when: date headers and datelines, in English and Vietnamese."""

from __future__ import annotations

import re

DATE_HEADER = re.compile(r"^\s*date\s+\d{4}-\d{2}-\d{2}\b", re.IGNORECASE)
_WEEKDAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.?(?=,)"
    r"|Thứ\s+(?:Hai|Ba|Tư|Năm|Sáu|Bảy|[2-7])|Chủ\s+nhật)"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DAY = (
    rf"(?:\d{{1,2}}\s+tháng\s+\d{{1,2}}(?:(?:,|\s+năm)?\s+\d{{4}})?|\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{4}})?|\d{{4}}-\d\d-\d\d"
    rf"|{_MONTH}\s+\d{{1,2}}(?:,?\s+\d{{4}})?|\d{{1,2}}\s+{_MONTH}(?:,?\s+\d{{4}})?)"
)
_LABEL = r"(?:Published|Posted|Updated|Last updated|Date|Ngày đăng|Đăng|Cập nhật|Xuất bản)"
LABELLED = re.compile(
    rf"^\s*(?:{_LABEL}(?:\s+(?:on|at|lúc|ngày|vào))*\s*[:：]?\s*(?:\d\d?:\d\d\D{{0,12}})?(?:{_WEEKDAY},?\s+)?|{_WEEKDAY},?\s+(?:ngày\s+)?)"
    rf"{_DAY}.{{0,40}}$",
    re.IGNORECASE,
)
_PLACE = r"[A-ZĐÀ-Ỹ][^\W\d_]*(?:[ .'’-]{1,2}[^\W\d_]+){0,4}"
_AGENCY = r"\((?:[A-ZĐÀ-Ỹ][\w.&’' -]{1,40})\)"
DATELINE = re.compile(rf"^\s*{_PLACE}(?:,\s*{_PLACE})?(?:,\s*{_DAY}\s*(?:{_AGENCY})?|\s*{_AGENCY})\s*[-–—]+\s+")
