"""What a topic is about: term lists by relevance and by FREX, a label, and typical documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from topics.core.matrices import DocTermMatrix, Float64, Int64
from topics.core.results import TopicResult

RELEVANCE = 0.6  # where Sievert and Shirley's readers recognised topics best
FREX = 0.5
LABEL_POOL, LABEL_TERMS = 10, 3


def term_shares(dtm: DocTermMatrix, rows: Int64) -> Float64:
    """Return (n_terms,) the share of each term among all words of some documents; a term that they lack counts half a word."""
    totals = np.maximum(np.asarray(dtm.counts[rows].sum(axis=0), dtype=np.float64).ravel(), 0.5)
    return np.asarray(totals / totals.sum())


def relevance(topics: Float64, shares: Float64, weight: float = RELEVANCE) -> Float64:
    """Return (n_topics, n_terms): `weight` log phi + (1 - `weight`) log (phi / p), -inf for a term that a topic does not have.

    Args:
        topics: (n_topics, n_terms) probabilities.
        shares: (n_terms,) probability p of each term in the corpus.
        weight: 1 ranks by probability alone, 0 by lift alone.

    Source: Sievert and Shirley 2014, "LDAvis", section 3.1.
    """
    with np.errstate(divide="ignore"):
        logs = np.log(topics)
    return np.asarray(logs - (1.0 - weight) * np.log(shares)[None, :])


def frex(topics: Float64, weight: float = FREX) -> Float64:
    """Return (n_topics, n_terms) the harmonic mean of a term's ranks within its topic by exclusivity and by frequency, 0 to 1.

    Args:
        topics: (n_topics, n_terms) weights.
        weight: of exclusivity against frequency; 0 ranks by frequency alone, 1 by exclusivity alone.

    Source: Bischof and Airoldi 2012, "Summarizing topical content with word frequency and exclusivity", equation 1; ranks are the
    empirical distribution functions over the terms of a topic.
    """
    from scipy.stats import rankdata

    sums = topics.sum(axis=0, keepdims=True)
    own = np.divide(topics, sums, out=np.zeros_like(topics), where=sums > 0)
    n_terms = max(1, topics.shape[1])
    by_exclusivity = rankdata(own, method="max", axis=1) / n_terms
    by_frequency = rankdata(topics, method="max", axis=1) / n_terms
    return np.asarray(1.0 / (weight / by_exclusivity + (1.0 - weight) / by_frequency))


def ranked(scores: Float64, n: int) -> list[list[int]]:
    """Return for each topic the columns of the `n` highest scores (n_topics, n_terms), best first, equal ones in vocabulary order."""
    return [np.argsort(-row, kind="stable")[:n].tolist() for row in scores]


def labels(result: TopicResult, shares: Float64, themes: Sequence[str] = ()) -> tuple[str, ...]:
    """Return a label for each topic: the theme that it carries, if it carries one, and its three most relevant terms.

    A word is left out where a phrase that holds it is among the ten most relevant terms: the phrase says more.

    Args:
        result: topics.
        shares: (n_terms,) share of each term in the corpus.
        themes: (n_topics,) name of the theme that each topic carries, empty for none; or nothing at all.
    """
    terms = result.topics.vocabulary.terms
    found: list[str] = []
    for topic, columns in enumerate(ranked(relevance(result.topics.weights, shares), LABEL_POOL)):
        pool = [terms[column] for column in columns if result.topics.weights[topic, column] > 0]
        words = ", ".join([term for term in pool if not _inside(term, pool)][:LABEL_TERMS])
        found.append(f"{themes[topic]}: {words}" if themes and themes[topic] else words)
    return tuple(found)


def _inside(term: str, others: Sequence[str]) -> bool:
    return any(term != other and f" {term} " in f" {other} " for other in others)


def typical_documents(result: TopicResult, topic: int, fit: Float64, rows: Int64, n: int) -> list[int]:
    """Return up to `n` rows of the documents that hold most of a topic and fit its words best, the best first.

    Args:
        result: topics and documents.
        topic: its number.
        fit: (n_docs,) how well the words of each document fit its topics.
        rows: the documents to choose from, one of each story.
        n: how many.
    """
    strength = result.documents.weights[:, topic] * fit
    order = rows[np.lexsort((rows, -strength[rows]))]
    return [int(row) for row in order[:n] if strength[row] > 0]
