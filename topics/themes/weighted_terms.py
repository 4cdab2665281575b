"""The transparent scorer: how much of a document a theme's terms are, rare terms weighing more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from topics.core.matrices import Float64
from topics.themes.hits import ThemeDocuments, group_members

K1, B = 1.2, 0.75  # saturation and length, as in every text on BM25


@dataclass(frozen=True, eq=False)
class TermWeights:
    """Weights learned from documents.

    Args:
        idf: language to (n_seeds,) inverse document frequency.
        length: language to mean words of a document.
        half: language to (n_themes,) the median score of documents with a term: what counts as well said.
    """

    idf: dict[str, Float64]
    length: dict[str, float]
    half: dict[str, Float64]

    def scores(self, documents: ThemeDocuments) -> Float64:
        """Return (n_docs, n_themes) BM25 of each theme's terms, 0 without any; a language never seen takes the mean of the others.

        Source: Robertson and Zaragoza 2009, "The probabilistic relevance framework: BM25 and beyond".
        """
        values = documents.hits.astype(np.float64)
        row_of = np.repeat(np.arange(len(documents)), np.diff(values.indptr))
        relative, weights = np.ones(len(documents)), np.ones(values.nnz)
        for name, rows in group_members(documents.groups).items():
            inside = np.isin(row_of, rows)
            idf = self.idf[name] if name in self.idf else _mean(list(self.idf.values()), values.shape[1])
            weights[inside] = idf[values.indices[inside]]
            length = self.length.get(name, float(np.mean(list(self.length.values()))) if self.length else 1.0)
            relative[rows] = documents.lengths[rows] / max(length, 1.0)
        dampening = K1 * (1.0 - B + B * relative)
        data = weights * values.data * (K1 + 1.0) / (values.data + dampening[row_of])
        return documents.by_theme(sparse.csr_array((data, values.indices, values.indptr), shape=values.shape))

    def strength(self, documents: ThemeDocuments) -> Float64:
        """Return (n_docs, n_themes) scores on one scale for all themes of a language: 1 where as much is said as is usual."""
        scores, typical = self.scores(documents), np.ones(len(documents))
        for name, rows in group_members(documents.groups).items():
            if name in self.half and self.half[name].size:
                typical[rows] = np.median(self.half[name])
        return np.asarray(scores / typical[:, None])

    def shares(self, documents: ThemeDocuments) -> Float64:
        """Return (n_docs, n_themes) how much a document's terms speak for each theme: split among themes, less where little is said."""
        scores = self.scores(documents)
        half = np.ones_like(scores)
        for name, rows in group_members(documents.groups).items():
            half[rows] = self.half.get(name, np.ones(documents.n_themes))
        sums = scores.sum(axis=1, keepdims=True)
        split = np.divide(scores, sums, out=np.zeros_like(scores), where=sums > 0)
        return np.asarray(split * (scores / (scores + half)))


def _mean(listed: list[Float64], size: int) -> Float64:
    return np.asarray(np.mean(listed, axis=0)) if listed else np.ones(size)


def learn_weights(documents: ThemeDocuments) -> TermWeights:
    """Return the weights of terms, for each language of the documents by itself."""
    idf: dict[str, Float64] = {}
    length: dict[str, float] = {}
    members = group_members(documents.groups)
    for name, rows in members.items():
        found = np.asarray((documents.hits[rows] > 0).sum(axis=0), dtype=np.float64).ravel()
        idf[name] = np.log1p((len(rows) - found + 0.5) / (found + 0.5))
        length[name] = float(documents.lengths[rows].mean())
    scores = TermWeights(idf, length, {}).scores(documents)
    half: dict[str, Float64] = {}
    for name, rows in members.items():
        each = [scores[rows, theme][scores[rows, theme] > 0] for theme in range(documents.n_themes)]
        half[name] = np.array([float(np.median(values)) if values.size else 1.0 for values in each])
    return TermWeights(idf, length, half)


def soft(strength: Float64) -> Float64:
    """Return scores between 0 and 1: 0 without a term, above one half with any, three quarters where as much is said as is usual."""
    return np.where(strength > 0, 1.0 - 0.5 * 2.0**-strength, 0.0)
