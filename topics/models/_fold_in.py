"""Topic proportions of documents under fixed topics: CVB0 with the topics held (Asuncion et al. 2009).

Each row depends on its document alone: it starts from the prior, never from a random draw, so neither order nor batch nor thread
count can change it.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64

MAX_ITERATIONS = 200
TOLERANCE = 1e-4  # largest change of a document's topic mass, as a share of its tokens


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def _fold_in(  # noqa: C901 - plain loops are what compiles to fast code
    indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], data: npt.NDArray[np.int32], phi: Float64, alpha: Float64, out: Float32
) -> None:
    n_topics = phi.shape[1]
    for doc in numba.prange(len(indptr) - 1):
        start, end = indptr[doc], indptr[doc + 1]
        total = 0.0
        for at in range(start, end):
            total += data[at]
        if total == 0.0:
            continue
        mass = alpha / alpha.sum() * total
        fresh = np.empty(n_topics)
        share = np.empty(n_topics)
        for _ in range(MAX_ITERATIONS):
            fresh[:] = 0.0
            for at in range(start, end):
                term = indices[at]
                norm = 0.0
                for k in range(n_topics):
                    share[k] = (mass[k] + alpha[k]) * phi[term, k]
                    norm += share[k]
                if norm > 0.0:
                    for k in range(n_topics):
                        fresh[k] += data[at] * share[k] / norm
            change = 0.0
            for k in range(n_topics):
                change = max(change, abs(fresh[k] - mass[k]))
                mass[k] = fresh[k]
            if change < TOLERANCE * total:
                break
        norm = 0.0
        for k in range(n_topics):
            norm += mass[k] + alpha[k]
        for k in range(n_topics):
            out[doc, k] = (mass[k] + alpha[k]) / norm


def fold_in(counts: object, topics: Float64, alpha: Float64) -> Float32:
    """Return topic proportions (n_docs, n_topics); a document without known terms gets zeros, so all of it is unassigned.

    Args:
        counts: CSR (n_docs, n_terms) of int32.
        topics: (n_topics, n_terms) probabilities.
        alpha: (n_topics,) prior.
    """
    matrix = counts.tocsr()  # type: ignore[attr-defined]
    out = np.zeros((matrix.shape[0], topics.shape[0]), dtype=np.float32)
    phi = np.ascontiguousarray(topics.T)
    _fold_in(
        matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.int32), phi, alpha.astype(np.float64), out
    )
    return out
