"""Matrices with their labels. Rows are documents or topics, columns are terms, dimensions or topics."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from topics.core.documents import Corpus
from topics.core.errors import require

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Scale = Literal["probability", "ctfidf"]

ROW_SUM_TOLERANCE = 1e-4  # float32 rows of a few hundred entries


def row_products(left: Float64, right: Float64) -> Float64:
    """Return the matrix product (n, m) of (n, d) and (d, m), each row the same whatever other rows stand beside it.

    A BLAS product may round a row differently in another batch.
    """
    found = np.zeros((len(left), right.shape[1]))
    for column in range(left.shape[1]):
        found += left[:, [column]] * right[column]
    return found


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Terms in sorted order and the language of each; a phrase is its words joined by one space."""

    terms: tuple[str, ...]
    languages: tuple[str, ...]

    def __post_init__(self) -> None:
        require(len(self.terms) == len(self.languages), "terms and languages differ in number", where="Vocabulary")
        require(list(self.terms) == sorted(set(self.terms)), "terms are not sorted and unique", where="Vocabulary")
        require(all(term and unicodedata.is_normalized("NFC", term) for term in self.terms), "empty or not NFC", where="Vocabulary")

    def __len__(self) -> int:
        return len(self.terms)

    @cached_property
    def index(self) -> dict[str, int]:
        """Column of each term."""
        return {term: column for column, term in enumerate(self.terms)}


@dataclass(frozen=True, eq=False)
class DocTermMatrix:
    """Counts (n_docs, n_terms), CSR int32."""

    counts: sparse.csr_array
    doc_ids: tuple[str, ...]
    vocabulary: Vocabulary

    def __post_init__(self) -> None:
        shape = (len(self.doc_ids), len(self.vocabulary))
        require(self.counts.shape == shape, f"counts are {self.counts.shape}, labels say {shape}", where="DocTermMatrix")
        require(self.counts.dtype == np.int32, f"counts are {self.counts.dtype}, not int32", where="DocTermMatrix")
        require(self.counts.nnz == 0 or int(self.counts.data.min()) > 0, "a stored count is not positive", where="DocTermMatrix")


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Vectors (n_docs, n_dims), float32.

    Args:
        vectors: of unit length, or zero for a document that holds nothing to embed.
        doc_ids: the documents.
        embedder: fingerprint of what made them.
        aligned: whether vectors of several languages can be compared; where not, each language has a space of its own.
        notes: sentences for the report about these documents and this embedder.
        packages: installed packages that the last bits of the vectors depend on, besides numpy and scipy.
    """

    vectors: Float32
    doc_ids: tuple[str, ...]
    embedder: str
    aligned: bool = False
    notes: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(self.vectors.dtype == np.float32 and self.vectors.ndim == 2, "vectors must be a float32 matrix", where="Embeddings")
        require(len(self.vectors) == len(self.doc_ids), "rows and documents differ in number", where="Embeddings")
        bad = np.flatnonzero(~np.isfinite(self.vectors).all(axis=1))
        require(bad.size == 0, f"row {bad[0] if bad.size else ''} holds NaN or infinity", where="Embeddings")


@dataclass(frozen=True, eq=False)
class PreparedCorpus:
    """What every model is fitted on and every transform reads: the same documents in the same order everywhere.

    Args:
        corpus: the documents.
        dtm: counts.
        embeddings: vectors, where an embedder was asked for.
        unknown: (n_docs,) share of a document's content words that the vocabulary lacks.
        key: hash of the fitted preparation.
    """

    corpus: Corpus
    dtm: DocTermMatrix
    embeddings: Embeddings | None
    unknown: Float32
    key: str

    def __post_init__(self) -> None:
        require(self.dtm.doc_ids == self.corpus.ids, "counts belong to other documents", where="PreparedCorpus")
        require(self.unknown.shape == (len(self.corpus),), "unknown shares have another length", where="PreparedCorpus")
        if self.embeddings is not None:
            require(self.embeddings.doc_ids == self.corpus.ids, "vectors belong to other documents", where="PreparedCorpus")


@dataclass(frozen=True, eq=False)
class TopicTermMatrix:
    """Term weights (n_topics, n_terms), rows sum to 1."""

    weights: Float64
    vocabulary: Vocabulary
    scale: Scale

    def __post_init__(self) -> None:
        require(self.weights.ndim == 2 and self.weights.shape[1] == len(self.vocabulary), "columns are not terms", where="TopicTermMatrix")
        require(bool(np.isfinite(self.weights).all() and (self.weights >= 0).all()), "negative or not finite", where="TopicTermMatrix")
        require(np.allclose(self.weights.sum(axis=1), 1.0, atol=ROW_SUM_TOLERANCE), "rows do not sum to 1", where="TopicTermMatrix")

    @property
    def n_topics(self) -> int:
        """Number of topics."""
        return int(self.weights.shape[0])


@dataclass(frozen=True, eq=False)
class TopicDistribution:
    """Topic weights (n_docs, n_topics), float32; rows sum to at most 1 and the rest is `unassigned`."""

    weights: Float32
    doc_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        require(self.weights.dtype == np.float32 and self.weights.ndim == 2, "weights must be a float32 matrix", where="TopicDistribution")
        require(len(self.weights) == len(self.doc_ids), "rows and documents differ in number", where="TopicDistribution")
        require(bool(np.isfinite(self.weights).all() and (self.weights >= 0).all()), "negative or not finite", where="TopicDistribution")
        top = float(self.weights.sum(axis=1, dtype=np.float64).max(initial=0.0))
        require(top <= 1 + ROW_SUM_TOLERANCE, f"a row sums to {top}", where="TopicDistribution")

    @property
    def unassigned(self) -> Float64:
        """(n_docs,) share of each document that belongs to no topic."""
        return np.asarray(np.clip(1.0 - self.weights.sum(axis=1, dtype=np.float64), 0.0, 1.0), dtype=np.float64)

    def labels(self) -> Int64:
        """(n_docs,) the heaviest topic of each document, -1 where it holds less of that than of none."""
        if self.weights.shape[1] == 0:
            return np.full(len(self.doc_ids), -1, dtype=np.int64)
        best: Int64 = self.weights.argmax(axis=1).astype(np.int64)
        heaviest = self.weights.max(axis=1)
        best[(heaviest <= 0) | (heaviest < self.unassigned)] = -1
        return best
