"""What is not the article: credits, captions, bylines, agency tails, datelines, table debris. Reversible: spans with reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topics.core.documents import Reason, Removed

MAX_SHARE = 0.30  # never drop more of a document without saying so: then only the unmistakable reasons stay
CERTAIN: frozenset[Reason] = frozenset({"header", "table_debris", "end_mark", "agency_tail"})
CAPTION_WORDS = 45

_CREDIT_WORD = r"(?:Photos?|Pictures?|Video|Clip|Graphics?|Illustration|Ảnh|Hình|Đồ họa)"
_NAME = r"[^\n.;|()]{2,50}?"
_CREDIT_END = re.compile(rf"[(\[]?\s*{_CREDIT_WORD}\s*(?:by|courtesy of)?\s*[:：]\s*{_NAME}\s*[)\]]?[\s|.]*$")
_CREDIT_INLINE = re.compile(rf"[(\[]\s*{_CREDIT_WORD}\s*(?:by)?\s*[:：]\s*{_NAME}\s*[)\]]")
_CREDIT_TAIL = re.compile(rf"(?<=[.!?…”\"])\s+{_CREDIT_WORD}\s*[:：]\s*{_NAME}\s*[|.]*$")
_DEBRIS = re.compile(r"^[\s|_=*#~–—-]+$")
_DATE_HEADER = re.compile(r"^\s*date\s+\d{4}-\d{2}-\d{2}\b", re.IGNORECASE)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Thứ\s+(?:Hai|Ba|Tư|Năm|Sáu|Bảy|[2-7])|Chủ\s+nhật"
_LABELLED = re.compile(
    rf"^\s*(?:(?:Published|Posted|Updated|Last updated|Date|Ngày đăng|Đăng(?:\s+lúc|\s+ngày)?|Cập nhật(?:\s+lúc|\s+ngày)?|Xuất bản)\b"
    rf"|(?:{_WEEKDAY}),?\s).{{0,60}}\d.{{0,40}}$",
    re.IGNORECASE,
)
_AGENCY_TAIL = re.compile(
    r"^\s*[(\[]?\s*(?:(?:Source|Nguồn|Theo)\s*[:：]\s*[^\n.]{2,60}"
    r"|According to [A-Z][^\n.]{1,50}|Theo [A-ZĐ][^\n.,]{1,40}|(?:Via|From) [A-Z][^\n.]{1,40})"
    r"\s*[)\]]?\s*\.?\s*$"
)
_DATELINE = re.compile(
    r"^\s*[A-ZĐÀ-Ỹ][^\n.:;()–—]{1,40}?\((?:[A-ZĐÀ-Ỹ][\w.&’' -]{1,40})\)\s*[-–—]+\s*"
    r"|^\s*[A-ZĐÀ-Ỹ][^\n.:;()–—]{1,60}?\d[^\n:;()–—]{0,30}?(?:\((?:[A-ZĐÀ-Ỹ][\w.&’' -]{1,40})\)\s*)?\s[-–—]+\s+"
)
_END_MARK = re.compile(r"\s*(?:\./\.|/\./|/\.|■|□)\s*$")
_INNER_END = re.compile(r"[.!?…][”\"’]?\s+[A-ZĐÀ-Ỹ]")  # a second sentence: prose that ends in a credit, not a caption
_BYLINE = re.compile(r"^\s*(?:By |Bài: |Tin: |PV )?[A-ZĐÀ-Ỹ][\w’'.-]*(?:[ ,&-]+(?:and |và )?[A-ZĐÀ-Ỹ][\w’'.-]*){1,4}\s*$")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _whole_line(line: str, is_edge: bool, is_last: bool) -> Reason | None:
    """The reason for which a whole line is no article text."""
    if _DEBRIS.match(line):
        return "table_debris"
    if _DATE_HEADER.match(line) or (is_edge and len(line) < 100 and _LABELLED.match(line)):
        return "header"
    n_words = len(line.split())
    credit = _CREDIT_END.search(line)
    if credit and n_words <= CAPTION_WORDS and not _INNER_END.search(line[: credit.start()]):
        return "credit" if n_words <= 5 else "caption"
    if is_edge and n_words <= 12 and _AGENCY_TAIL.match(line):
        return "agency_tail"
    if is_last and 2 <= n_words <= 6 and _BYLINE.match(line):
        return "byline"
    return None


def _parts(start: int, line: str, is_first: bool) -> Iterator[Removed]:
    """Removable parts of a line that stays."""
    if is_first and (found := _DATELINE.match(line)):
        yield Removed(start + found.start(), start + found.end(), "dateline")
    for found in _CREDIT_INLINE.finditer(line):
        yield Removed(start + found.start(), start + found.end(), "credit")
    if found := _CREDIT_TAIL.search(line):
        yield Removed(start + found.start(), start + found.end(), "credit")
    if found := _END_MARK.search(line):
        yield Removed(start + found.start(), start + found.end(), "end_mark")


def _merge(spans: list[Removed]) -> tuple[Removed, ...]:
    kept: list[Removed] = []
    for span in sorted(spans, key=lambda item: (item.start, -item.end)):
        if span.start < span.end and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return tuple(kept)


def find_boilerplate(text: str) -> tuple[Removed, ...]:
    """Return the spans of a text (NFC, LF) that are not article text, in order, without overlap.

    Where they would take more than 30 % of the words, only the unmistakable ones are returned.
    """
    lines = [(start, line) for start, line in _lines(text) if line.strip()]
    prose = [number for number, (_, line) in enumerate(lines) if len(line.split()) > 12]
    first_prose = prose[0] if prose else 0
    spans: list[Removed] = []
    last = len(lines) - 1
    while last >= 0 and _DEBRIS.match(lines[last][1]):
        last -= 1
    for number, (start, line) in enumerate(lines):
        is_edge = number <= 2 or number >= last - 2
        reason = _whole_line(line, is_edge, is_last=number >= last - 1 and number > first_prose)
        if reason:
            spans.append(Removed(start, start + len(line), reason))
        else:
            spans.extend(_parts(start, line, is_first=number == first_prose))
    merged = _merge(spans)
    n_words = max(1, len(text.split()))
    if sum(len(text[span.start : span.end].split()) for span in merged) > MAX_SHARE * n_words:
        merged = tuple(span for span in merged if span.reason in CERTAIN)
    return merged
