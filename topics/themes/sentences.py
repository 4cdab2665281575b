"""Where sentences begin and end: for quoting, so a full stop after a rank or a name ends none."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n+")
_LAST_WORD = re.compile(r"(?:\w+\.)*\w+\Z")
# Words with a full stop that what they belong to follows: titles, ranks, places, firms. Single capitals count too (U.S., T.Ư.).
SHORT_FORMS = frozenset(
    "mr mrs ms dr prof st mt ft rev hon gov sen rep gen brig maj col lt capt cmdr cpl sgt adm no vs nos fig bros inc ltd co corp "
    "tp tx tt gs pgs ts ths bs ks ls nsnd nsưt đc kts".split()
)


def _is_abbreviated(word: str) -> bool:
    """Whether a full stop behind a word may belong to it: a capital letter, a word known as cut short, or such with full stops between."""
    pieces = word.split(".")
    return all(piece[:1].isupper() and (len(piece) == 1 or piece.lower() in SHORT_FORMS) for piece in pieces)


def _ends(text: str, found: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: what follows does not begin with a small letter, and no short form stands before."""
    if found[0].startswith("\n"):
        return True
    rest = text[found.end() : found.end() + 20].lstrip(" \t\"'“‘([")
    if rest[:1].islower():
        return False
    before = _LAST_WORD.search(text, max(0, found.start() - 20), found.start())
    goes_on = rest[:1].isalnum() and not text[found.end() : found.end() + 2].lstrip(" ").startswith("\n")
    return not (found[0] == "." and goes_on and before and _is_abbreviated(before[0]))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence, white space trimmed; lines end sentences."""
    start = 0
    ends = [found.end() for found in _END.finditer(text) if _ends(text, found)]
    for end in [*ends, len(text)]:
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            yield start + lead, start + len(piece.rstrip())
        start = end
