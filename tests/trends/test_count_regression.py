"""The regression behind several statistics: against statsmodels with the same covariance, and calibrated on simulated series."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit

from tests.trends.planted import counts
from topics.trends import count_regression
from topics.trends.count_regression import NOISE, _solve, added, regress


def line(n_periods: int) -> np.ndarray:
    return np.stack([np.ones(n_periods), np.linspace(-0.5, 0.5, n_periods)], axis=1)[None]


def test_each_noise_gives_statsmodels_generalised_least_squares() -> None:
    rng = np.random.default_rng(2)
    places = np.array([0, 1, 2, 5, 6, 8, 9, 13, 14, 15])  # with gaps
    response, variances, design = rng.normal(size=(2, 10)), rng.uniform(0.1, 0.6, (2, 10)), rng.normal(size=(2, 10, 3))
    fit = _solve(response, variances, design, places)
    for series in range(2):
        scores = []
        for number, (rho, sigma) in enumerate(NOISE):
            apart = np.abs(places[:, None] - places[None, :])
            covariance = sigma**2 * float(rho) ** apart + np.diag(variances[series])
            reference = sm.GLS(response[series], design[series], sigma=covariance).fit(cov_type="fixed scale")
            assert fit.each[series, number] == pytest.approx(reference.params, rel=1e-8)
            assert fit.covariances[series, number] == pytest.approx(reference.normalized_cov_params, rel=1e-8)
            inverse = np.linalg.inv(covariance)
            left = response[series] - design[series] @ reference.params
            information = design[series].T @ inverse @ design[series]
            scores.append(-0.5 * (np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1] + left @ inverse @ left))
        expected = np.exp(np.array(scores) - max(scores))
        assert fit.weights[series] == pytest.approx(expected / expected.sum(), rel=1e-7)


def test_without_noise_it_is_the_logistic_regression_of_statsmodels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_regression, "NOISE", NOISE[:1])
    rng = np.random.default_rng(3)
    trials = rng.integers(20, 90, (1, 15)).astype(float)
    hits = counts(rng, expit(-1 + 2 * line(15)[..., 1]), trials)
    fit = regress(hits, trials, np.arange(15), line(15))
    reference = sm.GLM(np.stack([hits[0], trials[0] - hits[0]], axis=1), line(15)[0], family=sm.families.Binomial()).fit()
    assert fit.coefficients[0] == pytest.approx(reference.params, rel=1e-4)
    assert np.sqrt(np.diag(fit.covariance[0])) == pytest.approx(reference.bse, rel=1e-3)


@pytest.mark.parametrize(("n_periods", "rho"), [(12, 0.0), (12, 0.7), (24, 0.7), (60, 0.4)])
def test_a_flat_series_has_a_slope_as_rarely_as_stated(n_periods: int, rho: float) -> None:
    rng = np.random.default_rng(n_periods)
    trials = rng.integers(5, 80, (300, n_periods)).astype(float)
    hits = counts(rng, np.full(trials.shape, 0.1), trials, rho, 0.35)
    _, _, p = regress(hits, trials, np.arange(n_periods), line(n_periods)).tested(np.array([0.0, 1.0]))
    assert (p < 0.05).mean() <= 0.07


def test_a_rare_series_of_growing_samples_is_not_called_a_trend() -> None:
    """The plain empirical logit of no hits falls as samples grow."""
    rng = np.random.default_rng(5)
    trials = np.broadcast_to(np.linspace(5, 120, 30).astype(int), (300, 30)).astype(float)
    hits = counts(rng, np.full(trials.shape, 0.01), trials)
    value, _, p = regress(hits, trials, np.arange(30), line(30)).tested(np.array([0.0, 1.0]))
    assert (p < 0.05).mean() <= 0.05
    assert abs(np.median(value)) < 0.4


def test_a_planted_slope_lies_in_its_interval_and_is_found() -> None:
    rng = np.random.default_rng(6)
    trials = rng.integers(20, 60, (300, 36)).astype(float)
    hits = counts(rng, np.broadcast_to(expit(-2 + 1.5 * line(36)[..., 1]), trials.shape), trials, 0.4, 0.3)
    fit = regress(hits, trials, np.arange(36), line(36))
    value, error, p = fit.tested(np.array([0.0, 1.0]))
    assert (np.abs(value - 1.5) < 2.03 * error).mean() >= 0.93
    assert value.mean() == pytest.approx(1.5, abs=0.1)
    assert (p < 0.05).mean() > 0.7
    above = fit.probability_above(np.array([0.0, 1.0]), 1.5)
    assert 0.35 < above.mean() < 0.65


def test_series_do_not_depend_on_those_beside_them() -> None:
    rng = np.random.default_rng(7)
    trials = rng.integers(5, 80, (4, 20)).astype(float)
    hits = counts(rng, np.full(trials.shape, 0.2), trials)
    together = regress(hits, trials, np.arange(20), line(20)).coefficients
    alone = regress(hits[2:3], trials[2:3], np.arange(20), line(20)).coefficients
    assert alone[0] == pytest.approx(together[2], rel=1e-10)


def test_series_of_nothing_or_all_stay_finite() -> None:
    trials = np.full((2, 12), 20.0)
    fit = regress(np.stack([np.zeros(12), np.full(12, 20.0)]), trials, np.arange(12), line(12))
    value, _, p = fit.tested(np.array([0.0, 1.0]))
    assert np.isfinite(value).all()
    assert (p > 0.5).all()


def test_an_added_column_has_the_t_value_of_the_larger_regression() -> None:
    rng = np.random.default_rng(8)
    trials = rng.integers(20, 60, (3, 16)).astype(float)
    fit = regress(counts(rng, np.full(trials.shape, 0.2), trials, 0.4, 0.4), trials, np.arange(16), line(16))
    columns = rng.normal(size=(16, 2))
    found = added(fit, np.arange(16), line(16), columns)
    for series in range(3):
        rho, sigma = NOISE[fit.weights[series].argmax()]
        apart = np.abs(np.arange(16)[:, None] - np.arange(16)[None, :])
        covariance = sigma**2 * float(rho) ** apart + np.diag(fit.variances[series])
        for number in range(2):
            design = np.concatenate([line(16)[0], columns[:, number : number + 1]], axis=1)
            reference = sm.GLS(fit.response[series], design, sigma=covariance).fit(cov_type="fixed scale")
            assert found[series, number] == pytest.approx(reference.tvalues[-1], rel=1e-7)
