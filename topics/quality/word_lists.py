"""Word lists that say more in as many words: terms that differ from each other, and the languages that a topic holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from topics.core.matrices import DocTermMatrix, Float64, Int64
from topics.core.results import TopicResult
from topics.quality.descriptions import ranked

BALANCE = 0.7  # of weight against likeness
POOL = 3  # as many heaviest terms are chosen from for each term that is wanted
HOLDS = 0.1  # share of a topic's weight in documents of a language that it holds


def likeness(dtm: DocTermMatrix, columns: Sequence[int], rows: Int64) -> Float64:
    """Return (n, n) how alike terms are by the documents of `rows` that hold them: the cosine of their columns of presence, 0 to 1."""
    present = sparse.csr_array((dtm.counts[rows][:, list(columns)] > 0).astype(np.float64))
    together = np.asarray((present.T @ present).toarray())
    single = np.sqrt(np.diag(together))
    lengths = single[:, None] * single[None, :]
    return np.asarray(np.divide(together, lengths, out=np.zeros_like(together), where=lengths > 0))


def mmr(scores: Float64, alike: Float64, n: int, balance: float = BALANCE) -> list[int]:
    """Return up to `n` places by maximal marginal relevance, in the order in which they are chosen; of equal ones the first.

    Each time the place is taken whose `balance` * score - (1 - `balance`) * likeness to the most alike of those taken is highest.

    Args:
        scores: (m,) on the scale of `alike`.
        alike: (m, m) likeness of each pair, 0 to 1.
        n: how many.
        balance: 1 ranks by score alone; the less, the more the places differ.

    Source: Carbonell and Goldstein 1998, "The use of MMR, diversity-based reranking for reordering documents and producing summaries".
    """
    chosen: list[int] = []
    nearest = np.zeros(len(scores))
    for _ in range(min(n, len(scores))):
        marginal = balance * scores - (1.0 - balance) * nearest
        marginal[chosen] = -np.inf
        best = int(marginal.argmax())
        chosen.append(best)
        nearest = np.maximum(nearest, alike[best])
    return chosen


def diverse_terms(result: TopicResult, dtm: DocTermMatrix, rows: Int64, n: int, balance: float = BALANCE) -> list[list[int]]:
    """Return for each topic the columns of up to `n` terms: heavy, and in other documents than the terms before them.

    Args:
        result: topics.
        dtm: counts of documents.
        rows: those that likeness is measured on, one of each story.
        n: terms a topic, chosen from the three times as many heaviest.
        balance: of weight, as a share of the heaviest term's, against likeness.
    """
    found: list[list[int]] = []
    for weights, pool in zip(result.topics.weights, ranked(result.topics.weights, POOL * n), strict=True):
        columns = [column for column in pool if weights[column] > 0]
        scores = weights[columns] / weights[columns].max(initial=1e-300)
        found.append([columns[place] for place in mmr(scores, likeness(dtm, columns, rows), n, balance)])
    return found


def languages_held(result: TopicResult, languages: Sequence[str], rows: Int64) -> list[tuple[str, ...]]:
    """Return for each topic the languages, by code, in whose documents at least a tenth of its weight lies.

    Args:
        result: topics and documents.
        languages: (n_docs,) language of each document.
        rows: the documents to count, one of each story.
    """
    codes, number = np.unique(np.array(languages)[rows], return_inverse=True)
    held = np.zeros((len(codes), result.n_topics))
    np.add.at(held, number, result.documents.weights[rows])
    sums = held.sum(axis=0)
    return [tuple(str(code) for code in codes[held[:, topic] >= HOLDS * sums[topic]]) if sums[topic] else () for topic in range(len(sums))]


def by_language(result: TopicResult, topic: int, language: str, n: int) -> list[int]:
    """Return the columns of the `n` heaviest terms of a topic in one language."""
    weights, vocabulary = result.topics.weights[topic], result.topics.vocabulary
    own = np.flatnonzero(np.array(vocabulary.languages) == language)
    order = own[np.argsort(-weights[own], kind="stable")][:n]
    return [int(column) for column in order if weights[column] > 0]
