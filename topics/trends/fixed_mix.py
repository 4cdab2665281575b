"""The share that a period would have if sources and languages had the same part in every period (post-stratification).

A share can rise because a source that writes more of the theme publishes more, or joins. The fixed-mix curve weighs each stratum (source
by language) by its part in the whole range. A stratum with few articles in a period leans on what a two-way fit says of it: the level of
the stratum plus that of the period. Sources with few articles are one stratum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topics.core.matrices import Float64
from topics.core.series import Weighting
from topics.trends.sums import Layout, Sums
from topics.trends.uncertainty import jeffreys_bounds

LEAN = 5.0  # articles of a stratum in a period that count as much as the fit
ROUNDS = 50


@dataclass(frozen=True, eq=False)
class FixedMix:
    """Arrays (n_periods, n_series); nan where a period has no document."""

    share: Float64
    low: Float64
    high: Float64


def fixed_mix(layout: Layout, sums: Sums, weighting: Weighting) -> FixedMix:
    """Return the fixed-mix shares of one language, of the documents whose period is sure; nan where there is one stratum alone."""
    n, n_strata = layout.n_periods, layout.n_strata
    if n_strata == 1:  # no mix that could change; the share of sure dates alone would look like another curve
        unknown = np.full((n, sums.by_stratum.shape[2]), np.nan)
        return FixedMix(unknown, unknown, unknown)
    sure = layout.rows_places < n
    cells = layout.rows_places[sure] * n_strata + layout.stratum[sure]
    votes = layout.votes_of_rows(weighting)[sure]
    counts = np.bincount(cells, weights=votes, minlength=n * n_strata).astype(np.float64).reshape(n, n_strata)
    total = counts.sum(axis=1)
    share = np.where(total[:, None] > 0, _standardise(sums.by_stratum, counts), np.nan)
    n_eff = _effective(counts) * layout.kish(weighting)[:n] / np.maximum(total, 1e-300)
    low, high = jeffreys_bounds(share, n_eff[:, None] / sums.scatter)
    return FixedMix(share, low, high)


def _standardise(mass: Float64, counts: Float64) -> Float64:
    """The share of each period (n_periods, n_series) from mass (n_periods, n_strata, n_series) and votes (n_periods, n_strata)."""
    votes = counts[:, :, None]
    share = np.divide(mass, votes, out=np.zeros_like(mass), where=votes > 0)
    level, change = np.zeros(mass.shape[1:]), np.zeros((len(mass), mass.shape[2]))
    by_period, by_stratum = np.maximum(votes.sum(axis=1), 1e-300), np.maximum(votes.sum(axis=0), 1e-300)
    for _ in range(ROUNDS):  # two-way weighted least squares by backfitting
        level = (votes * (share - change[:, None])).sum(axis=0) / by_stratum
        change = (votes * (share - level)).sum(axis=1) / by_period
    fitted = np.clip(level + change[:, None], 0.0, 1.0)
    leaning = (mass + LEAN * fitted) / (votes + LEAN)
    part = counts.sum(axis=0) / max(counts.sum(), 1e-300)
    found: Float64 = np.clip((part[None, :, None] * leaning).sum(axis=1), 0.0, 1.0)
    return found


def _effective(counts: Float64) -> Float64:
    """How many equal articles the fixed-mix share of each period rests on: what a stratum lacks is taken from all of the period."""
    total = counts.sum(axis=1, keepdims=True)
    part = counts.sum(axis=0) / max(counts.sum(), 1e-300)
    own = part / (counts + LEAN)
    lent = np.divide((own * LEAN).sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
    squares = (counts * (own + lent) ** 2).sum(axis=1)
    found: Float64 = np.divide(1.0, squares, out=np.zeros_like(squares), where=squares > 0)
    return found
