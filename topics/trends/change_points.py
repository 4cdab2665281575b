"""Change points: periods from which on a series has another level."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from topics.core.matrices import Float64, Int64
from topics.core.series import ChangePoint, TrendCell, TrendSeries
from topics.trends._sample import q_values
from topics.trends.observations import Observations, gate, observe
from topics.trends.regression import generalised_least_squares, regress
from topics.trends.steps import Steps, steps_of

PENALTY = 3.0  # times ln T times dispersion
MIN_SEGMENT = 2
LEVEL, MOST_PLACES = 0.95, 200  # of the interval; and how many places near a change are tried for it


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
        p = np.minimum(np.maximum(hits / np.maximum(total, 1e-300), 1e-9), 1 - 1e-9)
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
    order = np.arange(length + 1)
    for end in range(MIN_SEGMENT, length + 1):
        starts = order[: end - MIN_SEGMENT + 1]  # those that no partition ends at have endless costs
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


def credible(seen: Observations, steps: Steps, number: int) -> tuple[int, int]:
    """Return the first and last place at which one of the steps may lie, by the model that the steps were kept by.

    Each place between the neighbouring steps weighs as its restricted likelihood under the likeliest noise (a flat prior over places and
    sizes of steps); those that weigh most, together .95, are the interval, with what lies between them.
    """
    places = steps.places
    edges = [0, *places, len(seen)]
    inner = np.arange(edges[number] + MIN_SEGMENT, edges[number + 2] - MIN_SEGMENT + 1)
    inner = np.sort(inner[np.argsort(np.abs(inner - places[number]), kind="stable")[:MOST_PLACES]])
    design = steps.design(seen)
    fit = regress((seen.shares * seen.n)[None], seen.n[None], seen.steps, design[None])
    moved = np.repeat(design[None], len(inner), axis=0)
    moved[:, :, number + 1] = np.arange(len(seen))[None, :] >= inner[:, None]
    shape = moved.shape[:2]
    tried = generalised_least_squares(
        np.broadcast_to(fit.response, shape), np.broadcast_to(fit.variances, shape), moved, seen.steps, fit.likeliest[0]
    )
    weight = np.exp(tried.likelihood - tried.likelihood.max()).sum(axis=1)
    order = np.argsort(-weight, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    held = np.append(inner[order[: int(np.searchsorted(reached, LEVEL)) + 1]], places[number])
    return int(held.min()), int(held.max())


def change_points(cells: tuple[TrendCell, ...]) -> tuple[ChangePoint, ...]:
    """Return the change points of one series alone; see `family_change_points`."""
    return family_change_points([cells])


def family_change_points(family: Sequence[tuple[TrendCell, ...]]) -> tuple[ChangePoint, ...]:
    """Return the change points of the series of a language, in their order.

    Levels are those of the binomial partition with the least cost, a step among them more than autoregressive noise makes, all of them
    more than a line or a wave of the year. Each has the periods at which it may lie with a probability of .95, and a q-value (Benjamini
    and Hochberg 1995) over those of all series.
    """
    tested = [cells for cells in family if not gate(cells)]
    observed = [observe(cells) for cells in tested]
    steps = [steps_of(seen, proposed(seen)) for seen in observed]
    p = [own.p or (1.0,) for own in steps]  # a series without steps has one that is none
    q = iter(q_values(list(chain.from_iterable(p))))
    found: list[ChangePoint] = []
    for cells, seen, own, chances in zip(tested, observed, steps, p, strict=True):
        found += _points(cells, seen, own, [next(q) for _ in chances])
    return tuple(found)


def proposed(seen: Observations) -> list[int]:
    """Return the places of the binomial partition with the least cost, which takes periods as independent."""
    costs = make_costs(seen.shares * seen.n, seen.n)
    return partition(len(seen), lambda end, starts: costs.of(starts, np.array(end)), PENALTY * math.log(len(seen)))


def _points(cells: tuple[TrendCell, ...], seen: Observations, steps: Steps, q: Sequence[float]) -> Iterator[ChangePoint]:
    n, k = seen.n, seen.shares * seen.n
    edges = [0, *steps.places, len(seen)]
    for number, (left, at, right) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        begin, latest_place = credible(seen, steps, number)
        period, latest = seen.labels[seen.firsts[at]], seen.labels[seen.firsts[latest_place]]
        earliest = seen.labels[_after_the_last(cells, seen.firsts[begin])]
        before, after = (float(k[first:end].sum() / n[first:end].sum()) for first, end in ((left, at), (at, right)))
        yield ChangePoint(cells[0].series, cells[0].language, period, earliest, latest, before, after, steps.p[number], q[number])


def _after_the_last(cells: tuple[TrendCell, ...], place: int) -> int:
    """Return the first of the periods without articles just before a period, or itself: a change in a gap may lie anywhere in it."""
    while place > 0 and not cells[place - 1].n_docs:
        place -= 1
    return place


def all_change_points(series: TrendSeries) -> tuple[ChangePoint, ...]:
    """Return the change points of every series for all languages together and for each, in table order."""
    languages = list(dict.fromkeys(cell.language for cell in series.cells))
    families = ([series.of(name, language) for name in series.names(language)] for language in languages)
    return tuple(point for family in families for point in family_change_points(family))
