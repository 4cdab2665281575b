"""One model from several: their topics matched one to one, the medians of the matched topics, refined on the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy import sparse

from topics.core.matrices import Float64
from topics.engine import one_thread
from topics.models._cvb0_blocks import content_order
from topics.models._estimate import Estimate
from topics.models._fold_in import fold_in

ROUNDS = 3
_BLOCK = 1 << 15


def overlap(left: Float64, right: Float64) -> Float64:
    """Return (n_left, n_right) the Bhattacharyya coefficient of each pair of topics (rows of term probabilities), 0 to 1."""
    with one_thread():
        return np.asarray(np.sqrt(left) @ np.sqrt(right).T)


def _named(runs: Sequence[Estimate]) -> bool:
    """Whether the prior says which topic is which, so that nothing is to be matched."""
    eta = runs[0].eta
    return bool(np.ndim(eta)) and bool(np.ptp(eta, axis=0).any()) and all(np.array_equal(run.eta, eta) for run in runs)


def combine(runs: Sequence[Estimate]) -> Estimate:
    """Return the medians of two or more runs, and a sentence about them.

    The runs are matched to the one that is most like all others (the prototype; Rieger, Jentsch and Rahnenfuehrer 2020), and each of
    its topics becomes the median of its matches. A topic that a run does not have joins it with something else: the median over runs
    of the share of each term keeps such strangers out.
    """
    from scipy.optimize import linear_sum_assignment

    topics = [run.topic_counts / run.topic_counts.sum(axis=1, keepdims=True) for run in runs]
    likeness = np.zeros((len(runs), len(runs)))
    for a, b in combinations(range(len(runs)), 2):
        similarity = overlap(topics[a], topics[b])
        likeness[a, b] = likeness[b, a] = similarity[linear_sum_assignment(-similarity)].mean()
    center = int(likeness.sum(axis=1).argmax())
    same, named = np.arange(len(topics[center])), _named(runs)
    orders = [same if named else linear_sum_assignment(-overlap(topics[center], run))[1] for run in topics]
    pairs = list(zip(runs, orders, strict=True))
    middle = np.median([run[order] for run, order in zip(topics, orders, strict=True)], axis=0)
    sizes = np.median([run.topic_counts[order].sum(axis=1) for run, order in pairs], axis=0)
    least = min(float(run.topic_counts.min()) for run in runs)
    combined = np.maximum(middle / middle.sum(axis=1, keepdims=True) * sizes[:, None], least)
    alpha = np.median([run.alpha[order] for run, order in pairs], axis=0)
    eta = np.median([run.eta if isinstance(run.eta, float) else run.eta[order] for run, order in pairs], axis=0)
    mean = likeness.sum() / (len(runs) * (len(runs) - 1))
    note = f"Topics are the medians of {len(runs)} fits, matched to fit {center + 1}; matched topics of two fits overlap by {mean:.2f}."
    return Estimate(combined, np.asarray(alpha, dtype=np.float64), eta if eta.ndim else float(eta), (note,))


def consensus(counts: sparse.csr_array, runs: Sequence[Estimate]) -> Estimate:
    """Return one estimate from those of two or more fits to the same counts (n_docs, n_terms), with the notes of each."""
    found = combine(runs)
    notes = [*found.notes, *(f"Fit {number + 1}: {note}" for number, run in enumerate(runs) for note in run.notes)]
    topic_counts = refine(counts, found.topic_counts, found.alpha, found.eta)
    return replace(found, topic_counts=topic_counts, notes=tuple(notes), settled=all(run.settled for run in runs))


def refine(counts: sparse.csr_array, topic_counts: Float64, alpha: Float64, eta: float | Float64) -> Float64:
    """Return topic counts (n_topics, n_terms) after a few rounds of expectation and maximisation over the documents.

    Medians of several fits fit no corpus; a round reads the proportions of each document under the topics and counts anew which topic
    its words come from. Measured on news, three rounds win back what the medians lose in prediction.

    Args:
        counts: training documents (n_docs, n_terms).
        topic_counts: where to start.
        alpha: document prior (n_topics,), which stays.
        eta: prior of terms in a topic, one number or (n_topics, n_terms).
    """
    counts = counts[content_order(counts)]  # sums over documents in an order that does not depend on theirs
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
