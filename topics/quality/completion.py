"""Held-out prediction by document completion: topics are read from half of a document's words and asked for the other half."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from topics.core.matrices import Float64, TopicDistribution, TopicTermMatrix

BLOCK = 1 << 15  # (document, term) pairs at a time: bounds memory
SMALLEST = 1e-30  # no logarithm of zero, where a term's weight ran out of digits


def halve(counts: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return the counts (n_docs, n_terms) of the first, third, ... and of the second, fourth, ... word of each document.

    Words are taken in the order of the vocabulary, copies of a word one after the other, so no draw is needed and every document is
    cut alike wherever it stands.
    """
    indptr, data = counts.indptr.astype(np.int64), counts.data.astype(np.int64)
    ends = np.cumsum(data)
    starts = ends - data
    first = np.concatenate([[0], ends])[indptr[:-1]]  # words before each document
    begin = starts - np.repeat(first, np.diff(indptr))
    odd = (begin + data + 1) // 2 - (begin + 1) // 2

    def with_data(values: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> sparse.csr_array:
        half = sparse.csr_array((values.astype(np.int32), counts.indices.copy(), counts.indptr.copy()), shape=counts.shape)
        half.eliminate_zeros()
        return half

    return with_data(odd), with_data(data - odd)


def background(counts: sparse.csr_array) -> Float64:
    """Return (n_terms,) term shares of the whole corpus, each term counted once more: what is said of words of no topic."""
    totals = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel() + 1.0
    return np.asarray(totals / totals.sum())


def log_likelihoods(target: sparse.csr_array, documents: TopicDistribution, topics: TopicTermMatrix, rest: Float64) -> Float64:
    """Return (n_docs,) the summed natural logarithm of the probability of each document's counted words.

    A word's probability is the mixture of the document's topics; what is unassigned of a document speaks by `rest` (n_terms,).

    Source: Rosen-Zvi et al. 2004; Wallach et al. 2009, "Evaluation methods for topic models", section 5 (document completion).
    """
    phi = np.ascontiguousarray(topics.weights.T)
    theta, unassigned = documents.weights.astype(np.float64), documents.unassigned
    rows = np.repeat(np.arange(target.shape[0]), np.diff(target.indptr))
    logs = np.empty(target.nnz)
    for begin in range(0, target.nnz, BLOCK):
        block = slice(begin, begin + BLOCK)
        row, column = rows[block], target.indices[block]
        shares = np.einsum("pk,pk->p", theta[row], phi[column]) + unassigned[row] * rest[column]
        logs[block] = np.log(np.maximum(shares, SMALLEST)) * target.data[block]
    found: Float64 = np.bincount(rows, weights=logs, minlength=target.shape[0]).astype(np.float64)
    return found
