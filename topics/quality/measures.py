"""Coherence, diversity and exclusivity of topic words."""

from __future__ import annotations

import numpy as np

from topics.core.matrices import DocTermMatrix, Float64
from topics.core.results import TopicResult

TOP = 10


def top_columns(result: TopicResult, topic: int, n: int = TOP) -> list[int]:
    """Return the columns of the `n` heaviest terms of a topic."""
    index = result.topics.vocabulary.index
    return [index[term] for term, _ in result.top_terms(topic, n)]


def npmi(dtm: DocTermMatrix, columns: list[int]) -> float:
    """Return the mean normalised pointwise mutual information of a topic's term pairs over whole documents, -1 to 1.

    Source: Bouma 2009; Lau, Newman and Baldwin 2014. Pairs that never meet count -1.
    """
    n_docs = dtm.counts.shape[0]
    present = (dtm.counts[:, columns] > 0).astype(np.float64).toarray()
    together = present.T @ present / n_docs
    single = np.diag(together)
    values: list[float] = []
    for a in range(len(columns)):
        for b in range(a):
            joint = together[a, b]
            if joint <= 0:
                values.append(-1.0)
            elif joint >= 1:
                values.append(1.0)
            else:
                values.append(float(np.log(joint / (single[a] * single[b])) / -np.log(joint)))
    return float(np.mean(values)) if values else float("nan")


def diversity(result: TopicResult, n: int = 25) -> float:
    """Return the share of different terms among the top `n` of all topics (Dieng, Ruiz and Blei 2020)."""
    terms = [term for topic in range(result.n_topics) for term, _ in result.top_terms(topic, n)]
    return len(set(terms)) / len(terms) if terms else float("nan")


def exclusivity(result: TopicResult) -> Float64:
    """Return (n_topics, n_terms): a term's weight in a topic as a share of its weight in all topics."""
    weights = result.topics.weights
    sums = weights.sum(axis=0, keepdims=True)
    return np.asarray(np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0))
