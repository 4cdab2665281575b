"""Shares over periods, and statistics of them."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from topics.core.display import grid, percent
from topics.core.errors import ContractError, require

PeriodUnit = Literal["day", "week", "month", "quarter", "year"]
Kind = Literal["topic", "theme"]
Weighting = Literal["articles", "stories"]
UNASSIGNED = "unassigned"
HIDDEN = "hidden"  # what a reader hid, together


Q_LEVEL = 0.05  # false findings among all, at most


def is_finding(q: float) -> bool:
    """Whether a q-value is that of a finding: at most .05, whatever was tested; nan is none."""
    return q <= Q_LEVEL


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period: label, first and last day, and whether the data cover it wholly."""

    label: str
    start: date
    end: date
    complete: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval; nan where it is not known."""

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan


UNKNOWN = Share()


@dataclass(frozen=True, slots=True)
class TrendCell:
    """One series in one period.

    Args:
        series: its name.
        language: a code, or `all`.
        period: label of the period.
        n_docs: documents that surely lie in the period.
        n_stories: stories among them.
        n_eff: equal, independent stories that weigh as much (Kish); a document of uncertain date counts by what it tells of the period.
        mass: summed weight.
        share: mass / votes; nan where no document surely lies in the period.
        low: lower bound of the share, at 95 %.
        high: upper bound.
        complete: whether the data cover the period wholly.
        n_sources: distinct sources of the documents.
        votes: what the share is a share of: every document one vote, or every story; those of uncertain date in parts.
        n_info: independent stories with a plain yes or no that would tell as much of the share; more than `n_eff` where weights lie
            close together, since such scatter less. What tests rest on; nan is `n_eff`.
        articles: the share where every article has a vote.
        stories: the share where every story has one.
        fixed_mix: the share if sources and languages had the same part in every period.
        adjusted: the share corrected for the errors that labels tell of the scorer.
    """

    series: str
    language: str
    period: str
    n_docs: int
    n_stories: int
    n_eff: float
    mass: float
    share: float
    low: float
    high: float
    complete: bool
    n_sources: int = 0
    votes: float = math.nan
    n_info: float = math.nan
    articles: Share = UNKNOWN
    stories: Share = UNKNOWN
    fixed_mix: Share = UNKNOWN
    adjusted: Share = UNKNOWN


@dataclass(frozen=True, eq=False)
class TrendSeries:
    """A long table of cells: every series in every period, empty periods included.

    Args:
        kind: `topic` or `theme`.
        source: name of the model or scorer that gave the weights.
        partition: True where the shares of a period add up to 1 (with `unassigned`); False where themes may overlap.
        periods: in order, without gaps.
        cells: sorted by language, series, period.
        weighting: whose share `share` is: of articles or of stories.
    """

    kind: Kind
    source: str
    partition: bool
    periods: tuple[Period, ...]
    cells: tuple[TrendCell, ...]
    weighting: Weighting = "articles"

    def __post_init__(self) -> None:
        keys = [(cell.language, cell.series, cell.period) for cell in self.cells]
        require(len(set(keys)) == len(keys), "a (series, period) stands twice", where="TrendSeries")
        labels = {period.label for period in self.periods}
        by_series: dict[tuple[str, str], set[str]] = defaultdict(set)
        sums: dict[tuple[str, str], float] = defaultdict(float)
        for cell in self.cells:
            by_series[cell.language, cell.series].add(cell.period)
            sums[cell.language, cell.period] += cell.share
            ordered = math.isnan(cell.share) or 0 <= cell.low <= cell.share <= cell.high <= 1
            if not ordered or math.isnan(cell.share) != (cell.n_docs == 0):
                raise ContractError(f"bad cell {cell}", where="TrendSeries")
        require(all(periods == labels for periods in by_series.values()), "a series lacks a period", where="TrendSeries")
        if self.partition:
            require(all(math.isnan(s) or abs(s - 1) < 1e-3 for s in sums.values()), "shares do not add up to 1", where="TrendSeries")

    def __repr__(self) -> str:
        span = f"{self.periods[0].label} to {self.periods[-1].label}" if self.periods else "no period"
        return f"{type(self).__name__}({self.source}: {len(self.names())} {self.kind} series, {len(self.periods)} periods, {span})"

    def _repr_html_(self) -> str:
        ends = {name: [cell for cell in self.of(name) if cell.n_docs] for name in self.names()}
        first, last = ({name: cells[at] for name, cells in ends.items() if cells} for at in (0, -1))
        rows = ((name, *(f"{percent(found[name].share)} ({found[name].period})" for found in (first, last))) for name in first)
        return grid(repr(self), ("series", "first share", "last share"), rows)

    @cached_property
    def _by_series(self) -> dict[tuple[str, str], tuple[TrendCell, ...]]:
        order = {period.label: number for number, period in enumerate(self.periods)}
        groups: dict[tuple[str, str], list[TrendCell]] = defaultdict(list)
        for cell in self.cells:
            groups[cell.series, cell.language].append(cell)
        return {key: tuple(sorted(cells, key=lambda cell: order[cell.period])) for key, cells in groups.items()}

    def of(self, series: str, language: str = "all") -> tuple[TrendCell, ...]:
        """Return the cells of one series in order of time; none where there is no such series."""
        return self._by_series.get((series, language), ())

    def names(self, language: str = "all") -> tuple[str, ...]:
        """Return the names of the series of a language, in table order."""
        return tuple(series for series, code in self._by_series if code == language)


@dataclass(frozen=True, slots=True)
class StatisticRow:
    """One statistic of one series; nan where it does not apply, and `decision` says why.

    `q` is that of Benjamini and Hochberg, `q_by` that of Benjamini and Yekutieli, which holds however the series depend on each other.
    """

    series: str
    language: str
    statistic: str
    value: float
    low: float
    high: float
    p: float
    q: float
    decision: str
    q_by: float = math.nan


@dataclass(frozen=True, eq=False)
class StatisticTable:
    """One row a (series, language, statistic)."""

    kind: Kind
    source: str
    rows: tuple[StatisticRow, ...]

    def __post_init__(self) -> None:
        keys = [(row.series, row.language, row.statistic) for row in self.rows]
        require(len(set(keys)) == len(keys), "a statistic of a series stands twice", where="StatisticTable")
        require(all(row.decision for row in self.rows), "a row has no decision", where="StatisticTable")

    def __repr__(self) -> str:
        return f"StatisticTable({self.source}: {len(self.rows)} {self.kind} rows)"

    def _repr_html_(self) -> str:
        rows = ((row.series, row.language, row.statistic, f"{row.value:.3g}", f"{row.q:.2g}", row.decision) for row in self.rows)
        return grid(repr(self), ("series", "language", "statistic", "value", "q", "decision"), rows)


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A period from which on a series has another level, with the interval of periods that fit the data as well.

    `p` is that of a step anywhere in the series, `q` that over all series of the language.
    """

    series: str
    language: str
    period: str
    earliest: str
    latest: str
    before: float
    after: float
    p: float
    q: float

    @property
    def found(self) -> bool:
        """Whether it may be stated: a q-value of at most .05 over all series of the language."""
        return is_finding(self.q)
