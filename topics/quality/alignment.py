"""Which topics of two results are the same: matched by the documents that they share, with "none" as an answer."""

from __future__ import annotations

import numpy as np

from topics.core.alignment import Alignment, Match
from topics.core.errors import require
from topics.core.matrices import Float64
from topics.core.results import TopicResult
from topics.engine import one_thread

NULL_QUANTILE = 0.95
SHUFFLES = 20


def correlations(left: Float64, right: Float64) -> Float64:
    """Return the Pearson correlation of each pair of columns; a constant column correlates 0."""
    a, b = left - left.mean(axis=0), right - right.mean(axis=0)
    lengths = np.sqrt((a**2).sum(axis=0))[:, None] * np.sqrt((b**2).sum(axis=0))[None, :]
    return np.asarray(np.divide(a.T @ b, lengths, out=np.zeros_like(lengths), where=lengths > 0))


def align(left: TopicResult, right: TopicResult, rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]], seed: int) -> Alignment:
    """Match topics one to one (Kuhn 1955) by the correlation of document columns.

    Args:
        left, right: results over the same documents.
        rows: the documents to use, one copy of each story.
        seed: for the null.

    A pair counts only above the 95th percentile of the best similarity that each left topic reaches when documents are shuffled.
    """
    from scipy.optimize import linear_sum_assignment

    require(left.documents.doc_ids == right.documents.doc_ids, "results are over different documents", where="align")
    a, b = left.documents.weights[rows].astype(np.float64), right.documents.weights[rows].astype(np.float64)
    generator = np.random.default_rng(seed)
    with one_thread():
        similarity = correlations(a, b)
        null = [correlations(a, b[generator.permutation(len(rows))]).max(axis=1) for _ in range(SHUFFLES)]
    threshold = float(np.quantile(np.concatenate(null), NULL_QUANTILE)) if null and a.shape[1] else 0.0
    labels_a, labels_b = left.documents.labels()[rows], right.documents.labels()[rows]
    matches: list[Match] = []
    for i, j in zip(*linear_sum_assignment(-similarity), strict=True):
        if similarity[i, j] > threshold:
            both, either = ((labels_a == i) & (labels_b == j)).sum(), ((labels_a == i) | (labels_b == j)).sum()
            matches.append(Match(int(i), int(j), float(similarity[i, j]), float(both / either) if either else 0.0))
    used_left, used_right = {match.left for match in matches}, {match.right for match in matches}
    return Alignment(
        tuple(matches),
        tuple(k for k in range(left.n_topics) if k not in used_left),
        tuple(k for k in range(right.n_topics) if k not in used_right),
        threshold,
        similarity,
    )
