"""What others make of topics and dates, for `benchmarks/trends_models.py`: shares a stamp, from models fitted to the same documents.

BERTopic counts the documents whose most likely topic it is; topica's `topics_over_time` takes the mean of the weights of an LDA;
Turftopic's dynamic models add weights a stamp and make them add up to 1. None gives an interval. keyATM (topica's, dynamic) is told words
of each label, is fitted to each replicate anew, and gives the intervals of `time_prevalence_ci`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import numpy as np
from bertopic_sets import Data
from trends_peers import middle_periods

from topics.core.matrices import Float64, Int64
from topics.testing.plant import Planted

Shares = Callable[[Float64, Int64], Float64]  # weights (n, n_topics) and stamps (n,) to shares (n_periods, n_topics)
KEYWORDS, MIN_DOCS = 8, 5


def bertopic_weights(data: Data, seed: int, n_topics: int) -> Float64:
    """One for a document's topic; nothing where it has none."""
    from bertopic_peers import by_bertopic

    labels, _ = by_bertopic(data, seed)
    return np.asarray(np.eye(int(labels.max()) + 2)[labels][:, :-1])


def topica_weights(data: Data, seed: int, n_topics: int) -> Float64:
    """The weights of topica's LDA."""
    import topica

    model = topica.LDA(n_topics, seed=seed)
    model.fit(_kept(data), iters=1000, keep_theta_draws=False)
    return np.asarray(model.doc_topic, dtype=np.float64)


def turftopic_weights(data: Data, seed: int, n_topics: int) -> Float64:
    """The weights of Turftopic's KeyNMF."""
    from bertopic_peers import GivenTerms
    from sklearn.feature_extraction.text import CountVectorizer
    from turftopic import KeyNMF

    vectorizer = CountVectorizer(vocabulary=data.joined, tokenizer=str.split, token_pattern=None, lowercase=False)
    encoder = GivenTerms(dict(zip(data.joined, data.term_vectors, strict=True)))
    model = KeyNMF(n_topics, encoder=encoder, vectorizer=vectorizer, random_state=seed)
    return np.asarray(model.fit_transform(data.texts, embeddings=data.vectors), dtype=np.float64)


def counted(weights: Float64, stamps: Int64) -> Float64:
    """The mean of the weights of each stamp; nan where it has no document."""
    sums = np.stack([np.bincount(stamps, weights=column) for column in weights.T], axis=1)
    n = np.bincount(stamps)[:, None]
    return np.where(n > 0, sums / np.maximum(n, 1), np.nan)


def by_topica(weights: Float64, stamps: Int64) -> Float64:
    """The shares of topica's `topics_over_time`."""
    import topica

    found = topica.topics_over_time(SimpleNamespace(doc_topic=weights), stamps.tolist())
    shares = np.full((int(stamps.max()) + 1, weights.shape[1]), np.nan)
    shares[np.array(found["labels"], dtype=np.int64)] = found["prevalence"]
    return shares


def by_turftopic(weights: Float64, stamps: Int64) -> Float64:
    """Weights added a stamp, and made to add up to 1."""
    means = counted(weights, stamps)
    return np.asarray(means / np.maximum(means.sum(axis=1, keepdims=True), 1e-12))


FITTED: dict[str, tuple[Callable[[Data, int, int], Float64], Shares]] = {
    "BERTopic, counted": (bertopic_weights, counted),
    "topica LDA, topics over time": (topica_weights, by_topica),
    "Turftopic KeyNMF, added up": (turftopic_weights, by_turftopic),
}


def fitted(data: Data, seed: int, n_topics: int) -> Iterator[tuple[str, Float64, Shares]]:
    """Yield name, weights (n_docs, n_topics) and way to shares of every tool that is there; the others are named."""
    for name, (fit, shares) in FITTED.items():
        try:
            yield name, fit(data, seed, n_topics), shares
        except ImportError as error:
            print(f"# {name} left out: {error}", file=sys.stderr)


def shares_of(planted: Planted, weights: Float64, shares: Shares, topics: Int64) -> Float64:
    """The share (n_periods,) of the topics of a label in what was planted, uncertain dates at the middle of their interval."""
    stamps = middle_periods(planted)
    inside = stamps < planted.plan.n_periods
    found = shares(weights[planted.row[inside]], stamps[inside])
    padded = np.full((planted.plan.n_periods, found.shape[1]), np.nan)
    padded[: len(found)] = found
    return np.asarray(padded[:, topics].sum(axis=1))


def keywords(data: Data, labelled: Int64, label: int) -> list[str]:
    """The terms whose documents among the labelled carry a label most often, smoothed; of those in five documents or more."""
    there = data.prepared.dtm.counts[labelled] > 0
    carried = data.labels[labelled] == label
    n, hits = np.asarray(there.sum(axis=0)).ravel(), np.asarray(there[carried].sum(axis=0)).ravel()
    score = np.where(n >= MIN_DOCS, (hits + carried.mean()) / (n + 1), 0.0)
    terms = data.prepared.dtm.vocabulary.terms
    return [terms[place] for place in np.argsort(-score, kind="stable")[:KEYWORDS]]


def keyatm(data: Data, planted: Planted, words: dict[str, list[str]], label: str, seed: int) -> tuple[Float64, Float64, Float64]:
    """Share and bounds (n_periods,) of a label by topica's dynamic keyATM, fitted to the replicate's documents."""
    import topica

    stamps = middle_periods(planted)
    rows = np.flatnonzero(stamps < planted.plan.n_periods)
    kept = _kept(data)
    model = topica.KeyATM(words, num_topics=len(words), seed=seed)
    model.fit([kept[planted.row[row]] for row in rows], iters=1000, times=stamps[rows].tolist())
    found = topica.time_prevalence_ci(model, stamps[rows].tolist())
    column = list(words).index(label)
    parts = []
    for name in ("mean", "ci_low", "ci_high"):
        values = np.full(planted.plan.n_periods, np.nan)
        values[np.array(found["labels"], dtype=np.float64).astype(np.int64)] = np.asarray(found[name])[:, column]
        parts.append(values)
    return parts[0], parts[1], parts[2]


def _kept(data: Data) -> list[list[str]]:
    known = set(data.prepared.dtm.vocabulary.terms)
    return [[term for term in document if term in known] for document in data.documents]
