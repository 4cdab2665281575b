"""Document vectors from counts: latent semantic analysis (Deerwester et al. 1990), TF-IDF and truncated SVD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from scipy import sparse

from topics.core.codecs import read_arrays, read_json, write_arrays, write_json
from topics.core.embedding import Embeddable, EmbedderKind, EmbedderOptions, Fitter
from topics.core.hashing import digest
from topics.core.matrices import DocTermMatrix, Embeddings, Float32, Float64
from topics.engine import one_thread

DIMENSIONS = 200  # of 50 to 300, best against labels on three corpora in two languages: benchmarks/README.md
BLOCK = 20_000  # documents projected at a time: bounds memory
HEADER, ARRAYS = "embedder.json", "preparation.safetensors"


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    backend: str


@dataclass(frozen=True, eq=False)
class LsaEmbedder:
    """A fitted projection: `idf` (n_terms,) and `components` (n_terms, n_dims)."""

    idf: Float64
    components: Float32

    @property
    def fingerprint(self) -> str:
        """Names the embedder by its numbers."""
        return "lsa-" + digest([self.idf.tobytes(), self.components.tobytes()])[:16]

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self.components.shape[1])

    @property
    def reads_texts(self) -> bool:
        """Yes: vectors are made of texts."""
        return True

    @property
    def aligned(self) -> bool:
        """No: each language has words of its own, and documents share dimensions only through words."""
        return False

    @property
    def description(self) -> str:
        """A sentence for the report."""
        return f"Document vectors: TF-IDF and truncated SVD with {self.dimensions} dimensions."

    def embed(self, documents: Embeddable, cache: Path | None = None) -> Embeddings:
        """Return the projected counts; they are made faster than they could be read, so nothing is cached."""
        return self.project(documents.dtm)

    def save(self, directory: Path) -> None:
        """Write the projection."""
        write_json(directory / HEADER, _Header("lsa"))
        write_arrays(directory / ARRAYS, {"idf": self.idf, "components": self.components})

    def project(self, dtm: DocTermMatrix) -> Embeddings:
        """Return unit vectors (n_docs, n_dims).

        A document without known terms has the zero vector. Each row depends on its document alone.
        """
        found = np.zeros((dtm.counts.shape[0], self.dimensions), dtype=np.float32)
        for start in range(0, len(found), BLOCK):
            vectors = np.asarray(tfidf(dtm.counts[start : start + BLOCK], self.idf) @ self.components, dtype=np.float64)
            norms = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
            found[start : start + BLOCK] = np.divide(vectors, norms, out=vectors, where=norms > 0)
        return Embeddings(found, dtm.doc_ids, self.fingerprint)


def inverse_document_frequency(counts: sparse.csr_array) -> Float64:
    """Return (n_terms,) smoothed idf: ln((1 + n) / (1 + df)) + 1, as in scikit-learn."""
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + df)) + 1, dtype=np.float64)


def tfidf(counts: sparse.csr_array, idf: Float64) -> sparse.csr_array:
    """Return (n_docs, n_terms) rows of (1 + ln tf) * idf with unit length."""
    matrix = counts.astype(np.float64)
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=matrix.data**2, minlength=matrix.shape[0]))  # adds in order: no row sees another
    matrix.data /= lengths[rows]
    return matrix


def fit_lsa(counts: sparse.csr_array, dimensions: int, seed: int) -> LsaEmbedder:
    """Fit on the training counts (n_docs, n_terms); at most min(n_docs, n_terms) - 1 dimensions exist."""
    from sklearn.decomposition import TruncatedSVD

    idf = inverse_document_frequency(counts)
    n_dims = max(1, min(dimensions, min(counts.shape) - 1))
    if min(counts.shape) < 3:
        return LsaEmbedder(idf, np.ones((counts.shape[1], 1), dtype=np.float32))
    with one_thread():
        svd = TruncatedSVD(n_dims, algorithm="randomized", n_iter=7, random_state=seed).fit(tfidf(counts, idf))
    return LsaEmbedder(idf, np.ascontiguousarray(svd.components_.T, dtype=np.float32))


def fit(options: EmbedderOptions, n_docs: Mapping[str, int]) -> Fitter:
    """Return what fits on the training counts; nothing can be wrong before."""
    return lambda dtm: fit_lsa(dtm.counts, options.dimensions or DIMENSIONS, options.seed)


def load(directory: Path, folder: Path | None) -> LsaEmbedder:
    """Read what `save` wrote.

    Raises:
        DataError: missing or damaged.
    """
    read_json(directory / HEADER, _Header)
    arrays = read_arrays(directory / ARRAYS, ("components", "idf"))
    return LsaEmbedder(arrays["idf"].astype(np.float64), arrays["components"].astype(np.float32))


EMBEDDER = EmbedderKind("lsa", "Latent semantic analysis of the corpus's own words", fit=fit, load=load)
