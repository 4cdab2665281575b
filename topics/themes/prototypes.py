"""Themes in vector space: documents in which a theme's terms stand, against all others (Rocchio 1971)."""

from __future__ import annotations

import numpy as np

from topics.core.matrices import Float64, row_products
from topics.engine import one_thread
from topics.themes.hits import ThemeDocuments, group_members


def learn_directions(documents: ThemeDocuments, shares: Float64) -> dict[str, Float64]:
    """Return for each language (n_themes, n_dims) the direction from documents without a theme to those with it, of length 1.

    Args:
        documents: with vectors.
        shares: (n_docs, n_themes) how much each document's terms speak for each theme.

    A theme whose terms stand in no document of a language has a direction of zeros there.
    """
    if documents.vectors is None:
        raise ValueError("documents without vectors")
    directions: dict[str, Float64] = {}
    for name, rows in group_members(documents.groups).items():
        vectors, inside = documents.vectors[rows].astype(np.float64), shares[rows]
        outside = 1.0 - inside
        with one_thread():
            toward = inside.T @ vectors / np.maximum(inside.sum(axis=0), 1e-12)[:, None]
            away = outside.T @ vectors / np.maximum(outside.sum(axis=0), 1e-12)[:, None]
        found = np.where(inside.sum(axis=0)[:, None] > 0, toward - away, 0.0)
        directions[name] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    return directions


def along(documents: ThemeDocuments, directions: dict[str, Float64]) -> Float64:
    """Return (n_docs, n_themes) the cosine of each document's vector with each direction of its language, 0 where there is none."""
    if documents.vectors is None:
        raise ValueError("documents without vectors")
    found = np.zeros((len(documents), documents.n_themes))
    for name, rows in group_members(documents.groups).items():
        if name in directions:
            found[rows] = row_products(documents.vectors[rows].astype(np.float64), directions[name].T)
    return found
