"""What is not the article: credits, captions, bylines, agency tails, datelines, table debris. Reversible: spans with reasons."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from topics.core.documents import Reason, Removed
from topics.ingest.boilerplate import edges
from topics.ingest.boilerplate.captions import caption, is_only_credit, opens_title, strip_credits
from topics.ingest.boilerplate.datelines import dateline_end
from topics.ingest.boilerplate.line import PROSE_WORDS, Found, Line, Prose, cut, is_prose
from topics.ingest.boilerplate.promotions import is_promotion
from topics.ingest.boilerplate.tables import find_columns, find_rows, is_debris
from topics.ingest.lines import DATE_HEADER
from topics.ingest.repeated import MAX_WORDS, NONE, Repeated, line_key

MAX_SHARE = 0.30  # of what no label speaks against, guesses may take no more: beyond, only the sure ones stay
MAX_SAID = 20
MAX_ROUNDS = 8  # what goes brings other lines together; two rounds are enough for articles
_CAPTIONS = frozenset(("caption", "credit"))
_FULL_STOPS = (".", ".”", '."')  # a first line of many words that ends so is the lead of a text without a title
Taken = tuple[list[Line], list[Found]]  # the lines that stay, and what goes


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Spans that are not article text, in order, without overlap; `notes` say where the limit on removing bore on the choice."""

    spans: tuple[Removed, ...]
    notes: tuple[str, ...] = ()


def find_boilerplate(text: str, repeated: Repeated = NONE) -> Boilerplate:
    """Return what in a text (NFC, LF) is not the article.

    Sure is what a label, a sign or a fixed form says. What only looks like boilerplate (captions, a bare name at the end, rows of
    tables, repeated lines) may take 30 % of the other words: where it would take more, captions keep their words, and where that is
    still too much, all of it stays. Either is noted, and so is a text that loses over 30 %. A text that holds nothing else is
    returned as a whole. Time is in proportion to the text.

    Args:
        text: the text as read.
        repeated: keys of lines that the text's source prints in many articles.
    """
    again = _said_again(text)
    boilerplate = _within_limit(_blank(text, again), repeated)
    if not again:
        return boilerplate
    return Boilerplate(_merge([*boilerplate.spans, *again]), (*boilerplate.notes, "repeated_paragraph"))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _said_again(text: str) -> tuple[Removed, ...]:
    """Repeats of paragraphs that stand in a text over twenty times: stuffing. Nothing is lost with them, however many they are."""
    if text.count("\n") < MAX_SAID:
        return ()
    keyed = [(start, line, " ".join(line.lower().split())) for start, line in _lines(text) if line.count(" ") >= PROSE_WORDS]
    stuffed = {key for key, n in Counter(key for _, _, key in keyed).items() if n > MAX_SAID}
    first = {key: start for start, _, key in reversed(keyed)}
    return tuple(Removed(start, start + len(line), "repeated_line") for start, line, key in keyed if key in stuffed and first[key] != start)


def _blank(text: str, spans: Sequence[Removed]) -> str:
    """The text with spans, which are in order and hold no line end, turned into spaces."""
    pieces: list[str] = []
    last = 0
    for span in spans:
        pieces += [text[last : span.start], " " * (span.end - span.start)]
        last = span.end
    return "".join([*pieces, text[last:]]) if pieces else text


def _merge(spans: Sequence[Removed]) -> tuple[Removed, ...]:
    kept: list[Removed] = []
    for span in sorted(spans, key=lambda item: (item.start, -item.end)):
        if span.start < span.end and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return tuple(kept)


def _within_limit(text: str, repeated: Repeated) -> Boilerplate:
    """The spans that may go without taking too much of the text."""
    n_words = len(text.split())

    def count(spans: Sequence[Removed]) -> int:
        return sum(len(text[span.start : span.end].split()) for span in spans)

    def noted(spans: Sequence[Removed], *notes: str) -> Boilerplate:
        much = ("much_removed",) if MAX_SHARE * n_words < count(spans) < n_words else ()
        return Boilerplate(tuple(spans), (*notes, *much))

    for captions in (True, False):
        found = _collect(text, captions=captions, repeated=repeated)
        spans = _merge([Removed(*item[:3]) for item in found])
        sure = _merge([Removed(*item[:3]) for item in found if item.is_sure])
        n_sure, n_all = count(sure), count(spans)
        if n_all - n_sure <= MAX_SHARE * (n_words - n_sure) or (captions and n_all >= n_words):
            return noted(spans) if captions else noted(spans, "captions_kept")
        if all(item.is_sure or item.reason not in _CAPTIONS for item in found):
            break
    return noted(sure, "boilerplate_kept")


def _collect(text: str, *, captions: bool, repeated: Repeated) -> list[Found]:
    """All that is found in a text; without `captions` a caption's words stay and only its credit goes."""
    lines, found = _by_itself(text, captions=captions)
    for _ in range(MAX_ROUNDS):
        n_found = len(found)
        for take in (_tables, partial(_repeated_lines, repeated=repeated), _datelines, _above, _below):
            lines, gone = take(lines)
            found += gone
        if len(found) == n_found:
            break
    return found


def _by_itself(text: str, *, captions: bool) -> Taken:
    """What goes for what stands in a line alone."""
    kept: list[Line] = []
    found: list[Found] = []
    for start, raw in _lines(text):
        line = cut(Line(start, raw), 0, len(raw))
        if not line.text:
            continue
        if is_debris(line.text):
            found.append(_whole(line, "table_debris", is_sure=True))
            continue
        rest = _without_date(line)
        if rest != line:
            found.append(Found(line.start, rest.start, "header", True))
        left, gone = _without_credits(rest, is_first=not kept, may_be_title=not kept and rest == line, captions=captions)
        found += gone
        if left.text:
            kept.append(left)
    return kept, found


def _whole(line: Line, reason: Reason, *, is_sure: bool) -> Found:
    return Found(line.start, line.end, reason, is_sure)


def _without_date(line: Line) -> Line:
    """The rest of a line after "date 2026-01-14", if what follows is a line of its own."""
    label = DATE_HEADER.match(line.text)
    if not label:
        return line
    rest = cut(line, label.end(), len(line.text))
    return line if rest.text[:1].islower() else rest


def _without_credits(line: Line, *, is_first: bool, may_be_title: bool, captions: bool) -> tuple[Line, list[Found]]:
    """What is left of a line without credits, or as a caption or a promotion without anything."""
    if may_be_title and opens_title(line.text):
        return line, []
    stripped = strip_credits(line, may_be_title=may_be_title)
    reason = caption(line, stripped, may_be_title=may_be_title)
    is_sure = bool(reason) and is_only_credit(stripped)
    if reason and (captions or is_sure):
        return cut(line, 0, 0), [_whole(line, reason, is_sure=is_sure)]
    if is_debris(stripped.line.text):
        return cut(line, 0, 0), [*stripped.found, _whole(stripped.line, "table_debris", is_sure=True)]
    if not is_first and is_promotion(stripped.line.text):
        return cut(line, 0, 0), [*stripped.found, _whole(stripped.line, "repeated_line", is_sure=True)]
    return stripped.line, stripped.found


def _split(lines: Sequence[Line], gone: Iterable[int], reason: Reason) -> Taken:
    """The lines that stay, and those that go because of their place among others."""
    numbers = set(gone)
    kept = [line for number, line in enumerate(lines) if number not in numbers]
    return kept, [_whole(lines[number], reason, is_sure=False) for number in sorted(numbers)]


def _tables(lines: Sequence[Line]) -> Taken:
    texts = ["", *(line.text for line in lines[1:])]  # the first line is the title
    return _split(lines, (*find_rows(texts), *find_columns(texts)), "table_debris")


def _repeated_lines(lines: Sequence[Line], repeated: Repeated) -> Taken:
    """Lines after the first that their source prints everywhere."""
    gone = [
        number
        for number, line in enumerate(lines if repeated else ())
        if number > 0 and line.text.count(" ") < 4 * MAX_WORDS and len(line.text.split()) <= MAX_WORDS and line_key(line.text) in repeated
    ]
    return _split(lines, gone, "repeated_line")


def _datelines(lines: Sequence[Line]) -> Taken:
    """Datelines of the first lines, up to the one after the lead."""
    kept, found = list(lines), []
    n_prose = 0
    for number, line in enumerate(lines):
        is_lead = is_prose(line.text)
        no_title = number > 0 or len(lines) == 1 or line.is_closed or line.text.endswith(_FULL_STOPS)
        end = dateline_end(line.text, is_lead=is_lead and no_title) if len(lines) > 1 or is_lead else 0
        if end:
            rest = cut(line, end, len(line.text))
            found.append(Found(line.start, line.start + end, "dateline", True))
            if is_debris(rest.text):
                found.append(_whole(rest, "table_debris", is_sure=True))
                rest = cut(rest, 0, 0)
            kept[number] = rest
        if n_prose:
            break
        n_prose += is_prose(kept[number].text)
    return [line for line in kept if line.text], found


def _above(lines: Sequence[Line]) -> Taken:
    """Headers and bylines among the first three lines; each that goes brings another to the edge."""
    left, found = deque(lines), []
    at = 0
    while at < edges.DEPTH and at < len(left) and len(left) > 1:
        reason = edges.top_reason(left[at].text, is_first=at == 0)
        if reason:
            found.append(_whole(left[at], reason, is_sure=True))
            del left[at]
        else:
            at += 1
    return list(left), found


def _below(lines: Sequence[Line]) -> Taken:
    """Headers, bylines and agency tails among the last three lines; the first line is one only where it is all."""
    prose = Prose([line.text for line in lines if is_prose(line.text)])
    lead = next((line.start for line in lines if is_prose(line.text)), len(lines) and lines[-1].end)
    left, found = list(lines), []
    at = 0
    while at < edges.DEPTH and at < len(left) - 1:
        line = left[-1 - at]
        near = edges.Neighbours(left[-2 - at], left[-at].text if at else "", at if line.start > lead else edges.DEPTH)
        judged = edges.bottom_reason(line.text, near, prose)
        if judged:
            found.append(_whole(line, judged[0], is_sure=judged[1]))
            del left[-1 - at]
            at = 0  # what stands above and below a line has changed
        else:
            at += 1
    if len(left) == 1 and (reason := edges.only_reason(left[0].text)):
        found.append(_whole(left.pop(), reason, is_sure=True))
    return left, found
