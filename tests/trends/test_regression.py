"""Regression of shares: against statsmodels, against the formulas written out, and on series that were made."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit

from tests.trends.planted import counts
from topics.core.matrices import Float64
from topics.trends.regression import NOISE, added, generalised_least_squares, regress, surprises

PLACES = np.array([0, 1, 2, 5, 6, 8, 9, 13, 14, 15])  # with gaps


def line(n_periods: int) -> Float64:
    return np.stack([np.ones(n_periods), np.linspace(-0.5, 0.5, n_periods)], axis=1)[None]


def covariance_of(noise: Float64, places: Float64, variances: Float64) -> Float64:
    return noise[1] ** 2 * float(noise[0]) ** np.abs(places[:, None] - places[None, :]) + np.diag(variances)


def test_each_noise_gives_statsmodels_generalised_least_squares() -> None:
    rng = np.random.default_rng(2)
    response, variances, design = rng.normal(size=(2, 10)), rng.uniform(0.1, 0.6, (2, 10)), rng.normal(size=(2, 10, 3))
    fit = generalised_least_squares(response, variances, design, PLACES, NOISE)
    for series in range(2):
        scores = []
        for number, noise in enumerate(NOISE):
            covariance = covariance_of(noise, PLACES, variances[series])
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
    monkeypatch.setattr("topics.trends.regression.ADDED", 0.0)
    rng = np.random.default_rng(3)
    trials = rng.integers(20, 90, (2, 15)).astype(float)
    hits = counts(rng, expit(-1 + 2 * line(15)[..., 1]), trials)
    fit = regress(hits, trials, np.arange(15), line(15), NOISE[:1])
    for row in range(2):
        reference = sm.GLM(np.stack([hits[row], trials[row] - hits[row]], axis=1), line(15)[0], family=sm.families.Binomial()).fit()
        assert fit.coefficients[row] == pytest.approx(reference.params, rel=1e-6)
        assert np.sqrt(np.diag(fit.covariance[row])) == pytest.approx(reference.bse, rel=1e-5)


def test_half_a_story_at_the_overall_share_is_added_to_each_period() -> None:
    rng = np.random.default_rng(4)
    trials = rng.integers(5, 20, (1, 15)).astype(float)
    hits = counts(rng, np.full(trials.shape, 0.1), trials)
    share = (hits.sum() + 0.5) / (trials.sum() + 1)
    more = np.stack([hits[0] + 0.5 * share, trials[0] - hits[0] + 0.5 * (1 - share)], axis=1)
    reference = sm.GLM(more, line(15)[0], family=sm.families.Binomial()).fit()
    assert regress(hits, trials, np.arange(15), line(15), NOISE[:1]).coefficients[0] == pytest.approx(reference.params, rel=1e-5)


def test_the_coefficient_is_a_mixture_over_noises() -> None:
    rng = np.random.default_rng(5)
    trials = rng.integers(20, 60, (2, 16)).astype(float)
    fit = regress(counts(rng, np.full(trials.shape, 0.2), trials, 0.4, 0.4), trials, np.arange(16), line(16))
    slope = fit.column(1)
    assert slope.mean == pytest.approx(fit.coefficients[:, 1])
    assert slope.scales == pytest.approx(np.sqrt(fit.covariances[..., 1, 1]))
    assert slope.weights.sum(axis=1) == pytest.approx(1)
    assert slope.freedom == 14
    both = fit.contrast(np.array([1.0, -2.0]))
    assert both.mean == pytest.approx(fit.coefficients @ [1.0, -2.0])
    expected = fit.covariances[0, 7, 0, 0] + 4 * fit.covariances[0, 7, 1, 1] - 4 * fit.covariances[0, 7, 0, 1]
    assert both.scales[0, 7] == pytest.approx(np.sqrt(expected))
    assert fit.likeliest[1, 0].tolist() == NOISE[fit.weights[1].argmax()].tolist()


def test_series_do_not_depend_on_those_beside_them() -> None:
    """Not in one bit, though some need more rounds than others."""
    rng = np.random.default_rng(7)
    trials = rng.integers(5, 80, (6, 20)).astype(float)
    hits = counts(rng, np.array([0.2, 0.01, 0.5, 0.1, 0.9, 0.03])[:, None] + np.zeros((6, 20)), trials)
    together = regress(hits, trials, np.arange(20), line(20))
    for row in range(6):
        alone = regress(hits[row : row + 1], trials[row : row + 1], np.arange(20), line(20))
        assert alone.each[0].tolist() == together.each[row].tolist()
        assert alone.response[0].tolist() == together.response[row].tolist()


def test_series_of_nothing_or_all_stay_finite() -> None:
    trials = np.full((2, 12), 20.0)
    slope = regress(np.stack([np.zeros(12), np.full(12, 20.0)]), trials, np.arange(12), line(12)).column(1)
    assert np.isfinite(slope.mean).all()
    assert (slope.p > 0.5).all()


def test_an_added_column_has_the_t_value_of_the_larger_regression() -> None:
    rng = np.random.default_rng(8)
    trials = rng.integers(20, 60, (3, 16)).astype(float)
    fit = regress(counts(rng, np.full(trials.shape, 0.2), trials, 0.4, 0.4), trials, np.arange(16), line(16))
    columns = rng.normal(size=(16, 2))
    found = added(fit, np.arange(16), line(16), columns)
    for series in range(3):
        covariance = covariance_of(fit.likeliest[series, 0], np.arange(16), fit.variances[series])
        for number in range(2):
            design = np.concatenate([line(16)[0], columns[:, number : number + 1]], axis=1)
            reference = sm.GLS(fit.response[series], design, sigma=covariance).fit(cov_type="fixed scale")
            assert found[series, number] == pytest.approx(reference.tvalues[-1], rel=1e-7)


def test_surprises_are_what_the_factor_of_the_covariance_leaves() -> None:
    rng = np.random.default_rng(9)
    trials = rng.integers(20, 60, (2, 10)).astype(float)
    fit = regress(counts(rng, np.full(trials.shape, 0.2), trials, 0.6, 0.6), trials, PLACES, line(10))
    found = surprises(fit, PLACES, line(10))
    for series in range(2):
        covariance = covariance_of(fit.likeliest[series, 0], PLACES, fit.variances[series])
        left = fit.response[series] - line(10)[0] @ fit.coefficients[series]
        assert found[series] == pytest.approx(np.linalg.solve(np.linalg.cholesky(covariance), left), rel=1e-8)


@pytest.mark.parametrize(("n_periods", "rho"), [(12, 0.0), (12, 0.7), (24, 0.7), (60, 0.4)])
def test_a_flat_series_has_a_slope_as_rarely_as_stated(n_periods: int, rho: float) -> None:
    rng = np.random.default_rng(n_periods)
    trials = rng.integers(5, 80, (300, n_periods)).astype(float)
    hits = counts(rng, np.full(trials.shape, 0.1), trials, rho, 0.35)
    assert (regress(hits, trials, np.arange(n_periods), line(n_periods)).column(1).p < 0.05).mean() <= 0.06


def test_a_rare_series_of_growing_samples_is_not_called_a_trend() -> None:
    """The plain empirical logit of no hits falls as samples grow."""
    rng = np.random.default_rng(5)
    trials = np.broadcast_to(np.linspace(5, 120, 30).astype(int), (300, 30)).astype(float)
    slope = regress(counts(rng, np.full(trials.shape, 0.01), trials), trials, np.arange(30), line(30)).column(1)
    assert (slope.p < 0.05).mean() <= 0.05
    assert abs(np.median(slope.mean)) < 0.4


def test_a_planted_slope_lies_in_its_interval_and_is_found() -> None:
    rng = np.random.default_rng(6)
    trials = rng.integers(20, 60, (300, 36)).astype(float)
    hits = counts(rng, np.broadcast_to(expit(-2 + 1.5 * line(36)[..., 1]), trials.shape), trials, 0.4, 0.3)
    slope = regress(hits, trials, np.arange(36), line(36)).column(1)
    low, high = slope.interval()
    assert ((low < 1.5) & (high > 1.5)).mean() >= 0.93
    assert slope.mean.mean() == pytest.approx(1.5, abs=0.1)
    assert (slope.p < 0.05).mean() > 0.7
    assert 0.35 < slope.above(1.5).mean() < 0.65


def flat_series(seed: int, n_periods: int, rho: float, sizes: tuple[int, int] = (5, 80), share: float = 0.1) -> tuple[Float64, Float64]:
    """Shares of a flat theme with autoregressive news, and sizes that grow."""
    generator = np.random.default_rng(seed)
    noise = generator.normal(0, 0.35, n_periods)
    for t in range(1, n_periods):
        noise[t] = rho * noise[t - 1] + np.sqrt(1 - rho**2) * noise[t]
    n = np.geomspace(*sizes, n_periods).round()
    p = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + noise)))
    return generator.binomial(n.astype(int), p) / n, n


@pytest.mark.parametrize(("n_periods", "rho"), [(12, 0.0), (24, 0.7), (52, 0.4)])
def test_flat_series_are_hardly_ever_called_trends(n_periods: int, rho: float) -> None:
    """Also where periods grow, which tilts transformed shares."""
    shares, n = map(np.stack, zip(*(flat_series(seed, n_periods, rho) for seed in range(150)), strict=True))
    assert np.mean(regress(shares * n, n, np.arange(n_periods), line(n_periods)).column(1).p < 0.05) <= 0.06


def test_noise_that_hangs_on_weakens_the_evidence() -> None:
    """The same shares, once as they came and once in an order in which neighbours have nothing to do with each other."""
    shares, n = np.repeat([0.1, 0.16, 0.08, 0.2, 0.13, 0.3, 0.15, 0.25], 5), np.full(40, 400.0)
    halves = np.arange(40).reshape(2, 4, 5)
    mixed = halves.transpose(0, 2, 1).ravel()  # within each half, so that the line stays where it is
    hits, trials = np.stack([shares, shares[mixed]]) * n, np.stack([n, n])
    hanging, loose = regress(hits, trials, np.arange(40), line(40)).column(1).p
    assert hanging > loose
