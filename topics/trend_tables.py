"""The tables of trends, of statistics and of change points: names and columns are a contract with those who read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from topics.core.series import ChangePoint, Kind, StatisticTable, TrendSeries
from topics.tables import Cell

TRENDS = (
    "kind", "series", "language", "period", "n_docs", "n_stories", "mass", "share", "low", "high", "complete", "n_eff", "n_sources",
    "votes", "n_info", "articles_share", "articles_low", "articles_high", "stories_share", "stories_low", "stories_high", "fixed_mix_share",
    "fixed_mix_low", "fixed_mix_high", "adjusted_share", "adjusted_low", "adjusted_high",
)  # fmt: skip
STATISTICS = ("kind", "series", "language", "statistic", "value", "low", "high", "p", "q", "decision", "q_by")
CHANGES = ("kind", "series", "language", "period", "earliest", "latest", "before", "after", "p", "q")


def trend_rows(series: TrendSeries) -> Iterator[tuple[Cell, ...]]:
    """Yield every cell, in the order of the series."""
    for cell in series.cells:
        numbers = (cell.n_docs, cell.n_stories, cell.mass, cell.share, cell.low, cell.high, cell.complete, cell.n_eff)
        more = (cell.n_sources, cell.votes, cell.n_info)
        estimates = (cell.articles, cell.stories, cell.fixed_mix, cell.adjusted)
        shares = (value for share in estimates for value in (share.value, share.low, share.high))
        yield series.kind, cell.series, cell.language, cell.period, *numbers, *more, *shares


def statistic_rows(table: StatisticTable) -> Iterator[tuple[Cell, ...]]:
    """Yield every statistic."""
    for row in table.rows:
        yield table.kind, row.series, row.language, row.statistic, row.value, row.low, row.high, row.p, row.q, row.decision, row.q_by


def change_rows(kind: Kind, points: Iterable[ChangePoint]) -> Iterator[tuple[Cell, ...]]:
    """Yield every change point."""
    for point in points:
        yield kind, point.series, point.language, point.period, point.earliest, point.latest, point.before, point.after, point.p, point.q
