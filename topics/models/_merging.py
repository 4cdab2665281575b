"""Which of many small clusters are one topic: merges by modularity of the documents' similarity, the whole way from leaves to one.

HDBSCAN's small clusters are stable and pure but many; which of them an analyst would call one topic depends on how alike they are
compared with how alike everything is. That is what modularity measures (Newman 2006), here on cosine similarity of document vectors,
which needs only the sum of each cluster's vectors: the similarity between two clusters is the product of their sums. The resolution
(Reichardt and Bornholdt 2006) says how much more alike than by chance; merges are the greedy ones (Clauset, Newman and Moore 2004).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from topics.core.errors import UsageError
from topics.core.matrices import Float32, Float64, Int64

RESOLUTION = 1.25  # measured on three labelled corpora in two languages: benchmarks/README.md


@dataclass(frozen=True, eq=False)
class MergeTree:
    """Merges of leaves, best first, down to one node.

    Args:
        steps: (n_leaves - 1, 2) nodes that each step joins; leaves are 0..n_leaves-1, step s makes node n_leaves + s.
        gains: (n_leaves - 1,) modularity that each step adds; negative where it takes some away.
    """

    steps: Int64
    gains: Float64

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return len(self.steps) + 1

    def best_level(self, lowest: int = 1, highest: int | None = None) -> int:
        """Return the number of topics, within bounds, at which modularity is highest; of equal ones the smallest."""
        highest = min(self.n_leaves, highest or self.n_leaves)
        lowest = min(lowest, highest)
        totals = np.concatenate([[0.0], np.cumsum(self.gains)])  # by number of steps; n_leaves - steps topics are left
        allowed = range(self.n_leaves - highest, self.n_leaves - lowest + 1)
        return self.n_leaves - max(allowed, key=lambda steps: (totals[steps], steps))

    def nodes_at(self, n_topics: int) -> list[int]:
        """Return the nodes that stand for the topics when `n_topics` are left, in order of their number."""
        joined = self.steps[: self.n_leaves - n_topics]
        gone = set(joined.ravel().tolist())
        return [node for node in range(self.n_leaves + len(joined)) if node not in gone]

    def leaves_of(self, node: int) -> list[int]:
        """Return the leaves under a node, from left to right."""
        found, waiting = [], [node]
        while waiting:
            current = waiting.pop()
            if current < self.n_leaves:
                found.append(current)
            else:
                left, right = self.steps[current - self.n_leaves].tolist()
                waiting += [right, left]
        return found

    def cut(self, n_topics: int) -> Int64:
        """Return (n_leaves,) the topic of each leaf when `n_topics` are left."""
        topic_of = np.zeros(self.n_leaves, dtype=np.int64)
        for topic, node in enumerate(self.nodes_at(n_topics)):
            topic_of[self.leaves_of(node)] = topic
        return topic_of


def similarities(vectors: Float32, labels: Int64) -> Float64:
    """Return (n_leaves, n_leaves) the cosine similarity of all pairs of documents of two clusters, summed; of a document and itself not.

    Args:
        vectors: (n_docs, n_dims) unit vectors.
        labels: (n_docs,) cluster of each document, 0..n_leaves-1; -1 takes no part.
    """
    n_leaves = int(labels.max(initial=-1)) + 1
    sums = np.zeros((n_leaves, vectors.shape[1]))
    for leaf in range(n_leaves):
        sums[leaf] = vectors[labels == leaf].sum(axis=0, dtype=np.float64)
    between = np.einsum("ad,bd->ab", sums, sums)
    between[np.diag_indices(n_leaves)] -= np.bincount(labels[labels >= 0], minlength=n_leaves)
    return np.asarray(np.maximum(between, 0.0))


def merge_tree(between: Float64, resolution: float = RESOLUTION) -> MergeTree:
    """Join, again and again, the two nodes whose union adds most modularity; of equal pairs the first.

    Each node keeps its best later partner, so that a merge looks again only at nodes whose partner it took.

    Args:
        between: (n_leaves, n_leaves) similarity between clusters, symmetric and not negative; within them on the diagonal.
        resolution: 1 is plain modularity; more gives more and smaller topics.
    """
    n_leaves = len(between)
    total = max(float(between.sum()), 1e-300)
    weights, degrees = between / total, between.sum(axis=1) / total
    nodes, alive = np.arange(n_leaves), np.ones(n_leaves, dtype=bool)
    best, partner = np.full(n_leaves, -np.inf), np.zeros(n_leaves, dtype=np.int64)
    steps, gains = [], []

    def look(row: int) -> None:
        gain = 2.0 * (weights[row] - resolution * (degrees[row] * degrees))
        gain[: row + 1] = -np.inf
        gain[~alive] = -np.inf
        partner[row] = gain.argmax()
        best[row] = gain[partner[row]]

    for row in range(n_leaves):
        look(row)
    for step in range(n_leaves - 1):
        left = int(best.argmax())
        right = int(partner[left])
        steps.append((nodes[left], nodes[right]))
        gains.append(float(best[left]))
        weights[left] += weights[right]
        weights[:, left] += weights[:, right]
        degrees[left] += degrees[right]
        nodes[left], alive[right], best[right] = n_leaves + step, False, -np.inf
        gain = 2.0 * (weights[:left, left] - resolution * (degrees[:left] * degrees[left]))
        ours = alive[:left] & ((gain > best[:left]) | ((gain == best[:left]) & (left <= partner[:left])))
        lost = alive & ((partner == left) | (partner == right))
        lost[:left] &= ~ours
        lost[left] = True
        best[:left][ours], partner[:left][ours] = gain[ours], left
        for row in np.flatnonzero(lost).tolist():
            look(row)
    return MergeTree(np.array(steps, dtype=np.int64).reshape(-1, 2), np.array(gains))


def settle_levels(trees: list[MergeTree], lowest: int, highest: int) -> list[int]:
    """Return the number of topics of each tree, where together they have at least `lowest` and at most `highest`.

    Each tree takes its best level; then the tree whose next merge costs least gives way, or that whose last merge brought least.

    Args:
        trees: one a language, or one alone.
        lowest, highest: bounds that can be kept: no fewer than trees, no more than leaves.
    """
    levels = [tree.best_level() for tree in trees]

    def gain(number: int, level: int) -> float:
        """What the merge that leads to `level` topics adds."""
        return float(trees[number].gains[trees[number].n_leaves - level - 1])

    while sum(levels) > highest:
        able = [number for number, level in enumerate(levels) if level > 1]
        levels[max(able, key=lambda number: gain(number, levels[number] - 1))] -= 1
    while sum(levels) < lowest:
        able = [number for number, level in enumerate(levels) if level < trees[number].n_leaves]
        levels[min(able, key=lambda number: gain(number, levels[number]))] += 1
    return levels


def regrouping(groups: Sequence[Sequence[int]], n_topics: int) -> tuple[Int64, str]:
    """Return (n_topics,) the new topic of each, without gaps, and a sentence that says what is merged.

    Args:
        groups: topics that belong together; what is in none stays as it is.
        n_topics: how many there are.

    Raises:
        UsageError: no list of lists of topics, a topic that does not exist or stands twice, nothing to merge, or fewer than two are left.
    """
    where, hint = "merge_topics", "Name the topics that belong together, such as [[0, 3], [1, 2]], each in one group at most."
    if any(isinstance(group, str) or not isinstance(group, Iterable) for group in groups):
        raise UsageError(f"groups is {groups!r}, expected lists of topics in a list.", where=where, hint=hint)
    named = [topic for group in groups for topic in group]
    wrong = [topic for topic in named if not isinstance(topic, Integral) or not 0 <= int(topic) < n_topics or named.count(topic) > 1]
    if wrong:
        what = f"topic {wrong[0]!r} does not exist or is named twice; topics are 0 to {n_topics - 1}."
        raise UsageError(what, where=where, hint=hint)
    joined = [sorted(map(int, group)) for group in groups if len(group) > 1]
    if not joined or not all(len(group) for group in groups):
        raise UsageError(f"groups is {groups!r}: {'a group is empty' if joined else 'nothing is to be merged'}.", where=where, hint=hint)
    target = np.arange(n_topics)
    for group in joined:
        target[group] = group[0]
    left, topic_of = np.unique(target, return_inverse=True)
    if len(left) < 2:
        raise UsageError("this leaves one topic, at least two are needed.", where=where, hint="Leave some topics apart.")
    return topic_of.astype(np.int64), " ".join(f"Topics {', '.join(map(str, group))} were merged." for group in joined)
