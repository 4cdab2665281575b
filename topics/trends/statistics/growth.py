"""Growth: how the odds of a theme change in a year, and whether that is more than noise."""

from __future__ import annotations

import math

import numpy as np

from topics.core.contracts import Statistic, StatisticValue
from topics.core.series import TrendCell
from topics.trends.observations import (
    caution,
    gate,
    observe,
)
from topics.trends.regression import fit_logit


def compute(cells: tuple[TrendCell, ...]) -> StatisticValue:
    """Return the odds ratio a year with its interval and the p-value of no trend.

    Generalised least squares of the share on time, on the logit, with sampling noise that is known and noise of the news that may hang on
    from period to period; see `topics.trends.regression`. Periods with fewer than five independent stories are joined.
    """
    refusal = gate(cells)
    if refusal:
        return StatisticValue(math.nan, math.nan, math.nan, math.nan, refusal)
    seen = observe(cells)
    design = np.column_stack([np.ones(len(seen)), seen.years - seen.years.mean()])
    slope = fit_logit(seen.shares, seen.n, design, seen.steps).coefficients[1]
    low, high = slope.interval()
    return StatisticValue(_exp(slope.mean), _exp(low), _exp(high), slope.p, caution(len(seen)))


def _exp(value: float) -> float:
    """An odds ratio that a table can hold."""
    return math.exp(min(max(value, -700.0), 700.0))


STATISTIC = Statistic(
    "growth", "Odds ratio a year (1 is no change), generalised least squares on the logit with autoregressive and sampling noise", compute
)
