"""What `pyLDAvis.prepare` takes.

Source: Sievert and Shirley 2014, "LDAvis: A method for visualizing and interpreting topics", ACL Workshop on Interactive Language Learning.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from topics.core.codecs import write_json
from topics.core.errors import DataError
from topics.core.matrices import DocTermMatrix, Float64, Int64
from topics.core.results import TopicResult

NAME = "pyldavis.json"


class PyldavisInput(msgspec.Struct, frozen=True):
    """The arguments of `pyLDAvis.prepare` by name.

    Args:
        topic_term_dists: (n_topics, n_terms) of the model; rows sum to 1.
        doc_topic_dists: (n_docs, n_topics); rows sum to 1.
        doc_lengths: (n_docs,) counted terms of each document.
        vocab: (n_terms,).
        term_frequency: (n_terms,) counts over these documents.
    """

    topic_term_dists: list[list[float]]
    doc_topic_dists: list[list[float]]
    doc_lengths: list[int]
    vocab: tuple[str, ...]
    term_frequency: list[int]


def usable(result: TopicResult, dtm: DocTermMatrix) -> Int64:
    """Return the rows of documents with known terms and a topic; pyLDAvis can show no others."""
    lengths = np.asarray(dtm.counts.sum(axis=1)).ravel()
    return np.flatnonzero((lengths > 0) & (result.documents.weights.sum(axis=1) > 0)).astype(np.int64)


def prepare_input(result: TopicResult, dtm: DocTermMatrix) -> PyldavisInput:
    """Return what `pyLDAvis.prepare` takes, of the documents that have known terms and a topic.

    The share of a document that belongs to no topic is spread over its topics, for pyLDAvis wants rows that sum to 1.

    Args:
        result: of the model.
        dtm: counts of its documents.

    Raises:
        DataError: no document has a topic.
    """
    rows = usable(result, dtm)
    if not rows.size:
        raise DataError("no document has a topic.", where="pyldavis", hint="Fit with fewer topics, or on more documents.")
    counts = dtm.counts[rows]
    weights: Float64 = result.documents.weights[rows].astype(np.float64)
    lengths, frequency = (np.asarray(counts.sum(axis=axis)).ravel().astype(np.int64).tolist() for axis in (1, 0))
    documents = (weights / weights.sum(axis=1, keepdims=True)).tolist()
    return PyldavisInput(result.topics.weights.tolist(), documents, lengths, result.topics.vocabulary.terms, frequency)


def write_pyldavis(folder: Path, result: TopicResult, dtm: DocTermMatrix) -> None:
    """Write it as JSON; numbers are read back as they were."""
    write_json(folder / NAME, prepare_input(result, dtm))
