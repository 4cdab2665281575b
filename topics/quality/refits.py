"""A model fitted again: its documents by the topics of the first fit, so that shares can be compared topic by topic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from topics.core.matrices import Float64, Int64
from topics.core.results import TopicResult
from topics.quality.alignment import align


@dataclass(frozen=True, eq=False)
class Refit:
    """A fit from another seed.

    Args:
        result: with topics of its own.
        weights: (n_docs, n_topics) its documents by the topics of the first fit.
        similarity: (n_topics,) correlation of each topic of the first fit with its own; nan where it did not come back.
    """

    result: TopicResult
    weights: Float64
    similarity: tuple[float, ...]


def carry_over(first: TopicResult, again: TopicResult, rows: Int64, seed: int) -> Refit:
    """Return a refit by the topics of the first fit, matched one to one (see `align`).

    A topic that did not come back gets in each document what the matched ones leave, up to what the first fit gave it: the refit tells it
    by other topics, not by none. What is left after that is unassigned, so rows still sum to at most 1.

    Args:
        first: names the topics.
        again: over the same documents.
        rows: the documents to match by, one copy of each story.
        seed: of the null that a match must exceed.
    """
    found = align(first, again, rows, seed)
    own, other = first.documents.weights.astype(np.float64), again.documents.weights.astype(np.float64)
    weights, similarity = np.zeros_like(own), [math.nan] * own.shape[1]
    for match in found.matches:
        weights[:, match.left] = other[:, match.right]
        similarity[match.left] = match.similarity
    missing = list(found.unmatched_left)
    room = np.clip(1 - weights.sum(axis=1), 0, 1)
    wanted = own[:, missing].sum(axis=1)
    part = np.minimum(1, np.divide(room, wanted, out=np.zeros_like(room), where=wanted > 0))
    weights[:, missing] = own[:, missing] * part[:, None]
    return Refit(again, weights, tuple(similarity))
