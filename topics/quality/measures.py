"""Coherence, diversity and exclusivity of topic words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from topics.core.matrices import DocTermMatrix, Float64
from topics.core.results import TopicResult

TOP = 10
EPSILON = 1e-12  # of C_v, as its authors set it: pairs that never meet have a logarithm too


def top_columns(result: TopicResult, topic: int, n: int = TOP) -> list[int]:
    """Return the columns of the `n` heaviest terms of a topic."""
    index = result.topics.vocabulary.index
    return [index[term] for term, _ in result.top_terms(topic, n)]


def meetings(dtm: DocTermMatrix, columns: list[int]) -> Float64:
    """Return (n, n) the share of documents in which two terms meet; on the diagonal the share in which a term stands."""
    present = (dtm.counts[:, columns] > 0).astype(np.float64)
    return np.asarray((present.T @ present).toarray() / dtm.counts.shape[0])


def npmi_of(together: Float64) -> float:
    """Return the mean normalised pointwise mutual information of the pairs of terms of `meetings`, -1 to 1.

    Source: Bouma 2009; Lau, Newman and Baldwin 2014. Pairs that never meet count -1.
    """
    single = np.diag(together)
    values: list[float] = []
    for a in range(len(together)):
        for b in range(a):
            joint = together[a, b]
            if joint <= 0:
                values.append(-1.0)
            elif joint >= 1:
                values.append(1.0)
            else:
                values.append(float(np.log(joint / (single[a] * single[b])) / -np.log(joint)))
    return float(np.mean(values)) if values else float("nan")


def npmi(dtm: DocTermMatrix, columns: list[int]) -> float:
    """Return the mean NPMI of a topic's term pairs over whole documents."""
    return npmi_of(meetings(dtm, columns))


def c_v_of(together: Float64) -> float:
    """Return C_v of the terms of `meetings`: the mean cosine of each term's NPMI vector with the sum of all of them, -1 to 1.

    Source: Röder, Both and Hinneburg 2015, with whole documents in place of windows of 110 words.
    """
    single = np.diag(together)
    if len(together) < 2:
        return float("nan")
    joint = together + EPSILON
    vectors = np.log(joint / (single[:, None] * single[None, :])) / -np.log(joint)
    total = vectors.sum(axis=0)
    lengths = np.sqrt((vectors**2).sum(axis=1)) * np.sqrt((total**2).sum())
    return float(np.mean(np.divide(vectors @ total, lengths, out=np.zeros(len(vectors)), where=lengths > 0)))


def coherences(dtm: DocTermMatrix, result: TopicResult, measure: Callable[[Float64], float] = npmi_of, n: int = TOP) -> tuple[float, ...]:
    """Return a coherence measure of the `n` heaviest terms of each topic, over the documents of `dtm`."""
    lists = [top_columns(result, topic, n) for topic in range(result.n_topics)]
    used = sorted({column for columns in lists for column in columns})
    place = {column: number for number, column in enumerate(used)}
    together = meetings(dtm, used)
    chosen = [[place[column] for column in columns] for columns in lists]
    return tuple(measure(together[np.ix_(rows, rows)]) for rows in chosen)


def diversity(result: TopicResult, n: int = 25) -> float:
    """Return the share of different terms among the top `n` of all topics (Dieng, Ruiz and Blei 2020)."""
    terms = [term for topic in range(result.n_topics) for term, _ in result.top_terms(topic, n)]
    return len(set(terms)) / len(terms) if terms else float("nan")


def exclusivity(result: TopicResult) -> Float64:
    """Return (n_topics, n_terms): a term's weight in a topic as a share of its weight in all topics."""
    weights = result.topics.weights
    sums = weights.sum(axis=0, keepdims=True)
    return np.asarray(np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0))
