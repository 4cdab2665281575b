"""What is not the article: credits, captions, bylines, agency tails, datelines, table debris. Reversible: spans with reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topics.core.documents import Reason, Removed
from topics.ingest.lines import DATE_HEADER, DATELINE, LABELLED

MAX_SHARE = 0.30  # never drop more of a document without saying so: then only the unmistakable reasons stay
CERTAIN: frozenset[Reason] = frozenset({"header", "table_debris", "end_mark", "agency_tail"})
CAPTION_WORDS = 45
TITLE_WORDS = 12  # a longer line is prose

_CREDIT = r"(?:Photos?|Pictures?|Video|Clip|Graphics?|Illustration|Ảnh|Hình|Đồ họa)\s*(?:by|courtesy of)?\s*[:：]\s*"
_NAME = r"(?P<name>[^\n.;|()\[\]]{2,60}?)"
_CREDIT_END = re.compile(rf"[(\[]?\s*{_CREDIT}{_NAME}\s*[)\]]?[\s|.]*$")
_CREDIT_INLINE = re.compile(rf"[(\[]\s*{_CREDIT}{_NAME}\s*[)\]]")
_CREDIT_TAIL = re.compile(rf"(?<=[.!?…”\"])\s+{_CREDIT}{_NAME}\s*[|.]*$")
_MAX_NAME = 7
_DEBRIS = re.compile(r"^[\s|_=*#~–—-]+$")
_AGENCY_TAIL = re.compile(
    r"^\s*[(\[]?\s*(?:(?:Source|Nguồn|Theo)\s*[:：]\s*[^\n.]{2,60}"
    r"|According to [A-Z][^\n.]{1,50}|Theo [A-ZĐ][^\n.,]{1,40}|(?:Via|From) [A-Z][^\n.]{1,40})"
    r"\s*[)\]]?\s*\.?\s*$"
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
    if DATE_HEADER.match(line) or (is_edge and len(line) < 100 and LABELLED.match(line)):
        return "header"
    n_words = len(line.split())
    credit = _CREDIT_END.search(line)
    if credit and _is_name(credit["name"]) and n_words <= CAPTION_WORDS and not _is_prose(line[: credit.start()], credit[0]):
        return "credit" if n_words <= 5 else "caption"
    if is_edge and n_words <= 12 and _AGENCY_TAIL.match(line):
        return "agency_tail"
    if is_last and 2 <= n_words <= 6 and _BYLINE.match(line):
        return "byline"
    return None


def _is_prose(words: str, credit: str) -> bool:
    """Whether the words before a credit are article text: a second sentence, or a whole one before a credit in brackets."""
    whole = words.rstrip().endswith((".", "!", "?", "…", "”", '"')) and credit.lstrip().startswith(("(", "["))
    return whole or bool(_INNER_END.search(words))


def _is_name(words: str) -> bool:
    """Whether what follows "Photo:" is a name, not the headline of a video: few words, at least half of them capitalised."""
    parts = words.replace("/", " ").split()
    return len(parts) <= _MAX_NAME and 2 * sum(part[:1].isupper() for part in parts) >= len(parts)


def _parts(start: int, line: str, is_first: bool) -> Iterator[Removed]:
    """Removable parts of a line that stays."""
    if is_first and (found := DATELINE.match(line)):
        yield Removed(start + found.start(), start + found.end(), "dateline")
    for found in (*_CREDIT_INLINE.finditer(line), _CREDIT_TAIL.search(line)):
        if found and _is_name(found["name"]):
            yield Removed(start + found.start(), start + found.end(), "credit")
    if found := _END_MARK.search(line):
        yield Removed(start + found.start(), start + found.end(), "end_mark")


def _merge(spans: list[Removed]) -> tuple[Removed, ...]:
    kept: list[Removed] = []
    for span in sorted(spans, key=lambda item: (item.start, -item.end)):
        if span.start < span.end and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return tuple(kept)


def _collect(lines: list[tuple[int, str]], *, captions: bool) -> tuple[Removed, ...]:
    """All spans of a text; without `captions` a caption's words stay and only its credit goes."""
    prose = [number for number, (_, line) in enumerate(lines) if len(line.split()) > TITLE_WORDS]
    first_prose = prose[0] if prose else 0
    last = len(lines) - 1
    while last >= 0 and _DEBRIS.match(lines[last][1]):
        last -= 1
    spans: list[Removed] = []
    for number, (start, line) in enumerate(lines):
        is_edge = last > 0 and (number <= 2 or number >= last - 2)  # a single line is the article itself
        reason = _whole_line(line, is_edge, is_last=number >= last - 1 and number > first_prose)
        if reason and (captions or reason != "caption"):
            spans.append(Removed(start, start + len(line), reason))
        else:
            spans.extend(_parts(start, line, is_first=0 < number <= first_prose + 1 or number == 0 < last))
    return _merge(spans)


def _until_clean(text: str, *, captions: bool) -> tuple[Removed, ...]:
    """Collect again on what is left until nothing more is found, so that cleaning a cleaned text changes nothing."""
    spans: list[Removed] = []
    while True:
        lines = [(start, line) for start, line in _lines(text) if line.strip()]
        found = _collect(lines, captions=captions)
        if not found:
            return _merge(spans)
        spans += found
        for span in found:
            blank = "".join("\n" if char == "\n" else " " for char in text[span.start : span.end])
            text = text[: span.start] + blank + text[span.end :]


def find_boilerplate(text: str) -> tuple[Removed, ...]:
    """Return the spans of a text (NFC, LF) that are not article text, in order, without overlap.

    Where they would take more than 30 % of the words, captions keep their words; where that is still too much, only the
    unmistakable ones are returned. A text that holds nothing else is returned as a whole.
    """
    n_words = len(text.split())
    for captions in (True, False):
        spans = _until_clean(text, captions=captions)
        gone = sum(len(text[span.start : span.end].split()) for span in spans)
        if gone <= MAX_SHARE * n_words or (gone >= n_words and captions):
            return spans
    return tuple(span for span in spans if span.reason in CERTAIN)
