"""How the topics of two results correspond."""

from __future__ import annotations

from dataclasses import dataclass

from topics.core.matrices import Float64


@dataclass(frozen=True, slots=True)
class Match:
    """Two matched topics: correlation of their document weights, and the share of documents (Jaccard) that both hold as main topic."""

    left: int
    right: int
    similarity: float
    document_agreement: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """All matches above the null threshold, the topics without one, the threshold, and the full correlations (n_left, n_right)."""

    matches: tuple[Match, ...]
    unmatched_left: tuple[int, ...]
    unmatched_right: tuple[int, ...]
    threshold: float
    similarity: Float64
