"""Document vectors from counts: latent semantic analysis (Deerwester et al. 1990), TF-IDF and truncated SVD."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from topics.core.hashing import digest
from topics.core.matrices import DocTermMatrix, Embeddings, Float32, Float64
from topics.engine import one_thread


@dataclass(frozen=True, eq=False)
class LsaEmbedder:
    """A fitted projection: `idf` (n_terms,) and `components` (n_terms, n_dims)."""

    idf: Float64
    components: Float32

    @property
    def fingerprint(self) -> str:
        """Names the embedder by its numbers."""
        return "lsa-" + digest([self.idf.tobytes(), self.components.tobytes()])[:16]

    def embed(self, dtm: DocTermMatrix) -> Embeddings:
        """Return unit vectors (n_docs, n_dims).

        A document without known terms has the zero vector. Each row depends on its document alone.
        """
        vectors = np.asarray(tfidf(dtm.counts, self.idf) @ self.components, dtype=np.float64)
        norms = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        return Embeddings(np.divide(vectors, norms, out=vectors, where=norms > 0).astype(np.float32), dtm.doc_ids, self.fingerprint)


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
