"""Shares of periods with their intervals, from sums of places; arrays alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.core.matrices import Float64
from topics.core.series import Weighting
from topics.trends.dating import Dating, share_out
from topics.trends.placing import Placed, span_days
from topics.trends.sums import Layout, Sums
from topics.trends.uncertainty import jeffreys_bounds, widen, widening

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Estimates:
    """Arrays (n_periods, n_series); nan where a period has no document."""

    mass: Float64
    votes: Float64
    share: Float64
    low: Float64
    high: Float64
    n_eff: Float64
    n_info: Float64


@dataclass(frozen=True, eq=False)
class _Counted:
    """Mass, votes and effective numbers of one fit, (n_periods, n_series)."""

    mass: Float64
    votes: Float64
    n_eff: Float64


def estimate(placed: Placed, layout: Layout, fits: Sequence[Sums], weighting: Weighting, *, partition: bool) -> Estimates:
    """Return the shares of one language.

    The share is the mean over the fits. Its interval is Jeffreys's on the effective number of stories, times how much less weights
    scatter than a plain yes or no, and wider by what the fits differ.

    Args:
        placed: where documents stand.
        layout: the same, for this language.
        fits: sums of one fit or of several with the same series.
        weighting: whose share.
        partition: whether series and `unassigned` add up to 1.
    """
    counted = [_count(placed, layout, fit, weighting, partition) for fit in fits]
    there = (layout.n_docs[: placed.n_periods] > 0)[:, None]
    shares = np.stack([_ratio(each.mass, each.votes, there) for each in counted])
    share = np.clip(shares.mean(axis=0), 0.0, 1.0)
    n_eff = np.stack([each.n_eff for each in counted]).mean(axis=0)
    scatter = np.stack([fit.scatter for fit in fits]).mean(axis=0)
    n_info = n_eff / scatter
    low, high = jeffreys_bounds(share, n_info)
    low, high = widen(share, n_info, (low, high), widening(shares, n_info))
    mass, votes = (np.stack([getattr(each, name) for each in counted]).mean(axis=0) for name in ("mass", "votes"))
    return Estimates(mass, votes, share, low, high, n_eff, n_info)


def _ratio(mass: Float64, votes: Float64, there: Bools) -> Float64:
    return np.where(there & (votes > 0), np.clip(mass / np.where(votes > 0, votes, 1.0), 0.0, 1.0), np.nan)


def _count(placed: Placed, layout: Layout, sums: Sums, weighting: Weighting, partition: bool) -> _Counted:
    n = placed.n_periods
    mass, votes = sums.mass(weighting), layout.votes(weighting)[:, None]
    sure, sure_votes = mass[:n], votes[:n]
    kish = layout.kish(weighting)[:n, None]
    if not placed.spans.shape[0] or not votes[n:].any():
        ones = np.ones_like(sure)
        return _Counted(sure, sure_votes * ones, kish * ones)
    dating = Dating(placed.spans, sure_votes.ravel(), votes[n:].ravel(), span_days(placed.periods))
    shown, all_votes = share_out(dating, sure, mass[n:])
    if partition:  # every series takes its own documents, so that together they are all
        all_votes = np.repeat(shown.sum(axis=1, keepdims=True), sure.shape[1], axis=1)
    return _Counted(shown, all_votes, kish * np.ones_like(sure))
