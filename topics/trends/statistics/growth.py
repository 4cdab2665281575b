"""Growth: how the odds of a theme change in a year, and whether that is more than noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from topics.core.contracts import Statistic, StatisticValue
from topics.core.series import TrendCell, is_finding
from topics.trends.effects import effect
from topics.trends.observations import alike, caution, gate, observe, too_rare, usable


def compute(cells: tuple[TrendCell, ...]) -> StatisticValue:
    """Return the odds ratio a year with its interval and the p-value of no trend.

    Generalised least squares of the share on time, on the logit, with sampling noise that is known and noise of the news that may hang on
    from period to period; see `topics.trends.regression` and `topics.trends.effects`. Periods with fewer than five independent stories are
    joined.
    """
    return together([cells])[0]


def together(family: Sequence[tuple[TrendCell, ...]]) -> list[StatisticValue]:
    """Return the growth of each of many series, those seen at the same times in one regression; a series has the figures it has alone."""
    found = [StatisticValue(math.nan, math.nan, math.nan, math.nan, gate(cells) or _rare(cells)) for cells in family]
    tested = [number for number, value in enumerate(found) if not value.decision]
    observed = [observe(family[number]) for number in tested]
    for group in alike(observed):
        seen = [observed[number] for number in group]
        n = np.stack([each.n for each in seen])
        years = seen[0].years
        design = np.column_stack([np.ones(len(years)), years - years.mean()])
        slope = effect(np.stack([each.shares for each in seen]) * n, n, seen[0].steps, design[None], 1)
        for row, number in enumerate(group):
            odds = (_exp(slope.value[row]), _exp(slope.low[row]), _exp(slope.high[row]))
            found[tested[number]] = StatisticValue(*odds, float(slope.p[row]), caution(len(years)))
    return found


def verdict(odds: float, q: float) -> str:
    """Return what an odds ratio with its q-value is called."""
    return ("rises" if odds > 1 else "falls") if is_finding(q) else "no clear change"


def _rare(cells: tuple[TrendCell, ...]) -> str:
    """Return why a series is too rare to have a course, or nothing."""
    return too_rare(sum(cell.share * cell.n_eff for cell in usable(cells)))


def _exp(value: float) -> float:
    """An odds ratio that a table can hold."""
    return math.exp(min(max(value, -700.0), 700.0))


STATISTIC = Statistic(
    "growth",
    "Odds ratio a year (1 is no change), generalised least squares on the logit with autoregressive and sampling noise",
    compute,
    together,
    verdict,
)
