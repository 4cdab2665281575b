"""Shares over periods with their intervals, as the explorer holds them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from topics.core.series import TrendCell, TrendSeries
from topics.report.explorer.columns import packed
from topics.trends.aggregate import ALL

SCALE = 10_000  # shares are kept as whole parts of it: the digits that the page shows
MAX_CELLS = 60_000  # a series in a period, of all languages together


def trend_data(series: TrendSeries, names: Sequence[str]) -> dict[str, object]:
    """Return share, low and high of each named series in each period, over all languages and in each of them.

    Where that is more than the page has room for, the languages are left out, and then the earliest periods: `first` is the place of the
    first that is there.
    """
    n_series, n_periods = max(1, len(names)), len(series.periods)
    languages = sorted({cell.language for cell in series.cells if cell.language != ALL})
    if n_series * n_periods * (1 + len(languages)) > MAX_CELLS:
        languages = []
    first = max(0, n_periods - MAX_CELLS // n_series)
    return {"first": first, "languages": {code: _language(series, names, code, first) for code in [ALL, *languages]}}


def _language(series: TrendSeries, names: Sequence[str], language: str, first: int) -> dict[str, object]:
    found = [series.of(name, language)[first:] for name in names]
    longest: tuple[TrendCell, ...] = max(found, key=len, default=())
    return {
        "n": [cell.n_docs for cell in longest],
        "complete": [cell.complete for cell in longest],
        "cells": [packed([part for cell in cells for part in _parts(cell)], SCALE) for cells in found],
    }


def _parts(cell: TrendCell) -> tuple[int, int, int]:
    if math.isnan(cell.share):
        return -1, -1, -1
    low, share, high = (round(SCALE * part) for part in (cell.low, cell.share, cell.high))
    return low, share, high
