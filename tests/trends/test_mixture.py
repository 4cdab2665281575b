"""Mixtures of Student's distributions against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from topics.trends.mixture import Mixture

ONE = Mixture(np.array([[1.5], [-4.0]]), np.array([[0.5], [0.1]]), np.ones((2, 1)), 10)
TWO = Mixture(np.array([[0.0, 2.0]]), np.array([[0.5, 1.0]]), np.array([[0.25, 0.75]]), 6)


def test_a_mixture_of_one_is_students() -> None:
    assert ONE.mean.tolist() == [1.5, -4.0]
    assert ONE.p == pytest.approx(2 * student.sf([3.0, 40.0], 10), rel=1e-9)
    for level in (0.95, 0.5):
        low, high = ONE.interval(level)
        assert (low[0], high[0]) == pytest.approx(student.interval(level, 10, 1.5, 0.5), rel=1e-6)
        assert (low[1], high[1]) == pytest.approx(student.interval(level, 10, -4.0, 0.1), rel=1e-6)


def test_a_mixture_is_the_mean_of_its_parts() -> None:
    expected = 0.25 * student.cdf(0.7, 6, 0, 0.5) + 0.75 * student.cdf(0.7, 6, 2, 1)
    assert TWO.below(0.7) == pytest.approx([expected])
    assert TWO.above(np.array([0.7])) == pytest.approx([1 - expected])
    assert TWO.below(TWO.quantile(0.1)) == pytest.approx([0.1], abs=1e-6)
    assert TWO.mean == pytest.approx([1.5])


def test_the_interval_holds_the_mean_also_where_another_part_is_far_off() -> None:
    far = Mixture(np.array([[0.0, 1000.0]]), np.array([[1.0, 1.0]]), np.array([[0.99, 0.01]]), 30)
    low, high = far.interval(0.95)
    assert low[0] < 0 < far.mean[0] <= high[0]


def test_a_probability_is_none_beyond_one_whatever_rounding_adds() -> None:
    rng = np.random.default_rng(0)
    weights = rng.random((2000, 85))
    weights /= weights.sum(axis=1, keepdims=True)
    assert weights.sum(axis=1).max() > 1, "rounding adds something"
    far = Mixture(np.full(weights.shape, -1e6), np.ones(weights.shape), weights, 20)
    assert far.below(0.0).max() == 1.0
    assert Mixture(-far.centres, far.scales, weights, 20).above(0.0).max() == 1.0
