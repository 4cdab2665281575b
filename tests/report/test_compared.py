"""What `topics compare` says of two artefacts, beside the numbers that it says it of."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tests.quality.test_measures import result
from topics.quality.lineage import trace
from topics.report.compared import _Sides
from topics.reuse.identity import TopicIds

MAIN_A = np.repeat([0, 1, 2, 3], [40, 40, 40, 40])
MAIN_B = np.concatenate([np.repeat([0, 1], 20), np.full(80, 2), np.full(40, -1)])  # 0 is split, 1 and 2 merged, 3 in no topic


def test_rows_name_splits_merges_and_topics_of_one_side() -> None:
    one, other = (result(np.ones((4, 4)).tolist(), np.vstack([np.eye(4), np.zeros(4)])[main].tolist()) for main in (MAIN_A, MAIN_B))
    found = trace(one, other, np.arange(160), 1)
    left, right = (
        SimpleNamespace(known=TopicIds(ids, tuple(f"{side}{number}" for number in range(4)), 99))
        for side, ids in (("a", (0, 1, 2, 3)), ("b", (10, 11, 12, 13)))
    )
    pairs = list(_Sides(left, right, found, np.full((4, 4), 0.5)).pairs())  # type: ignore[arg-type]
    said = {
        relation: {(pair.a_label, pair.b_label) for pair in pairs if pair.relation == relation} for relation in {p.relation for p in pairs}
    }
    assert said["split"] == {("a0", "b0"), ("a0", "b1")}
    assert said["merged"] == {("a1", "b2"), ("a2", "b2")}
    assert (said["only_a"], said["only_b"]) == ({("a3", "")}, {("", "b3")})
    assert said["matched"] <= said["split"] | said["merged"]
    part = next(pair for pair in pairs if (pair.relation, pair.b_topic) == ("split", 11))
    assert (part.documents, part.a_share, part.b_share) == (20, pytest.approx(0.5), pytest.approx(1.0))
    assert part.documents > part.null == found.null[0, 1]
    assert (part.document_agreement, part.term_similarity) == (0.5, 0.5)
