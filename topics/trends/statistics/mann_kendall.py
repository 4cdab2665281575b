"""Mann-Kendall: whether later shares tend to be larger. Descriptive: it takes periods as independent."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from topics.core.contracts import Statistic, StatisticValue
from topics.core.series import TrendCell
from topics.trends.observations import DAYS_A_YEAR, day_number, gate, usable

LEVEL = 0.05
MOST_PERIODS = 3000  # ten years of days' pairs would take gigabytes
DECIMALS = 6  # what articles of uncertain date leave behind in months without any other is less, and no rank


def mann_kendall_p(values: list[float]) -> float:
    """Return the two-sided p-value of the Mann-Kendall test with the tie correction (Mann 1945, Kendall 1975)."""
    n, s = len(values), score(values)
    ties = np.unique(values, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - int((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    if s == 0 or variance <= 0:
        return 1.0
    return float(2 * ndtr(-(abs(s) - 1) / math.sqrt(variance)))


def score(values: list[float]) -> int:
    """Return how many pairs rise less how many fall."""
    order = np.array(values)
    return sum(int(np.sign(order[place + 1 :] - order[place]).sum()) for place in range(len(order) - 1))


def compute(cells: tuple[TrendCell, ...]) -> StatisticValue:
    """Return the Theil-Sen slope of the share (per year) with its 95 % interval and the Mann-Kendall p-value."""
    from scipy.stats import theilslopes

    used = usable(cells)
    refusal = gate(used)
    if refusal:
        return StatisticValue(math.nan, math.nan, math.nan, math.nan, refusal)
    if len(used) > MOST_PERIODS:
        reason = f"not computed: a slope between all pairs of periods needs at most {MOST_PERIODS:,}, there are {len(used):,}"
        return StatisticValue(math.nan, math.nan, math.nan, math.nan, reason)
    shares = [round(cell.share, DECIMALS) for cell in used]
    years = [day_number(cell.period) / DAYS_A_YEAR for cell in used]
    slope, _, low, high = theilslopes(shares, years, alpha=0.95)
    p = mann_kendall_p(shares)
    words = "no clear direction" if p >= LEVEL else "upwards" if score(shares) > 0 else "downwards"
    return StatisticValue(float(slope), float(low), float(high), p, f"descriptive: {words}")


STATISTIC = Statistic("mann_kendall", "Theil-Sen slope of the share a year; Mann-Kendall p-value, descriptive only", compute)
