"""LDA guided by the terms of themes: each theme has a topic of its own, others hold what no theme says, and some of these turn out to
speak of a theme too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse

from topics.core.codecs import ABOVE_ZERO, check_least, check_rows, check_shapes, read_arrays, write_arrays
from topics.core.matrices import Float32, Float64, Int64, row_products
from topics.engine import one_thread
from topics.models._cvb0_settings import Settings
from topics.models._fold_in import fold_in
from topics.models._inference import fit_lda

FREE, BACKGROUND = 2, 1  # topics without terms for each theme, and for all of them: else themes soak up everything
MOST = 0.3  # share of a topic's expected words that its terms may hold in the prior
ETA, PASSES, TOLERANCE, SMOOTHING = 0.03, 200, 1e-4, 0.3
FLOOR = 0.02  # added to a share before its logarithm
NAME, ARRAYS = "guided_lda.safetensors", ("phi", "alpha", "carries")


@dataclass(frozen=True, eq=False)
class GuidedLda:
    """A fitted model.

    Args:
        phi: (n_topics, n_terms) probabilities, the themes' own topics first.
        alpha: (n_topics,) document prior.
        carries: (n_topics, n_themes) how far each topic speaks of each theme; rows sum to at most 1.
    """

    phi: Float64
    alpha: Float64
    carries: Float64

    def shares(self, counts: sparse.csr_array) -> Float64:
        """Return (n_docs, n_themes) the share of each document that speaks of each theme; zeros without known terms."""
        found = fold_in(counts, self.phi, self.alpha).astype(np.float64)
        return row_products(found, self.carries)

    def scores(self, counts: sparse.csr_array) -> Float64:
        """Return (n_docs, n_themes) the logarithm of those shares, which sums with other evidence."""
        return np.asarray(np.log(self.shares(counts) + FLOOR))

    def measured(self, counts: sparse.csr_array, shares: Float64) -> GuidedLda:
        """Return the model with what its topics carry measured on documents (n_docs, n_themes) again."""
        return replace(self, carries=carried(fold_in(counts, self.phi, self.alpha), shares))

    def save(self, directory: Path) -> None:
        """Write into an existing directory."""
        write_arrays(directory / NAME, {"phi": self.phi, "alpha": self.alpha, "carries": self.carries})

    @classmethod
    def load(cls, directory: Path, n_themes: int) -> GuidedLda:
        """Read what `save` wrote for so many themes."""
        arrays = read_arrays(directory / NAME, ARRAYS)
        check_shapes(directory / NAME, arrays, {"phi": "k v", "alpha": "k", "carries": "k t"}, t=n_themes)
        check_least(directory / NAME, arrays, {"phi": 0.0, "alpha": ABOVE_ZERO, "carries": 0.0})
        check_rows(directory / NAME, arrays, "phi")
        return cls(*(arrays[name].astype(np.float64) for name in ARRAYS))


def fit_guided(counts: sparse.csr_array, columns: list[Int64], shares: Float64, seed: int, free: int = FREE) -> GuidedLda:
    """Fit to training documents.

    Args:
        counts: (n_docs, n_terms).
        columns: for each theme, the terms that are its own.
        shares: (n_docs, n_themes) how much each document's terms speak for each theme: where the themes' topics begin.
        seed: of the other topics' beginning.
        free: topics without terms for each theme.

    Source: the prior is that of seededlda (Watanabe and Baturo 2024): terms by their frequency, here at most 30 % of a topic.
    """
    n_terms, n_themes = counts.shape[1], len(columns)
    n_topics = n_themes * (1 + free) + BACKGROUND
    totals = np.bincount(counts.indices, weights=counts.data, minlength=n_terms).astype(np.float64)
    eta = term_prior(totals, columns, n_topics)
    start = _start(counts, shares, totals / max(float(totals.sum()), 1.0), n_topics, seed)
    fitted = fit_lda(counts, Settings(n_topics, PASSES, TOLERANCE, None, eta, seed, topics=start))
    phi = fitted.topic_counts / fitted.topic_counts.sum(axis=1, keepdims=True)
    return GuidedLda(phi, fitted.alpha, carried(fold_in(counts, phi, fitted.alpha), shares))


def term_prior(totals: Float64, columns: list[Int64], n_topics: int) -> Float64:
    """Return (n_topics, n_terms) pseudo-counts: a theme's terms by their frequency, together at most 30 % of a topic's share of all words.

    Args:
        totals: (n_terms,) occurrences of each term.
        columns: for each theme, the terms that are its own; its topic is that of the same number.
        n_topics: of all.
    """
    eta = np.full((n_topics, len(totals)), ETA)
    most = MOST * totals.sum() / n_topics
    for theme, own in enumerate(columns):
        eta[theme, own] += totals[own] * min(1.0, most / max(float(totals[own].sum()), 1.0))
    return eta


def _start(counts: sparse.csr_array, shares: Float64, chances: Float64, n_topics: int, seed: int) -> Float64:
    """Topics (n_topics, n_terms) to begin with: the words of documents that speak of a theme; of others, of documents drawn by chance."""
    n_docs, n_themes = shares.shape
    drawn = np.random.default_rng(seed).random((n_topics - n_themes, n_docs)) ** 4  # few documents weigh much, so topics differ
    with one_thread():
        words = np.vstack([np.asarray((counts.T @ shares).T), np.asarray((counts.T @ drawn.T).T)])
    start = words / np.maximum(words.sum(axis=1, keepdims=True), 1e-12)
    start[:n_themes] += SMOOTHING * chances
    start += 1e-6 / start.shape[1]
    return np.asarray(start / start.sum(axis=1, keepdims=True))


def carried(documents: Float32, shares: Float64) -> Float64:
    """Return (n_topics, n_themes) how far each topic speaks of each theme, measured by the topic that is the theme's own.

    Args:
        documents: (n_docs, n_topics) topics of documents, the themes' own first.
        shares: (n_docs, n_themes) how much each document's terms speak for each theme.

    A theme's own topic speaks of it alone; another topic as far as its documents use the theme's terms as much as those of the own topic.
    """
    weights, n_themes = documents.astype(np.float64), shares.shape[1]
    with one_thread():
        mean = weights.T @ shares / np.maximum(weights.sum(axis=0), 1e-9)[:, None]
    own = np.diag(mean[:n_themes])
    found = np.clip(np.divide(mean, own[None, :], out=np.zeros_like(mean), where=own[None, :] > 0), 0.0, 1.0)
    found[:n_themes] = np.eye(n_themes)
    return np.asarray(found / np.maximum(1.0, found.sum(axis=1, keepdims=True)))
