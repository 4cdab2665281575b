"""How well a theme is measured, from few labels of known inclusion probability.

Every measure weighs each judged article by one over its inclusion probability, so it speaks of the whole corpus. Intervals are
those of a Bayesian bootstrap (Rubin 1981): each judged article gets a standard exponential factor. Beside them stand, among the
articles taken for the theme and among the others, half an article that belongs and half one that does not (Jeffreys), each
weighing as much as the judged ones there do on average: without these, labels without an error would say that there is none. For equal
weights the intervals of precision and of the false-positive rate are Jeffreys intervals. They speak of articles like these, not of this
corpus alone: they are not narrower where a large part of a small corpus was judged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from topics.core.errors import require
from topics.core.hashing import digest
from topics.core.matrices import Float64

DRAWS = 2_000
LEVEL = 0.95
Bools = npt.NDArray[np.bool_]


class Estimate(msgspec.Struct, frozen=True):
    """A measure with its bootstrap interval; nan where the labels cannot tell."""

    value: float
    low: float
    high: float

    def overlaps(self, other: Estimate) -> bool:
        """Whether two intervals share a point; true where one is unknown."""
        return not (self.high < other.low or other.high < self.low)


@dataclass(frozen=True, eq=False)
class Judged:
    """One theme's labels beside what was measured.

    Args:
        truth: (n_rows,) what the reader says.
        present: (n_rows,) what the scorer decides.
        scores: (n_rows,) 0 to 1.
        weights: (n_rows,) one over the inclusion probability.
    """

    truth: Bools
    present: Bools
    scores: Float64
    weights: Float64

    def __post_init__(self) -> None:
        shape = self.truth.shape
        require(self.present.shape == self.scores.shape == self.weights.shape == shape, "arrays differ in size", where="Judged")
        require(bool((self.weights > 0).all()), "a weight is not above 0", where="Judged")

    def __len__(self) -> int:
        return len(self.truth)

    def only(self, rows: Bools) -> Judged:
        """Return some of the rows."""
        return Judged(self.truth[rows], self.present[rows], self.scores[rows], self.weights[rows])


@dataclass(frozen=True, eq=False)
class Draws:
    """Bootstrap draws: the judged rows and four more, and their weights (n_draws, n_rows + 4)."""

    judged: Judged
    weights: Float64


@dataclass(frozen=True, eq=False)
class Rates:
    """True- and false-positive rate, and their bootstrap draws (n_draws, 2): an error of the one goes with that of the other."""

    tpr: float
    fpr: float
    draws: Float64


class Measures(msgspec.Struct, frozen=True):
    """Measures of one theme in one language (`all`: in all).

    Args:
        n_judged: articles judged.
        n_positive: judged to belong.
        n_present: of the judged, taken for the theme.
        recall: also the true-positive rate.
        fpr: false-positive rate.
        pr_auc: average precision over all thresholds.
        prevalence: share of stories that belong, by the labels.
    """

    theme: str
    language: str
    n_judged: int
    n_positive: int
    n_present: int
    precision: Estimate
    recall: Estimate
    f1: Estimate
    fpr: Estimate
    pr_auc: Estimate
    prevalence: Estimate


def generator_for(seed: int, *names: str) -> np.random.Generator:
    """Return a generator of its own for each theme and language, whatever else is measured."""
    return np.random.default_rng(int(digest([str(seed), *names])[:16], 16))


def bootstrap(judged: Judged, generator: np.random.Generator, n_draws: int = DRAWS) -> Draws:
    """Draw weights: exponential factors for what was judged, Gamma(1/2) for the four half articles that were not.

    The half articles stand at the median score of their side; on a side where none was judged they weigh as the others do.
    """
    factors = judged.weights * generator.standard_exponential((n_draws, len(judged)))
    average = float(judged.weights.mean()) if len(judged) else 0.0
    truth, present, scores, means = [], [], [], []
    for decided in (True, False):
        rows = judged.present == decided
        for belongs in (True, False):
            truth.append(belongs)
            present.append(decided)
            scores.append(float(np.median(judged.scores[rows])) if rows.any() else float(decided))
            means.append(float(judged.weights[rows].mean()) if rows.any() else average)
    weights = np.concatenate([factors, generator.standard_gamma(0.5, (n_draws, 4)) * np.array(means)], axis=1)
    more = Judged(
        np.concatenate([judged.truth, np.array(truth)]),
        np.concatenate([judged.present, np.array(present)]),
        np.concatenate([judged.scores, np.array(scores)]),
        np.concatenate([judged.weights, np.ones(4)]),
    )
    return Draws(more, weights)


def _ratio(part: Float64, whole: Float64) -> Float64:
    """Part of a whole, nan of nothing."""
    result: Float64 = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return result


def decision_measures(judged: Judged, weights: Float64) -> dict[str, Float64]:
    """Return precision, recall, f1, fpr and prevalence, each (n_draws,).

    Args:
        judged: n_rows labels and decisions.
        weights: (n_draws, n_rows).
    """

    def total(rows: Bools) -> Float64:
        return np.asarray(weights[:, rows].sum(axis=1))

    hit, false = total(judged.truth & judged.present), total(~judged.truth & judged.present)
    missed, rest = total(judged.truth & ~judged.present), total(~judged.truth & ~judged.present)
    return {
        "precision": _ratio(hit, hit + false),
        "recall": _ratio(hit, hit + missed),
        "f1": _ratio(2 * hit, 2 * hit + false + missed),
        "fpr": _ratio(false, false + rest),
        "prevalence": _ratio(hit + missed, hit + false + missed + rest),
    }


@dataclass(frozen=True, eq=False)
class Curve:
    """What each threshold gives, the highest first: thresholds (n,), weights of hits and false alarms (n_draws, n) at or above it."""

    thresholds: Float64
    hits: Float64
    false: Float64

    @property
    def f1(self) -> Float64:
        """F1 (n_draws, n); nan where nothing belongs."""
        positives = self.hits[:, -1:]
        return np.where(positives > 0, _ratio(2 * self.hits, self.hits + self.false + positives), np.nan)

    @property
    def fpr(self) -> Float64:
        """False-positive rate (n_draws, n)."""
        return _ratio(self.false, np.broadcast_to(self.false[:, -1:], self.false.shape))

    @property
    def average_precision(self) -> Float64:
        """Sum over thresholds of the gain in recall times precision (n_draws,); nan where nothing belongs."""
        gains = np.diff(self.hits, axis=1, prepend=0.0)
        found = (gains * np.nan_to_num(_ratio(self.hits, self.hits + self.false))).sum(axis=1)
        return _ratio(found, self.hits[:, -1])


def curve(judged: Judged, weights: Float64) -> Curve:
    """Return hits and false alarms at every score that occurs; equal scores are one threshold.

    Args:
        judged: n_rows labels and scores.
        weights: (n_draws, n_rows).
    """
    order = np.argsort(-judged.scores, kind="stable")
    scores, truth = judged.scores[order], judged.truth[order]
    last = np.flatnonzero(np.append(np.diff(scores) != 0, True)) if len(scores) else np.zeros(0, dtype=np.int64)
    ordered = weights[:, order]
    return Curve(scores[last], np.cumsum(ordered * truth, axis=1)[:, last], np.cumsum(ordered * ~truth, axis=1)[:, last])


def estimate(value: float, draws: Float64) -> Estimate:
    """Return a value with the middle 95 % of its draws, which hold the value; nan where the labels give none."""
    known = draws[~np.isnan(draws)]
    if math.isnan(value) or not len(known):
        return Estimate(math.nan, math.nan, math.nan)
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, min(float(low), value), max(float(high), value))


def measure(judged: Judged, theme: str, language: str, draws: Draws) -> Measures:
    """Return all measures of one theme in one language.

    Args:
        judged: labels in that language.
        theme: its key.
        language: a code, or `all`.
        draws: `bootstrap` of the same labels.
    """
    values = decision_measures(judged, judged.weights[None])
    spread = decision_measures(draws.judged, draws.weights)
    if len(judged):
        values["pr_auc"] = curve(judged, judged.weights[None]).average_precision
        spread["pr_auc"] = curve(draws.judged, draws.weights).average_precision
    else:
        values["pr_auc"] = spread["pr_auc"] = np.full(1, np.nan)
    found = {name: estimate(float(values[name][0]), spread[name]) for name in values}
    return Measures(
        theme=theme,
        language=language,
        n_judged=len(judged),
        n_positive=int(judged.truth.sum()),
        n_present=int(judged.present.sum()),
        precision=found["precision"],
        recall=found["recall"],
        f1=found["f1"],
        fpr=found["fpr"],
        pr_auc=found["pr_auc"],
        prevalence=found["prevalence"],
    )


def rates(judged: Judged, draws: Draws) -> Rates:
    """Return the true- and false-positive rate for `adjusted_share`, pooled over time."""
    values, spread = decision_measures(judged, judged.weights[None]), decision_measures(draws.judged, draws.weights)
    return Rates(float(values["recall"][0]), float(values["fpr"][0]), np.stack([spread["recall"], spread["fpr"]], axis=1))


@dataclass(frozen=True, eq=False)
class AdjustedShare:
    """Corrected shares with the interval that the labels leave; each has the shape of what was counted."""

    value: Float64
    low: Float64
    high: Float64


def adjusted_share(share: float | Float64, found: Rates) -> AdjustedShare:
    """Return shares corrected for the errors of the scorer: (share - FPR) / (TPR - FPR), clipped to 0..1.

    The interval is that of the labels alone; that of the counted share is not in it. Where the scorer finds no more of what belongs
    than of what does not, nothing can be corrected: the value is nan, and where more than 5 % of the draws say so, the
    interval is 0 to 1.
    Source: Forman 2008, Quantifying counts and costs via classification (adjusted count).

    Args:
        share: counted shares of documents in which the theme is present, any shape.
        found: rates of the same scorer.
    """
    counted = np.asarray(share, dtype=np.float64)
    blank = np.full(counted.shape, np.nan)
    difference = found.tpr - found.fpr
    if math.isnan(difference) or not len(found.draws):
        return AdjustedShare(blank, blank, blank)
    value = np.clip((counted - found.fpr) / difference, 0.0, 1.0) if difference > 0 else blank
    apart = found.draws[:, 0] - found.draws[:, 1]
    usable = apart > 0
    if not difference > 0 or usable.mean() < LEVEL:
        return AdjustedShare(value, np.zeros(counted.shape), np.ones(counted.shape))
    spread = np.clip((counted[..., None] - found.draws[usable, 1]) / apart[usable], 0.0, 1.0)
    low, high = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=-1)
    return AdjustedShare(value, np.minimum(low, value), np.maximum(high, value))
