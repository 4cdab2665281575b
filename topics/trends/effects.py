"""An effect in a regression: its size, and a test that holds for series that flare.

A regression that may bend towards one extraordinary period takes the period for part of its line, and what is left for its noise: on
series of rare themes that flare once or twice it calls two to five times as many effects as it should. A score test, which linearises
where the effect is absent, does not; on other series it finds a little less. So as far as the news is likely to scatter that much, the
larger of both p-values counts, and the interval is widened to agree.

Source: Rao 1948, Large sample tests; Miettinen 1976, Estimability and estimation in case-referent studies (test-based limits).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from topics.core.matrices import Float64, Int64
from topics.trends.regression import Fit, generalised_least_squares, level_of, linearised, regress

HEAVY = 1.4  # deviation on the logit, odds four times as high or low, from which on the news flares


@dataclass(frozen=True, eq=False)
class Effect:
    """One coefficient of every series on the logit (n_series,), with its 95 % interval and the p-value of none."""

    value: Float64
    low: Float64
    high: Float64
    p: Float64


def without(hits: Float64, trials: Float64, places: Float64 | Int64, design: Float64, columns: Sequence[int]) -> Fit:
    """Return generalised least squares of a design, linearised where some of its columns have no effect.

    Args:
        hits: (n_series, n_periods) independent stories with the theme.
        trials: (n_series, n_periods) all independent stories.
        places: (n_periods,) time of each period, increasing.
        design: (n_series or 1, n_periods, n_columns).
        columns: numbers of those without.
    """
    left = np.delete(design, list(columns), axis=2)
    null = regress(hits, trials, places, left)
    level = level_of(trials, np.broadcast_to(left, (len(hits), *left.shape[1:])), null.coefficients)
    return generalised_least_squares(*linearised(hits, trials, level), design, places, null.noise)


def tested(found: Fit, plain: Float64, score: Float64) -> Float64:
    """Return the p-values of an effect (n_series,).

    Args:
        found: the regression with the effect.
        plain: p-values by it.
        score: p-values linearised without the effect.
    """
    flaring = found.weights[:, found.noise[:, 1] >= HEAVY].sum(axis=1)
    return np.asarray(plain + flaring * np.maximum(score - plain, 0.0))


def widening(plain: Float64, counted: Float64) -> Float64:
    """Return by how much intervals are to be widened whose own p-values are `plain`, to agree with a test that gives `counted`."""
    own, other = (-ndtri(np.maximum(p, 1e-300) / 2) for p in (plain, counted))
    return np.asarray(np.maximum(1.0, own / np.maximum(other, 1.0)))


def effect(hits: Float64, trials: Float64, places: Float64 | Int64, design: Float64, column: int) -> Effect:
    """Return the effect of one column; arguments as those of `without`."""
    return effects(hits, trials, places, design, [column])[0]


def effects(hits: Float64, trials: Float64, places: Float64 | Int64, design: Float64, columns: Sequence[int]) -> list[Effect]:
    """Return the effect of each of some columns beside all others; arguments as those of `without`."""
    fit, listed = regress(hits, trials, places, design), []
    for column in columns:
        found = fit.column(column)
        p = tested(fit, found.p, without(hits, trials, places, design, [column]).column(column).p)
        wider, (low, high) = widening(found.p, p), found.interval()
        listed.append(Effect(found.mean, found.mean - wider * (found.mean - low), found.mean + wider * (high - found.mean), p))
    return listed
