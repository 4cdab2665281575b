"""How well a document is described by its topics, and how unusual that is."""

from __future__ import annotations

import numba
import numpy as np

from topics.core.jit import CACHE
from topics.core.matrices import DocTermMatrix, Float64, Int64, TopicDistribution, TopicTermMatrix
from topics.engine import one_thread


def fit_scores(dtm: DocTermMatrix, documents: TopicDistribution, topics: TopicTermMatrix) -> Float64:
    """Return (n_docs,) the cosine between a document's counts and the words that its topics expect.

    0 without known terms or topics. Each number depends on its document alone, whatever the batch or the number of threads.
    """
    with one_thread():
        gram = np.ascontiguousarray(topics.weights @ topics.weights.T)
    counts, weights = dtm.counts, documents.weights.astype(np.float64)
    arrays = (counts.indptr.astype(np.int64), counts.indices.astype(np.int64), counts.data.astype(np.float64))
    scores: Float64 = np.clip(_cosines(*arrays, weights, topics.weights, gram), 0.0, 1.0)
    return scores


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def _cosines(indptr: Int64, indices: Int64, data: Float64, weights: Float64, topics: Float64, gram: Float64) -> Float64:
    n_topics = topics.shape[0]
    out = np.zeros(len(indptr) - 1)
    for doc in numba.prange(len(out)):
        dot, squares, expected = 0.0, 0.0, 0.0
        for at in range(indptr[doc], indptr[doc + 1]):
            value = 0.0
            for k in range(n_topics):
                value += weights[doc, k] * topics[k, indices[at]]
            dot += data[at] * value
            squares += data[at] * data[at]
        for k in range(n_topics):
            for other in range(n_topics):
                expected += weights[doc, k] * gram[k, other] * weights[doc, other]
        if squares > 0.0 and expected > 0.0:
            out[doc] = dot / np.sqrt(squares * expected)
    return out
