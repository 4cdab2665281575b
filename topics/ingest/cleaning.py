"""What is not the article: credits, captions, bylines, agency tails, datelines, table debris. Reversible: spans with reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from topics.core.documents import Reason, Removed
from topics.ingest.lines import DATE_HEADER, DATELINE, LABELLED
from topics.ingest.repeated import MAX_WORDS, NONE, Repeated, line_key

MAX_SHARE = 0.30  # never drop more of a document without saying so: then only the unmistakable reasons stay
CERTAIN: frozenset[Reason] = frozenset({"header", "table_debris", "end_mark", "agency_tail"})
CAPTION_WORDS = 45
MAX_SAID = 20
TITLE_WORDS = 12  # a longer line is prose

_CREDIT_WORDS = ("Photo", "Picture", "Video", "Clip", "Graphic", "Illustration", "Ảnh", "Hình", "Đồ họa")
_CREDIT = rf"(?:{'|'.join(_CREDIT_WORDS)})s?\s*(?:by|courtesy of)?\s*[:：]\s*"
_NAME = r"(?P<name>[^\n.;|()\[\]]{2,60}?)"
_CREDIT_END = re.compile(rf"[(\[]?\s*{_CREDIT}{_NAME}\s*[)\]]?[\s|.]*$")
_CREDIT_INLINE = re.compile(rf"[(\[]\s*{_CREDIT}{_NAME}\s*[)\]]")
_CREDIT_TAIL = re.compile(rf"(?<=[.!?…”\"])\s+{_CREDIT}{_NAME}\s*[|.]*$")
_MAX_NAME = 7
_SIGNS = frozenset("|_=*#~–—-")
_LAST_SIGNS = frozenset("./■□")
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
    if line.lstrip()[:1] in _SIGNS and _DEBRIS.match(line):
        return "table_debris"
    if DATE_HEADER.match(line) or (is_edge and len(line) < 100 and LABELLED.match(line)):
        return "header"
    n_words = len(line.split())
    credit = _CREDIT_END.search(line) if _may_credit(line) else None
    if credit and _is_name(credit["name"]) and n_words <= CAPTION_WORDS and not _is_prose(line[: credit.start()], credit[0]):
        return "credit" if n_words <= 5 else "caption"
    if is_edge and n_words <= 12 and _AGENCY_TAIL.match(line):
        return "agency_tail"
    if is_last and 2 <= n_words <= 6 and _BYLINE.match(line):
        return "byline"
    return None


def _may_credit(line: str) -> bool:
    """Whether a credit can stand in a line: most lines are spared the search."""
    return (":" in line or "：" in line) and any(word in line for word in _CREDIT_WORDS)


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
    if _may_credit(line):
        for found in (*_CREDIT_INLINE.finditer(line), _CREDIT_TAIL.search(line)):
            if found and _is_name(found["name"]):
                yield Removed(start + found.start(), start + found.end(), "credit")
    if line.rstrip()[-1:] in _LAST_SIGNS and (found := _END_MARK.search(line)):
        yield Removed(start + found.start(), start + found.end(), "end_mark")


def _merge(spans: list[Removed]) -> tuple[Removed, ...]:
    kept: list[Removed] = []
    for span in sorted(spans, key=lambda item: (item.start, -item.end)):
        if span.start < span.end and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return tuple(kept)


def _is_repeated(line: str, number: int, repeated: Repeated) -> bool:
    """Whether a line after the first is one that its source prints everywhere."""
    return bool(repeated) and number > 0 and len(line.split()) <= MAX_WORDS and line_key(line) in repeated


def _collect(lines: list[tuple[int, str]], *, captions: bool, repeated: Repeated) -> tuple[Removed, ...]:
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
        if not reason and _is_repeated(line, number, repeated):
            reason = "repeated_line"
        if reason and (captions or reason != "caption"):
            spans.append(Removed(start, start + len(line), reason))
        else:
            spans.extend(_parts(start, line, is_first=0 < number <= first_prose + 1 or number == 0 < last))
    return _merge(spans)


def _until_clean(text: str, *, captions: bool, repeated: Repeated) -> tuple[Removed, ...]:
    """Collect again on what is left until nothing more is found, so that cleaning a cleaned text changes nothing."""
    spans: list[Removed] = []
    while True:
        lines = [(start, line) for start, line in _lines(text) if line.strip()]
        found = _collect(lines, captions=captions, repeated=repeated)
        if not found:
            return _merge(spans)
        spans += found
        text = _blank(text, found)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Spans that are not article text, in order, without overlap; `notes` say where the limit on removing bore on the choice."""

    spans: tuple[Removed, ...]
    notes: tuple[str, ...] = ()


def find_boilerplate(text: str, repeated: Repeated = NONE) -> Boilerplate:
    """Return what in a text (NFC, LF) is not the article.

    Where the spans would take more than 30 % of the words, captions keep their words; where that is still too much, only the
    unmistakable ones are returned. Either is noted. A text that holds nothing else is returned as a whole.

    Args:
        text: the text as read.
        repeated: keys of lines that the text's source prints in many articles.
    """
    n_words = len(text.split())
    again = _said_again(text)
    text = _blank(text, again)
    boilerplate = _within_limit(text, n_words, repeated)
    if not again:
        return boilerplate
    return Boilerplate(_merge([*boilerplate.spans, *again]), (*boilerplate.notes, "repeated_paragraph"))


def _said_again(text: str) -> tuple[Removed, ...]:
    """Repeats of paragraphs that stand in a text over twenty times: stuffing. Nothing is lost with them, however many they are."""
    if text.count("\n") < MAX_SAID:
        return ()
    keyed = [(start, line, " ".join(line.lower().split())) for start, line in _lines(text) if line.count(" ") >= TITLE_WORDS]
    stuffed = {key for key, n in Counter(key for _, _, key in keyed).items() if n > MAX_SAID}
    first = {key: start for start, _, key in reversed(keyed)}
    return tuple(Removed(start, start + len(line), "repeated_line") for start, line, key in keyed if key in stuffed and first[key] != start)


def _blank(text: str, spans: Sequence[Removed]) -> str:
    """The text with spans turned into spaces; lines stay lines."""
    for span in spans:
        text = text[: span.start] + re.sub(r"[^\n]", " ", text[span.start : span.end]) + text[span.end :]
    return text


def _within_limit(text: str, n_words: int, repeated: Repeated) -> Boilerplate:
    """The spans that may go without taking too much of the text."""

    def share(spans: tuple[Removed, ...]) -> float:
        return sum(len(text[span.start : span.end].split()) for span in spans) / max(1, n_words)

    for captions in (True, False):
        spans = _until_clean(text, captions=captions, repeated=repeated)
        if share(spans) <= MAX_SHARE or (share(spans) >= 1 and captions):
            return Boilerplate(spans, () if captions else ("captions_kept",))
    certain = tuple(span for span in spans if span.reason in CERTAIN)
    return Boilerplate(certain, ("boilerplate_kept", "much_removed") if share(certain) > MAX_SHARE else ("boilerplate_kept",))
