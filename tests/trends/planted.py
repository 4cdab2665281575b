"""Series with a known course: cells, and seeded counts whose level wanders as real ones do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
from scipy.special import expit, logit

from topics.core.series import PeriodUnit, TrendCell
from topics.trends.periods import label_of, next_start


def labels(n: int, unit: PeriodUnit = "month", start: date = date(2018, 1, 1)) -> list[str]:
    starts = [start]
    while len(starts) < n:
        following = next_start(starts[-1], unit)
        assert following
        starts.append(following)
    return [label_of(item, unit) for item in starts]


def cells(hits: Sequence[float], trials: Sequence[float] | float, name: str = "x", *, periods: Sequence[str] = ()) -> tuple[TrendCell, ...]:
    sizes = [float(trials)] * len(hits) if isinstance(trials, int | float) else list(map(float, trials))
    made: list[TrendCell] = []
    for label, k, n in zip(periods or labels(len(hits)), hits, sizes, strict=True):
        share = k / n if n else math.nan
        ends = (share, 0.0 if n else math.nan, 1.0 if n else math.nan)
        made.append(TrendCell(name, "all", label, int(n), int(n), n, float(k), *ends, True))
    return tuple(made)


def noise(rng: np.random.Generator, shape: tuple[int, int], rho: float, sd: float) -> np.ndarray:
    """AR(1) of (n_series, n_periods) with that standard deviation, from its stationary law."""
    drawn = rng.normal(0, sd, shape)
    for period in range(1, shape[1]):
        drawn[:, period] = rho * drawn[:, period - 1] + math.sqrt(1 - rho**2) * drawn[:, period]
    return drawn


def counts(rng: np.random.Generator, share: np.ndarray, trials: np.ndarray, rho: float = 0.0, sd: float = 0.0) -> np.ndarray:
    """Binomial hits (n_series, n_periods) around a course of shares, which `noise` moves on the logit."""
    level = logit(share) + noise(rng, trials.shape, rho, sd)
    return rng.binomial(trials.astype(int), expit(level)).astype(float)
