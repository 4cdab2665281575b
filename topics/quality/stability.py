"""How far topics come back when a model is fitted again: matched document columns against what shuffled documents reach."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import msgspec
import numpy as np

from topics.core.matrices import Float32, Float64
from topics.engine import one_thread
from topics.quality.alignment import NULL_QUANTILE, correlations

SHUFFLES = 5  # of each pair of runs


class Stability(msgspec.Struct, frozen=True):
    """Stability of some runs.

    Args:
        pairs: mean correlation of matched topics, one number a pair of runs.
        null: the mean of the same after one run's documents were shuffled.
        high: the 95th percentile of that.
    """

    pairs: tuple[float, ...]
    null: float
    high: float

    @property
    def value(self) -> float:
        """Mean over pairs, -1 to 1; nan for a single run."""
        return float(np.mean(self.pairs)) if self.pairs else float("nan")

    @property
    def is_real(self) -> bool:
        """Whether topics come back more than the shuffled ones do in 95 of 100 cases."""
        return self.value > self.high


def matched(similarity: Float64) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], Float64]:
    """Return for each left topic its right topic in the best one-to-one matching (Kuhn 1955), and the similarity of each pair."""
    from scipy.optimize import linear_sum_assignment

    left, right = linear_sum_assignment(-similarity)
    return np.asarray(right, dtype=np.int64), np.asarray(similarity[left, right])


def stability(runs: Sequence[Float32], seed: int) -> Stability:
    """Compare each pair of runs.

    Args:
        runs: document-topic weights (n_docs, n_topics) of each run, over the same documents, one copy of each story.
        seed: draws the shuffles of the null.

    Topics that hold no document at all (a constant column) count as not coming back.
    """
    generator = np.random.default_rng(seed)
    values: list[float] = []
    null: list[float] = []
    with one_thread():
        for a, b in combinations([run.astype(np.float64) for run in runs], 2):
            values.append(float(matched(correlations(a, b))[1].mean()))
            null += [float(matched(correlations(a, b[generator.permutation(len(b))]))[1].mean()) for _ in range(SHUFFLES)]
    if not values:
        return Stability((), float("nan"), float("nan"))
    return Stability(tuple(values), float(np.mean(null)), float(np.quantile(null, NULL_QUANTILE)))
