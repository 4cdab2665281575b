"""UMAP and HDBSCAN language by language, in the form that BERTopic takes.

Vectors made from words put the languages into separate regions; over the whole, HDBSCAN then finds the languages and nothing finer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from topics.core.matrices import Float32, Int64

MIN_GROUP = 30  # a smaller language is not clustered; the assignment rule still places its documents


def group_rows(languages: Sequence[str]) -> tuple[Int64, ...]:
    """Return the row numbers of each language that is large enough, by code."""
    counts = Counter(languages)
    array = np.array(languages)
    return tuple(np.flatnonzero(array == code).astype(np.int64) for code in sorted(counts) if counts[code] >= MIN_GROUP)


@dataclass
class GroupedReducer:
    """Reduces each group by itself; `make` gives a fresh UMAP for a group of so many documents."""

    groups: tuple[Int64, ...]
    make: Callable[[int], Any]
    n_components: int
    embedding_: Float32 = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))

    def fit(self, vectors: Float32, y: object = None) -> GroupedReducer:
        """Reduce the training vectors (n_docs, n_dims)."""
        self.embedding_ = np.zeros((len(vectors), self.n_components), dtype=np.float32)
        for rows in self.groups:
            self.embedding_[rows] = self.make(len(rows)).fit_transform(vectors[rows])
        return self

    def transform(self, vectors: Float32) -> Float32:
        """Return the reduced training vectors (n_docs, n_components); new documents go through the assignment rule instead."""
        return self.embedding_


@dataclass
class GroupedClusterer:
    """Clusters each group by itself; labels of later groups follow those of earlier ones, -1 is no cluster."""

    groups: tuple[Int64, ...]
    make: Callable[[int], Any]
    labels_: Int64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def fit(self, reduced: Float32, y: object = None) -> GroupedClusterer:
        """Cluster the reduced vectors (n_docs, n_components)."""
        self.labels_ = np.full(len(reduced), -1, dtype=np.int64)
        for rows in self.groups:
            found = np.asarray(self.make(len(rows)).fit_predict(reduced[rows]), dtype=np.int64)
            self.labels_[rows] = np.where(found >= 0, found + self.labels_.max(initial=-1) + 1, -1)
        return self
