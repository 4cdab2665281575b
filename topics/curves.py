"""Trends that show themselves: as a frame, as a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from topics.core.display import card, percent
from topics.core.errors import UsageError
from topics.core.registry import nearest
from topics.core.series import ChangePoint, PeriodUnit, StatisticRow, TrendCell, TrendSeries
from topics.exchange.frames import frame_of
from topics.tables import Table
from topics.trend_tables import TRENDS, trend_rows

if TYPE_CHECKING:
    import pandas as pd

GROWTH = "growth"


@dataclass(frozen=True, eq=False, repr=False)
class Trends(TrendSeries):
    """Shares over periods, with what charts need.

    Args:
        unit: length of a period.
        titles: series to its name for readers.
    """

    unit: PeriodUnit = "month"
    titles: Mapping[str, str] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """Return every cell as a row, as `trends_*.csv` has them."""
        return frame_of(Table(f"trends_{self.source}", TRENDS, lambda: trend_rows(self)))

    def plot(self, *series: str | int, language: str = "all") -> Any:  # noqa: ANN401 - Altair's chart classes share no useful base type
        """Return a small chart a series as an Altair chart: shares with 95 % intervals; without names of every series.

        Raises:
            UsageError: there is no such series or language.
        """
        from topics.viz.style import styled
        from topics.viz.trend_charts import trend_multiples

        names = [self.check(name, language) for name in series] or [name for name in self.titles if self.of(name, language)]
        return styled(trend_multiples(self, {name: self.titles.get(name, name) for name in names}, self.unit, language))

    def check(self, series: str | int, language: str = "all") -> str:
        """Return the name of a series, or raise `UsageError` with the nearest one."""
        where, languages = f"trends of {self.source}", {cell.language for cell in self.cells}
        if language not in languages:
            raise UsageError(f"there is no language {language!r}.", where=where, hint=nearest(language, languages))
        if not self.of(str(series), language):
            raise UsageError(f"there is no {self.kind} {str(series)!r}.", where=where, hint=nearest(str(series), self.names(language)))
        return str(series)


@dataclass(frozen=True, eq=False)
class Trend:
    """One series over time: its cells, what statistics find in it, and its chart.

    Args:
        trends: those that it is one of.
        series: its name.
        language: a code, or `all`.
        statistics: rows of every statistic.
        change_points: periods from which on the level is another, those that are findings.
    """

    trends: Trends
    series: str
    language: str
    statistics: tuple[StatisticRow, ...]
    change_points: tuple[ChangePoint, ...]

    @property
    def title(self) -> str:
        """Its name for readers."""
        return self.trends.titles.get(self.series, self.series)

    @property
    def cells(self) -> tuple[TrendCell, ...]:
        """One a period, in order of time."""
        return self.trends.of(self.series, self.language)

    @property
    def growth(self) -> StatisticRow | None:
        """What is said of its growth: an odds ratio a year."""
        return next((row for row in self.statistics if row.statistic == GROWTH), None)

    def frame(self) -> pd.DataFrame:
        """Return a row a period."""
        found = self.trends.frame()
        return found[(found["series"] == self.series) & (found["language"] == self.language)].reset_index(drop=True)

    def plot(self) -> Any:  # noqa: ANN401 - Altair's chart classes share no useful base type
        """Return the curve as an Altair chart: share with 95 % interval, hollow points where a period is incomplete, change points."""
        from topics.viz.one_trend import one_trend
        from topics.viz.style import styled

        return styled(one_trend(self.trends, (self.series, self.title), self.trends.unit, self.language, self.change_points))

    def __repr__(self) -> str:
        return f"Trend({self.title!r} by {self.trends.source}: {'; '.join(self._said())})"

    def _repr_html_(self) -> str:
        return card(f"{self.title} ({self.trends.source}, {self.language})", *self._said())

    def _said(self) -> list[str]:
        told = [cell for cell in self.cells if cell.n_docs]
        if not told:
            return ["no article in any period"]
        peak = max(told, key=lambda cell: cell.share)
        lines = [f"{percent(told[-1].share)} of {told[-1].n_docs:,} articles in {told[-1].period}"]
        lines += [f"highest {percent(peak.share)} in {peak.period}"]
        lines += [f"growth: {self.growth.decision}"] if self.growth else []
        lines += [f"another level from {point.period} ({percent(point.before)} to {percent(point.after)})" for point in self.change_points]
        return lines
