"""Regression of shares on columns of time, many series at once: binomial counts whose level wanders (AR(1)) from period to period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit, logit
from scipy.stats import t as student

from topics.core.matrices import Float64, Int64

RHOS, SIGMAS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9), (0.1, 0.2, 0.35, 0.6, 1.0)
NOISE = np.array([(0.0, 0.0), *((rho, sigma) for rho in RHOS for sigma in SIGMAS)])  # (n_noises, 2): autocorrelation, sd on the logit
STEPS = 4  # of the iterated linearisation; later ones change nothing that a table shows
STEEPEST = 6.0  # largest distance of a fitted logit from the mean of its series


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients of every series, averaged over what the noise may be.

    Args:
        weights: (n_series, n_noises) probability of each row of `NOISE`.
        each: (n_series, n_noises, n_columns) coefficients under that noise.
        covariances: (n_series, n_noises, n_columns, n_columns) theirs.
        freedom: degrees of freedom of their t-distribution.
        response: (n_series, n_periods) the linearised logit.
        variances: (n_series, n_periods) its sampling noise.
    """

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

    def tested(self, contrast: Float64) -> tuple[Float64, Float64, Float64]:
        """Return value, standard error and two-sided p-value (n_series,) of a contrast of the coefficients."""
        value = self.coefficients @ contrast
        error = np.sqrt(np.einsum("p,spq,q->s", contrast, self.covariance, contrast))
        return value, error, np.asarray(2 * student.sf(np.abs(value) / error, self.freedom))

    def probability_above(self, contrast: Float64, bound: float) -> Float64:
        """Return (n_series,) the posterior probability that a contrast exceeds a bound, coefficients having a flat prior."""
        values = self.each @ contrast
        errors = np.sqrt(np.einsum("p,sgpq,q->sg", contrast, self.covariances, contrast))
        return np.asarray((self.weights * student.sf((bound - values) / errors, self.freedom)).sum(axis=1))


def _moments(columns: Float64, variances: Float64, places: Int64, noise: Float64) -> tuple[Float64, Float64]:
    """Return Z' V^-1 Z (n_series, n_noises, q, q) and log|V| of V = AR(1) + sampling noise, by the Kalman filter.

    Args:
        columns: Z, (n_series, n_periods, q).
        variances: (n_series, n_periods) sampling noise.
        places: (n_periods,) time.
        noise: (n_series or 1, n_noises, 2).
    """
    rho, square = noise[..., 0], noise[..., 1] ** 2
    n_series, n_periods, width = columns.shape
    shape = (n_series, noise.shape[1])
    expected, spread = np.zeros((*shape, width)), np.broadcast_to(square, shape)
    total, log_det = np.zeros((*shape, width, width)), np.zeros(shape)
    for period in range(n_periods):
        scale = spread + variances[:, period, None]
        surprise = columns[:, period, None, :] - expected
        weighted = surprise / scale[..., None]
        total += surprise[..., :, None] * weighted[..., None, :]
        log_det += np.log(scale)
        if period + 1 < n_periods:
            carry = rho ** (places[period + 1] - places[period])
            expected = carry[..., None] * (expected + spread[..., None] * weighted)
            spread = carry**2 * (spread - spread**2 / scale) + square * (1 - carry**2)
    return total, log_det


def _solve(response: Float64, variances: Float64, design: Float64, places: Int64) -> Fit:
    """Generalised least squares under each noise; noises weighted by their restricted likelihood."""
    n_series, n_periods = response.shape
    shape = (n_series, n_periods, design.shape[2])
    joined = np.concatenate([np.broadcast_to(design, shape), response[..., None]], axis=2)
    total, log_det = _moments(joined, variances, places, NOISE[None])
    inner, cross = total[..., :-1, :-1], total[..., :-1, -1]
    covariances = np.linalg.inv(inner)
    each = np.einsum("sgpq,sgq->sgp", covariances, cross)
    left = total[..., -1, -1] - np.einsum("sgp,sgp->sg", cross, each)
    score = -0.5 * (log_det + np.linalg.slogdet(inner)[1] + left)
    weights = np.exp(score - score.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    moments = (np.asarray(each, dtype=np.float64), np.asarray(covariances, dtype=np.float64))
    return Fit(weights, *moments, n_periods - design.shape[2], response, variances)


def regress(hits: Float64, trials: Float64, places: Int64, design: Float64) -> Fit:
    """Return the regression of the logit of the share on the columns of a design.

    The share of a series has logit X b + u, u an AR(1) process over time, and hits are binomial given it. Linearised around X b
    (marginal quasi-likelihood), generalised least squares under each of the noises in `NOISE`, and averaged over them by their restricted
    likelihood, as no noise is known in a short series.
    Source: Breslow and Clayton 1993, section 4.1; Harville 1977 for the restricted likelihood.

    Args:
        hits: (n_series, n_periods).
        trials: (n_series, n_periods), above 0.
        places: (n_periods,) time of each period, increasing.
        design: (n_series or 1, n_periods, n_columns) of full column rank.
    """
    shares = hits / trials
    mean = logit((hits.sum(axis=1) + 0.5) / (trials.sum(axis=1) + 1))[:, None]
    level = np.broadcast_to(mean, shares.shape)
    for _ in range(STEPS):
        expected = expit(level)
        slope = expected * (1 - expected)
        fit = _solve(level + (shares - expected) / slope, 1 / (trials * slope), design, places)
        fitted = (design * fit.coefficients[:, None, :]).sum(axis=2)
        level = np.clip(fitted, mean - STEEPEST, mean + STEEPEST)
    return fit


def added(fit: Fit, places: Int64, design: Float64, columns: Float64) -> Float64:
    """Return (n_series, n_columns) the t-value that each further column would have in a regression, under its likeliest noise.

    Args:
        fit: the regression on the design.
        places: (n_periods,) time.
        design: (1, n_periods, n_design).
        columns: (n_periods, n_columns), each added alone.
    """
    n_series, n_design = len(fit.response), design.shape[2]
    parts = (design[0], columns)
    shared = np.broadcast_to(np.concatenate(parts, axis=1), (*fit.response.shape, sum(part.shape[1] for part in parts)))
    likeliest = NOISE[fit.weights.argmax(axis=1)][:, None, :]
    total, _ = _moments(np.concatenate([shared, fit.response[..., None]], axis=2), fit.variances, places, likeliest)
    inner, cross = total[:, 0, :n_design, :n_design], total[:, 0, :n_design, n_design:]
    left = total[:, 0, n_design:, n_design:] - np.swapaxes(cross, 1, 2) @ np.linalg.solve(inner, cross)
    own = np.diagonal(left, axis1=1, axis2=2)[:, :-1].reshape(n_series, -1)
    return np.asarray(left[:, :-1, -1] / np.sqrt(np.maximum(own, 1e-12)))


def surprises(fit: Fit, places: Int64, design: Float64) -> Float64:
    """Return (n_series, n_periods) by how many standard errors each period differs from the forecast by those before, likeliest noise.

    Args:
        fit: the regression on the design.
        places: (n_periods,) time.
        design: (1, n_periods, n_columns).
    """
    likeliest = NOISE[fit.weights.argmax(axis=1)]
    rho, square = likeliest[:, 0], likeliest[:, 1] ** 2
    left = fit.response - (design * fit.coefficients[:, None, :]).sum(axis=2)
    expected, spread, found = np.zeros(len(left)), square, np.zeros(left.shape)
    for period in range(left.shape[1]):
        scale = spread + fit.variances[:, period]
        surprise = left[:, period] - expected
        found[:, period] = surprise / np.sqrt(scale)
        if period + 1 < left.shape[1]:
            carry = rho ** (places[period + 1] - places[period])
            expected = carry * (expected + spread * surprise / scale)
            spread = carry**2 * (spread - spread**2 / scale) + square * (1 - carry**2)
    return found
