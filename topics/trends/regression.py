"""A line through shares whose periods hang together: generalised least squares on the logit.

The logit of a share is taken to be a line, plus noise of the news that hangs on from period to period (autoregressive, of unknown strength
`rho` and deviation `sigma`), plus sampling noise of known variance 1 / (n p (1 - p)). A test that leaves out the first noise calls many
flat series trends; one that estimates its two numbers from a dozen periods as if they were then known still calls too many. So they are not
estimated but averaged over: a grid of values, each weighing as its restricted likelihood.

Shares are not transformed, since ln((k + 1/2) / (n - k + 1/2)) is biased where n is small, and where sizes grow that bias is a trend; the
logit of the fitted share is linearised instead, as in a generalised linear model. Everything else runs period by period (Kalman filter),
in time that grows with their number and not with its cube.

Source: Harville 1977, Maximum likelihood approaches to variance component estimation; Liang and Zeger 1986 (linearisation);
Harvey 1989, Forecasting, structural time series models and the Kalman filter, section 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtr

from topics.core.matrices import Float64

RHO = (0.0, 0.2, 0.4, 0.6, 0.75, 0.9)
SIGMA = (0.05, 0.1, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0, 1.4)  # deviations on the logit; and none at all
ADDED = 0.5  # story at the overall share in each period: without it a theme that appears would have endless odds
ROUNDS, CLOSE = 12, 1e-6
LEVEL = 0.95


def noise_grid() -> tuple[Float64, Float64]:
    """Return (n_grid,) autocorrelations and deviations that are averaged over."""
    pairs = [(0.0, 0.0), *((rho, sigma) for rho in RHO for sigma in SIGMA)]
    return np.array([rho for rho, _ in pairs]), np.array([sigma for _, sigma in pairs])


@dataclass(frozen=True, eq=False)
class Filtered:
    """For each pair of the grid: coefficients (n_grid, n_columns), their covariance, and the restricted log-likelihood (n_grid,)."""

    coefficients: Float64
    covariance: Float64
    likelihood: Float64


def least_squares(values: Float64, design: Float64, noise: Float64, gaps: Float64, grid: tuple[Float64, Float64]) -> Filtered:
    """Return generalised least squares for each pair of the grid.

    Args:
        values: (n,) observations.
        design: (n, n_columns).
        noise: (n,) known variances.
        gaps: (n - 1,) periods between neighbours.
        grid: autocorrelations and deviations of the other noise.
    """
    rho, sigma = grid
    stationary = sigma**2
    columns = np.column_stack([values, design])
    state = np.zeros((columns.shape[1], len(rho)))
    variance = stationary
    products = np.zeros((columns.shape[1], columns.shape[1], len(rho)))
    log_total = np.zeros(len(rho))
    decay = rho[None, :] ** gaps[:, None]
    for t in range(len(values)):
        total = variance + noise[t]
        surprise = columns[t][:, None] - state
        products += surprise[:, None] * (surprise / total)[None]
        log_total += np.log(total)
        if t < len(gaps):
            gain = variance / total
            state = decay[t] * (state + gain * surprise)
            variance = decay[t] ** 2 * variance * (1 - gain) + stationary * (1 - decay[t] ** 2)
    inner = np.moveaxis(products[1:, 1:], -1, 0)
    covariance = np.asarray(np.linalg.inv(inner), dtype=np.float64)
    coefficients = (covariance * products[0, 1:].T[:, None, :]).sum(axis=2)
    residual = products[0, 0] - (coefficients * products[0, 1:].T).sum(axis=1)
    likelihood: Float64 = -0.5 * (log_total + np.linalg.slogdet(inner)[1] + residual)
    return Filtered(coefficients, covariance, likelihood)


@dataclass(frozen=True, eq=False)
class Mixture:
    """One coefficient as a mixture of Student's distributions: centres, scales and weights (n_grid,), degrees of freedom."""

    centres: Float64
    scales: Float64
    weights: Float64
    freedom: int

    @property
    def mean(self) -> float:
        """The coefficient."""
        return float((self.weights * self.centres).sum())

    def below(self, value: float) -> float:
        """Return the probability that the coefficient lies below a value."""
        return float((self.weights * stdtr(self.freedom, (value - self.centres) / self.scales)).sum())

    @property
    def p(self) -> float:
        """Two-sided p-value of no effect."""
        below = self.below(0.0)
        return min(1.0, 2 * min(below, 1 - below))

    def quantile(self, probability: float) -> float:
        """Return the value that the coefficient lies below with a probability."""
        spread = float(self.scales.max()) * 1e3
        low, high = float(self.centres.min()) - spread, float(self.centres.max()) + spread
        return float(brentq(lambda value: self.below(value) - probability, low, high, xtol=1e-10 * spread))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Return the bounds that hold the coefficient with a probability, and its mean always."""
        return min(self.quantile((1 - level) / 2), self.mean), max(self.quantile((1 + level) / 2), self.mean)


@dataclass(frozen=True, eq=False)
class LogitFit:
    """A fit of shares: each column's coefficient as a mixture, how likely each pair of the grid is, and the fitted logits (n,)."""

    coefficients: tuple[Mixture, ...]
    weights: Float64
    logits: Float64


def fit_logit(shares: Float64, n: Float64, design: Float64, steps: Float64) -> LogitFit:
    """Fit the logit of shares by a design.

    Args:
        shares: (n,) 0 to 1.
        n: (n,) independent stories behind each.
        design: (n, n_columns), one of them constant.
        steps: (n,) where each lies, counted in periods, ascending.
    """
    grid, gaps, total = noise_grid(), np.diff(steps), float(n.sum())
    limit = float(np.log(2 * total + 1))  # of half a story in all of them
    start = float(((shares * n).sum() + 0.5) / (total + 1))
    shares, n = (shares * n + ADDED * start) / (n + ADDED), n + ADDED
    logits = np.full(len(shares), np.log(start / (1 - start)))
    before = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-logits))
        slope = p * (1 - p)
        found = least_squares(logits + (shares - p) / slope, design, 1 / (n * slope), gaps, grid)
        weights = np.exp(found.likelihood - found.likelihood.max())
        weights /= weights.sum()
        mean = (weights[:, None] * found.coefficients).sum(axis=0)
        if float(np.abs(mean - before).max()) < CLOSE:
            break
        before, logits = mean, np.clip((design * mean).sum(axis=1), -limit, limit)
    freedom = len(shares) - design.shape[1]
    scales = np.sqrt(np.diagonal(found.covariance, axis1=1, axis2=2))
    mixtures = tuple(Mixture(found.coefficients[:, j], scales[:, j], weights, freedom) for j in range(design.shape[1]))
    return LogitFit(mixtures, weights, logits)
