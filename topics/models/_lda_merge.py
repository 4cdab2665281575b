"""Several LDA models as one: the expected counts of their documents' words, added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from topics.core.contracts import MergePart
from topics.core.matrices import DocTermMatrix, Float64, Int64, TopicTermMatrix, Vocabulary
from topics.models._estimate import Estimate

CHUNK = 2_000_000  # responsibilities that are held at a time


Priors = tuple[Float64, float]


def merged(dtm: DocTermMatrix, parts: Sequence[MergePart], priors: Sequence[Priors]) -> Estimate:
    """Return the topics that several models have in the documents of all of them.

    A word of a document is shared among the topics of the document's own model as in the E-step of LDA: by the weight of each topic in
    the document times the weight of the word in the topic; a word that this model does not know by the first alone. These counts are
    sufficient for a topic's words, so they are added, and the prior is added once. The prior of a topic in a document is the mean over the
    models by their documents, 0 where a model lacks the topic, so that the priors add up to the mean of their sums.

    Args:
        dtm: counts of all documents by the words of all.
        parts: the models and their documents.
        priors: of each model, (n_topics,) of topics in a document and the one of terms in a topic.

    Source: the counts are those of Blei, Ng and Jordan 2003, equations 6 and 9.
    """
    n_topics = 1 + max(int(part.topics.max()) for part in parts)
    sums, alpha = np.zeros((n_topics, len(dtm.vocabulary))), np.zeros(n_topics)
    n_docs = sum(len(part.rows) for part in parts)
    n_words: list[float] = []
    for part, (own, _) in zip(parts, priors, strict=True):
        counts = expected_counts(dtm, part)
        sums[part.topics] += counts
        alpha[part.topics] += own * (len(part.rows) / n_docs)
        n_words.append(float(counts.sum()))
    total = sum(n_words)
    eta = sum(prior * n for (_, prior), n in zip(priors, n_words, strict=True)) / total
    note = f"Merged from {len(parts)} models; words are those of {total:.0f} expected counts, not means of weights."
    return Estimate(sums + eta, alpha, eta, (note,))


def expected_counts(dtm: DocTermMatrix, part: MergePart) -> Float64:
    """Return (n_topics, n_terms) how many words of the documents of a model belong to each of its topics.

    Args:
        dtm: counts (n_docs, n_terms) of all documents by the words of all of them.
        part: the model, the weights of the documents, and the rows that are its own.
    """
    words = _word_weights(part.model.result.topics, dtm.vocabulary)
    found = np.zeros_like(words)
    weights = part.documents.weights.astype(np.float64)
    for rows in _chunks(part.rows, len(words), dtm.counts):
        counts = sparse.coo_array(dtm.counts[rows])
        each = weights[rows][counts.row].T * words[:, counts.col]
        whole = each.sum(axis=0)
        each *= np.divide(counts.data, whole, out=np.zeros_like(whole), where=whole > 0)
        for topic, values in enumerate(each):
            found[topic] += np.bincount(counts.col, weights=values, minlength=found.shape[1])
    return found


def _chunks(rows: Int64, n_topics: int, counts: sparse.csr_array) -> Iterator[Int64]:
    """Rows in parts of bounded size; the borders depend on the documents alone."""
    sizes = np.cumsum(np.diff(counts.indptr)[rows]) * n_topics
    yield from (part for part in np.split(rows, np.flatnonzero(np.diff(sizes // CHUNK)) + 1) if len(part))


def _word_weights(topics: TopicTermMatrix, vocabulary: Vocabulary) -> Float64:
    """(n_topics, n_terms) weights of words in topics by another vocabulary; 1 for words that the topics do not know."""
    known = [(column, topics.vocabulary.index[term]) for term, column in vocabulary.index.items() if term in topics.vocabulary.index]
    found = np.ones((topics.n_topics, len(vocabulary)))
    if known:
        here, there = map(list, zip(*known, strict=True))
        found[:, here] = topics.weights[:, there]
    return found
