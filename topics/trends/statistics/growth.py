"""Growth: how the odds of a theme change in a year."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
from scipy.stats import t as student

from topics.core.contracts import Statistic, StatisticValue
from topics.core.series import TrendCell

MIN_PERIODS = 8
FLAGGED_PERIODS = 12
MIN_DOCS = 30
LEVEL = 0.95
DAYS_A_YEAR = 365.25


def day_number(label: str) -> float:
    """Return the first day of a period, by its label, as days of the proleptic calendar."""
    if "-W" in label:
        year, week = label.split("-W")
        return float(date.fromisocalendar(int(year), int(week), 1).toordinal())
    if "-Q" in label:
        year, quarter = label.split("-Q")
        return float(date(int(year), 3 * int(quarter) - 2, 1).toordinal())
    parts = [int(part) for part in label.split("-")] + [1, 1]
    return float(date(parts[0], parts[1], parts[2]).toordinal())


def usable(cells: tuple[TrendCell, ...]) -> list[TrendCell]:
    """Return the cells that a statistic may use: complete and not empty."""
    return [cell for cell in cells if cell.complete and cell.n_docs > 0]


def gate(cells: list[TrendCell]) -> str:
    """Return why there is too little to test, or nothing."""
    n_docs = sum(cell.n_docs for cell in cells)
    if n_docs < MIN_DOCS:
        return f"not tested: {MIN_DOCS} dated articles in complete periods are needed, there are {n_docs}"
    if len(cells) < MIN_PERIODS:
        return f"not tested: {MIN_PERIODS} complete periods with articles are needed, there are {len(cells)}"
    return ""


def compute(cells: tuple[TrendCell, ...]) -> StatisticValue:
    """Return the odds ratio a year with its interval and p-value.

    Weighted least squares of the empirical logit ln((k + 1/2) / (n - k + 1/2)) on time, k = share n, n = n_eff, weights n p (1 -
    p) at the mean share p;
    the variance is multiplied by the Pearson dispersion where that exceeds 1. Periods are taken as independent.
    Source: Cox and Snell 1989, section 2.1.6.
    """
    used = usable(cells)
    refusal = gate(used)
    if refusal:
        return StatisticValue(math.nan, math.nan, math.nan, math.nan, refusal)
    years = np.array([day_number(cell.period) for cell in used]) / DAYS_A_YEAR
    n = np.array([cell.n_eff for cell in used])
    k = np.array([cell.share for cell in used]) * n
    p = (k.sum() + 0.5) / (n.sum() + 1)
    logits, weights = np.log((k + 0.5) / (n - k + 0.5)), n * p * (1 - p)
    centered = years - np.average(years, weights=weights)
    spread = float((weights * centered**2).sum())
    slope = float((weights * centered * logits).sum() / spread)
    residuals = logits - np.average(logits, weights=weights) - slope * centered
    freedom = len(used) - 2
    dispersion = max(1.0, float((weights * residuals**2).sum()) / freedom)
    error = math.sqrt(dispersion / spread)
    width = float(student.ppf((1 + LEVEL) / 2, freedom)) * error
    p_value = float(2 * student.sf(abs(slope) / error, freedom))
    decision = "few periods: read with care" if len(used) <= FLAGGED_PERIODS else "tested"
    return StatisticValue(math.exp(slope), math.exp(slope - width), math.exp(slope + width), p_value, decision)


STATISTIC = Statistic("growth", "Odds ratio a year (1 is no change), weighted least squares on the logit of the share", compute)
