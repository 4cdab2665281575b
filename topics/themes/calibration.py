"""One scale for all themes, languages and scorers: zero is the score that few documents reach by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from topics.core.matrices import Float64
from topics.themes.hits import group_members

FALSE_POSITIVES = 0.05  # share of shuffled documents above the threshold
Views = Mapping[str, Float64]  # name of a scorer to its scores (n_docs, n_themes), larger where the theme is


@dataclass(frozen=True, eq=False)
class Calibration:
    """How the scores of some scorers become one number.

    Args:
        weights: of each scorer in the sum.
        means, scales: language to (n_views, n_themes), in the order of `weights`.
        thresholds: language to (n_themes,) the sum that a theme needs; infinite where a language tells nothing of a theme.
    """

    weights: Mapping[str, float]
    means: Mapping[str, Float64]
    scales: Mapping[str, Float64]
    thresholds: Mapping[str, Float64]

    def margins(self, views: Views, groups: Sequence[str]) -> Float64:
        """Return (n_docs, n_themes) how far each document is above its threshold; minus infinity in a language never seen."""
        n_docs, n_themes = next(iter(views.values())).shape
        margins = np.full((n_docs, n_themes), -np.inf)
        for name, rows in group_members(groups).items():
            if name in self.thresholds:
                margins[rows] = self._sums(views, name, rows) - self.thresholds[name]
        return margins

    def _sums(self, views: Views, name: str, rows: np.typing.NDArray[np.int64]) -> Float64:
        total = np.zeros((len(rows), self.means[name].shape[1]))
        for number, (view, weight) in enumerate(self.weights.items()):
            total += weight * (views[view][rows] - self.means[name][number]) / self.scales[name][number]
        return total


def calibrate(
    views: Views, groups: Sequence[str], chance: Views, chance_groups: Sequence[str], weights: Mapping[str, float]
) -> Calibration:
    """Return the scale of some scorers: each with mean 0 and deviation 1 over the documents of a language, then summed.

    Args:
        views: scores of the training documents by scorer, each (n_docs, n_themes).
        groups: language of each training document.
        chance: the same of shuffled documents.
        chance_groups: language of each of these.
        weights: of the scorers that take part.
    """
    means, scales, thresholds = {}, {}, {}
    for name, rows in group_members(groups).items():
        means[name] = np.stack([views[view][rows].mean(axis=0) for view in weights])
        scales[name] = np.maximum(np.stack([views[view][rows].std(axis=0) for view in weights]), 1e-9)
    scale = Calibration(dict(weights), means, scales, {})
    for name, rows in group_members(chance_groups).items():
        sums = scale._sums(chance, name, rows)
        thresholds[name] = np.quantile(sums, 1.0 - FALSE_POSITIVES, axis=0)
    return Calibration(dict(weights), means, scales, thresholds)


def soft(margins: Float64) -> Float64:
    """Return scores between 0 and 1, one half at the threshold."""
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-margins)))
