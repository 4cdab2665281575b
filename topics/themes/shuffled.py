"""Documents without a subject: words drawn from all documents of a language, to see which scores chance alone gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from topics.core.matrices import Float32, Float64, Int64
from topics.themes.hits import ThemeDocuments, group_members

MOST, MIXED = 2000, 4  # shuffled documents of a language; documents that one without a projection mixes
Projection = Callable[[sparse.csr_array, tuple[str, ...]], Float32]


def shuffled(documents: ThemeDocuments, seed: int, project: Projection | None) -> ThemeDocuments:
    """Return up to 2,000 documents of each language whose words come from all of them; lengths are those of real documents.

    Args:
        documents: the real ones.
        seed: of the drawing.
        project: makes vectors (n_docs, n_dims) of counts and languages; without it, a vector is the mean of four drawn by chance.
    """
    parts = [
        _of_group(documents, name, rows, np.random.default_rng([seed, number]), project)
        for number, (name, rows) in enumerate(group_members(documents.groups).items())
    ]
    hits = sparse.csr_array(sparse.vstack([part.hits for part in parts]))
    counts = (
        None if documents.counts is None else sparse.csr_array(sparse.vstack([part.counts for part in parts if part.counts is not None]))
    )
    vectors = None if documents.vectors is None else np.concatenate([part.vectors for part in parts if part.vectors is not None])
    groups = tuple(name for part in parts for name in part.groups)
    lengths = np.concatenate([part.lengths for part in parts])
    return ThemeDocuments(hits, documents.theme_of, documents.n_themes, lengths, groups, counts, vectors)


def _of_group(
    documents: ThemeDocuments, name: str, rows: Int64, generator: np.random.Generator, project: Projection | None
) -> ThemeDocuments:
    like = generator.choice(rows, min(MOST, len(rows)))
    lengths, groups = documents.lengths[like], (name,) * len(like)
    rates = np.asarray(documents.hits[rows].sum(axis=0), dtype=np.float64).ravel() / max(documents.lengths[rows].sum(), 1.0)
    hits = sparse.csr_array(generator.poisson(lengths[:, None] * rates[None, :]).astype(np.float64))
    counts, vectors = None, None
    if documents.counts is not None:
        sizes = np.asarray(documents.counts[like].sum(axis=1), dtype=np.int64).ravel()
        chances = np.asarray(documents.counts[rows].sum(axis=0), dtype=np.float64).ravel()
        counts = drawn(sizes, chances, generator)
    if documents.vectors is not None:
        vectors = project(counts, groups) if project and counts is not None else _mixed(documents.vectors[rows], len(like), generator)
    return ThemeDocuments(hits, documents.theme_of, documents.n_themes, lengths, groups, counts, vectors)


def drawn(sizes: Int64, chances: Float64, generator: np.random.Generator) -> sparse.csr_array:
    """Return counts (n_docs, n_terms) of documents with so many words each, every word drawn by the chances (n_terms,) of terms."""
    borders = np.cumsum(chances)
    terms = (
        np.searchsorted(borders, generator.random(int(sizes.sum())) * borders[-1], side="right") if borders[-1] > 0 else np.empty(0, int)
    )
    indptr = np.concatenate([[0], np.cumsum(sizes)]) if borders[-1] > 0 else np.zeros(len(sizes) + 1, dtype=np.int64)
    matrix = sparse.csr_array((np.ones(len(terms), dtype=np.int32), terms.astype(np.int32), indptr), shape=(len(sizes), len(chances)))
    matrix.sum_duplicates()
    return matrix


def _mixed(vectors: Float32, n: int, generator: np.random.Generator) -> Float32:
    mixed = vectors[generator.integers(0, len(vectors), (n, MIXED))].astype(np.float64).mean(axis=1)
    norms = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(np.divide(mixed, norms, out=np.zeros_like(mixed), where=norms > 0), dtype=np.float32)
