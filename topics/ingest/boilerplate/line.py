"""A line of a text, what a rule finds in it, and the prose around it that speaks for or against a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from topics.core.documents import Reason

PROSE_WORDS = 12  # a line of more words is prose, not a title
_ENDS = (".", "!", "?", "…", "”", '"', "’", ")", ":", ";")
_VIETNAMESE = re.compile("[ạ-ỹ]")
_STRIP = "“”\"'’.,;:!?()[]"


class Line(NamedTuple):
    """What is left of a line: where it begins in the text, its words, and whether an end mark closed it, as a full stop does."""

    start: int
    text: str
    is_closed: bool = False

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as sentences do."""
        return self.is_closed or self.text.endswith(_ENDS)

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.text)


class Found(NamedTuple):
    """A span that is not the article.

    Args:
        start: offset in the text.
        end: exclusive.
        reason: its code.
        is_sure: whether a label, a sign or a fixed form says so; where not, its look and place alone do.
    """

    start: int
    end: int
    reason: Reason
    is_sure: bool


def cut(line: Line, start: int, end: int) -> Line:
    """Return the part of a line between two offsets of its words, without white space at its ends."""
    part = line.text[start:end]
    bare = part.lstrip()
    return Line(line.start + start + len(part) - len(bare), bare.rstrip(), line.is_closed)


def is_prose(text: str) -> bool:
    """Whether a line has more words than a title."""
    return text.count(" ") >= PROSE_WORDS and len(text.split()) > PROSE_WORDS


@dataclass(frozen=True)
class Prose:
    """The long lines of an article: who is spoken of in them, and which words are no names."""

    lines: Sequence[str]

    @cached_property
    def _words(self) -> list[list[str]]:
        return [[word.strip(_STRIP) for word in line.split()] for line in self.lines]

    @cached_property
    def _lower(self) -> frozenset[str]:
        return frozenset(word for line in self._words for word in line if word[:1].islower())

    @cached_property
    def _pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset(pair for line in self._words for pair in pairwise(line))

    @cached_property
    def is_vietnamese(self) -> bool:
        """Whether letters that only Vietnamese has are common in it; its syllables are words and parts of names alike."""
        return 50 * sum(len(_VIETNAMESE.findall(line)) for line in self.lines) > sum(map(len, self.lines))

    def speaks_of(self, name: str) -> bool:
        """Whether the first two words of a name stand side by side in the article."""
        words = name.split()
        return len(words) > 1 and (words[0], words[1]) in self._pairs

    def uses(self, words: Sequence[str]) -> bool:
        """Whether at least half of some words are used in lower case, as English words are and names are not."""
        return not self.is_vietnamese and 2 * sum(word.lower() in self._lower for word in words) >= len(words)
