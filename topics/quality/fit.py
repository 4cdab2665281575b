"""How well a document is described by its topics, and how unusual that is."""

from __future__ import annotations

import numpy as np

from topics.core.matrices import DocTermMatrix, Float64, TopicDistribution, TopicTermMatrix

QUANTILES = 101
_BLOCK = 4096


def fit_scores(dtm: DocTermMatrix, documents: TopicDistribution, topics: TopicTermMatrix) -> Float64:
    """Return (n_docs,) the cosine between a document's counts and the words that its topics expect; 0 without known terms or topics."""
    scores = np.zeros(len(dtm.doc_ids))
    for start in range(0, len(scores), _BLOCK):
        block = slice(start, start + _BLOCK)
        counts = dtm.counts[block].astype(np.float64)
        expected = documents.weights[block].astype(np.float64) @ topics.weights
        dots = np.asarray(counts.multiply(expected).sum(axis=1)).ravel()
        lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel()) * np.sqrt((expected**2).sum(axis=1))
        scores[block] = np.divide(dots, lengths, out=np.zeros_like(dots), where=lengths > 0)
    return np.clip(scores, 0.0, 1.0)


def profile(scores: Float64) -> tuple[float, ...]:
    """Return the 101 percentiles of the training scores, to judge new documents by."""
    if not len(scores):
        return (0.0,) * QUANTILES
    return tuple(float(value) for value in np.quantile(scores, np.linspace(0, 1, QUANTILES)))


def novelty(scores: Float64, training: tuple[float, ...]) -> Float64:
    """Return (n_docs,) the share of training documents that fitted better: near 1 for documents unlike anything in training."""
    below = np.searchsorted(np.array(training), scores, side="right") / len(training)
    return np.asarray(1.0 - below)
