"""The record that topicwizard and Turftopic call `TopicData`: texts, counts and both matrices of a model, as JSON and safetensors.

Source: https://x-tabdeveloping.github.io/topicwizard/topic_data.html.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from topics.core.codecs import MODE, read_json, write_json
from topics.core.errors import DataError
from topics.core.masking import mask
from topics.core.matrices import Float32, Float64
from topics.exchange.opened import Opened

HEADER, ARRAYS = "topic_data.json", "topic_data.safetensors"
NAMES = ("document_topic_matrix", "indices", "indptr", "counts", "topic_term_matrix")


class TopicHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The JSON part: ids and kept texts of documents, terms, and a name for each topic."""

    doc_ids: tuple[str, ...]
    corpus: tuple[str, ...]
    vocab: tuple[str, ...]
    topic_names: tuple[str, ...]


class TopicData(TypedDict):
    """The fields of topicwizard's `TopicData`; here documents are represented by their counts, and nothing can be transformed."""

    corpus: list[str]
    vocab: npt.NDArray[np.str_]
    document_term_matrix: sparse.csr_array
    document_topic_matrix: Float32
    topic_term_matrix: Float64
    document_representation: sparse.csr_array
    transform: None
    topic_names: list[str]


def write_topic_data(folder: Path, opened: Opened) -> None:
    """Write texts and names as JSON and the matrices as safetensors, exactly as the model has them.

    Args:
        folder: where both go.
        opened: the model and its counts; where its study hides addresses and numbers, texts do too.
    """
    from safetensors.numpy import save_file

    artifact, prepared = opened.artifact, opened.prepared
    texts = (" ".join(document.kept().split()) for document in prepared.corpus)
    corpus = tuple(mask(text) if artifact.study.mask else text for text in texts)
    terms, result = prepared.dtm.vocabulary.terms, artifact.model.result
    write_json(folder / HEADER, TopicHeader(prepared.corpus.ids, corpus, terms, artifact.labels))
    counts = sparse.csr_array(prepared.dtm.counts)
    values = (result.documents.weights, counts.indices, counts.indptr, counts.data, result.topics.weights)
    save_file(dict(zip(NAMES, map(np.ascontiguousarray, values), strict=True)), str(folder / ARRAYS))
    (folder / ARRAYS).chmod(MODE)


def read_topic_data(folder: str | Path) -> TopicData:
    """Return what `write_topic_data` wrote, as topicwizard takes it.

    Raises:
        DataError: missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    header, path = read_json(Path(folder) / HEADER, TopicHeader, "topic data"), Path(folder) / ARRAYS
    try:
        arrays = load_file(str(path))
        shape = (len(header.corpus), len(header.vocab))
        counts = sparse.csr_array((arrays["counts"], arrays["indices"], arrays["indptr"]), shape=shape)
        documents, topics = arrays["document_topic_matrix"], arrays["topic_term_matrix"]
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise DataError(f"not readable as topic data: {error}.", where=str(path), hint="Export it again.") from error
    return TopicData(
        corpus=list(header.corpus),
        vocab=np.array(header.vocab),
        document_term_matrix=counts,
        document_topic_matrix=documents,
        topic_term_matrix=topics,
        document_representation=counts,
        transform=None,
        topic_names=list(header.topic_names),
    )
