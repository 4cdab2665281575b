"""What a model says, in a form that hides which model said it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from topics.core.display import grid, percent
from topics.core.errors import require
from topics.core.matrices import TopicDistribution, TopicTermMatrix


class ModelCard(msgspec.Struct, frozen=True):
    """How a result came to be.

    Args:
        kind: name of the model kind.
        config: the model's settings as JSON text.
        seed: random seed.
        versions: (library, version), sorted.
        prepared_key: hash of the preparation that the model was fitted on.
        corpus_fingerprint: names the training corpus.
        notes: plain sentences about the fit.
    """

    kind: str
    config: str
    seed: int
    versions: tuple[tuple[str, str], ...]
    prepared_key: str
    corpus_fingerprint: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TopicResult:
    """Topics as term weights, documents as topic weights, and the card."""

    topics: TopicTermMatrix
    documents: TopicDistribution
    card: ModelCard

    def __post_init__(self) -> None:
        sizes = (self.topics.n_topics, self.documents.weights.shape[1])
        require(sizes[0] == sizes[1], f"{sizes[0]} topics with terms, {sizes[1]} with documents", where="TopicResult")

    def __repr__(self) -> str:
        return f"TopicResult({self.card.kind}: {self.n_topics} topics in {len(self.documents.doc_ids):,} documents)"

    def _repr_html_(self) -> str:
        shares = self.documents.weights.mean(axis=0, dtype=float) if len(self.documents.doc_ids) else np.full(self.n_topics, np.nan)
        rows = ((topic, percent(shares[topic]), ", ".join(term for term, _ in self.top_terms(topic, 8))) for topic in range(self.n_topics))
        return grid(repr(self), ("topic", "share", "heaviest terms"), rows)

    @property
    def n_topics(self) -> int:
        """Number of topics; they are numbered from 0."""
        return self.topics.n_topics

    def top_terms(self, topic: int, n: int = 10) -> tuple[tuple[str, float], ...]:
        """Return the `n` heaviest (term, weight) of a topic; equal weights in the order of the vocabulary."""
        row = self.topics.weights[topic]
        order = np.argsort(-row, kind="stable")[:n]
        return tuple((self.topics.vocabulary.terms[column], float(row[column])) for column in order if row[column] > 0)
