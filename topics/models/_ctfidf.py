"""Words of clustered topics: class-based TF-IDF (Grootendorst 2022, equation 1, as BERTopic computes it)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from topics.core.matrices import Float64, Int64


def class_counts(counts: sparse.csr_array, labels: Int64, n_classes: int) -> Float64:
    """Return (n_classes, n_terms) the counts (n_docs, n_terms) of the documents of each class; label -1 takes no part."""
    rows = np.flatnonzero(labels >= 0)
    member = sparse.csr_array((np.ones(len(rows)), (labels[rows], rows)), shape=(n_classes, counts.shape[0]))
    return np.asarray((member @ counts).toarray(), dtype=np.float64)


def ctfidf(counts: Float64, rest: Float64) -> Float64:
    """Return (n_classes, n_terms) tf * ln(1 + A / f): tf a term's share of a class, f its count in all, A the mean count of a class.

    Args:
        counts: (n_classes, n_terms) of the classes.
        rest: (n_terms,) of the documents in none; they are a class of their own, if there are any, whose row is not returned.
    """
    everything = np.vstack([counts, rest[None, :]]) if rest.any() else counts
    totals = everything.sum(axis=0)
    average = int(everything.sum(axis=1).mean())
    idf = np.log1p(np.divide(average, totals, out=np.zeros_like(totals), where=totals > 0))
    sums = counts.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(counts, sums, out=np.zeros_like(counts), where=sums > 0) * idf)


def topic_weights(counts: sparse.csr_array, labels: Int64, n_topics: int) -> Float64:
    """Return (n_topics, n_terms) c-TF-IDF rows, each summing to 1; a topic without known words has all of them alike.

    Args:
        counts: (n_docs, n_terms).
        labels: (n_docs,) topic of each document, -1 for none.
        n_topics: number of topics.
    """
    rest = class_counts(counts, np.where(labels < 0, 0, -1), 1)[0]
    scores = ctfidf(class_counts(counts, labels, n_topics), rest)
    sums = scores.sum(axis=1, keepdims=True)
    return np.where(sums > 0, scores / np.where(sums > 0, sums, 1.0), 1.0 / counts.shape[1])
