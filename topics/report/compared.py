"""Two artefacts side by side: which topics are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from topics.core.errors import DataError
from topics.core.matrices import TopicDistribution
from topics.core.results import TopicResult
from topics.quality.alignment import align
from topics.reuse import load_artifact
from topics.tables import Cell

MIN_SHARED = 10
COLUMNS = ("a_topic", "a_label", "b_topic", "b_label", "similarity", "document_agreement")


class Pair(msgspec.Struct, frozen=True):
    """A matched pair, or a topic of one side with nothing on the other."""

    a_topic: int | None
    a_label: str
    b_topic: int | None
    b_label: str
    similarity: float | None
    document_agreement: float | None


class Comparison(msgspec.Struct, frozen=True):
    """The answer of `topics compare`."""

    a: str
    b: str
    shared_documents: int
    threshold: float
    pairs: list[Pair]

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the pairs as table rows."""
        for pair in self.pairs:
            yield pair.a_topic, pair.a_label, pair.b_topic, pair.b_label, pair.similarity, pair.document_agreement


def _restricted(result: TopicResult, ids: list[str]) -> TopicResult:
    row_of = {identifier: row for row, identifier in enumerate(result.documents.doc_ids)}
    rows = [row_of[identifier] for identifier in ids]
    return TopicResult(result.topics, TopicDistribution(result.documents.weights[rows], tuple(ids)), result.card)


def compare_artifacts(a: Path, b: Path) -> Comparison:
    """Match the topics of two model artefacts over the documents that both were fitted on.

    Raises:
        DataError: fewer than ten documents in common.
    """
    left, right = load_artifact(a), load_artifact(b)
    shared = sorted(set(left.model.result.documents.doc_ids) & set(right.model.result.documents.doc_ids))
    if len(shared) < MIN_SHARED:
        hint = "Topics are matched by the documents that both models hold."
        raise DataError(f"the artefacts have {len(shared)} documents in common, {MIN_SHARED} are needed.", where=f"{a} and {b}", hint=hint)
    one, two = _restricted(left.model.result, shared), _restricted(right.model.result, shared)
    found = align(one, two, np.arange(len(shared)), left.manifest.seed)
    pairs = [
        Pair(m.left, left.labels[m.left], m.right, right.labels[m.right], m.similarity, m.document_agreement)
        for m in sorted(found.matches, key=lambda match: match.left)
    ]
    pairs += [Pair(k, left.labels[k], None, "", None, None) for k in found.unmatched_left]
    pairs += [Pair(None, "", k, right.labels[k], None, None) for k in found.unmatched_right]
    return Comparison(left.manifest.key, right.manifest.key, len(shared), found.threshold, pairs)
