"""What a test sees of a series: complete periods with documents, small ones joined; or why there is too little to test."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from topics.core.matrices import Float64
from topics.core.series import TrendCell

MIN_PERIODS = 8
FLAGGED_PERIODS = 12
MIN_DOCS = 30
MIN_STORIES = 5.0  # independent ones in a period; with fewer it is joined to the next
LEAST_OF_IT = 4.0  # stories' worth of a series, in all periods together: fewer have no course
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, eq=False)
class Observations:
    """A series as arrays (n_observations,).

    Args:
        steps: where each lies, counted in periods; of joined ones the mean by their stories.
        years: the same in years.
        shares: share of each.
        n: independent stories with a yes or no that it rests on.
        firsts: the first period of each, as a number in `labels`.
        labels: labels of the periods.
    """

    steps: Float64
    years: Float64
    shares: Float64
    n: Float64
    firsts: tuple[int, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.n)


@lru_cache(maxsize=1 << 14)
def day_number(label: str) -> float:
    """Return the first day of a period, by its label, as days of the proleptic calendar."""
    if "-W" in label:
        year, week = label.split("-W")
        return float(date.fromisocalendar(int(year), int(week), 1).toordinal())
    if "-Q" in label:
        year, quarter = label.split("-Q")
        return float(date(int(year), 3 * int(quarter) - 2, 1).toordinal())
    parts = [int(part) for part in label.split("-")] + [1, 1]
    return float(date(parts[0], parts[1], parts[2]).toordinal())


def usable(cells: Sequence[TrendCell]) -> list[TrendCell]:
    """Return the cells that a statistic may use: complete and not empty."""
    return [cell for cell in cells if cell.complete and cell.n_docs > 0]


def information(cell: TrendCell) -> float:
    """Return the independent stories that a cell's share rests on."""
    return cell.n_eff if math.isnan(cell.n_info) else cell.n_info


def joined(cells: Sequence[TrendCell]) -> list[list[int]]:
    """Return the numbers of usable cells in groups of at least five independent stories; what is left at the end joins the last."""
    groups: list[list[int]] = []
    open_group: list[int] = []
    stories = 0.0
    for number, cell in enumerate(cells):
        if cell.complete and cell.n_docs > 0:
            open_group.append(number)
            stories += cell.n_eff
            if stories >= MIN_STORIES:
                groups.append(open_group)
                open_group, stories = [], 0.0
    if groups:
        groups[-1] += open_group
    return groups


def observe(cells: Sequence[TrendCell]) -> Observations:
    """Return what a test sees of one series, of which every period is given in order."""
    groups = joined(cells)
    used = [cells[number] for group in groups for number in group]
    sizes = [len(group) for group in groups]
    starts = np.cumsum([0, *sizes])[:-1]
    n, stories = np.array([information(cell) for cell in used]), np.array([cell.n_eff for cell in used])

    def mean(values: Float64, weights: Float64) -> Float64:
        return np.asarray(np.add.reduceat(values * weights, starts) / np.add.reduceat(weights, starts)) if groups else values

    places = np.array([number for group in groups for number in group], dtype=np.float64)
    years = np.array([day_number(cell.period) for cell in used]) / DAYS_A_YEAR
    shares = mean(np.array([cell.share for cell in used]), n)
    totals = np.asarray(np.add.reduceat(n, starts), dtype=np.float64) if groups else n
    labels = tuple(cell.period for cell in cells)
    return Observations(mean(places, stories), mean(years, stories), shares, totals, tuple(group[0] for group in groups), labels)


def alike(observed: Sequence[Observations]) -> list[list[int]]:
    """Return the numbers of series in groups that were seen at the same times, so that one regression does for all of a group."""
    groups: dict[tuple[bytes, bytes], list[int]] = defaultdict(list)
    for number, seen in enumerate(observed):
        groups[seen.steps.tobytes(), seen.years.tobytes()].append(number)
    return list(groups.values())


def there_are(n: int) -> str:
    """Return `there is 1` or `there are 2`."""
    return f"there is {n:,}" if n == 1 else f"there are {n:,}"


def gate(cells: Sequence[TrendCell]) -> str:
    """Return why there is too little to test, or nothing."""
    used = usable(cells)
    n_docs = sum(cell.n_docs for cell in used)
    if n_docs < MIN_DOCS:
        return f"not tested: {MIN_DOCS} dated articles in complete periods are needed, {there_are(n_docs)}"
    if len(used) < MIN_PERIODS:
        return f"not tested: {MIN_PERIODS} complete periods with articles are needed, {there_are(len(used))}"
    if len(joined(cells)) < MIN_PERIODS:
        return (
            f"not tested: {MIN_PERIODS} complete periods of {MIN_STORIES:.0f} independent stories are needed; "
            f"with small ones joined {there_are(len(joined(cells)))}"
        )
    return ""


def too_rare(stories: float) -> str:
    """Return why so many independent stories' worth of a series are too few to test it, or nothing; they may come from six digits."""
    if stories >= LEAST_OF_IT - 1e-5:
        return ""
    return f"not tested: {LEAST_OF_IT:.0f} stories of it are needed, there are {stories:.1f}"


def caution(n_periods: int) -> str:
    """Return what a test of so many periods is to be called."""
    return "few periods: read with care" if n_periods <= FLAGGED_PERIODS else "tested"
