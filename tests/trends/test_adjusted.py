"""Shares corrected by what labels say of the scorer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from tests.trends.test_statistics import cells, series_of
from topics.core.matrices import Float64
from topics.trends.adjusted import adjust


@dataclass(frozen=True, eq=False)
class Rates:
    tpr: float
    fpr: float
    draws: Float64


def rates_of(tpr: float, fpr: float, n: int, seed: int = 0) -> Rates:
    """Rates counted on n documents that belong and n that do not."""
    generator = np.random.default_rng(seed)
    found = [generator.binomial(n, p) for p in (tpr, fpr)]
    draws = np.stack([generator.beta(k + 0.5, n - k + 0.5, 2000) for k in found], axis=1)
    return Rates(found[0] / n, found[1] / n, draws)


SURE = Rates(0.8, 0.1, np.tile([0.8, 0.1], (4000, 1)))


def test_the_share_is_formans() -> None:
    series = series_of({"x": cells([20, 30, 5, 95], 100), "y": cells([1, 1, 1, 1], 100)})
    found = adjust(series, {("x", "all"): SURE})
    assert found.names() == ("x",)
    assert [cell.share for cell in found.of("x")] == pytest.approx([1 / 7, 2 / 7, 0.0, 1.0])
    assert found.source == "terms, adjusted"


def test_with_rates_known_for_sure_the_interval_is_the_counted_one_stretched() -> None:
    (cell,) = adjust(series_of({"x": cells([30], 1000)}), {("x", "all"): Rates(0.8, 0.0, np.tile([0.8, 0.0], (20_000, 1)))}).of("x")
    generator = np.random.default_rng(1)
    expected = np.quantile(generator.beta(30.5, 970.5, 200_000) / 0.8, [0.025, 0.975])
    assert (cell.low, cell.high) == pytest.approx(expected.tolist(), rel=0.02)


def test_few_labels_make_wide_intervals() -> None:
    widths = []
    for n in (20, 200, 2000):
        (cell,) = adjust(series_of({"x": cells([300], 1000)}), {("x", "all"): rates_of(0.8, 0.1, n)}).of("x")
        widths.append(cell.high - cell.low)
    assert widths[0] > 1.5 * widths[1] > 1.5 * widths[2]


def test_the_interval_covers_the_true_share() -> None:
    inside = 0
    for seed in range(200):
        generator = np.random.default_rng(1000 + seed)
        n_true = generator.binomial(300, 0.25)
        counted = generator.binomial(n_true, 0.75) + generator.binomial(300 - n_true, 0.05)
        (cell,) = adjust(series_of({"x": cells([counted], 300)}), {("x", "all"): rates_of(0.75, 0.05, 100, seed)}).of("x")
        inside += cell.low <= 0.25 <= cell.high
    assert inside >= 0.93 * 200


def test_a_scorer_that_cannot_tell_says_nothing() -> None:
    series = series_of({"x": cells([30], 100)})
    assert adjust(series, {("x", "all"): Rates(0.2, 0.2, SURE.draws)}).cells == ()
    blind = Rates(0.3, 0.2, np.tile([[0.3, 0.2], [0.2, 0.3]], (500, 1)))
    (cell,) = adjust(series, {("x", "all"): blind}).of("x")
    assert (cell.low, cell.high) == (0.0, 1.0)


def test_what_tests_rest_on_shrinks_with_the_correction() -> None:
    """A share of .3 from 100 stories with a deviation of d has after division by .7 one of d / .7."""
    (cell,) = adjust(series_of({"x": cells([30], 100)}), {("x", "all"): SURE}).of("x")
    assert cell.share * (1 - cell.share) / cell.n_info == pytest.approx(0.3 * 0.7 / 100 / 0.7**2)


def test_empty_periods_stay_empty() -> None:
    (_, empty) = adjust(series_of({"x": cells([30, 0], [100, 0])}), {("x", "all"): SURE}).of("x")
    assert math.isnan(empty.share)
