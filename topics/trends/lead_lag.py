"""Lead and lag: whether the coverage of a theme on one side - a language, a source - comes before that on the other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from topics.core.matrices import Float64, Int64
from topics.core.series import TrendCell, TrendSeries, is_finding
from topics.trends._sample import Sample, q_values, sample, samples
from topics.trends.aggregate import ALL
from topics.trends.observations import LEAST_OF_IT, MIN_PERIODS, there_are, too_rare
from topics.trends.regression import regress, surprises

WINDOW = 3  # periods either way
DRAWS = 999
PROFILE = 1.92  # half the 95 % point of chi-square(1)
MIN_OVERLAP = 2 * MIN_PERIODS  # of the periods that both sides have: seven lags are tried on them
NAN = math.nan

Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LeadLag:
    """How two sides of a series go together.

    `lag` is by how many periods the left side comes before the right one (negative: after), `low` and `high` the lags that fit nearly as
    well; `correlation` that of what is new in each period, at that lag; `p` that of the strongest of the lags tried.
    """

    series: str
    left: str
    right: str
    lag: float
    low: float
    high: float
    correlation: float
    p: float
    q: float
    decision: str


def own_stories(stories: Sequence[str], sides: Sequence[str], linked: Iterable[tuple[str, str]] = ()) -> Bool:
    """Return (n_docs,) whether the story of a document is told on its side alone.

    Args:
        stories: (n_docs,) story of each document.
        sides: (n_docs,) its side.
        linked: pairs of stories that are one event.
    """
    told: dict[str, set[str]] = defaultdict(set)
    for story, side in zip(stories, sides, strict=True):
        told[story].add(side)
    elsewhere = {story for pair in linked if len(told[pair[0]] | told[pair[1]]) > 1 for story in pair}
    return np.array([len(told[story]) == 1 and story not in elsewhere for story in stories], dtype=bool)


def cross_correlations(left: Float64, right: Float64) -> Float64:
    """Return (..., 2 WINDOW + 1) correlations of left (..., n) with right later by -WINDOW to WINDOW; both have mean 0 and gaps hold 0."""
    n = left.shape[-1]
    scale = np.sqrt((left**2).sum(-1) * (right**2).sum(-1))
    found = []
    for lag in range(-WINDOW, WINDOW + 1):
        early, late = left[..., max(0, -lag) : n - max(0, lag)], right[..., max(0, lag) : n - max(0, -lag)]
        found.append((early * late).sum(-1) / np.maximum(scale, 1e-300))
    return np.stack(found, axis=-1)


@dataclass(frozen=True, eq=False)
class _News:
    """What is new in each period used of the series of a side, after the trend and what the periods before let expect (n_series, n)."""

    values: Float64
    labels: tuple[str, ...]
    places: Int64

    def at(self, row: int, shared: frozenset[str], n_periods: int) -> Float64:
        """Return (n_periods,) that of a series in the shared periods about its mean, 0 elsewhere."""
        kept = np.array([label in shared for label in self.labels])
        found = np.zeros(n_periods)
        found[self.places[kept]] = self.values[row, kept] - self.values[row, kept].mean()
        return found


def _news(data: Sample) -> _News:
    time = (data.places - data.places.mean()) / max(1, len(data.places))
    design = np.stack([np.ones(len(time)), time], axis=1)[None]
    values = surprises(regress(data.hits, data.trials, data.places, design), data.places, design)
    return _News(values, data.labels, data.places)


def lead_lag(left: tuple[TrendCell, ...], right: tuple[TrendCell, ...], seed: int = 0) -> LeadLag:
    """Return how the cells of one series on two sides go together.

    Each side is freed of its linear trend and of what its own past lets expect (AR(1) and sampling noise, one step ahead); the strongest
    correlation at lags -3 to 3 is compared with those after the periods of one side were shuffled. The interval holds the lags whose
    likelihood is within the 95 % profile of the best.
    Source: Haugh 1976 for the correlation of prewhitened series.

    Args:
        left: cells of one side, all periods.
        right: cells of the other, the same periods.
        seed: of the shuffles.
    """
    sides = [sample([cells]) for cells in (left, right)]
    head = (left[0].series, left[0].language, right[0].language)
    shared, reason = _overlap(*sides)
    reason = reason or _rare(*(float(data.told[0]) for data in sides))
    if reason:
        return LeadLag(*head, *(NAN,) * 6, reason)
    first, second = (_news(data).at(0, shared, len(left)) for data in sides)
    places = np.array([place for place, cell in enumerate(left) if cell.period in shared])
    return LeadLag(*head, *_measured(first, second, places, seed), "tested")


def _overlap(left: Sample, right: Sample) -> tuple[frozenset[str], str]:
    """The periods that both sides have, and why they are too few."""
    shared = frozenset(left.labels) & frozenset(right.labels)
    reason = left.refusal or right.refusal
    if not reason and len(shared) < MIN_OVERLAP:
        reason = f"not tested: {MIN_OVERLAP} complete periods with articles on both sides are needed, {there_are(len(shared))}"
    return shared, reason


def _rare(left: float, right: float) -> str:
    """Why a series with so many stories' worth on either side cannot be compared."""
    if not too_rare(min(left, right)):
        return ""
    return f"not tested: {LEAST_OF_IT:.0f} stories of it are needed on both sides, there are {left:.1f} and {right:.1f}"


def _measured(first: Float64, second: Float64, places: Int64, seed: int) -> tuple[float, float, float, float, float, float]:
    """Lag, its interval, correlation, p, and no q yet."""
    correlations = cross_correlations(first, second)
    strength = np.abs(correlations)
    shuffled = np.zeros((DRAWS, len(first)))
    shuffled[:, places] = np.random.default_rng(seed).permuted(np.tile(second[places], (DRAWS, 1)), axis=1)
    null = np.abs(cross_correlations(np.broadcast_to(first, shuffled.shape), shuffled)).max(axis=1)
    best = int(strength.argmax())
    p = (1 + int((null >= strength[best]).sum())) / (DRAWS + 1)
    likelihood = -0.5 * len(places) * np.log1p(-(np.minimum(strength, 1 - 1e-12) ** 2))
    near = np.flatnonzero(likelihood >= likelihood[best] - PROFILE) - WINDOW
    return float(best - WINDOW), float(near.min()), float(near.max()), float(correlations[best]), p, NAN


def all_lead_lags(series: TrendSeries, seed: int = 0) -> tuple[LeadLag, ...]:
    """Return the lead of every pair of sides (the languages of the cells) for every series; q-values over all of them."""
    sides = [(side, data) for side, data in samples(series) if side != ALL]
    pairs: list[LeadLag] = []
    for (left, first), (right, second) in combinations(sides, 2):
        shared, reason = _overlap(first, second)
        if reason:
            pairs += [LeadLag(name, left, right, *(NAN,) * 6, reason) for name in first.names]
            continue
        news, others = _news(first), _news(second)
        places = np.array([place for place, label in zip(first.places, first.labels, strict=True) if label in shared])
        for row, name in enumerate(first.names):
            other = second.names.index(name)
            if reason := _rare(float(first.told[row]), float(second.told[other])):
                pairs.append(LeadLag(name, left, right, *(NAN,) * 6, reason))
                continue
            values = (news.at(row, shared, len(series.periods)), others.at(other, shared, len(series.periods)))
            pairs.append(LeadLag(name, left, right, *_measured(*values, places, seed), "tested"))
    tested = [place for place, item in enumerate(pairs) if not math.isnan(item.p)]
    for place, q in zip(tested, q_values([pairs[place].p for place in tested]), strict=True):
        pairs[place] = replace(pairs[place], q=q, decision=_decision(pairs[place], q))
    return tuple(pairs)


def _decision(item: LeadLag, q: float) -> str:
    if not is_finding(q):
        return "no clear lead"
    how = "" if item.correlation > 0 else ", one falling as the other rises"
    if item.low <= 0 <= item.high:
        return f"they move together{how}"
    first, second = (item.left, item.right) if item.lag > 0 else (item.right, item.left)
    return f"{first} precedes {second}{how}"
