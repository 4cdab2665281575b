"""Bursts: runs of periods, up to half of the time, in which a series stands at twice its odds over all or more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from topics.core.events import Burst
from topics.core.matrices import Float64, Int64
from topics.core.series import TrendSeries, is_finding
from topics.trends._sample import Sample, q_values, samples
from topics.trends.regression import NOISE, Fit, regress

RAISED = 2.0  # odds of the raised state over those of the usual one
ENTRY = 1.0  # times ln T: what it costs to enter the raised state
DRAWS, MORE_DRAWS = 399, 3600  # flat series that a burst is compared with; more of them where one is close
LEVEL = 0.025  # at it, 1 to 5 % of flat series have a burst (benchmarks/patterns.py); more where their noise hardly fades (12 %)
LEAST_MORE = 3.0  # stories' worth above the usual: one article that a topic happens to hold is no burst of it
LONGEST_GAP = 2  # periods without articles inside a burst
LONGEST_PART = 0.5  # of the time: what lasts longer is the level, and what lies outside is the exception

GOING_ON = "not ended in the last period tested"
Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class States:
    """The best sequence of states: whether raised, and the gain in log-likelihood of each period in the raised state."""

    raised: Bool
    gain: Float64

    def runs(self, row: int) -> Iterator[tuple[int, int, float]]:
        """Yield first period, the one after the last, and weight of each run of a series."""
        edges = np.flatnonzero(np.diff(np.concatenate([[0], self.raised[row].astype(np.int64), [0]])))
        for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            yield first, end, float(self.gain[row, first:end].sum())

    def heaviest(self) -> Float64:
        """Return (n_series,) the weight of the heaviest run, 0 without any."""
        weight, best = np.zeros(len(self.gain)), np.zeros(len(self.gain))
        for period in range(self.gain.shape[1]):
            weight = np.where(self.raised[:, period], weight + self.gain[:, period], 0.0)
            best = np.maximum(best, weight)
        return best


def states(hits: Float64, trials: Float64) -> States:
    """Return the states (n_series, n_periods) that a two-state automaton finds most likely.

    In the usual state a story of a series comes at its overall share, in the raised one at twice the odds; entering the raised state costs
    ln T, leaving it nothing. Counts are batches k of n, so that a change in how much was collected is no burst.
    Source: Kleinberg 2003, section 4 (batched arrivals).
    """
    share = np.clip(hits.sum(axis=1) / trials.sum(axis=1), 1e-6, 1 - 1e-6)[:, None]
    raised = expit(logit(share) + math.log(RAISED))
    gain = hits * np.log(raised / share) + (trials - hits) * np.log((1 - raised) / (1 - share))
    entry = ENTRY * math.log(hits.shape[1])
    usual, high = np.zeros(len(hits)), gain[:, 0] - entry
    from_high, stay_high = np.zeros(hits.shape, dtype=bool), np.zeros(hits.shape, dtype=bool)
    for period in range(1, hits.shape[1]):
        from_high[:, period], stay_high[:, period] = high > usual, high > usual - entry
        usual, high = np.maximum(usual, high), np.maximum(usual - entry, high) + gain[:, period]
    found = np.zeros(hits.shape, dtype=bool)
    found[:, -1] = high > usual
    for period in range(hits.shape[1] - 1, 0, -1):
        found[:, period - 1] = np.where(found[:, period], stay_high[:, period], from_high[:, period])
    return States(found, gain)


def _flat(level: float, weights: Float64, trials: Float64, places: Int64, rng: np.random.Generator, draws: int) -> Float64:
    """Draw hits (draws, n_periods) of flat series, whose noise is drawn from what it may be."""
    rho, sigma = NOISE[rng.choice(len(NOISE), draws, p=weights)].T
    wander = rng.normal(0, 1, (draws, len(trials))) * sigma[:, None]
    for period in range(1, len(trials)):
        carry = rho ** (places[period] - places[period - 1])
        wander[:, period] = carry * wander[:, period - 1] + np.sqrt(1 - carry**2) * wander[:, period]
    whole = np.maximum(1, np.rint(trials)).astype(np.int64)
    return np.asarray(rng.binomial(whole, expit(level + wander)) / whole * trials)


def _calm(data: Sample, rows: Sequence[int], heaviest: Sequence[tuple[int, int, float]]) -> Fit:
    """Fit how each of these series wanders outside of its heaviest burst; first column its level there."""
    design = np.zeros((len(rows), len(data.labels), 2))
    design[:, :, 0] = 1
    for number, (first, end, _) in enumerate(heaviest):
        design[number, first:end, 1] = 1  # never all periods: the raised state is above the share of all
    return regress(data.hits[rows], data.trials[rows], data.places, design)


def _unbroken(best: States, row: int, places: Int64) -> Iterator[tuple[int, int, float]]:
    """Yield the runs of a series, cut where no articles are seen for long: what was in between is not known."""
    holes = set((np.flatnonzero(np.diff(places) > LONGEST_GAP + 1) + 1).tolist())
    for first, end, _ in best.runs(row):
        edges = [first, *sorted(hole for hole in holes if first < hole < end), end]
        for start, stop in pairwise(edges):
            yield start, stop, float(best.gain[row, start:stop].sum())


def _chances(data: Sample, row: int, found: Sequence[tuple[int, int, float]], fit: Fit, number: int, seed: int) -> list[float]:
    """Return how often the heaviest burst of a flat series with the noise of this one weighs as much as each of its own."""
    rng, null = np.random.default_rng(seed), np.zeros(0)
    weights = np.array([weight for *_, weight in found])
    for draws in (DRAWS, MORE_DRAWS):
        flat = _flat(float(fit.coefficients[number, 0]), fit.weights[number], data.trials[row], data.places, rng, draws)
        null = np.append(null, states(flat, np.broadcast_to(data.trials[row], flat.shape)).heaviest())
        p = (1 + (null[None] >= weights[:, None]).sum(axis=1)) / (len(null) + 1)
        if p.min() > 2 * LEVEL:
            break
    return [float(value) for value in p]


def find_bursts(data: Sample, language: str, seed: int = 0) -> tuple[Burst, ...]:
    """Return every burst of every series; none where there is too little to test.

    Q-values (Benjamini and Hochberg 1995) are over the bursts of all series, with one that is none for each series without.

    Args:
        data: series of one language.
        language: its code.
        seed: of the flat series that bursts are compared with.
    """
    if data.refusal:
        return ()
    best = states(data.hits, data.trials)
    runs = {row: found for row in range(len(data.names)) if (found := list(_unbroken(best, row, data.places)))}
    if not runs:
        return ()
    fit = _calm(data, list(runs), [max(found, key=lambda run: run[2]) for found in runs.values()])
    p = [_chances(data, row, found, fit, number, seed) for number, (row, found) in enumerate(runs.items())]
    q = iter(q_values([*(value for own in p for value in own), *[1.0] * (len(data.names) - len(runs))]))
    listed: list[Burst] = []
    for (row, found), own in zip(runs.items(), p, strict=True):
        k, n = data.hits[row], data.trials[row]
        for (first, end, weight), value in zip(found, own, strict=True):
            over = next(q)
            share, usual = float(k[first:end].sum() / n[first:end].sum()), _outside(k, n, first, end)
            more = (share - usual) * float(data.stories[first:end].sum())
            words = "burst" if value <= LEVEL and is_finding(over) else "no more than chance gives"
            words = words if more >= LEAST_MORE else f"rests on fewer than {LEAST_MORE:.0f} stories"
            words = words if _part(data.places, first, end) <= LONGEST_PART else "no burst but a level: more than half of the time"
            when = data.labels[first], data.labels[end - 1]
            going_on = GOING_ON if end == len(data.labels) and words == "burst" else ""
            decision = "; ".join(filter(None, (words, going_on, data.caution)))
            listed.append(Burst(data.names[row], language, *when, weight, share, usual, value, over, decision))
    return tuple(listed)


def _outside(hits: Float64, trials: Float64, first: int, end: int) -> float:
    """Return the share of the periods (n_periods,) outside a run; never all of them are in one."""
    outside = np.delete(np.arange(len(hits)), np.s_[first:end])
    return float(hits[outside].sum() / trials[outside].sum())


def _part(places: Int64, first: int, end: int) -> float:
    """Return the part of all time that a run fills, gaps counted."""
    return float(places[end - 1] - places[first] + 1) / float(places[-1] - places[0] + 1)


def all_bursts(series: TrendSeries, seed: int = 0) -> tuple[Burst, ...]:
    """Return the bursts of all series, in table order."""
    return tuple(burst for language, data in samples(series) for burst in find_bursts(data, language, seed))
