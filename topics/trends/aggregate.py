"""Document weights to shares of periods: one pass over the documents, then cells only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from topics.core.documents import Corpus
from topics.core.errors import require
from topics.core.matrices import Float64
from topics.core.series import UNASSIGNED, Kind, Period, PeriodUnit, TrendCell, TrendSeries
from topics.trends.periods import make_periods, period_of
from topics.trends.uncertainty import effective_n, jeffreys

Weighting = Literal["articles", "stories"]
ALL = "all"


@dataclass(frozen=True, eq=False)
class Weights:
    """What is to be followed: weights (n_docs, n_series) of named series; `partition` where they and `unassigned` add up to 1."""

    kind: Kind
    source: str
    names: tuple[str, ...]
    values: Float64
    partition: bool

    def __post_init__(self) -> None:
        require(self.values.ndim == 2 and self.values.shape[1] == len(self.names), "columns are not series", where="Weights")


@dataclass(frozen=True, slots=True)
class _Cells:
    """The documents of one period and language: row numbers and their weights; one vote a document or one a story."""

    rows: list[int]
    votes: list[float]
    n_stories: int
    n_eff: float


def _group(corpus: Corpus, rows: list[int], weighting: Weighting) -> _Cells:
    copies = Counter(corpus.infos[row].story or corpus.infos[row].id for row in rows)
    if weighting == "stories":
        votes = [1.0 / copies[corpus.infos[row].story or corpus.infos[row].id] for row in rows]
        return _Cells(rows, votes, len(copies), float(len(copies)))
    return _Cells(rows, [1.0] * len(rows), len(copies), effective_n(map(float, copies.values())))


def _cell(series: str, where: tuple[str, Period], cells: _Cells, mass: float) -> TrendCell:
    language, period = where
    total = sum(cells.votes)
    if not cells.rows:
        return TrendCell(series, language, period.label, 0, 0, 0.0, 0.0, float("nan"), float("nan"), float("nan"), period.complete)
    share = min(1.0, max(0.0, mass / total))
    low, high = jeffreys(share, cells.n_eff)
    return TrendCell(series, language, period.label, len(cells.rows), cells.n_stories, cells.n_eff, mass, share, low, high, period.complete)


def aggregate(corpus: Corpus, weights: Weights, unit: PeriodUnit, *, as_of: date | None, weighting: Weighting = "articles") -> TrendSeries:
    """Return the share of each series in each period, for all languages together and for each.

    Args:
        corpus: the documents, in the order of the weights.
        weights: what to follow.
        unit: day, week, month, quarter or year.
        as_of: last day that the data could hold; decides whether the last period is complete.
        weighting: `articles` counts every copy, `stories` gives one vote to each story.

    Documents whose date is unknown or may lie in two periods are in no cell; their number is the report's to state.
    """
    periods = make_periods([info.date for info in corpus.infos], unit, as_of)
    placed: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, info in enumerate(corpus.infos):
        label = period_of(info.date, unit)
        if label is not None:
            placed[ALL, label].append(row)
            placed[info.language, label].append(row)
    languages = [ALL, *sorted({language for language, _ in placed} - {ALL})]
    cells: list[TrendCell] = []
    for language in languages:
        for period in periods:
            group = _group(corpus, placed.get((language, period.label), []), weighting)
            cells += _period_cells(weights, group, (language, period))
    order = {name: number for number, name in enumerate((*weights.names, UNASSIGNED))}
    cells.sort(key=lambda cell: (languages.index(cell.language), order[cell.series], cell.period))
    return TrendSeries(weights.kind, weights.source, weights.partition, periods, tuple(cells))


def _period_cells(weights: Weights, group: _Cells, where: tuple[str, Period]) -> list[TrendCell]:
    values = weights.values[group.rows] * np.array(group.votes)[:, None] if group.rows else weights.values[:0]
    masses: Sequence[float] = values.sum(axis=0).tolist()
    cells = [_cell(name, where, group, mass) for name, mass in zip(weights.names, masses, strict=True)]
    if weights.partition:
        rest = max(0.0, sum(group.votes) - sum(masses))
    else:
        rest = float(np.array(group.votes)[(weights.values[group.rows] <= 0).all(axis=1)].sum()) if group.rows else 0.0
    return [*cells, _cell(UNASSIGNED, where, group, rest)]
