"""Which topics of one result became which of another: the same, split, merged, gone, new; over the documents that both weigh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topics.core.alignment import Alignment
from topics.core.matrices import Float64, Int64
from topics.core.results import TopicResult
from topics.quality.alignment import align

LEVEL = 0.05  # chance that one pair or more of two unrelated results lies above the null


@dataclass(frozen=True, eq=False)
class Lineage:
    """How the topics of two results hang together.

    Args:
        alignment: the best one-to-one matches by correlation.
        shared: (n_left, n_right) documents whose main topic is the left topic in one result and the right one in the other.
        n_left, n_right: documents of each topic.
        null: (n_left, n_right) what that number exceeds by chance in no pair at all, in 95 of 100 pairs of unrelated results.
    """

    alignment: Alignment
    shared: Int64
    n_left: Int64
    n_right: Int64
    null: Int64

    @property
    def of_left(self) -> Float64:
        """(n_left, n_right) share of each left topic's documents; 0 for a topic without any."""
        return _shares(self.shared, self.n_left[:, None])

    @property
    def of_right(self) -> Float64:
        """(n_left, n_right) share of each right topic's documents."""
        return _shares(self.shared, self.n_right[None, :])

    @property
    def goes(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """(n_left, n_right) whether more than half of a left topic went to a right one, and more than chance gives."""
        return (self.of_left > 0.5) & (self.shared > self.null)

    @property
    def comes(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """(n_left, n_right) whether more than half of a right topic came from a left one, and more than chance gives."""
        return (self.of_right > 0.5) & (self.shared > self.null)

    @property
    def splits(self) -> dict[int, tuple[int, ...]]:
        """Left topics that two right ones or more mostly came from, and those."""
        return _several(self.comes)

    @property
    def merges(self) -> dict[int, tuple[int, ...]]:
        """Right topics that two left ones or more mostly went to, and those."""
        return _several(self.goes.T)

    @property
    def kept(self) -> dict[int, int]:
        """Left topics and the matched right ones that are the same: most of one of them lies in the other."""
        pairs = ((match.left, match.right) for match in self.alignment.matches)
        return {left: right for left, right in pairs if self.goes[left, right] or self.comes[left, right]}


def _shares(numbers: Int64, totals: Int64) -> Float64:
    wide = np.broadcast_to(totals, numbers.shape).astype(np.float64)
    return np.divide(numbers.astype(np.float64), wide, out=np.zeros(numbers.shape), where=wide > 0)


def _several(related: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> dict[int, tuple[int, ...]]:
    rows = (np.flatnonzero(row).tolist() for row in related)
    return {number: tuple(found) for number, found in enumerate(rows) if len(found) > 1}


def trace(left: TopicResult, right: TopicResult, rows: Int64, seed: int) -> Lineage:
    """Follow the topics of one result into another by where their documents went.

    A document belongs to its main topic. Two results that have nothing to do with each other share documents as a draw without
    replacement does (hypergeometric law), which is what shuffled documents follow; the level is divided by the number of pairs.

    Args:
        left, right: results over the same documents.
        rows: the documents to use, one copy of each story.
        seed: of the null of the correlations.

    Source: the half as border of survival and of a split is that of MONIC (Spiliopoulou et al., KDD 2006).
    """
    from scipy.stats import hypergeom

    alignment = align(left, right, rows, seed)
    a, b = left.documents.labels()[rows], right.documents.labels()[rows]
    shared = np.zeros((left.n_topics, right.n_topics), dtype=np.int64)
    both = (a >= 0) & (b >= 0)
    np.add.at(shared, (a[both], b[both]), 1)
    n_left, n_right = np.bincount(a[a >= 0], minlength=left.n_topics), np.bincount(b[b >= 0], minlength=right.n_topics)
    pairs = max(shared.size, 1)
    null = hypergeom.isf(LEVEL / pairs, len(rows), n_left[:, None], n_right[None, :])
    return Lineage(
        alignment, shared, n_left.astype(np.int64), n_right.astype(np.int64), np.asarray(null, dtype=np.int64).reshape(shared.shape)
    )
