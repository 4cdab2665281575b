"""An effect in a regression, and its test where series flare."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import logit

from tests.trends.planted import counts
from topics.core.matrices import Float64
from topics.trends import effects
from topics.trends.effects import HEAVY, effect, widening, without
from topics.trends.regression import NOISE, regress


def line(n_periods: int) -> Float64:
    return np.column_stack([np.ones(n_periods), np.linspace(-0.5, 0.5, n_periods)])[None]


def flaring(seed: int, n_series: int, n_periods: int, flares: int, share: float) -> tuple[Float64, Float64]:
    """Hits and trials of rare, flat themes that fill a fifth to a half of one or two periods anywhere."""
    rng = np.random.default_rng(seed)
    shares = np.full((n_series, n_periods), share)
    for row in shares:
        row[rng.choice(n_periods, flares, replace=False)] = rng.uniform(0.2, 0.5, flares)
    trials = rng.integers(200, 800, shares.shape).astype(float)
    return counts(rng, shares, trials, 0.0, 0.35), trials


@pytest.mark.parametrize("n_periods", [24, 52])
@pytest.mark.parametrize("flares", [1, 2])
@pytest.mark.parametrize("share", [0.003, 0.01])
def test_a_flat_series_that_flares_is_hardly_ever_called_a_trend(n_periods: int, flares: int, share: float) -> None:
    hits, trials = flaring(n_periods + flares, 200, n_periods, flares, share)
    assert np.mean(effect(hits, trials, np.arange(n_periods), line(n_periods), 1).p < 0.05) <= 0.06


def test_the_score_test_without_noise_is_that_of_statsmodels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topics.trends.regression.ADDED", 0.0)
    monkeypatch.setattr("topics.trends.effects.regress", lambda *given: regress(*given, noise=NOISE[:1]))
    rng, places = np.random.default_rng(2), np.arange(20)
    trials = rng.integers(20, 60, (1, 20)).astype(float)
    design = np.column_stack([np.ones(20), places / 20, places >= 11])
    hits = rng.binomial(trials.astype(int), 0.2 + 0.01 * places).astype(float)
    found = without(hits, trials, places, design[None].astype(float), [2])
    null = sm.GLM(np.column_stack([hits[0], trials[0] - hits[0]]), design[:, :2].astype(float), family=sm.families.Binomial()).fit()
    reference = null.model.score_test(null.params, exog_extra=design[:, 2:].astype(float))
    statistic = found.each[0, 0, 2] ** 2 / found.covariances[0, 0, 2, 2]
    assert statistic == pytest.approx(float(np.squeeze(reference[0])), rel=1e-5)


def test_calm_series_have_the_test_and_the_interval_of_the_regression() -> None:
    rng = np.random.default_rng(3)
    trials = np.full((40, 36), 60.0)
    hits = counts(rng, np.broadcast_to(0.1 + 0.1 * np.linspace(0, 1, 36), trials.shape), trials, 0.4, 0.35)
    plain, found = regress(hits, trials, np.arange(36), line(36)).column(1), effect(hits, trials, np.arange(36), line(36), 1)
    assert found.value == pytest.approx(plain.mean)
    assert found.p == pytest.approx(plain.p, abs=2e-3)
    assert found.high - found.low == pytest.approx(plain.interval()[1] - plain.interval()[0], rel=0.01)


def test_the_larger_p_value_counts_as_far_as_the_news_flares() -> None:
    hits, trials = flaring(1, 3, 24, 2, 0.003)
    fit = regress(hits, trials, np.arange(24), line(24))
    flares = fit.weights[:, fit.noise[:, 1] >= HEAVY].sum(axis=1)
    assert (flares > 0.9).all()
    assert effects.tested(fit, np.full(3, 0.01), np.full(3, 0.31)) == pytest.approx(0.01 + 0.3 * flares)
    assert effects.tested(fit, np.full(3, 0.31), np.full(3, 0.01)) == pytest.approx([0.31] * 3)


def test_intervals_and_tests_agree() -> None:
    hits, trials = flaring(5, 300, 24, 2, 0.01)
    found = effect(hits, trials, np.arange(24), line(24), 1)
    apart = (found.low > 0) | (found.high < 0)
    assert np.mean(apart == (found.p < 0.05)) >= 0.99
    assert widening(np.array([0.5, 0.05, 0.01]), np.array([0.6, 0.05, 0.2])) == pytest.approx([1, 1, 2.5758 / 1.2816], rel=1e-4)


def test_a_flare_does_not_hide_how_large_a_trend_is() -> None:
    """The size stays that of the regression, whose interval only widens."""
    hits, trials = flaring(7, 50, 36, 1, 0.01)
    plain, found = regress(hits, trials, np.arange(36), line(36)).column(1), effect(hits, trials, np.arange(36), line(36), 1)
    assert found.value == pytest.approx(plain.mean)
    assert (found.high - found.low >= (plain.interval()[1] - plain.interval()[0]) * (1 - 1e-9)).all()
    assert math.isfinite(float(np.abs(found.value).max() + logit(0.5)))
