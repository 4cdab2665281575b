"""Change points: periods from which on a series has another level."""

from __future__ import annotations

import math

import numpy as np

from topics.core.matrices import Float64
from topics.core.series import ChangePoint, TrendCell, TrendSeries
from topics.trends.statistics.growth import gate, usable

PENALTY = 3.0  # times ln T times dispersion
MIN_SEGMENT = 2
PROFILE = 3.84  # chi-square(1) at 95 %


def _costs(k: Float64, n: Float64) -> Float64:
    """Return (T + 1, T + 1): minus twice the binomial log-likelihood of each segment [i, j) at its own share."""
    sum_k, sum_n = np.concatenate([[0.0], np.cumsum(k)]), np.concatenate([[0.0], np.cumsum(n)])
    total = sum_n[None, :] - sum_n[:, None]
    hits = sum_k[None, :] - sum_k[:, None]
    p = np.clip(np.divide(hits, total, out=np.zeros_like(hits), where=total > 0), 1e-9, 1 - 1e-9)
    return np.asarray(-2 * (hits * np.log(p) + (total - hits) * np.log1p(-p)))


def partition(costs: Float64, penalty: float) -> list[int]:
    """Return the starts of all segments but the first that minimise cost + penalty a segment.

    Source: optimal partitioning, Jackson et al. 2005.
    """
    length = len(costs) - 1
    best = np.full(length + 1, math.inf)
    best[0] = -penalty
    back = np.zeros(length + 1, dtype=np.int64)
    for end in range(MIN_SEGMENT, length + 1):
        starts = [s for s in range(end - MIN_SEGMENT + 1) if math.isfinite(best[s])]
        values = [best[s] + costs[s, end] + penalty for s in starts]
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


def change_points(cells: tuple[TrendCell, ...]) -> tuple[ChangePoint, ...]:
    """Return the change points of one series.

    Each with the periods whose likelihood lies within the 95 % profile of its neighbours' segments.
    """
    used = usable(cells)
    if gate(used):
        return ()
    n = np.array([cell.n_eff for cell in used])
    k = np.array([cell.share for cell in used]) * n
    dispersion = _dispersion(k, n)
    costs = _costs(k, n) / dispersion
    edges = [0, *partition(costs, PENALTY * math.log(len(used))), len(used)]
    found: list[ChangePoint] = []
    for left, at, right in zip(edges, edges[1:], edges[2:], strict=False):
        inner = range(left + MIN_SEGMENT, right - MIN_SEGMENT + 1)
        values = {place: costs[left, place] + costs[place, right] for place in inner}
        near = [place for place, value in values.items() if value <= values[at] + PROFILE]
        before, after = k[left:at].sum() / n[left:at].sum(), k[at:right].sum() / n[at:right].sum()
        cell = used[at]
        found.append(
            ChangePoint(
                cell.series, cell.language, cell.period, used[min(near)].period, used[max(near)].period, float(before), float(after)
            )
        )
    return tuple(found)


def all_change_points(series: TrendSeries) -> tuple[ChangePoint, ...]:
    """Return the change points of every series for all languages together and for each, in table order."""
    languages = list(dict.fromkeys(cell.language for cell in series.cells))
    return tuple(point for language in languages for name in series.names(language) for point in change_points(series.of(name, language)))
