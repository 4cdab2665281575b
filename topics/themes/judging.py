"""What labels say beside the measures: has the measurement moved, where should the threshold be, do two readers agree?"""

from __future__ import annotations

import math

import msgspec
import numpy as np
import numpy.typing as npt

from topics.core.matrices import Float64
from topics.themes.evaluation import DRAWS, Estimate, Judged, bootstrap, curve, decision_measures, estimate

Bools = npt.NDArray[np.bool_]
MAX_FPR = 0.05


class Drift(msgspec.Struct, frozen=True):
    """True- and false-positive rate in the first and in the second half of the period.

    Args:
        moved: whether the intervals of one of the two rates do not overlap.
        sentence: what that means.
    """

    theme: str
    language: str
    tpr_first: Estimate
    tpr_second: Estimate
    fpr_first: Estimate
    fpr_second: Estimate
    moved: bool
    sentence: str


class Threshold(msgspec.Struct, frozen=True):
    """Where the theme's decision could lie; a score at or above it is taken for the theme.

    Args:
        best: the score with the best F1; the highest of several.
        low: 2.5th percentile of `best` over bootstrap draws: few labels say little of a threshold.
        high: the 97.5th.
        f1: at `best`; measured on the labels that chose it, so it flatters.
        fpr: false-positive rate there.
        limited: the lowest score with a false-positive rate of at most `max_fpr`; nan where no score has that.
        recall: at `limited`.
    """

    theme: str
    best: float
    low: float
    high: float
    f1: float
    fpr: float
    max_fpr: float
    limited: float
    recall: float


class Agreement(msgspec.Struct, frozen=True):
    """How two readers agree on one theme.

    Args:
        n_both: articles that both judged.
        n_equal: judged alike.
        kappa: Cohen's, each article weighing one over its inclusion probability; nan where both give one answer throughout.
    """

    theme: str
    n_both: int
    n_equal: int
    kappa: Estimate


def _moved(name: str, first: Estimate, second: Estimate) -> str:
    before, after = (f"{item.value:.0%} ({item.low:.0%} to {item.high:.0%})" for item in (first, second))
    return f"{name} went from {before} to {after}"


def drift(judged: Judged, halves: npt.NDArray[np.str_], generator: np.random.Generator, *, theme: str, language: str) -> Drift:
    """Compare error rates of the two halves; a trend is no news where the measurement itself has moved.

    Args:
        judged: n_rows labels.
        halves: (n_rows,) `first`, `second` or `undated`.
        generator: draws the intervals.
        theme: its key.
        language: a code, or `all`.
    """
    found: dict[str, list[Estimate]] = {"recall": [], "fpr": []}
    for half in ("first", "second"):
        part = judged.only(halves == half)
        values, draws = decision_measures(part, part.weights[None]), bootstrap(part, generator)
        spread = decision_measures(draws.judged, draws.weights)
        for name, estimates in found.items():
            estimates.append(estimate(float(values[name][0]), spread[name]))
    (tpr_first, tpr_second), (fpr_first, fpr_second) = found["recall"], found["fpr"]
    reasons = [
        _moved(name, first, second)
        for name, first, second in (("true-positive rate", tpr_first, tpr_second), ("false-positive rate", fpr_first, fpr_second))
        if not first.overlaps(second)
    ]
    if reasons:
        sentence = f"measurement may have moved: {' and '.join(reasons)}; a trend of this theme may come from that"
    elif any(math.isnan(item.value) for item in (tpr_first, tpr_second, fpr_first, fpr_second)):
        sentence = "too few labels in one of the halves to see whether the measurement has moved"
    else:
        sentence = "no sign that the measurement has moved"
    return Drift(theme, language, tpr_first, tpr_second, fpr_first, fpr_second, bool(reasons), sentence)


def propose_threshold(judged: Judged, generator: np.random.Generator, *, theme: str, max_fpr: float = MAX_FPR) -> Threshold:
    """Return the score with the best weighted F1, and the lowest one whose weighted false-positive rate is small enough.

    Args:
        judged: n_rows labels and scores.
        generator: draws the interval of the best score.
        theme: its key.
        max_fpr: the false-positive rate to keep to.
    """
    if not judged.truth.any():
        unknown = math.nan
        return Threshold(theme, unknown, unknown, unknown, unknown, unknown, max_fpr, unknown, unknown)
    found = curve(judged, judged.weights[None])
    best = int(np.nanargmax(found.f1[0]))
    spread = curve(judged, bootstrap(judged, generator).weights[:, : len(judged)]).f1
    chosen = found.thresholds[np.nanargmax(spread, axis=1)]
    low, high = np.quantile(chosen, [0.025, 0.975], method="nearest")
    false, recall = np.nan_to_num(found.fpr[0]), found.hits[0] / found.hits[0, -1]
    allowed = np.flatnonzero(false <= max_fpr)
    limited = (float(found.thresholds[allowed[-1]]), float(recall[allowed[-1]])) if len(allowed) else (math.nan, math.nan)
    value = float(found.thresholds[best])
    return Threshold(theme, value, float(low), float(high), float(found.f1[0, best]), float(false[best]), max_fpr, *limited)


def cohen_kappa(a: Bools, b: Bools, weights: Float64) -> Float64:
    """Return Cohen's kappa for each row of weights; nan where chance alone agrees wholly.

    Source: Cohen 1960, A coefficient of agreement for nominal scales.

    Args:
        a: (n_rows,) judgements of one reader.
        b: (n_rows,) of another.
        weights: (n_draws, n_rows).
    """
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        agreed = weights[:, a == b].sum(axis=1) / total
        yes_a, yes_b = weights[:, a].sum(axis=1) / total, weights[:, b].sum(axis=1) / total
        chance = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
        kappa = np.where(1 - chance > 1e-12, (agreed - chance) / (1 - chance), np.nan)
    return np.asarray(kappa, dtype=np.float64)


def agreement(a: Bools, b: Bools, weights: Float64, generator: np.random.Generator, *, theme: str) -> Agreement:
    """Return how two readers agree on one theme; arguments as of `cohen_kappa`, with one row of weights (n_rows,).

    The bootstrap gives each of the four pairs of answers a quarter of an article (Perks 1947), so that few articles judged alike do not
    say that there is never a difference.
    """
    if not len(a):
        return Agreement(theme, 0, 0, Estimate(math.nan, math.nan, math.nan))
    factors = weights * generator.standard_exponential((DRAWS, len(a)))
    quarters = weights.mean() * generator.standard_gamma(0.25, (DRAWS, 4))
    more = (np.append(a, [True, True, False, False]), np.append(b, [True, False, True, False]))
    spread = cohen_kappa(*more, np.concatenate([factors, quarters], axis=1))
    kappa = estimate(float(cohen_kappa(a, b, weights[None])[0]), spread)
    return Agreement(theme, len(a), int((a == b).sum()), kappa)
