"""Regression of shares on columns of time, many series at once, where periods hang together.

The logit of a share is taken to be a line of the columns, plus noise of the news that hangs on from period to period (autoregressive, of
unknown strength `rho` and deviation `sigma`), plus sampling noise of known variance 1 / (n p (1 - p)). A test that leaves out the first
noise calls many flat series trends; one that estimates its two numbers from a dozen periods as if they were then known still calls too
many. So they are not estimated but averaged over: a grid of values, each weighing as its restricted likelihood.

Shares are not transformed, since ln((k + 1/2) / (n - k + 1/2)) is biased where n is small, and where sizes grow that bias is a trend; the
logit of the fitted share is linearised instead, as in a generalised linear model. Everything else runs period by period (Kalman filter),
in time that grows with their number and not with its cube.

Source: Harville 1977, Maximum likelihood approaches to variance component estimation; Breslow and Clayton 1993, section 4.1
(linearisation); Harvey 1989, Forecasting, structural time series models and the Kalman filter, section 3.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit, logit

from topics.core.matrices import Float64, Int64
from topics.trends.mixture import Mixture

RHO = (0.0, 0.2, 0.4, 0.6, 0.75, 0.9)
SIGMA = (0.05, 0.1, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0, 1.4, 2.0, 3.0, 5.0, 9.0, 16.0)  # deviations on the logit; and none at all
NOISE = np.array([(0.0, 0.0), *((rho, sigma) for rho in RHO for sigma in SIGMA)])  # (n_noises, 2)
ADDED = 0.5  # story at the overall share in each period: without it a theme that appears would have endless odds
ROUNDS, CLOSE = 12, 1e-6


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients of every series under every noise.

    Args:
        noise: (n_noises, 2) autocorrelation and deviation.
        likelihood: (n_series, n_noises) restricted log-likelihood under each.
        weights: (n_series, n_noises) probability of each noise.
        each: (n_series, n_noises, n_columns) coefficients under it.
        covariances: (n_series, n_noises, n_columns, n_columns) theirs.
        freedom: degrees of freedom of their t-distribution.
        response: (n_series, n_periods) the linearised logit.
        variances: (n_series, n_periods) its sampling noise.
    """

    noise: Float64
    likelihood: Float64
    weights: Float64
    each: Float64
    covariances: Float64
    freedom: int
    response: Float64
    variances: Float64

    @cached_property
    def coefficients(self) -> Float64:
        """(n_series, n_columns) mean coefficients."""
        return np.asarray(np.einsum("sg,sgp->sp", self.weights, self.each))

    @cached_property
    def covariance(self) -> Float64:
        """(n_series, n_columns, n_columns) within a noise and between noises."""
        apart = self.each - self.coefficients[:, None, :]
        between = np.einsum("sg,sgp,sgq->spq", self.weights, apart, apart)
        return np.asarray(np.einsum("sg,sgpq->spq", self.weights, self.covariances) + between)

    @property
    def likeliest(self) -> Float64:
        """(n_series, 1, 2) the noise of each series that is likeliest."""
        return np.asarray(self.noise[self.weights.argmax(axis=1)][:, None, :])

    def contrast(self, contrast: Float64) -> Mixture:
        """Return a contrast (n_columns,) of the coefficients."""
        scales = np.sqrt(np.einsum("p,sgpq,q->sg", contrast, self.covariances, contrast))
        return Mixture(self.each @ contrast, scales, self.weights, self.freedom)

    def column(self, number: int) -> Mixture:
        """Return the coefficient of one column."""
        return self.contrast(np.eye(self.each.shape[2])[number])


def _innovations(columns: Float64, variances: Float64, places: Float64 | Int64, noise: Float64) -> Iterator[tuple[Float64, Float64]]:
    """Yield, period by period, what each column differs from its forecast (q, n_series, n_noises), and the variance of that forecast.

    Args:
        columns: (n_series, n_periods, q).
        variances: (n_series, n_periods) sampling noise.
        places: (n_periods,) time.
        noise: (n_series or 1, n_noises, 2).
    """
    rho, square = noise[..., 0], noise[..., 1] ** 2
    by_period, known = np.ascontiguousarray(columns.transpose(1, 2, 0))[..., None], variances.T[..., None]
    expected, spread = np.zeros((columns.shape[2], len(columns), noise.shape[1])), square
    gaps = np.diff(places)
    for period in range(len(by_period)):
        scale = spread + known[period]
        surprise = by_period[period] - expected
        yield surprise, scale
        if period < len(gaps):
            carry, gain = rho ** gaps[period], spread / scale
            expected = carry * (expected + gain * surprise)
            spread = carry**2 * spread * (1 - gain) + square * (1 - carry**2)


def _moments(columns: Float64, variances: Float64, places: Float64 | Int64, noise: Float64) -> tuple[Float64, Float64]:
    """Return Z' V^-1 Z (n_series, n_noises, q, q) and log|V| of V = AR(1) + sampling noise, of columns Z."""
    width, shape = columns.shape[2], (len(columns), noise.shape[1])
    total, log_det = np.zeros((width, width, *shape)), np.zeros(shape)
    for surprise, scale in _innovations(columns, variances, places, noise):
        total += surprise[:, None] * (surprise / scale)[None]
        log_det += np.log(scale)
    return np.ascontiguousarray(total.transpose(2, 3, 0, 1)), log_det


def generalised_least_squares(response: Float64, variances: Float64, design: Float64, places: Float64 | Int64, noise: Float64) -> Fit:
    """Return generalised least squares under each noise, and the noises' weights by their restricted likelihood.

    Args:
        response: (n_series, n_periods).
        variances: (n_series, n_periods) known variances.
        design: (n_series or 1, n_periods, n_columns) of full column rank.
        places: (n_periods,) time of each period, increasing.
        noise: (n_noises, 2) autocorrelations and deviations of the other noise.
    """
    shape = (*response.shape, design.shape[2])
    joined = np.concatenate([np.broadcast_to(design, shape), response[..., None]], axis=2)
    total, log_det = _moments(joined, variances, places, noise[None])
    inner, cross = total[..., :-1, :-1], total[..., :-1, -1]
    covariances = np.asarray(np.linalg.inv(inner), dtype=np.float64)
    each = np.asarray((covariances @ cross[..., None])[..., 0], dtype=np.float64)
    left = total[..., -1, -1] - (cross * each).sum(axis=-1)
    score = -0.5 * (log_det + np.linalg.slogdet(inner)[1] + left)
    weights = np.exp(score - score.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return Fit(noise, score, weights, each, covariances, shape[1] - shape[2], response, variances)


def linearised(hits: Float64, trials: Float64, level: Float64) -> tuple[Float64, Float64]:
    """Return (n_series, n_periods) the logit that shares stand for near a level, and its sampling noise.

    Args:
        hits: (n_series, n_periods) independent stories with the theme.
        trials: (n_series, n_periods) all independent stories.
        level: (n_series, n_periods) logit of the expected shares.
    """
    n = trials + ADDED
    expected = expit(level)
    slope = expected * (1 - expected)
    return level + ((hits + ADDED * overall(hits, trials)) / n - expected) / slope, 1 / (n * slope)


def overall(hits: Float64, trials: Float64) -> Float64:
    """Return (n_series, 1) the share of all periods, with one story more that is half of the theme."""
    return np.asarray((hits.sum(axis=1, keepdims=True) + 0.5) / (trials.sum(axis=1, keepdims=True) + 1))


def level_of(trials: Float64, design: Float64, coefficients: Float64) -> Float64:
    """Return (n_series, n_periods) the level of a design (n_series, n_periods, n_columns), within what half a story in all can show."""
    limit = np.log(2 * trials.sum(axis=1, keepdims=True) + 1)
    return np.asarray(np.clip((design * coefficients[:, None, :]).sum(axis=2), -limit, limit))


def regress(hits: Float64, trials: Float64, places: Float64 | Int64, design: Float64, noise: Float64 = NOISE) -> Fit:
    """Return the regression of the logit of shares on the columns of a design; a series does not depend on those beside it.

    Args:
        hits: (n_series, n_periods) independent stories with the theme; parts of a story are allowed.
        trials: (n_series, n_periods) all independent stories, above 0.
        places: (n_periods,) time of each period, increasing.
        design: (n_series or 1, n_periods, n_columns) of full column rank, one column constant.
        noise: (n_noises, 2) autocorrelations and deviations that are averaged over.
    """
    level = np.broadcast_to(logit(overall(hits, trials)), hits.shape)
    design = np.broadcast_to(design, (len(hits), *design.shape[1:]))
    parts: list[Fit] = []
    rows, numbers, order = np.arange(len(hits)), np.zeros((len(hits), design.shape[2])), []
    for last in range(ROUNDS - 1, -1, -1):
        fit = generalised_least_squares(*linearised(hits[rows], trials[rows], level), design[rows], places, noise)
        moved = np.abs(fit.coefficients - numbers).max(axis=1) >= CLOSE if last else np.zeros(len(rows), dtype=bool)
        parts.append(_rows(fit, ~moved))
        order.append(rows[~moved])
        rows, numbers = rows[moved], fit.coefficients[moved]
        if not len(rows):
            break
        level = level_of(trials[rows], design[rows], numbers)
    return _in_order(parts, np.argsort(np.concatenate(order)))


def _rows(fit: Fit, kept: Float64 | Int64) -> Fit:
    """Some series of a fit."""
    found = (
        fit.likelihood[kept],
        fit.weights[kept],
        fit.each[kept],
        fit.covariances[kept],
        fit.freedom,
        fit.response[kept],
        fit.variances[kept],
    )
    return Fit(fit.noise, *found)


def _in_order(parts: list[Fit], order: Int64) -> Fit:
    """Fits of some series each as one."""
    likelihood, weights, each, covariances, response, variances = (
        np.concatenate([getattr(part, name) for part in parts])[order]
        for name in ("likelihood", "weights", "each", "covariances", "response", "variances")
    )
    return Fit(parts[0].noise, likelihood, weights, each, covariances, parts[0].freedom, response, variances)


def added(fit: Fit, places: Float64 | Int64, design: Float64, columns: Float64) -> Float64:
    """Return (n_series, n_columns) the t-value that each further column would have in a regression, under its likeliest noise.

    Args:
        fit: the regression on the design.
        places: (n_periods,) time.
        design: (1, n_periods, n_design).
        columns: (n_periods, n_columns), each added alone.
    """
    n_design = design.shape[2]
    joined = np.concatenate([np.broadcast_to(design, (*fit.response.shape, n_design)), fit.response[..., None]], axis=2)
    further = np.broadcast_to(columns, (*fit.response.shape, columns.shape[1]))
    cross, own = np.zeros((n_design + 1, columns.shape[1], len(joined))), np.zeros((columns.shape[1], len(joined)))
    both = np.concatenate([joined, further], axis=2)
    for surprise, scale in _innovations(both, fit.variances, places, fit.likeliest):
        known, new = surprise[: n_design + 1, :, 0], surprise[n_design + 1 :, :, 0]
        weighted = new / scale[:, 0]
        cross += known[:, None] * weighted[None]
        own += new * weighted
    total, _ = _moments(joined, fit.variances, places, fit.likeliest)
    inner, with_response = total[:, 0, :-1, :-1], total[:, 0, :-1, -1:]
    by_design = cross[:-1].transpose(2, 0, 1)  # (n_series, n_design, n_columns)
    solved = np.linalg.solve(inner, by_design)
    left = cross[-1].T - (solved * with_response).sum(axis=1)
    spread = own.T - (solved * by_design).sum(axis=1)
    return np.asarray(left / np.sqrt(np.maximum(spread, 1e-12)))


def surprises(fit: Fit, places: Float64 | Int64, design: Float64) -> Float64:
    """Return (n_series, n_periods) by how many standard errors each period differs from the forecast by those before, likeliest noise.

    Args:
        fit: the regression on the design.
        places: (n_periods,) time.
        design: (1, n_periods, n_columns).
    """
    left = fit.response - (design * fit.coefficients[:, None, :]).sum(axis=2)
    passed = _innovations(left[..., None], fit.variances, places, fit.likeliest)
    return np.stack([(surprise[0] / np.sqrt(scale))[:, 0] for surprise, scale in passed], axis=1)
