"""Steps of a series: which of them are more than noise, and more than a straight line or a wave of the year would look like.

A slope, too, is closer to two levels than to one. So steps are told only where they describe the series better than a line, than a wave
with the seasons, or than both; the best of these with steps on it is tried as well. What is better is said by Schwarz's criterion: a
model's likelihood, less half of ln n for each of its numbers. A step has one, its size: for its place it has paid before, when it had to
be more than noise makes at any place.

Source: Schwarz 1978, Estimating the dimension of a model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from topics.core.matrices import Float64
from topics.trends.effects import effects
from topics.trends.observations import Observations
from topics.trends.regression import generalised_least_squares, regress

FALSE, APART = 0.05, 4  # a step has been looked for at every place; those less than four periods apart are hardly different ones
A_STEP = 1  # number: its size; its place is in its p-value
YEARS, A_YEAR = 1.9, 4  # from first to last period, and periods a year, from which on there may be a wave with the seasons


@dataclass(frozen=True, eq=False)
class Steps:
    """Where new levels begin, the p-value of each, and the columns (n_observations, n) that the levels go along with."""

    places: tuple[int, ...]
    p: tuple[float, ...]
    beside: Float64

    def design(self, seen: Observations) -> Float64:
        """Return (n_observations, 1 + n_places + n) the columns of the model."""
        return np.column_stack([steps_at(len(seen), self.places), self.beside])


def steps_at(length: int, places: Sequence[int]) -> Float64:
    """Return (length, 1 + n_places): a level, and one from each place on."""
    order = np.arange(length)
    return np.column_stack([np.ones(length), *(np.asarray(order >= place, dtype=np.float64) for place in places)])


def nothing(seen: Observations) -> Float64:
    """Return (n_observations, 0) no columns."""
    return np.empty((len(seen), 0))


def line(seen: Observations) -> Float64:
    """Return (n_observations, 1) a straight line."""
    return np.asarray((seen.years - seen.years.mean())[:, None])


def wave(seen: Observations) -> Float64:
    """Return (n_observations, 2) a wave of one year; no columns where too few periods or years could show it."""
    span = float(seen.years[-1] - seen.years[0])
    if span < YEARS or len(seen) - 1 < A_YEAR * span - 1:
        return nothing(seen)
    return np.column_stack([np.sin(2 * math.pi * seen.years), np.cos(2 * math.pi * seen.years)])


def beyond_noise(seen: Observations, places: Sequence[int], beside: Float64) -> Steps:
    """Return those of the places whose steps are more than noise that hangs on from period to period makes.

    Partitioning takes periods as independent; a run of high ones is then a level of its own, and several of them fitted at once leave
    nothing of the noise that made them. So steps are taken in one by one, the strongest beside those already there first, each with a
    p-value of at most .05 times the number of places to look at (Bonferroni); what a step that comes later makes doubtful is dropped again.
    A step's p-value is the larger of that with which it came and that beside all.

    Args:
        seen: the series.
        places: where levels may begin.
        beside: (n_observations, n) columns that go along with them.
    """
    came: dict[int, float] = {}
    left = list(places)
    while left:
        tried = [(_chance_of(seen, place, [*came], beside), place) for place in left]
        p, place = min(tried)
        if p > FALSE:
            break
        came[place] = p
        left.remove(place)
    while came:
        kept = sorted(came)
        p_values = [max(came[place], own) for place, own in zip(kept, _chances(seen, kept, beside), strict=True)]
        if max(p_values) <= FALSE:
            return Steps(tuple(kept), tuple(p_values), beside)
        del came[kept[int(np.argmax(p_values))]]
    return Steps((), (), beside)


def _chance_of(seen: Observations, place: int, others: Sequence[int], beside: Float64) -> float:
    """The p-value of one step beside others."""
    kept = sorted([place, *others])
    return _chances(seen, kept, beside)[kept.index(place)]


def _chances(seen: Observations, places: Sequence[int], beside: Float64) -> tuple[float, ...]:
    hits, design = (seen.shares * seen.n)[None], np.column_stack([steps_at(len(seen), places), beside])[None]
    found = effects(hits, seen.n[None], seen.steps, design, range(1, len(places) + 1))
    return tuple(min(1.0, float(step.p[0]) * len(seen) / APART) for step in found)


def steps_of(seen: Observations, proposed: Sequence[int]) -> Steps:
    """Return the steps that tell more of a series than noise and than a line or a wave; none where these tell as much."""
    plain = beyond_noise(seen, proposed, nothing(seen))
    if not plain.places:  # not even those that a line or wave would help to find: looking again would find more in flat series
        return plain
    slope, season = line(seen), wave(seen)
    courses = [slope, *([season, np.column_stack([slope, season])] if season.shape[1] else [])]
    whole = Steps(plain.places, (), courses[-1])
    smooth = _best(seen, [Steps((), (), columns) for columns in courses], whole)
    return _best(seen, [plain, smooth, beyond_noise(seen, plain.places, smooth.beside)], whole)


def _best(seen: Observations, models: Sequence[Steps], whole: Steps) -> Steps:
    """Return the model with the highest of Schwarz's criteria, all of the same linearised logit: that of one that holds them all."""
    fit = regress((seen.shares * seen.n)[None], seen.n[None], seen.steps, whole.design(seen)[None])
    found: list[float] = []
    for model in models:
        own = generalised_least_squares(fit.response, fit.variances, model.design(seen)[None], seen.steps, fit.noise)
        likelihood = own.likelihood[0] - 0.5 * np.linalg.slogdet(own.covariances[0])[1]  # from a restricted to a full one
        numbers = A_STEP * len(model.places) + model.beside.shape[1]
        found.append(float(likelihood.max()) - 0.5 * numbers * math.log(len(seen)))
    return models[int(np.argmax(found))]
