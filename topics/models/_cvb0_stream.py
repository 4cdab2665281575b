"""Sweeps that keep no responsibilities, for corpora whose responsibilities do not fit into memory.

A document's responsibilities are made anew from its topic masses and the topic-term counts of the last sweep. What a pair itself
contributed is not known any more, so it is computed twice: once with it, and once with that estimate of its own share taken out. At the
fixed point both are the published update. Counts change at the end of a sweep only, so it takes more sweeps than the blocks do.

Taking it out cannot be left away, as stochastic CVB0 does (Foulds et al. 2013). In a title of five words each token is a fifth of its own
document, so its random start confirms itself and is a fixed point: measured on DBLP titles at 50 topics without this step, all 500 top
words stay different and their NPMI -0.35, from minibatches and from whole sweeps, whatever the steps; with it they find topics (NPMI 0.05).
Articles of a hundred words do not notice.
"""

from __future__ import annotations

import numba
import numpy as np

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64, Int64
from topics.models._cvb0_blocks import LANES, TINY, Int32, chance, draw_topic, lane_sum
from topics.models._cvb0_priors import _psi, evidence, times_absent

INNER = 2  # times a document is gone over in a sweep: topic-term counts are far to fetch, so it is cheap


@numba.njit(cache=CACHE, error_model="numpy")  # type: ignore[untyped-decorator]
def _share(topics: Float32, term: Float32, weight: Float32, share: Float32, lanes: Float32) -> np.float32:
    """Set the responsibilities of a pair; return the norm of its update."""
    for k in range(share.size):
        share[k] = topics[k] * term[k] * weight[k]
    scale = np.float32(1.0) / (TINY + lane_sum(share, lanes))
    for k in range(share.size):
        own = share[k] * scale
        rest, others = topics[k] - own, term[k] - own  # below 0 where the estimate is too high: two of them are no evidence
        share[k] = np.float32(0.0) if rest < np.float32(0.0) or others < np.float32(0.0) else rest * others * weight[k]  # NaN stays
    norm: np.float32 = TINY + lane_sum(share, lanes)
    scale = np.float32(1.0) / norm
    for k in range(share.size):
        share[k] *= scale
    return norm


@numba.njit(cache=CACHE, parallel=True, error_model="numpy")  # type: ignore[untyped-decorator]
def sweep(  # noqa: C901 - plain loops are what compiles to fast code
    matrix: tuple[Int64, Int32, Int32, Int64], borders: Int64, masses: tuple[Float32, Float32, Float32], alpha: Float64, absent: Float32
) -> tuple[Float32, Float64, Float64]:
    """One sweep; of the masses (with their prior added) those of documents change in place, those of terms and their sums do not.

    The matrix is indptr, indices, data and the order of the documents. `absent` (parts, n_terms, n_lanes) is multiplied by the chances
    that a term does not occur in a topic; without rows it stays as it is.

    Returns fresh counts of each part (parts, n_terms, n_lanes), (parts, n_topics) evidence of the document prior, and
    (1, parts) the sum over tokens of the log of the update's norm.
    """
    indptr, indices, data, order = matrix
    docs, terms, totals = masses
    n_parts, n_topics = borders.size - 1, terms.shape[1]
    weight = np.float32(1.0) / totals
    fresh = np.zeros((n_parts, terms.shape[0], n_topics), dtype=np.float32)
    found, logs = np.zeros((n_parts, alpha.size)), np.zeros((1, n_parts))
    for part in numba.prange(n_parts):
        share, mass = np.empty(n_topics, dtype=np.float32), np.empty(n_topics, dtype=np.float32)
        none, psis = np.empty(n_topics, dtype=np.float32), np.array([_psi(value) for value in alpha])
        lanes = np.empty(LANES, dtype=np.float32)
        prior, log, own = np.zeros(n_topics, dtype=np.float32), 0.0, np.zeros(alpha.size)
        prior[: alpha.size] = alpha
        for place in range(borders[part], borders[part + 1]):
            topics = docs[place]
            begin, end = indptr[order[place]], indptr[order[place] + 1]
            for turn in range(INNER):
                last = turn == INNER - 1
                mass[:] = 0.0
                none[:] = 1.0
                for at in range(begin, end):
                    count = np.float32(data[at])
                    norm = _share(topics, terms[indices[at]], weight, share, lanes)
                    for k in range(n_topics):
                        mass[k] += count * share[k]
                    if last:
                        log += count * np.log(norm)
                        times_absent(none, share, count)
                        if absent.shape[1]:
                            times_absent(absent[part, indices[at]], share, count)
                        counted = fresh[part, indices[at]]
                        for k in range(n_topics):
                            counted[k] += count * share[k]
                for k in range(n_topics):
                    topics[k] = mass[k] + prior[k]
            for k in range(alpha.size):
                own[k] += evidence(mass[k], none[k], alpha[k], psis[k])
        found[part], logs[0, part] = own, log
    return fresh, found, logs


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def gather(fresh: Float32, terms: Float32) -> None:
    """Add the counts of the parts to `terms`, which holds the prior, in the order of the parts."""
    for row in numba.prange(terms.shape[0]):
        for part in range(fresh.shape[0]):
            for k in range(terms.shape[1]):
                terms[row, k] += fresh[part, row, k]


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def term_evidence(terms: Float32, absent: Float32, eta: float, n_topics: int) -> Float64:
    """(n_terms,) evidence of the topic prior, from masses with it and the chances in `absent`."""
    found = np.zeros(terms.shape[0])
    psi_eta = _psi(eta)
    for row in numba.prange(terms.shape[0]):
        for k in range(n_topics):
            none = 1.0
            for part in range(absent.shape[0]):
                none *= absent[part, row, k]
            found[row] += evidence(terms[row, k] - eta, none, eta, psi_eta)
    return found


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def draw(matrix: tuple[Int64, Int32, Int32, Int64], seed: np.uint64, start: tuple[Float32, Float64], docs: Float32, terms: Float32) -> None:
    """As the draw of the blocks, but add each pair's count to `docs` and `terms`, which hold the priors."""
    indptr, indices, data, order = matrix
    shares, weights = start
    number, sums = 0, np.empty(shares.shape[1])
    for place in range(order.size):
        for at in range(indptr[order[place]], indptr[order[place] + 1]):
            share, weight = shares[place % shares.shape[0]], weights[indices[at] % weights.shape[0]]
            topic = draw_topic(share, weight, sums, chance(seed, number))
            docs[place, topic] += data[at]
            terms[indices[at], topic] += data[at]
            number += 1
