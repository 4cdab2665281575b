"""Novelty, transience, resonance: against scipy and by hand, planted turns, and mixes that do not change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from tests.trends.planted import labels
from topics.core.series import Period, TrendCell, TrendSeries
from topics.trends.resonance import WINDOW, chances, dispersion, divergence, measures, near, resonance


def test_the_divergence_is_that_of_scipy() -> None:
    rng = np.random.default_rng(1)
    mixes = rng.dirichlet(np.full(8, 0.3), 6)
    mixes[0, :4] = 0
    mixes[0] /= mixes[0].sum()
    expected = [[jensenshannon(left, right, 2) ** 2 for right in mixes] for left in mixes]
    assert divergence(mixes[:, None], mixes[None, :]) == pytest.approx(np.array(expected), abs=1e-12)
    assert divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(1.0)


def test_measures_by_hand() -> None:
    mixes = np.random.default_rng(6).dirichlet(np.ones(3), 7)
    novelty, transience = measures(mixes, near(np.arange(7), 2))
    for place in range(2, 5):
        apart = [jensenshannon(mixes[place], other, 2) ** 2 for other in mixes]
        assert novelty[place] == pytest.approx((apart[place - 1] + apart[place - 2]) / 2)
        assert transience[place] == pytest.approx((apart[place + 1] + apart[place + 2]) / 2)
    assert np.isnan(novelty[[0, 1, 5, 6]]).all()
    assert np.isnan(measures(mixes[:4], near(np.arange(4), 2))[0]).all()


def test_neighbours_are_those_of_the_calendar() -> None:
    """Months 3 to 5 and 9 hold no article: what lies on the other side of a hole of three is no neighbour."""
    places = np.array([0, 1, 2, 6, 7, 8, 10, 11, 12, 13])
    mixes = np.random.default_rng(6).dirichlet(np.ones(3), len(places))
    novelty, transience = measures(mixes, near(places))
    for number, place in enumerate(places.tolist()):
        apart = {other - place: jensenshannon(mixes[number], mix, 2) ** 2 for other, mix in zip(places.tolist(), mixes, strict=True)}
        before, after = ([apart[lag] for lag in lags if lag in apart] for lags in ((-3, -2, -1), (1, 2, 3)))
        if 3 <= place <= 10 and before and after:
            assert novelty[number] == pytest.approx(np.mean(before))
            assert transience[number] == pytest.approx(np.mean(after))
        else:
            assert np.isnan([novelty[number], transience[number]]).all()
    assert np.flatnonzero(~np.isnan(novelty)).tolist() == [4, 5, 6]


def test_periods_that_have_no_neighbours_at_all_are_not_tested() -> None:
    """Articles in every fifth month alone."""
    mixes = np.random.default_rng(6).dirichlet(np.ones(3), 9)
    found = chances(mixes, np.full(9, 50.0), near(5 * np.arange(9)))
    assert np.isnan(found).all()


@pytest.mark.parametrize("factor", [0.2, 1.0, 4.0])
def test_the_dispersion_of_planted_mixes_is_found_beside_a_turn(factor: float) -> None:
    rng = np.random.default_rng(7)
    sizes = rng.integers(40, 120, 60)
    means = np.where(np.arange(60)[:, None] < 30, rng.dirichlet(np.full(12, 5.0)), rng.dirichlet(np.full(12, 5.0)))
    drawn = np.stack([rng.dirichlet(mean * size / factor) for mean, size in zip(means, sizes, strict=True)])
    assert dispersion(drawn, sizes.astype(float), rng, near(np.arange(60))) == pytest.approx(factor, rel=0.35)


def series_of(mixes: np.ndarray, size: float = 100.0, *, partition: bool = True) -> TrendSeries:
    names = labels(len(mixes))
    periods = tuple(Period(label, date(2018, 1, 1), date(2018, 1, 31), True) for label in names)
    made = [
        TrendCell(str(k), "all", label, int(size), int(size), size, size * share, share, 0.0, 1.0, True)
        for k in range(mixes.shape[1])
        for label, share in zip(names, mixes[:, k].tolist(), strict=True)
    ]
    return TrendSeries("topic", "lda", partition, periods, tuple(made))


def drawn(rng: np.random.Generator, mixes: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    return np.stack([rng.multinomial(size, mix) / size for size, mix in zip(sizes, mixes, strict=True)])


def test_mixes_that_do_not_change_are_new_as_rarely_as_stated() -> None:
    """A whole series shows anything new once in twenty."""
    rng = np.random.default_rng(2)
    false = np.zeros(2)
    for seed in range(40):
        sizes = rng.integers(20, 100, 30)
        mixes = drawn(rng, np.broadcast_to(rng.dirichlet(np.ones(10)), (30, 10)), sizes)
        found = chances(mixes, sizes.astype(float), near(np.arange(len(mixes))), seed)
        false += [np.nanmin(p) <= 0.05 for p in found]
    assert (false <= 5).all()


def test_a_turn_that_stays_is_new_and_lasting_and_a_passing_one_is_not() -> None:
    rng = np.random.default_rng(3)
    usual, other = rng.dirichlet(np.ones(8), 2)
    turn = np.where(np.arange(40)[:, None] < 25, usual, other)
    found = {item.period: item for item in resonance(series_of(drawn(rng, turn, np.full(40, 300))))}
    at = labels(40)[25]
    assert found[at].decision == "new and lasting"
    assert found[at].resonance > 0.05
    assert max(found.values(), key=lambda item: item.resonance if item.resonance == item.resonance else -1).period == at
    passing = np.where(np.arange(40)[:, None] == 20, other, usual)
    item = {item.period: item for item in resonance(series_of(drawn(rng, passing, np.full(40, 300))))}[labels(40)[20]]
    assert item.decision != "new and lasting"
    assert abs(item.resonance) < 0.5 * item.novelty


def test_what_cannot_be_said_has_its_reason() -> None:
    mixes = np.random.default_rng(5).dirichlet(np.ones(4), 9)
    found = resonance(series_of(mixes))
    assert len(found) == 9
    assert {item.decision for item in found[:WINDOW]} == {"not tested: 3 periods before and after are needed, with articles on both sides"}
    assert found[4].decision.endswith("few periods: read with care")
    (short,) = resonance(series_of(mixes[:7]))
    assert "8 complete periods" in short.decision
    (overlapping,) = resonance(series_of(mixes, partition=False))
    assert overlapping.decision == "not tested: these themes may overlap, so their shares are no mix"


def test_sizes_are_stories_whatever_the_weights_of_a_series_tell() -> None:
    rng = np.random.default_rng(9)
    plain = series_of(rng.dirichlet(np.full(6, 50.0), 24))
    told = replace(plain, cells=tuple(replace(cell, n_info=8 * cell.n_eff) for cell in plain.cells))
    assert str(resonance(told)) == str(resonance(plain))  # nan is no equal of itself
