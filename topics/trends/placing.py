"""Where documents stand: in a period, or in one of several; of which language, story and source. One pass over the documents."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from scipy import sparse

from topics.core.documents import DocumentInfo
from topics.core.matrices import Float64, Int64
from topics.core.series import Period, PeriodUnit
from topics.trends.periods import make_periods

ALL = "all"
T = TypeVar("T", bound=Hashable)
Bounds = tuple[date | None, date | None]


@dataclass(frozen=True, eq=False)
class Placed:
    """Documents as columns.

    Args:
        periods: in order, without gaps.
        place: (n_docs,) number of the period that holds the document; n_periods + j where its date lies somewhere in span j; -1 where
            it is unknown or outside all periods.
        spans: (n_spans, n_periods) part of each span's days that lies in each period; rows add up to less than 1 where a part lies outside.
        language: (n_docs,) number of the language.
        languages: codes, sorted.
        story: (n_docs,) number of the story.
        source: (n_docs,) number of the source.
    """

    periods: tuple[Period, ...]
    place: Int64
    spans: sparse.csr_array
    language: Int64
    languages: tuple[str, ...]
    story: Int64
    source: Int64

    @property
    def n_periods(self) -> int:
        """Number of periods."""
        return len(self.periods)

    def rows(self, language: str) -> Int64:
        """Return the documents of a language (`all`: of every one) that stand anywhere, by place and story, else in their order."""
        there = self.place >= 0
        if language != ALL:
            there = there & (self.language == self.languages.index(language))
        rows = np.flatnonzero(there)
        return np.asarray(rows[np.lexsort((self.story[rows], self.place[rows]))], dtype=np.int64)


def numbered(values: Iterable[T]) -> tuple[Int64, list[T]]:
    """Return the number of each value, in order of first appearance, and the values."""
    known: dict[T, int] = {}
    numbers = np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int64)
    return numbers, list(known)


def place_documents(infos: Sequence[DocumentInfo], unit: PeriodUnit, as_of: date | None) -> Placed:
    """Return where every document stands.

    Args:
        infos: the documents.
        unit: length of a period.
        as_of: last day that the data could hold.

    Raises:
        UsageError: more than 10,000 periods.
    """
    periods = make_periods((info.date for info in infos), unit, as_of)
    numbers, bounds = numbered((info.date.earliest, info.date.latest) for info in infos)
    of_bounds, spans = _places(bounds, periods)
    codes, names = numbered(info.language for info in infos)
    languages = sorted(names)
    rank = np.array([languages.index(name) for name in names], dtype=np.int64)
    return Placed(
        periods,
        of_bounds[numbers] if len(infos) else numbers,
        spans,
        rank[codes] if len(infos) else codes,
        tuple(languages),
        numbered(info.story or info.id for info in infos)[0],
        numbered(info.source for info in infos)[0],
    )


def _places(bounds: Sequence[Bounds], periods: tuple[Period, ...]) -> tuple[Int64, sparse.csr_array]:
    """The place of each pair of first and last day, and the spans.

    Spans from and to the same periods are one, with the mean of their parts, so that their number hangs on the periods alone.
    """
    starts = np.array([period.start.toordinal() for period in periods], dtype=np.int64)
    ends = np.array([period.end.toordinal() for period in periods], dtype=np.int64)
    places = np.full(len(bounds), -1, dtype=np.int64)
    wide: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for number, (earliest, latest) in enumerate(bounds):
        if earliest is None or latest is None or not periods:
            continue
        first, last = earliest.toordinal(), latest.toordinal()
        a, b = int(np.searchsorted(ends, first)), int(np.searchsorted(starts, last, side="right")) - 1
        if a > b:
            continue  # outside
        if a == b and starts[a] <= first and last <= ends[a]:
            places[number] = a
        else:
            wide.setdefault((a, b), []).append((number, first, last))
    data: list[float] = []
    columns: list[int] = []
    pointers = [0]
    for j, ((a, b), members) in enumerate(sorted(wide.items())):
        parts = np.zeros(b - a + 1)
        for number, first, last in members:
            places[number] = len(periods) + j
            inside = np.minimum(ends[a : b + 1], last) - np.maximum(starts[a : b + 1], first) + 1
            parts += inside / (last - first + 1)
        data += (parts / len(members)).tolist()
        columns += range(a, b + 1)
        pointers.append(len(data))
    shape = (len(wide), len(periods))
    return places, sparse.csr_array((np.array(data, dtype=np.float64), np.array(columns, dtype=np.int64), pointers), shape=shape)


def span_days(periods: tuple[Period, ...]) -> Float64:
    """Return (n_periods,) the length of each period in days."""
    return np.array([period.end.toordinal() - period.start.toordinal() + 1 for period in periods], dtype=np.float64)
