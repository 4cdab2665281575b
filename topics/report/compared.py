"""Two artefacts side by side: which topics are the same, which split or merged, which have nothing on the other side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from topics.core.errors import DataError
from topics.core.matrices import Float64, TopicDistribution
from topics.core.results import TopicResult
from topics.quality.lineage import Lineage, trace
from topics.quality.word_agreement import word_agreement
from topics.reuse.artefact import Artifact, load_artifact
from topics.tables import Cell

MIN_SHARED = 10
Relation = Literal["matched", "split", "merged", "only_a", "only_b"]


class Pair(msgspec.Struct, frozen=True):
    """Two topics and what they are to each other, or a topic of one side with nothing on the other.

    Args:
        relation: `matched` one to one; `split`, one row a part of the topic of A; `merged`, one row a part of the topic of B; or one-sided.
        similarity: correlation of their weights over the documents that both artefacts hold.
        document_agreement: Jaccard index of the documents that have them as main topic.
        documents: number of documents that have both as main topic.
        null: what that number does not exceed by chance.
        a_share, b_share: part of the documents of the topic of A, and of B.
        term_similarity: correlation of their words (see `quality/word_agreement.py`).
    """

    a_topic: int | None
    a_label: str
    b_topic: int | None
    b_label: str
    similarity: float | None
    document_agreement: float | None
    relation: Relation
    documents: int | None = None
    null: int | None = None
    a_share: float | None = None
    b_share: float | None = None
    term_similarity: float | None = None


COLUMNS = Pair.__struct_fields__


class Comparison(msgspec.Struct, frozen=True):
    """The answer of `topics compare`: `threshold` is the null of similarities, `term_threshold` that of words."""

    a: str
    b: str
    shared_documents: int
    threshold: float
    term_threshold: float
    pairs: list[Pair]

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the pairs as table rows."""
        yield from map(msgspec.structs.astuple, self.pairs)


def _restricted(result: TopicResult, ids: list[str]) -> TopicResult:
    row_of = {identifier: row for row, identifier in enumerate(result.documents.doc_ids)}
    rows = [row_of[identifier] for identifier in ids]
    return TopicResult(result.topics, TopicDistribution(result.documents.weights[rows], tuple(ids)), result.card)


@dataclass(frozen=True, eq=False)
class _Sides:
    """Two artefacts and how their topics hang together."""

    left: Artifact
    right: Artifact
    found: Lineage
    words: Float64

    def pairs(self) -> Iterator[Pair]:
        """Yield matches, splits, merges, and the topics without any of these, in the order of the topics."""
        splits, merges = self.found.splits, self.found.merges
        related = sorted((match.left, match.right) for match in self.found.alignment.matches)
        split = [(topic, part) for topic, parts in splits.items() for part in parts]
        merged = [(part, topic) for topic, parts in merges.items() for part in parts]
        relations: tuple[tuple[Relation, list[tuple[int, int]]], ...] = (("matched", related), ("split", split), ("merged", merged))
        for relation, listed in relations:
            yield from (self._pair(one, other, relation) for one, other in listed)
        everything = related + split + merged
        with_left, with_right = {one for one, _ in everything}, {other for _, other in everything}
        for place, (number, label) in enumerate(zip(self.left.known.ids, self.left.known.names, strict=True)):
            if place not in with_left:
                yield Pair(number, label, None, "", None, None, "only_a")
        for place, (number, label) in enumerate(zip(self.right.known.ids, self.right.known.names, strict=True)):
            if place not in with_right:
                yield Pair(None, "", number, label, None, None, "only_b")

    def _pair(self, one: int, other: int, relation: Relation) -> Pair:
        found, at = self.found, (one, other)
        both = int(found.shared[at])
        either = int(found.n_left[one] + found.n_right[other]) - both
        left, right = self.left.known, self.right.known
        return Pair(
            left.ids[one], left.names[one], right.ids[other], right.names[other], float(found.alignment.similarity[at]),
            both / either if either else 0.0, relation, both, int(found.null[at]), float(found.of_left[at]),
            float(found.of_right[at]), float(self.words[at]),
        )  # fmt: skip


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
    found = trace(one, two, np.arange(len(shared)), left.manifest.seed)
    words, threshold = word_agreement(one.topics, two.topics, left.manifest.seed)
    sides = _Sides(left, right, found, words)
    return Comparison(left.manifest.key, right.manifest.key, len(shared), found.alignment.threshold, threshold, list(sides.pairs()))
