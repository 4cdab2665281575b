"""Credits of pictures and videos, the captions they stand under, and end marks: what stands in brackets in a line or at its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from topics.core.documents import Reason
from topics.ingest.boilerplate.line import Found, Line, cut
from topics.ingest.boilerplate.names import is_acronym, is_name, is_outlet, is_proper
from topics.ingest.lines import UPPER

CAPTION_WORDS = 45
WINDOW = 130  # a credit at the end of a line is no longer
_S = r"[^\S\n]{0,4}"
_KINDS = (
    "(?:Photographs?|Photos?|Pictures?|Videos?|Clips?|Graphics?|Illustrations?|Images?|Hình ảnh|Hình|Đồ họa|Đồ hoạ"
    "|Ảnh(?: tư liệu| minh họa| minh hoạ)?)"
)
_HINTS = ("hoto", "ideo", "nh:", "nh :", "Ảnh", "ảnh", "guồn", "lip", "raphic", "icture", "llustration", "mage", "Đồ h", "Hình", "：")
_COLON = rf"{_KINDS}{_S}(?:by|courtesy of)?{_S}[:：]{_S}"
_BY = rf"{_KINDS} (?:by|courtesy of) "
_FIXED = r"(?i:(?:hình )?ảnh (?:minh họa|minh hoạ|tư liệu))"
_BRACKETED = re.compile(
    rf"[(\[]{_S}(?:(?:(?i:{_COLON}|Nguồn(?: ảnh)?{_S}:{_S})|{_BY})(?P<name>[^\n()\[\]]{{2,70}})"
    rf"|Ảnh (?P<person>[^\n()\[\]:]{{2,40}})|{_FIXED}){_S}[)\]]"
)
_NAME = r"(?P<name>[^\n;|()\[\]?!:]{2,70}(?:\([^()\n]{2,30}\))?)"
_TAIL = re.compile(rf"(?<![^\s.!?…”\"’)\]–—-]){_KINDS}{_S}(?P<by>by|courtesy of)?{_S}(?P<colon>[:：])?{_S}{_NAME}[\s|.]{{0,6}}$")
_DASHED = re.compile(
    rf"(?<=[\s.])[–—-]{_S}(?:(?:[{UPPER}]{{2,8}}/)?[{UPPER}]{{2,8}} )?Photos?"
    r"(?: (?:by |courtesy of )?(?P<name>[^\n.;|()\[\]]{2,60}))?[\s|.]{0,4}$"
)
_CAPTION = re.compile(rf"(?:Caption|Chú thích(?: ảnh)?){_S}[:：]")
_STOCK = re.compile(rf"{_FIXED}\.?")
_OPENS = re.compile(rf"{_KINDS}{_S}(?:(?:by|courtesy of){_S})?[:：]{_S}")
_INNER_END = re.compile(rf"[.!?…][”\"’]?\s{{1,4}}[{UPPER}]")  # a second sentence: prose that ends in a credit, not a caption
_MARKS = ("./.", "/./", "/.", "■", "□")
_LAST = ("/", ".", "■", "□")
_SENTENCE = (".", "!", "?", "…", "”", '"')


class Stripped(NamedTuple):
    """A line without its credits and end marks.

    Args:
        line: what is left.
        found: what went.
        credit: the credit that stood at the line's end, as it was written; "" if none did.
    """

    line: Line
    found: list[Found]
    credit: str


def strip_credits(line: Line, *, may_be_title: bool = False) -> Stripped:
    """Take off a line the credits in brackets and, from its end, all end marks and credits; time is in proportion to its length.

    Off what may be a title, "In Pictures: ...", only credits after a sentence or a dash are taken.
    """
    text, credit = line.text, ""
    may = any(hint in text for hint in _HINTS)
    if not may and not text.endswith(_LAST):
        return Stripped(line, [], "")
    brackets = [hit.span() for hit in _BRACKETED.finditer(text) if _is_bracketed_credit(hit)] if may else []
    found = [Found(line.start + start, line.start + stop, "credit", True) for start, stop in brackets]
    inner = list(brackets)
    end = len(text)
    while True:
        end = _bare_end(text, end)
        if inner and end - 2 <= inner[-1][1] <= end and not text[inner[-1][1] : end].strip(" .|"):
            start, stop = inner.pop()
            end, credit = start, text[start:stop]
            continue
        step = _suffix(text, end, may, may_be_title=may_be_title)
        if step is None or (inner and step[0] < inner[-1][1]):
            break
        start, reason = step
        credit = text[start:end] if reason == "credit" else credit
        found.append(Found(line.start + start, line.start + end, reason, True))
        end = start
    is_closed = any(item.reason == "end_mark" for item in found)
    return Stripped(cut(Line(line.start, _blanked(text[:end], inner), is_closed), 0, end), found, credit)


def _bare_end(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    pieces, last = [], 0
    for start, stop in spans:
        pieces += [text[last:start], " " * (stop - start)]
        last = stop
    return "".join([*pieces, text[last:]]) if pieces else text


def _is_bracketed_credit(hit: re.Match[str]) -> bool:
    if hit["name"]:
        return is_name(hit["name"])
    return not hit["person"] or is_proper(hit["person"])


def _suffix(text: str, end: int, may: bool, *, may_be_title: bool) -> tuple[int, Reason] | None:
    """Where an end mark or a credit begins that ends at `end`, and which it is."""
    if text.endswith(_MARKS, 0, end):
        mark = next(mark for mark in _MARKS if text.endswith(mark, 0, end))
        return end - len(mark), "end_mark"
    if not may:
        return None
    window = max(0, end - WINDOW)
    if (hit := _TAIL.search(text, window, end)) and _is_tail(hit, text, may_be_title=may_be_title):
        return hit.start(), "credit"
    if (hit := _DASHED.search(text, window, end)) and (not hit["name"] or is_proper(hit["name"])):
        return hit.start(), "credit"
    return None


def _is_tail(hit: re.Match[str], text: str, *, may_be_title: bool) -> bool:
    """Whether "Photo: VNA" or "Photo by Anh Tu" at an end is a credit; without a colon it must follow a sentence."""
    name = hit["name"].strip(" .")
    if "   " in name:  # two things, not one name
        return False
    before = text[max(0, hit.start() - 8) : hit.start()].rstrip()
    is_apart = not before or before.endswith((*_SENTENCE, ")", "]", "|", "–", "—", "-"))
    if hit["colon"]:
        return is_name(name) and (is_apart or not may_be_title)
    return bool(hit["by"]) and is_proper(name) and is_apart


def opens_title(text: str) -> bool:
    """Whether a first line is a title that begins like a credit, "Video: ...": it names no agency."""
    opening = _OPENS.match(text)
    return bool(opening) and not _names_agency(text[opening.end() :] if opening else "")


def _names_agency(name: str) -> bool:
    bare = name.strip(" .|")
    return is_outlet(bare) or is_acronym(bare)


def is_only_credit(stripped: Stripped) -> bool:
    """Whether nothing is left of a line without its credit, or no more than "Ảnh minh họa"."""
    words = stripped.line.text
    return bool(_STOCK.fullmatch(words)) or (bool(stripped.credit) and not words.strip(" |.,–—-"))


def caption(line: Line, stripped: Stripped, *, may_be_title: bool) -> Reason | None:
    """Return why a whole line goes that ends in a credit: it is one, or a caption.

    Article text before a credit stays: two sentences, a whole one before a bracket, or what may be the title: no full stop in it.
    """
    words, credit = stripped.line.text, stripped.credit
    if is_only_credit(stripped):
        return None if may_be_title and not credit else "credit"
    if not credit:
        return None
    n_words = len(line.text.split())
    if _CAPTION.match(words) and n_words <= CAPTION_WORDS:
        return "caption"
    if n_words > CAPTION_WORDS or _INNER_END.search(words) or (words.endswith(_SENTENCE) and credit.startswith(("(", "["))):
        return None
    if may_be_title and not words.endswith(_SENTENCE) and not line.text.rstrip(" |").endswith((").", "].")):
        return None
    return "credit" if n_words <= 5 else "caption"
