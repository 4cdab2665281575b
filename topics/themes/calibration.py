"""One scale for all themes, languages and scorers: zero is the score that few documents reach by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from topics.core.matrices import Float64, Int64
from topics.themes.hits import group_members

TERMS = "terms"
NEVER = 1e9  # a sum that no document has; artefacts hold no infinity
HALF = 0.5  # share of documents with terms among those that look alike, for one without to have the theme
FALSE_POSITIVES = 0.05  # share of shuffled documents above the threshold
Views = Mapping[str, Float64]  # name of a scorer to its scores (n_docs, n_themes), larger where the theme is


@dataclass(frozen=True, eq=False)
class Calibration:
    """How the scores of some scorers become one number.

    Args:
        weights: of each scorer in the sum.
        means, scales: language to (n_views, n_themes), in the order of `weights`.
        thresholds: language to (n_themes,) the sum that a theme needs.
        silent: language to (n_themes,) the sum of all but the terms that a document without any term needs besides; `NEVER` where no such
            document can have the theme. Empty before they are learned.
    """

    weights: Mapping[str, float]
    means: Mapping[str, Float64]
    scales: Mapping[str, Float64]
    thresholds: Mapping[str, Float64]
    silent: Mapping[str, Float64] = field(default_factory=dict)

    def margins(self, views: Views, groups: Sequence[str], without_terms: npt.NDArray[np.bool_] | None = None) -> Float64:
        """Return (n_docs, n_themes) how far each document is above its threshold; minus infinity in a language never seen.

        Args:
            views: scores by scorer.
            groups: language of each document.
            without_terms: (n_docs, n_themes) documents that hold no term of a theme: they have a second threshold.
        """
        n_docs, n_themes = next(iter(views.values())).shape
        margins = np.full((n_docs, n_themes), -np.inf)
        for name, rows in group_members(groups).items():
            if name in self.thresholds:
                margins[rows] = self.sums(views, name, rows) - self.thresholds[name]
                if name in self.silent and without_terms is not None:
                    besides = self.sums(views, name, rows, leave_out=TERMS) - self.silent[name]
                    margins[rows] = np.where(without_terms[rows], np.minimum(margins[rows], besides), margins[rows])
        return margins

    def sums(self, views: Views, name: str, rows: Int64, leave_out: str = "") -> Float64:
        """Return the weighted sum of standardised scores (n_rows, n_themes) of documents of a language, perhaps without one scorer."""
        total = np.zeros((len(rows), self.means[name].shape[1]))
        for number, (view, weight) in enumerate(self.weights.items()):
            if view == leave_out:
                continue
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
        sums = scale.sums(chance, name, rows)
        thresholds[name] = np.quantile(sums, 1.0 - FALSE_POSITIVES, axis=0)
    return Calibration(dict(weights), means, scales, thresholds)


def silent_thresholds(scale: Calibration, views: Views, groups: Sequence[str], with_terms: npt.NDArray[np.bool_]) -> Calibration:
    """Return the scale with what documents without terms need: to look like documents at least half of which hold a term.

    A share of false positives says little of a rare theme: of documents that cannot have it, one in twenty may be ten times those that do.
    Where most documents that look like a theme use its terms, one that does not is likely to be of it all the same; where few do, the
    likeness is to something else. The share is a falling function of the sum, found by isotonic regression; where a theme's documents
    use its terms two times in three, one half of documents with terms means even chances for one without (Elkan and Noto 2008,
    on learning from positive and unlabelled documents).

    Args:
        scale: of one scorer or of several.
        views: scores of the training documents.
        groups: their languages.
        with_terms: (n_docs, n_themes) whether they hold a term of a theme.
    """
    from sklearn.isotonic import IsotonicRegression

    silent: dict[str, Float64] = {}
    for name, rows in group_members(groups).items():
        sums = scale.sums(views, name, rows, leave_out=TERMS)
        silent[name] = np.full(sums.shape[1], NEVER)
        for theme in range(sums.shape[1]):
            share = IsotonicRegression(out_of_bounds="clip").fit_transform(sums[:, theme], with_terms[rows, theme].astype(np.float64))
            if (share >= HALF).any():
                silent[name][theme] = sums[share >= HALF, theme].min()
    return replace(scale, silent=silent)


def soft(margins: Float64) -> Float64:
    """Return scores between 0 and 1, one half at the threshold."""
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-margins)))
