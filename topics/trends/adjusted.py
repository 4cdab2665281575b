"""Shares corrected for the errors of what measured them, where labels tell these."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np

from topics.core.hashing import digest
from topics.core.matrices import Float64
from topics.core.series import UNKNOWN, Share, TrendCell, TrendSeries

LEVEL = 0.95


class ErrorRates(Protocol):
    """True- and false-positive rate, or the mean weight of what belongs and of what does not, and draws (n_draws, 2) of both."""

    @property
    def tpr(self) -> float:
        """Of documents that belong, the part or weight that is found."""
        ...

    @property
    def fpr(self) -> float:
        """Of documents that do not belong, the part or weight that is found."""
        ...

    @property
    def draws(self) -> Float64:
        """Draws of both, together."""
        ...


def adjust(series: TrendSeries, rates: Mapping[tuple[str, str], ErrorRates]) -> TrendSeries:
    """Return the series whose error rates are known, with corrected shares: (share - FPR) / (TPR - FPR), clipped to 0..1.

    The interval is that of both errors together: of the counted share (Jeffreys) and of the labels. `n_info` shrinks by what the correction
    stretches. Where more than 5 % of the draws find no more of what belongs than of what does not, the interval is 0 to 1.
    A scorer that errs makes a trend flatter; this undoes it, if the rates stay the same over time.
    Source: Forman 2008, Quantifying counts and costs via classification (adjusted count).

    Args:
        series: counted shares.
        rates: by series and language (`all` for all of them) those of the same scorer; series without are left out, as are those of which
            the scorer finds no more in what belongs.
    """
    cells: list[TrendCell] = []
    for cell in series.cells:
        found = rates.get((cell.series, cell.language))
        if found is not None and found.tpr > found.fpr and len(found.draws):
            cells.append(_adjusted(cell, found))
    return TrendSeries(series.kind, f"{series.source}, adjusted", False, series.periods, tuple(cells), series.weighting)


def with_adjusted(series: TrendSeries, rates: Mapping[tuple[str, str], ErrorRates]) -> TrendSeries:
    """Return the series with corrected shares beside the counted ones, where error rates are known; see `adjust`."""
    known = {(cell.series, cell.language, cell.period): cell for cell in adjust(series, rates).cells} if rates else {}
    cells = [
        replace(cell, adjusted=Share(found.share, found.low, found.high))
        if (found := known.get((cell.series, cell.language, cell.period)))
        else cell
        for cell in series.cells
    ]
    return replace(series, cells=tuple(cells)) if known else series


def _adjusted(cell: TrendCell, rates: ErrorRates) -> TrendCell:
    if math.isnan(cell.share):
        return cell
    n = cell.n_eff if math.isnan(cell.n_info) else cell.n_info
    apart = rates.tpr - rates.fpr
    share = min(1.0, max(0.0, (cell.share - rates.fpr) / apart))
    generator = np.random.default_rng(int(digest([cell.series, cell.language, cell.period])[:16], 16))
    counted = generator.beta(cell.share * n + 0.5, (1 - cell.share) * n + 0.5, len(rates.draws))
    differences = rates.draws[:, 0] - rates.draws[:, 1]
    usable = differences > 0
    low, high = 0.0, 1.0
    if usable.mean() >= LEVEL:
        spread = np.clip((counted[usable] - rates.draws[usable, 1]) / differences[usable], 0.0, 1.0)
        low, high = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist()
    before, after = (max(p * (1 - p), 0.25 / (n + 1)) for p in (cell.share, share))
    told = n * apart**2 * after / before
    mass = share * cell.votes
    return replace(
        cell,
        mass=mass,
        share=share,
        low=min(low, share),
        high=max(high, share),
        n_info=told,
        articles=UNKNOWN,
        stories=UNKNOWN,
        fixed_mix=UNKNOWN,
    )
