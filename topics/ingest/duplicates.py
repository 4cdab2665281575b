"""Groups near-identical copies into stories.

Exact: every pair above the threshold is found and no other; a story is a chain of such pairs, so its ends may be less alike.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

SHINGLE = 3
THRESHOLD = 0.5
WINDOW_DAYS = 30  # recurring notices (prices, fixtures) of other months are other news
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Copy:
    """What the grouping needs of a document: id, day or None, number of tokens, sorted shingle ids."""

    id: str
    day: date | None
    n_tokens: int
    shingles: tuple[int, ...]


class Shingler:
    """Turns texts into sets of numbered word triples; numbers are given in order of first sight and mean nothing else."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, text: str) -> tuple[int, ...]:
        """Return the sorted ids of the text's word triples; a shorter text is one shingle."""
        words = _WORD.findall(text.lower())
        grams = {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))} if words else set()
        return tuple(sorted(self._numbers.setdefault(gram, len(self._numbers)) for gram in grams))


def jaccard(a: Sequence[int], b: Sequence[int]) -> float:
    """Return |a and b| / |a or b| of two sets."""
    common = len(set(a) & set(b))
    return common / (len(a) + len(b) - common) if common else 0.0


def _near(a: Copy, b: Copy) -> bool:
    if a.day and b.day and abs((a.day - b.day).days) > WINDOW_DAYS:
        return False
    small, large = sorted((len(a.shingles), len(b.shingles)))
    return small >= THRESHOLD * large and jaccard(a.shingles, b.shingles) >= THRESHOLD


def _pairs(copies: Sequence[Copy]) -> Iterable[tuple[int, int]]:
    """Yield index pairs that reach the threshold.

    Prefix filter (Chaudhuri et al. 2006; Bayardo et al. 2007): two sets with Jaccard >= t share an element among their first n -
    ceil(t n) + 1 rarest.
    """
    frequency = Counter(shingle for copy in copies for shingle in copy.shingles)
    holders: dict[int, list[int]] = defaultdict(list)
    for number, copy in enumerate(copies):
        rare_first = sorted(copy.shingles, key=lambda shingle: (frequency[shingle], shingle))
        candidates: set[int] = set()
        for shingle in rare_first[: len(rare_first) - math.ceil(THRESHOLD * len(rare_first)) + 1]:
            candidates.update(holders[shingle])
            holders[shingle].append(number)
        for other in candidates:
            if _near(copies[other], copy):
                yield other, number


def group_stories(copies: Sequence[Copy]) -> dict[str, tuple[str, bool]]:
    """Return for every document id its story and whether it is the canonical copy (earliest day, then longest, then smallest id)."""
    parent = list(range(len(copies)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for a, b in _pairs(copies):
        parent[root(b)] = root(a)
    members: dict[int, list[Copy]] = defaultdict(list)
    for number, copy in enumerate(copies):
        members[root(number)].append(copy)
    stories: dict[str, tuple[str, bool]] = {}
    for group in members.values():
        first = min(group, key=lambda copy: (copy.day or date.max, -copy.n_tokens, copy.id))
        for copy in group:
            stories[copy.id] = (first.id, copy.id == first.id)
    return stories
