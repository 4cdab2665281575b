"""Intervals of a share: when copies of a story are not independent, when a model was fitted anew, when labels tell its errors."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv, stdtrit

from topics.core.matrices import Float64

LEVEL = 0.95
EDGE = 1e-9  # nearest to 0 and 1 that a logit is taken of


def jeffreys_bounds(share: Float64, n_eff: Float64, level: float = LEVEL) -> tuple[Float64, Float64]:
    """Return the Jeffreys intervals of shares from n_eff independent stories, element by element.

    Quantiles of Beta(share n + 1/2, (1 - share) n + 1/2). The bound at a share of 0 or 1 is that share itself (Brown, Cai and DasGupta
    2001); an interval always holds its share. nan where the share is nan.
    """
    k, tail = share * n_eff, (1 - level) / 2
    low = np.where(k <= 0, 0.0, betaincinv(k + 0.5, n_eff - k + 0.5, tail))
    high = np.where(k >= n_eff, 1.0, betaincinv(k + 0.5, n_eff - k + 0.5, 1 - tail))
    known = ~np.isnan(share)
    return np.where(known, np.minimum(low, share), np.nan), np.where(known, np.maximum(high, share), np.nan)


def logit(share: Float64) -> Float64:
    """Return ln(p / (1 - p)), finite at 0 and 1."""
    p = np.clip(share, EDGE, 1 - EDGE)
    return np.asarray(np.log(p) - np.log1p(-p))


def expit(values: Float64) -> Float64:
    """Return 1 / (1 + exp(-x))."""
    return np.asarray(1 / (1 + np.exp(-values)))


def widening(shares: Float64, n: Float64, level: float = LEVEL) -> Float64:
    """Return (...) how many times wider than that of one fit the interval of several fits' mean is, on the logit, by Rubin's rules.

    The variance is that within a fit, 1 / (n p (1 - p)) with half a story more of each kind, and (1 + 1/M) times that between the M fits;
    the quantile is Student's, with Rubin's degrees of freedom.
    Source: Rubin 1987, Multiple imputation for nonresponse in surveys, section 3.1.

    Args:
        shares: (n_fits, ...) of each fit.
        n: (...) independent stories behind each.
        level: of the interval that is widened.
    """
    n_fits = len(shares)
    logits = logit((shares * n + 0.5) / (n + 1))
    p = expit(logits.mean(axis=0))
    within = 1 / ((n + 1) * p * (1 - p))
    if n_fits < 2:
        return np.ones_like(within)
    between = (1 + 1 / n_fits) * logits.var(axis=0, ddof=1)
    freedom = (n_fits - 1) * (1 + within / np.maximum(between, EDGE)) ** 2
    upper = (1 + level) / 2
    quantiles = stdtrit(freedom, upper) / stdtrit(np.inf, upper)
    return np.asarray(np.sqrt(1 + between / within) * quantiles)


def widen(share: Float64, n: Float64, bounds: tuple[Float64, Float64], factor: Float64) -> tuple[Float64, Float64]:
    """Return bounds `factor` times as far from the share, on the logit; a bound at 0 or 1 stays."""
    middle = logit((share * n + 0.5) / (n + 1))
    low, high = (expit(middle + factor * (logit(bound) - middle)) for bound in bounds)
    return (
        np.where((factor <= 1) | (bounds[0] <= 0), bounds[0], np.minimum(low, share)),
        np.where((factor <= 1) | (bounds[1] >= 1), bounds[1], np.maximum(high, share)),
    )
