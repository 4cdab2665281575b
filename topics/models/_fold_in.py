"""Topic proportions of documents under fixed topics: CVB0 with the topics held (Asuncion et al. 2009).

Each row depends on its document alone: it starts from the prior, never from a random draw, so neither order nor batch nor thread
count can change it. The update n_k = n_k sum_w c_w phi_wk / p_w + alpha_k with p_w = sum_k n_k phi_wk has one fixed point, the mode of a
concave function; steps along the last two updates reach it in half as many (SQUAREM, Varadhan and Roland 2008).
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
from scipy import sparse

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64

MAX_ITERATIONS = 200
TOLERANCE = 1e-4  # largest change of a document's topic mass, as a share of its tokens
_LANES = 8  # numbers in a vector register; rows are padded to a multiple
_BLOCK = 1 << 14  # pairs told at a time: bounds memory
_Held = tuple[Float32, Float32, Float32]  # of one document: topics by terms, terms by topics, counts


@numba.njit(cache=CACHE, error_model="numpy")  # type: ignore[untyped-decorator]
def _update(mass: Float32, held: _Held, alpha: Float32, fresh: Float32, out: Float32) -> np.float32:
    """One update of a document's topic masses into `out`; the largest change.

    Both layouts of the topics are held so that each inner loop goes over numbers that are next to each other, and none sums them: such a
    sum would be slow, or in an order that the compiler chooses.
    """
    by_topic, by_term, counts = held
    norms = np.zeros(counts.size, dtype=np.float32)
    for k in range(by_topic.shape[0]):
        for at in range(norms.size):
            norms[at] += mass[k] * by_topic[k, at]
    for at in range(norms.size):
        norms[at] = counts[at] / norms[at] if norms[at] > 0.0 else np.float32(0.0)
    for k in range(fresh.size):
        fresh[k] = 0.0
    for at in range(by_term.shape[0]):
        for k in range(fresh.size):
            fresh[k] += norms[at] * by_term[at, k]
    change = np.float32(0.0)
    for k in range(fresh.size):
        out[k] = mass[k] * fresh[k] + alpha[k]
        change = max(change, abs(out[k] - mass[k]))
    return change


@numba.njit(cache=CACHE, error_model="numpy")  # type: ignore[untyped-decorator]
def _leap(mass: Float32, once: Float32, twice: Float32, alpha: Float32) -> None:
    """Go on from two updates of `mass` in their direction, into `mass`; no mass falls below its prior."""
    apart, bend = np.float32(0.0), np.float32(0.0)
    for k in range(mass.size):
        first = once[k] - mass[k]
        second = twice[k] - once[k] - first
        apart += first * first
        bend += second * second
    length = np.sqrt(apart / bend) if bend > 0.0 else np.float32(1.0)
    for k in range(mass.size):
        first = once[k] - mass[k]
        second = twice[k] - once[k] - first
        far = mass[k] + np.float32(2.0) * length * first + length * length * second
        mass[k] = max(far, alpha[k]) if length > 1.0 else twice[k]


@numba.njit(cache=CACHE, error_model="numpy")  # type: ignore[untyped-decorator]
def _settle(held: _Held, alpha: Float32, total: np.float32) -> Float32:
    """The masses of a document's topics, with their prior."""
    prior = np.float32(0.0)
    for k in range(alpha.size):
        prior += alpha[k]
    mass = alpha + alpha / prior * total
    once, twice, fresh = np.empty_like(mass), np.empty_like(mass), np.empty_like(mass)
    enough = np.float32(TOLERANCE) * total
    for _ in range(MAX_ITERATIONS // 2):
        if _update(mass, held, alpha, fresh, once) < enough:
            return once
        if _update(once, held, alpha, fresh, twice) < enough:
            return twice
        _leap(mass, once, twice, alpha)
    return twice


@numba.njit(cache=CACHE, parallel=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _fold_in(
    indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], data: npt.NDArray[np.int32], phi: Float32, alpha: Float32, out: Float32
) -> None:
    n_topics, n_lanes = out.shape[1], phi.shape[1]
    for doc in numba.prange(len(indptr) - 1):
        begin, size = indptr[doc], indptr[doc + 1] - indptr[doc]
        by_term = np.empty((size, n_lanes), dtype=np.float32)
        by_topic = np.zeros((n_topics, -(-size // _LANES) * _LANES), dtype=np.float32)
        counts, total = np.zeros(by_topic.shape[1], dtype=np.float32), np.float32(0.0)
        for at in range(size):
            counts[at] = data[begin + at]
            total += counts[at]
            for k in range(n_lanes):
                by_term[at, k] = phi[indices[begin + at], k]
            for k in range(n_topics):
                by_topic[k, at] = phi[indices[begin + at], k]
        if total > 0.0:
            mass = _settle((by_topic, by_term, counts), alpha, total)
            whole = np.float32(0.0)
            for k in range(n_lanes):
                whole += mass[k]
            for k in range(n_topics):
                out[doc, k] = mass[k] / whole


def fold_in(counts: object, topics: Float64, alpha: Float64) -> Float32:
    """Return topic proportions (n_docs, n_topics); a document without known terms gets zeros, so all of it is unassigned.

    Args:
        counts: CSR (n_docs, n_terms) of int32.
        topics: (n_topics, n_terms) probabilities.
        alpha: (n_topics,) prior.
    """
    matrix = counts.tocsr()  # type: ignore[attr-defined]
    out = np.zeros((matrix.shape[0], topics.shape[0]), dtype=np.float32)
    n_topics, n_terms = topics.shape
    n_lanes = -(-n_topics // _LANES) * _LANES
    phi, prior = np.zeros((n_terms, n_lanes), dtype=np.float32), np.zeros(n_lanes, dtype=np.float32)
    phi[:, :n_topics], prior[:n_topics] = topics.T, alpha
    indices, data = (array.astype(np.int32, copy=False) for array in (matrix.indices, matrix.data))
    _fold_in(matrix.indptr.astype(np.int64), indices, data, phi, prior, out)
    return out


def log_probability(counts: sparse.csr_array, shares: Float32, topics: Float64) -> float:
    """Return the log probability of all tokens of counts (n_docs, n_terms) under topic shares (n_docs, n_topics)."""
    pairs, total = counts.tocoo(), 0.0
    for begin in range(0, pairs.nnz, _BLOCK):
        at = slice(begin, begin + _BLOCK)
        chances = np.einsum("ij,ji->i", shares[pairs.row[at]].astype(np.float64), topics[:, pairs.col[at]])
        total += float(pairs.data[at] @ np.log(np.maximum(chances, 1e-300)))
    return total


def completion_perplexity(counts: sparse.csr_array, topics: Float64, alpha: Float64) -> float:
    """Return the perplexity of every second token of documents (n_docs, n_terms) whose other tokens are seen.

    Source: document completion, Wallach, Murray, Salakhutdinov and Mimno 2009. Tokens are counted through in the order of the columns.
    """
    matrix = counts.tocsr()
    before = np.cumsum(matrix.data) - matrix.data
    offset = np.repeat(before[np.minimum(matrix.indptr[:-1], matrix.nnz - 1)], np.diff(matrix.indptr))
    seen = (matrix.data + ((before - offset) % 2 == 0)) // 2
    parts = [sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape) for data in (seen, matrix.data - seen)]
    shares = fold_in(parts[0], topics, alpha)
    shares[shares.sum(axis=1) == 0] = (alpha / alpha.sum()).astype(np.float32)
    return float(np.exp(-log_probability(parts[1], shares, topics) / parts[1].data.sum()))
