"""Lines through shares: against statsmodels, against the formulas written out, and on series that were made."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import t as student

from topics.core.matrices import Float64
from topics.trends.regression import Mixture, fit_logit, least_squares, noise_grid

GRID = noise_grid()
STEPS = np.array([0, 1, 2, 4, 5, 6, 7, 10, 11, 12, 13, 14], dtype=float)
LINE = sm.add_constant(STEPS / 12 - 0.5)


def made(seed: int) -> tuple[Float64, Float64]:
    generator = np.random.default_rng(seed)
    return generator.normal(0, 1, len(STEPS)), generator.uniform(0.05, 0.5, len(STEPS))


@pytest.mark.parametrize("seed", range(3))
def test_least_squares_is_that_of_statsmodels_for_every_noise(seed: int) -> None:
    values, noise = made(seed)
    found = least_squares(values, LINE, noise, np.diff(STEPS), GRID)
    for number, (rho, sigma) in enumerate(zip(*GRID, strict=True)):
        total = sigma**2 * rho ** np.abs(STEPS[:, None] - STEPS) + np.diag(noise)
        reference = sm.GLS(values, LINE, sigma=total).fit(cov_type="fixed scale")
        assert found.coefficients[number] == pytest.approx(reference.params)
        assert found.covariance[number] == pytest.approx(np.linalg.inv(LINE.T @ np.linalg.inv(total) @ LINE))


@pytest.mark.parametrize("seed", range(3))
def test_the_restricted_likelihood_is_its_formula(seed: int) -> None:
    values, noise = made(seed)
    found = least_squares(values, LINE, noise, np.diff(STEPS), GRID)
    expected = []
    for rho, sigma in zip(*GRID, strict=True):
        total = sigma**2 * rho ** np.abs(STEPS[:, None] - STEPS) + np.diag(noise)
        inverse = np.linalg.inv(total)
        inner = LINE.T @ inverse @ LINE
        residual = values - LINE @ np.linalg.solve(inner, LINE.T @ inverse @ values)
        parts = (np.linalg.slogdet(total)[1], np.linalg.slogdet(inner)[1], residual @ inverse @ residual)
        expected.append(-0.5 * sum(parts))
    assert found.likelihood == pytest.approx(np.array(expected))


def test_without_other_noise_it_is_the_binomial_model_of_statsmodels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topics.trends.regression.noise_grid", lambda: (np.zeros(1), np.zeros(1)))
    monkeypatch.setattr("topics.trends.regression.ADDED", 0.0)
    n = np.linspace(20, 90, len(STEPS)).round()
    k = np.random.default_rng(5).binomial(n.astype(int), np.linspace(0.1, 0.4, len(STEPS)))
    found = fit_logit(k / n, n, LINE, STEPS)
    reference = sm.GLM(np.column_stack([k, n - k]), LINE, family=sm.families.Binomial()).fit()
    assert [each.mean for each in found.coefficients] == pytest.approx(reference.params, rel=1e-6)
    assert [each.scales[0] for each in found.coefficients] == pytest.approx(reference.bse, rel=1e-5)
    assert found.logits == pytest.approx(LINE @ reference.params, rel=1e-5)


def test_a_mixture_of_one_is_students() -> None:
    one = Mixture(np.array([1.5]), np.array([0.5]), np.array([1.0]), 10)
    assert one.mean == 1.5
    assert one.p == pytest.approx(2 * student.sf(3.0, 10))
    assert one.interval() == pytest.approx(student.interval(0.95, 10, 1.5, 0.5), rel=1e-6)
    assert one.interval(0.5) == pytest.approx(student.interval(0.5, 10, 1.5, 0.5), rel=1e-6)


def test_a_mixture_is_the_mean_of_its_parts() -> None:
    two = Mixture(np.array([0.0, 2.0]), np.array([0.5, 1.0]), np.array([0.25, 0.75]), 6)
    assert two.below(0.7) == pytest.approx(0.25 * student.cdf(0.7, 6, 0, 0.5) + 0.75 * student.cdf(0.7, 6, 2, 1))
    assert two.below(two.quantile(0.1)) == pytest.approx(0.1, abs=1e-6)


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
    steps = np.arange(n_periods, dtype=float)
    line = sm.add_constant(steps / n_periods - 0.5)
    p = [fit_logit(*flat_series(seed, n_periods, rho), line, steps).coefficients[1].p for seed in range(150)]
    assert np.mean(np.array(p) < 0.05) <= 0.06


def test_noise_that_hangs_on_weakens_the_evidence() -> None:
    """The same shares, once as they came and once in an order in which neighbours have nothing to do with each other."""
    steps = np.arange(40, dtype=float)
    line = sm.add_constant(steps / 40 - 0.5)
    shares, n = np.repeat([0.1, 0.16, 0.08, 0.2, 0.13, 0.3, 0.15, 0.25], 5), np.full(40, 400.0)
    halves = np.arange(40).reshape(2, 4, 5)
    mixed = halves.transpose(0, 2, 1).ravel()  # within each half, so that the line stays where it is
    assert fit_logit(shares, n, line, steps).coefficients[1].p > fit_logit(shares[mixed], n, line, steps).coefficients[1].p
