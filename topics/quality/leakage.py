"""Whether topics follow languages instead of subjects: mutual information against a permutation null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from topics.core.documents import Corpus
from topics.core.errors import require
from topics.core.matrices import Float64, Int64
from topics.core.results import TopicResult

N_PERMUTATIONS = 999
ONE_LANGUAGE = 0.95  # share of a topic's documents in its main language from which on it is called a topic of that language


@dataclass(frozen=True, slots=True)
class TopicLanguage:
    """The languages of the documents whose heaviest topic is one topic.

    Args:
        topic: its number.
        n_docs: such documents.
        language: the commonest language among them, empty where there are none.
        share: of that language among them, 0 to 1, NaN where there are none.
        divergence: of their languages from those of all documents (Kullback-Leibler, nats).
        p: chance of at least that divergence where topics know nothing of languages.
        is_single: nearly all of them are in one language, and that is no chance.
    """

    topic: int
    n_docs: int
    language: str
    share: float
    divergence: float
    p: float
    is_single: bool


@dataclass(frozen=True, slots=True)
class LanguageLeakage:
    """How much the heaviest topic of a document tells of its language.

    Args:
        n_docs: documents with a heaviest topic.
        mutual_information: of topic and language, nats.
        share: of the entropy of languages that the topic tells, 0 to 1; NaN where there is one language.
        null_mean: mean mutual information where topics are dealt out by chance.
        null_high: its 95th percentile.
        p: chance of at least this mutual information there.
        topics: one entry a topic.
    """

    n_docs: int
    mutual_information: float
    share: float
    null_mean: float
    null_high: float
    p: float
    topics: tuple[TopicLanguage, ...]

    @property
    def single(self) -> tuple[int, ...]:
        """Topics of one language."""
        return tuple(topic.topic for topic in self.topics if topic.is_single)


def divergences(tables: Float64) -> Float64:
    """Return (..., n_topics) the Kullback-Leibler divergence of each row's languages from those of all rows, in nats; 0 for empty rows.

    Weighted by the share of documents in each row they sum to the mutual information of topic and language.

    Args:
        tables: (..., n_topics, n_languages) numbers of documents.
    """
    rows = tables.sum(axis=-1, keepdims=True)
    whole = tables.sum(axis=-2, keepdims=True)
    total = whole.sum(axis=-1, keepdims=True)
    within = np.divide(tables, rows, out=np.zeros_like(tables), where=rows > 0)
    ratio = np.divide(within * total, whole, out=np.ones_like(tables), where=(whole > 0) & (within > 0))
    return np.asarray((within * np.log(ratio)).sum(axis=-1))


def language_leakage(
    result: TopicResult, corpus: Corpus, rows: Int64, seed: int, *, n_permutations: int = N_PERMUTATIONS
) -> LanguageLeakage:
    """Return how far the topics of a model follow the languages of its documents.

    Args:
        result: topics of the documents.
        corpus: the same documents.
        rows: of one copy of each story; documents without a heaviest topic are left out.
        seed: of the permutations.
        n_permutations: how often languages are dealt out anew. Tables with the same margins are drawn directly (Patefield 1981), so the
            cost does not grow with the documents.
    """
    require(result.documents.doc_ids == corpus.ids, "topics belong to other documents", where="language_leakage")
    topics = result.documents.labels()[rows]
    languages = [corpus.infos[row].language for row in rows]
    kept = topics >= 0
    names = sorted({name for name, keep in zip(languages, kept.tolist(), strict=True) if keep})
    table = np.zeros((result.n_topics, len(names)))
    codes = {name: number for number, name in enumerate(names)}
    for topic, name in zip(topics.tolist(), languages, strict=True):
        if topic >= 0:
            table[topic, codes[name]] += 1
    null = _null(table, seed, n_permutations)
    return _leakage(table, null, names)


def _null(table: Float64, seed: int, n_permutations: int) -> Float64:
    """(n_permutations, n_topics, n_languages) tables with the margins of a table, drawn by chance."""
    from scipy.stats import random_table

    shape = (n_permutations, *table.shape)
    filled = table.sum(axis=1) > 0
    if not filled.any():
        return np.zeros(shape)
    counts = table[filled].astype(np.int64)
    drawn = random_table(counts.sum(axis=1), counts.sum(axis=0), seed=np.random.default_rng(seed)).rvs(size=n_permutations)
    null = np.zeros(shape)
    null[:, filled] = drawn.reshape(n_permutations, *counts.shape)
    return null


def _chance(found: float, null: Float64) -> float:
    """Share of draws, the found value among them, that reach it; sums in another order may differ in the last digits."""
    return float((1 + np.count_nonzero(null >= found - 1e-12)) / (1 + len(null)))


def _leakage(table: Float64, null: Float64, names: Sequence[str]) -> LanguageLeakage:
    n_docs = table.sum()
    weights = table.sum(axis=1) / max(n_docs, 1.0)
    own, by_chance = divergences(table), divergences(null)
    information, null_information = float(own @ weights), by_chance @ weights
    shares = table.sum(axis=0) / max(n_docs, 1.0)
    entropy = float(-(shares * np.log(shares)).sum()) if len(names) > 1 else 0.0
    topics = []
    for number, row in enumerate(table):
        n, p = int(row.sum()), _chance(float(own[number]), by_chance[:, number])
        best = int(row.argmax()) if n else -1
        share = float(row[best] / n) if n else float("nan")
        is_single = n > 0 and len(names) > 1 and share >= ONE_LANGUAGE and p <= 0.05
        topics.append(TopicLanguage(number, n, names[best] if n else "", share, float(own[number]), p, is_single))
    return LanguageLeakage(
        int(n_docs),
        information,
        information / entropy if entropy else float("nan"),
        float(null_information.mean()),
        float(np.quantile(null_information, 0.95)),
        _chance(information, null_information),
        tuple(topics),
    )
