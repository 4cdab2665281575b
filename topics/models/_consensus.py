"""One model from several: their topics matched one to one, and the matched topics averaged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from topics.core.matrices import Float64
from topics.engine import one_thread
from topics.models._fold_in import fold_in

ROUNDS = 3
_BLOCK = 1 << 15


def overlap(left: Float64, right: Float64) -> Float64:
    """Return (n_left, n_right) the Bhattacharyya coefficient of each pair of topics (rows of term probabilities), 0 to 1."""
    with one_thread():
        return np.asarray(np.sqrt(left) @ np.sqrt(right).T)


def combine(counts: Sequence[Float64], alphas: Sequence[Float64]) -> tuple[Float64, Float64, str]:
    """Return topic counts (n_topics, n_terms), document prior (n_topics,) and a sentence about them.

    The runs are matched to the one that is most like all others (the prototype; Rieger, Jentsch and Rahnenfuehrer 2020), and each of
    its topics becomes the mean of its matches. A topic that a run does not have joins it with something else: the median over runs
    of the share of each term keeps such strangers out.

    Args:
        counts: pseudo-counts (n_topics, n_terms) of each run.
        alphas: document prior (n_topics,) of each run.
    """
    topics = [run / run.sum(axis=1, keepdims=True) for run in counts]
    likeness = np.zeros((len(counts), len(counts)))
    for a, b in combinations(range(len(counts)), 2):
        similarity = overlap(topics[a], topics[b])
        likeness[a, b] = likeness[b, a] = similarity[linear_sum_assignment(-similarity)].mean()
    center = int(likeness.sum(axis=1).argmax())
    orders = [linear_sum_assignment(-overlap(topics[center], run))[1] for run in topics]
    middle = np.median([run[order] for run, order in zip(topics, orders, strict=True)], axis=0)
    sizes = np.median([run[order].sum(axis=1) for run, order in zip(counts, orders, strict=True)], axis=0)
    least = min(float(run.min()) for run in counts)
    combined = np.maximum(middle / middle.sum(axis=1, keepdims=True) * sizes[:, None], least)
    alpha = np.median([alpha[order] for alpha, order in zip(alphas, orders, strict=True)], axis=0)
    mean = likeness.sum() / (len(counts) * (len(counts) - 1))
    note = f"Topics are the medians of {len(counts)} fits, matched to fit {center + 1}; matched topics of two fits overlap by {mean:.2f}."
    return combined, np.asarray(alpha, dtype=np.float64), note


def refine(counts: sparse.csr_array, topic_counts: Float64, alpha: Float64, eta: float) -> Float64:
    """Return topic counts (n_topics, n_terms) after a few rounds of expectation and maximisation over the documents.

    Medians of several fits fit no corpus; a round reads the proportions of each document under the topics and counts anew which topic
    its words come from. Measured on news, three rounds win back what the medians lose in prediction.

    Args:
        counts: training documents (n_docs, n_terms).
        topic_counts: where to start.
        alpha: document prior (n_topics,), which stays.
        eta: prior of terms in a topic.
    """
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    for _ in range(ROUNDS):
        topics = topic_counts / topic_counts.sum(axis=1, keepdims=True)
        theta = fold_in(counts, topics, alpha).astype(np.float64)
        ratios = np.empty(counts.nnz)
        for begin in range(0, counts.nnz, _BLOCK):
            block = slice(begin, begin + _BLOCK)
            chance = np.einsum("pk,kp->p", theta[rows[block]], topics[:, counts.indices[block]])
            ratios[block] = counts.data[block] / np.maximum(chance, 1e-300)
        weighted = sparse.csr_array((ratios, counts.indices, counts.indptr), shape=counts.shape)
        topic_counts = np.ascontiguousarray(topics * (weighted.T @ theta).T) + eta
    return topic_counts
