"""Topics matched by documents: the same, permuted, unrelated."""

from __future__ import annotations

import numpy as np
import pytest
import threadpoolctl
from test_measures import result

from topics.core.errors import ContractError
from topics.core.matrices import TopicDistribution
from topics.core.results import TopicResult
from topics.quality.alignment import align, correlations

N_DOCS = 300


def random_result(seed: int, n_topics: int = 6, n_docs: int = N_DOCS) -> TopicResult:
    weights = np.random.default_rng(seed).dirichlet(np.full(n_topics, 0.1), n_docs)
    return result(np.ones((n_topics, 4)).tolist(), weights.tolist())


def permuted(left: TopicResult, order: list[int]) -> TopicResult:
    return result(np.ones((len(order), 4)).tolist(), left.documents.weights[:, order].tolist())


ROWS = np.arange(N_DOCS)


def test_a_result_matches_itself_wholly() -> None:
    left = random_result(1)
    found = align(left, left, ROWS, 1)
    assert [(match.left, match.right) for match in found.matches] == [(k, k) for k in range(6)]
    assert all(match.similarity == pytest.approx(1.0) and match.document_agreement == 1.0 for match in found.matches)
    assert found.unmatched_left == found.unmatched_right == ()


@pytest.mark.parametrize("order", [[5, 4, 3, 2, 1, 0], [2, 0, 1, 5, 3, 4]])
def test_permuted_topics_are_found_again(order: list[int]) -> None:
    left = random_result(2)
    found = align(left, permuted(left, order), ROWS, 1)
    assert {match.left: match.right for match in found.matches} == {topic: place for place, topic in enumerate(order)}


@pytest.mark.parametrize("seed", range(6))
def test_unrelated_results_match_hardly_ever(seed: int) -> None:
    """The threshold is the 95th percentile of what shuffled documents reach: of 36 topics in all, 5 may pass by chance."""
    found = align(random_result(10 + seed), random_result(50 + seed), ROWS, 1)
    assert len(found.matches) <= 1
    assert len(found.unmatched_left) >= 5


def test_a_topic_without_a_counterpart_is_named() -> None:
    left = random_result(3)
    found = align(left, permuted(left, [4, 0, 1, 2]), ROWS, 1)
    assert found.unmatched_left == (3, 5)
    assert found.unmatched_right == ()
    assert {match.left: match.right for match in found.matches} == {4: 0, 0: 1, 1: 2, 2: 3}


def test_each_topic_is_matched_once() -> None:
    left = random_result(4)
    halves = np.repeat(left.documents.weights[:, :3] / 2, 2, axis=1)  # each of three topics twice
    double = result(np.ones((6, 4)).tolist(), halves.tolist())
    found = align(left, double, ROWS, 1)
    assert len({match.left for match in found.matches}) == len({match.right for match in found.matches}) == len(found.matches) == 3


def test_agreement_is_the_jaccard_index_of_the_main_topics() -> None:
    left = [[1.0, 0.0]] * 60 + [[0.0, 1.0]] * 40
    right = [[1.0, 0.0]] * 50 + [[0.0, 1.0]] * 50
    topics = [[1.0, 1.0]] * 2
    found = align(result(topics, left), result(topics, right), np.arange(100), 1)
    assert [match.document_agreement for match in found.matches] == pytest.approx([50 / 60, 40 / 50])
    assert found.matches[0].similarity == pytest.approx(np.corrcoef([1] * 60 + [0] * 40, [1] * 50 + [0] * 50)[0, 1])


def test_only_the_given_rows_count() -> None:
    left = random_result(5)
    weights = left.documents.weights.copy()
    weights[200:] = weights[200:][::-1]
    right = result(np.ones((6, 4)).tolist(), weights.tolist())
    assert all(match.similarity == pytest.approx(1.0) for match in align(left, right, np.arange(200), 1).matches)
    assert all(match.similarity < 0.9 for match in align(left, right, ROWS, 1).matches)


def test_the_seed_draws_the_null_and_nothing_else() -> None:
    left, right = random_result(6), random_result(6)
    one, again, other = (align(left, right, ROWS, seed) for seed in (1, 1, 2))
    assert one.threshold == again.threshold != other.threshold
    assert np.array_equal(one.similarity, other.similarity)


def test_other_documents_are_refused() -> None:
    left = random_result(7)
    renamed = TopicDistribution(left.documents.weights, tuple(f"x{number}" for number in range(N_DOCS)))
    with pytest.raises(ContractError, match="different documents"):
        align(left, TopicResult(left.topics, renamed, left.card), ROWS, 1)


def test_correlations_are_pearsons_and_constant_columns_correlate_with_nothing() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.random((30, 3)), rng.random((30, 2))
    a[:, 2] = 0.5
    found = correlations(a, b)
    assert found[:2] == pytest.approx(np.corrcoef(a.T[:2], b.T)[:2, 2:])
    assert found[2].tolist() == [0.0, 0.0]


def test_threads_of_linear_algebra_change_no_byte() -> None:
    """A matrix product sums in another order on another number of threads; this many documents show it."""
    left, right = random_result(3, 50, 4000), random_result(4, 50, 4000)
    found = set()
    for limit in (1, 2, 4):
        with threadpoolctl.threadpool_limits(limits=limit):
            aligned = align(left, right, np.arange(4000), 1)
        found.add((aligned.similarity.tobytes(), aligned.threshold))
    assert len(found) == 1
