"""Stability: the same topics again, other topics, and the null."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from topics.quality.alignment import correlations
from topics.quality.stability import matched, stability


def weights(seed: int, n_topics: int = 4, n_docs: int = 300) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(n_topics, 0.1), n_docs).astype(np.float32)


def test_matching_is_the_best_of_all_one_to_one_pairings() -> None:
    a, b = weights(1), weights(1)[:, [2, 0, 3, 1]] + weights(2)
    similarity = correlations(a.astype(float), b.astype(float))
    best = max(np.mean([similarity[k, order[k]] for k in range(4)]) for order in permutations(range(4)))
    order, values = matched(similarity)
    assert values.mean() == pytest.approx(best)
    expected = [np.corrcoef(a[:, k], b[:, order[k]])[0, 1] for k in range(4)]
    assert values == pytest.approx(expected, abs=1e-5)


def test_the_same_topics_in_another_order_are_wholly_stable() -> None:
    found = stability([weights(1), weights(1)[:, [3, 1, 0, 2]], weights(1)], 1)
    assert found.pairs == pytest.approx((1.0, 1.0, 1.0))
    assert found.is_real
    assert found.value == pytest.approx(1.0)
    assert found.null < found.high < 0.3


@pytest.mark.parametrize("seed", range(5))
def test_unrelated_topics_are_not_stable(seed: int) -> None:
    found = stability([weights(10 * seed + number) for number in range(4)], 1)
    assert abs(found.value - found.null) < 0.06


def test_topics_without_documents_do_not_count_as_coming_back() -> None:
    held = np.hstack([weights(1, 2), np.zeros((300, 2), dtype=np.float32)])
    assert stability([held, held], 1).value == pytest.approx(0.5)


def test_the_seed_draws_the_null_alone() -> None:
    one, again, other = (stability([weights(1), weights(1)], seed) for seed in (1, 1, 2))
    assert one == again
    assert one.pairs == other.pairs
    assert one.null != other.null


def test_one_run_has_no_stability() -> None:
    found = stability([weights(1)], 1)
    assert np.isnan(found.value)
    assert not found.is_real
