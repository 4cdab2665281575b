"""From topics to themes: how much of each topic speaks of each theme."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from topics.core.errors import require
from topics.core.matrices import Float64, Int64, TopicDistribution, TopicTermMatrix
from topics.core.results import TopicResult
from topics.core.themes import ThemeMap, ThemeScores
from topics.engine import one_thread

MIN_SHARE = 0.5  # a topic carries a theme where the theme holds most of its documents
BY_CHANCE = 0.05  # for all topics and themes together


def map_topics(result: TopicResult, scores: ThemeScores) -> ThemeMap:
    """Return the share of each topic's document weight that lies in documents showing a theme.

    A document with several themes is split evenly among them, so a topic's shares sum to at most 1.
    """
    require(result.documents.doc_ids == scores.doc_ids, "scores belong to other documents", where="map_topics")
    split = _split(scores)
    weights = result.documents.weights.astype(np.float64)
    mass = weights.sum(axis=0)
    shares = (
        np.stack([(weights * split[:, [column]]).sum(axis=0) for column in range(split.shape[1])], axis=1) if split.shape[1] else split[:0]
    )
    if split.shape[1] == 0:
        return ThemeMap(scores.keys, np.zeros((result.n_topics, 0)))
    return ThemeMap(scores.keys, np.divide(shares, mass[:, None], out=np.zeros_like(shares), where=mass[:, None] > 0))


def above_chance(result: TopicResult, scores: ThemeScores, rows: Int64) -> Float64:
    """Return (n_topics, n_themes) how many standard deviations each share of `map_topics` lies above that of shuffled documents.

    Mean and variance of a linear statistic under permutation are exact (Hoeffding 1951), so nothing is drawn; where a topic or a theme is
    the same in all documents it is 0. From about 1.6 on, one topic in twenty would be so by chance.

    Args:
        result: the topics.
        scores: the themes of the same documents.
        rows: one document of each story; copies are no evidence of their own.
    """
    require(result.documents.doc_ids == scores.doc_ids, "scores belong to other documents", where="above_chance")
    split = _split(scores)[rows]
    weights = result.documents.weights[rows].astype(np.float64)
    n_docs = len(weights)
    with one_thread():
        sums = weights.T @ split
    expected = np.outer(weights.sum(axis=0), split.sum(axis=0)) / max(n_docs, 1)
    spread = np.outer(((weights - weights.mean(axis=0)) ** 2).sum(axis=0), ((split - split.mean(axis=0)) ** 2).sum(axis=0))
    deviation = np.sqrt(spread / max(n_docs - 1, 1))
    return np.asarray(np.divide(sums - expected, deviation, out=np.zeros_like(sums), where=deviation > 1e-12))


def carried_themes(shares: Float64, above: Float64) -> Int64:
    """Return (n_topics,) the theme that each topic carries, -1 for none: most of its documents show it, and more than by chance.

    Args:
        shares: (n_topics, n_themes) of `map_topics`.
        above: the same of `above_chance`; what is asked of it grows with the number of topics and themes (Bonferroni).
    """
    if not shares.size:
        return np.full(len(shares), -1, dtype=np.int64)
    least = NormalDist().inv_cdf(1.0 - BY_CHANCE / shares.size)
    held = np.where((shares >= MIN_SHARE) & (above >= least), shares, 0.0)
    return np.where(held.max(axis=1) > 0, held.argmax(axis=1), -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class TopicThemes:
    """How topics and themes meet.

    Args:
        shares: (n_topics, n_themes) of `map_topics`.
        above: (n_topics, n_themes) of `above_chance`.
        carried: (n_topics,) the theme that each topic carries, -1 for none.
    """

    shares: Float64
    above: Float64
    carried: Int64


def topic_themes(result: TopicResult, scores: ThemeScores, rows: Int64) -> TopicThemes:
    """Return how the topics of a model and the themes of the same documents meet; `rows` hold one document of each story."""
    shares, above = map_topics(result, scores).weights, above_chance(result, scores, rows)
    return TopicThemes(shares, above, carried_themes(shares, above))


def _split(scores: ThemeScores) -> Float64:
    """A document with several themes is split evenly among them."""
    n_present = scores.present.sum(axis=1, keepdims=True)
    return np.where(scores.present, 1.0 / np.maximum(n_present, 1), 0.0)


def project(result: TopicResult, themes: ThemeMap) -> TopicResult:
    """Return the result with themes in place of topics; trends, plots and reports do not know the difference.

    A theme's terms are the terms of its topics, weighted; a theme that no topic carries gets all terms alike.
    """
    with one_thread():
        weights = np.clip(result.documents.weights.astype(np.float64) @ themes.weights, 0.0, 1.0)
        terms = themes.weights.T @ result.topics.weights
    sums = terms.sum(axis=1, keepdims=True)
    terms = np.where(sums > 0, terms / np.where(sums > 0, sums, 1.0), 1.0 / max(1, terms.shape[1]))
    topics = TopicTermMatrix(terms, result.topics.vocabulary, result.topics.scale)
    return TopicResult(topics, TopicDistribution(weights.astype(np.float32), result.documents.doc_ids), result.card)
