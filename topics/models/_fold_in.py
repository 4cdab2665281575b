"""Topic proportions of documents under fixed topics: CVB0 with the topics held (Asuncion et al. 2009).

Each row depends on its document alone: it starts from the prior, never from a random draw, so neither order nor batch nor thread
count can change it.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
from scipy import sparse

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64
from topics.models._cvb0_blocks import LANES, lane_sum, padded

MAX_ITERATIONS = 200
TOLERANCE = 1e-4  # largest change of a document's topic mass, as a share of its tokens
_BLOCK = 1 << 14  # pairs told at a time: bounds memory


@numba.njit(cache=CACHE, parallel=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _fold_in(  # noqa: C901 - plain loops are what compiles to fast code
    indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], data: npt.NDArray[np.int32], phi: Float32, alpha: Float32, out: Float32
) -> None:
    """Expected counts n_k = (n_k + alpha_k) sum_w n_w phi_wk / p_w with p_w = sum_k (n_k + alpha_k) phi_wk, until they stay."""
    n_lanes = phi.shape[1]
    for doc in numba.prange(len(indptr) - 1):
        total = np.float32(0.0)
        for at in range(indptr[doc], indptr[doc + 1]):
            total += np.float32(data[at])
        if total == 0.0:
            continue
        mass = alpha + alpha / alpha.sum() * total
        fresh, share, lanes = np.empty(n_lanes, dtype=np.float32), np.empty(n_lanes, dtype=np.float32), np.empty(LANES, dtype=np.float32)
        for _ in range(MAX_ITERATIONS):
            fresh[:] = 0.0
            for at in range(indptr[doc], indptr[doc + 1]):
                term = phi[indices[at]]
                for k in range(n_lanes):
                    share[k] = mass[k] * term[k]
                norm = lane_sum(share, lanes)
                ratio = np.float32(data[at]) / norm if norm > 0.0 else np.float32(0.0)
                for k in range(n_lanes):
                    fresh[k] += ratio * term[k]
            change = np.float32(0.0)
            for k in range(n_lanes):
                value = mass[k] * fresh[k] + alpha[k]
                change = max(change, abs(value - mass[k]))
                mass[k] = value
            if change < np.float32(TOLERANCE) * total:
                break
        whole = mass.sum()
        for k in range(out.shape[1]):
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
    phi, prior = np.zeros((n_terms, padded(n_topics)), dtype=np.float32), np.zeros(padded(n_topics), dtype=np.float32)
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
