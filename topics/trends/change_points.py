"""Change points: periods from which on a series has another level."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from topics.core.matrices import Float64, Int64
from topics.core.series import ChangePoint, TrendCell, TrendSeries
from topics.trends.observations import Observations, gate, observe
from topics.trends.regression import fit_logit

PENALTY = 3.0  # times ln T times dispersion
MIN_SEGMENT = 2
PROFILE = -2 * math.log(1 - math.sqrt(0.95))  # 7.35, at which the likelihood of a change's place covers 95 %; Siegmund 1988, Yao 1987
FALSE, APART = 0.05, 4  # a step has been looked for at every place; those less than four periods apart are hardly different ones


@dataclass(frozen=True, eq=False)
class Costs:
    """Minus twice the binomial log-likelihood of segments, each at its own share, over the dispersion.

    Args:
        hits: (n + 1,) stories with the theme before each observation.
        total: (n + 1,) all stories before it.
        dispersion: what costs are divided by.
    """

    hits: Float64
    total: Float64
    dispersion: float

    def of(self, starts: Int64, ends: Int64) -> Float64:
        """Return the costs of the segments [start, end)."""
        total = self.total[ends] - self.total[starts]
        hits = self.hits[ends] - self.hits[starts]
        p = np.clip(hits / np.where(total > 0, total, 1.0), 1e-9, 1 - 1e-9)
        return np.asarray(-2 * (hits * np.log(p) + (total - hits) * np.log1p(-p)) / self.dispersion)


def make_costs(k: Float64, n: Float64) -> Costs:
    """Return the costs of a series of k stories with the theme among n."""
    return Costs(np.concatenate([[0.0], np.cumsum(k)]), np.concatenate([[0.0], np.cumsum(n)]), _dispersion(k, n))


def partition(length: int, cost_to: Callable[[int, Int64], Float64], penalty: float) -> list[int]:
    """Return the starts of all segments but the first that minimise cost + penalty a segment.

    Source: optimal partitioning, Jackson et al. 2005.

    Args:
        length: number of observations.
        cost_to: for an end and starts, the costs of the segments between them.
        penalty: of a segment.
    """
    best = np.full(length + 1, math.inf)
    best[0] = -penalty
    back = np.zeros(length + 1, dtype=np.int64)
    for end in range(MIN_SEGMENT, length + 1):
        starts = np.flatnonzero(np.isfinite(best[: end - MIN_SEGMENT + 1]))
        values = best[starts] + cost_to(end, starts) + penalty
        choice = int(np.argmin(values))
        best[end], back[end] = values[choice], starts[choice]
    points: list[int] = []
    at = length
    while back[at] > 0:
        at = int(back[at])
        points.append(at)
    return points[::-1]


def _dispersion(k: Float64, n: Float64) -> float:
    """Local Pearson dispersion from differences of neighbours, so that a jump does not inflate it; at least 1."""
    p = (k.sum() + 0.5) / (n.sum() + 1)
    share = k / n
    squares = np.diff(share) ** 2 / (p * (1 - p) * (1 / n[:-1] + 1 / n[1:]))
    return max(1.0, float(np.mean(squares)))


def beyond_noise(seen: Observations, places: list[int]) -> list[int]:
    """Return those of the places whose steps are more than noise that hangs on from period to period makes.

    Partitioning takes periods as independent; a run of high ones is then a level of its own. So all steps are fitted together with
    autoregressive noise, and the weakest is dropped until each has a p-value of .05 over the number of places to look at (Bonferroni).
    """
    kept, order, largest = list(places), np.arange(len(seen)), FALSE * APART / len(seen)
    while kept:
        design = np.column_stack([np.ones(len(seen)), *(np.asarray(order >= place, dtype=np.float64) for place in kept)])
        p = [step.p for step in fit_logit(seen.shares, seen.n, design, seen.steps).coefficients[1:]]
        weakest = int(np.argmax(p))
        if p[weakest] <= largest:
            break
        del kept[weakest]
    return kept


def change_points(cells: tuple[TrendCell, ...]) -> tuple[ChangePoint, ...]:
    """Return the change points of one series.

    Levels are those of the binomial partition with the least cost, a step among them more than autoregressive noise makes. Each has the
    periods whose likelihood lies within the 95 % profile of its neighbours' segments.
    """
    if gate(cells):
        return ()
    seen = observe(cells)
    n, k = seen.n, seen.shares * seen.n
    costs = make_costs(k, n)
    proposed = partition(len(seen), lambda end, starts: costs.of(starts, np.array(end)), PENALTY * math.log(len(seen)))
    places = beyond_noise(seen, proposed)
    edges = [0, *places, len(seen)]
    found: list[ChangePoint] = []
    for left, at, right in zip(edges, edges[1:], edges[2:], strict=False):
        inner = np.arange(left + MIN_SEGMENT, right - MIN_SEGMENT + 1)
        values = costs.of(np.array(left), inner) + costs.of(inner, np.array(right))
        near = inner[values <= values[inner == at] + PROFILE].tolist()
        period, earliest, latest = (seen.labels[seen.firsts[place]] for place in (at, near[0], near[-1]))
        before, after = k[left:at].sum() / n[left:at].sum(), k[at:right].sum() / n[at:right].sum()
        found.append(ChangePoint(cells[0].series, cells[0].language, period, earliest, latest, float(before), float(after)))
    return tuple(found)


def all_change_points(series: TrendSeries) -> tuple[ChangePoint, ...]:
    """Return the change points of every series for all languages together and for each, in table order."""
    languages = list(dict.fromkeys(cell.language for cell in series.cells))
    return tuple(point for language in languages for name in series.names(language) for point in change_points(series.of(name, language)))
