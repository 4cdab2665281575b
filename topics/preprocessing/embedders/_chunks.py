"""Cuts a text into pieces that a model can read whole: at sentence borders, else between words, else anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

Count = Callable[[Sequence[str]], Sequence[int]]
"""Number of tokens of each text, without the marks that a model adds around them."""

_BORDERS = (re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|\n+"), re.compile(r"\s+"))


def pieces(text: str, limit: int, count: Count) -> list[tuple[str, int]]:
    """Return consecutive pieces of a text with the number of tokens of each, none over the limit.

    Neighbouring sentences stay together as long as they fit. A piece is counted as it is, since tokens of a whole need not be those of
    its parts; only a single character of more tokens than the limit is left over it.

    Args:
        text: of any length.
        limit: most tokens of a piece, at least 1.
        count: the model's own way to count.
    """
    (n_tokens,) = count([text])
    if n_tokens <= limit or len(text) < 2:
        return [(text, n_tokens)] if n_tokens else []
    units = _units(text)
    groups = _packed(units, count(units), limit)
    if len(groups) == 1:  # the parts have fewer tokens than the whole
        groups = ["".join(units[: len(units) // 2]), "".join(units[len(units) // 2 :])]
    return [piece for group in groups for piece in pieces(group.strip(), limit, count)]


def _units(text: str) -> list[str]:
    """Sentences, or the words of a single sentence, or the halves of a single word; joined they are the text."""
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text)]
        found = [text[start:end] for start, end in pairwise([0, *ends, len(text)]) if end > start]
        if len(found) > 1:
            return found
    return [text[: len(text) // 2], text[len(text) // 2 :]]


def _packed(units: Sequence[str], sizes: Sequence[int], limit: int) -> list[str]:
    """Neighbours joined while they fit; what is over the limit by itself stays alone."""
    groups: list[str] = []
    room = 0
    for unit, size in zip(units, sizes, strict=True):
        if groups and size <= room:
            groups[-1] += unit
            room -= size
        else:
            groups.append(unit)
            room = limit - size
    return groups
