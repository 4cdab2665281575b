"""What others do with the documents and shares of `benchmarks/trends.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pymannkendall
from statsmodels.stats.proportion import proportion_confint

from topics.core.documents import DateEstimate
from topics.core.matrices import Float64, Int64
from topics.testing.plant import START, Planted

try:
    import ruptures
except ImportError:
    ruptures = None  # not in the lock: pip install ruptures

TESTS = {
    "Mann-Kendall": pymannkendall.original_test,
    "Hamed-Rao": pymannkendall.hamed_rao_modification_test,
    "Yue-Wang": pymannkendall.yue_wang_modification_test,
    "prewhitened": pymannkendall.pre_whitening_modification_test,
    "trend-free prewhitened": pymannkendall.trend_free_pre_whitening_modification_test,
}
DECAY, LOW, HIGH = 0.01, 10, 75


def shares(planted: Planted) -> dict[str, tuple[Float64, Float64, Float64]]:
    """Counts a stamp with Wilson intervals: uncertain dates at the middle of their interval, or left out."""
    n_periods = planted.plan.n_periods
    middle = middle_periods(planted)
    sure = np.array([estimate.point is not None for estimate in planted.dates])
    found = {}
    for name, kept in (("counts, middle of the interval", np.ones(len(middle), dtype=bool)), ("counts, vague left out", sure)):
        inside = kept & (middle < n_periods)
        n = np.bincount(middle[inside], minlength=n_periods).astype(float)
        k = np.bincount(middle[inside], weights=planted.label[inside], minlength=n_periods)
        share = np.where(n > 0, k / np.maximum(n, 1), np.nan)
        low, high = proportion_confint(k, np.maximum(n, 1), 0.05, method="wilson")
        found[name] = (share, np.asarray(low), np.asarray(high))
    return found


def middle_periods(planted: Planted) -> Int64:
    """Return (n_docs,) the period of the middle of each date's interval."""
    return np.array([_period(estimate) for estimate in planted.dates])


def _period(estimate: DateEstimate) -> int:
    assert estimate.earliest
    assert estimate.latest
    day = estimate.earliest + (estimate.latest - estimate.earliest) / 2
    return 12 * (day.year - START.year) + day.month - 1


def tests(values: Sequence[float]) -> dict[str, bool]:
    """Whether each test of pymannkendall calls the shares a trend at 5 %."""
    if len(set(values)) < 3:
        return dict.fromkeys(TESTS, False)
    with np.errstate(all="ignore"):
        return {name: bool(test(list(values)).p < 0.05) for name, test in TESTS.items()}


def percentile_classes(counts: Float64) -> tuple[float, float]:
    """The parts of topics (n_topics, n_periods) called weak and strong signals at the end.

    Popularity is what was counted so far, fading while nothing is added; weak is between the 10th and the 75th percentile of all topics'
    popularity in the window and rising, strong is above. Source: BERTrend, Boutaleb et al. 2024.
    """
    popularity = np.zeros(counts.shape)
    level, idle = np.zeros(len(counts)), np.zeros(len(counts))
    for t in range(counts.shape[1]):
        idle = np.where(counts[:, t] > 0, 0, idle + 1)
        level = np.where(counts[:, t] > 0, level + counts[:, t], level * np.exp(-DECAY * idle**2))
        popularity[:, t] = level
    window = popularity[:, -12:]
    low, high = np.percentile(window, [LOW, HIGH])
    last, rising = popularity[:, -1], popularity[:, -1] > popularity[:, -12]
    return float(((last >= low) & (last <= high) & rising).mean()), float((last > high).mean())


def changes(values: Sequence[float]) -> dict[str, list[tuple[int, int, int]]]:
    """Bare change points of ruptures: squares with a penalty of three variances times ln T, and a kernel with its default penalty of 3."""
    if ruptures is None:
        return {}
    array = np.asarray(values)
    penalty = 3 * float(array.var()) * np.log(len(array))
    found = {
        "ruptures, l2": ruptures.Pelt(model="l2", min_size=2, jump=1).fit(array).predict(pen=penalty),
        "ruptures, rbf": ruptures.Pelt(model="rbf", min_size=2, jump=1).fit(array).predict(pen=3),
    }
    return {name: [(point, point, point) for point in points[:-1]] for name, points in found.items()}


@dataclass
class Steps:
    """How change points did, series without a step and with one."""

    flat: int = 0
    false: int = 0
    stepped: int = 0
    hit: int = 0
    named: int = 0
    covered: int = 0
    width: int = 0

    def add(self, points: Sequence[tuple[int, int, int]], at: int | None, margin: int) -> None:
        """Count the points (place, earliest, latest) of one series."""
        if at is None:
            self.flat += 1
            self.false += bool(points)
            return
        self.stepped += 1
        self.named += len(points)
        near = [point for point in points if abs(point[0] - at) <= margin]
        if near:
            _, earliest, latest = min(near, key=lambda point: abs(point[0] - at))
            self.hit += 1
            self.covered += earliest <= at <= latest
            self.width += latest - earliest + 1

    def row(self) -> dict[str, str | float]:
        """Any false point on a flat series, F1, coverage of the step by the interval of the point that was found, its mean width."""
        precision, recall = self.hit / max(1, self.named), self.hit / max(1, self.stepped)
        f1 = 2 * precision * recall / max(1e-12, precision + recall)
        n = max(1, self.hit)
        return {"any_false": self.false / self.flat, "f1": f1, "coverage": self.covered / n, "width": self.width / n}
