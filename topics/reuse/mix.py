"""What a set of documents is made of, gathered part by part: shares of topics and themes, languages, sources, lengths."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from topics.core.documents import DocumentInfo
from topics.core.matrices import Float64, Int64
from topics.quality.novelty import EDGES, length_classes

MIN_DOCS, MIN_MONTHS = 30, 6  # documents of a month, and months, by which it is known how months differ
MAX_SOURCES = 1000  # counted by name


class Shares(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares of series in the documents of a language.

    Args:
        n_docs: number of documents.
        mean: (n_series,) their mean.
        variance: (n_series,) from document to document.
        between: (n_series,) from month to month, beyond what the drawing of documents explains; zeros where months are too few.
        n_months: with enough documents.
    """

    n_docs: int
    mean: tuple[float, ...]
    variance: tuple[float, ...]
    between: tuple[float, ...]
    n_months: int


class Mix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of stories: in all, by language, by source, by language and class of length; and shares of series by language."""

    n_docs: int
    languages: dict[str, int]
    sources: dict[str, int]
    lengths: dict[str, tuple[int, ...]]
    series: dict[str, Shares]


@dataclass
class _Sums:
    n: int
    total: Float64
    squares: Float64


@dataclass
class Gathered:
    """One story of each, as they come; memory grows with languages, sources and months."""

    n_series: int
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    lengths: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    months: dict[tuple[str, str], _Sums] = field(default_factory=dict)

    def add(self, infos: Sequence[DocumentInfo], values: Float64, rows: Int64) -> None:
        """Take some documents of a part.

        Args:
            infos: of all of the part.
            values: (n_docs, n_series) of all of the part, 0 to 1.
            rows: which to take.
        """
        numbers = length_classes(np.array([infos[row].n_tokens for row in rows], dtype=np.int64))
        for row, number in zip(rows.tolist(), numbers.tolist(), strict=True):
            info = infos[row]
            self.languages[info.language] += 1
            if info.source in self.sources or len(self.sources) < MAX_SOURCES:
                self.sources[info.source] += 1
            self.lengths[info.language][number] += 1
            key = (info.language, info.date.point.strftime("%Y-%m") if info.date.point else "")
            sums = self.months.setdefault(key, _Sums(0, np.zeros(self.n_series), np.zeros(self.n_series)))
            sums.n += 1
            sums.total += values[row]
            sums.squares += values[row] ** 2

    def mix(self) -> Mix:
        """Return what was gathered."""
        lengths = {name: tuple(counts[number] for number in range(len(EDGES) + 1)) for name, counts in sorted(self.lengths.items())}
        series = {name: self._shares(name) for name in sorted(self.languages)}
        sources = dict(sorted(self.sources.items()))
        return Mix(sum(self.languages.values()), dict(sorted(self.languages.items())), sources, lengths, series)

    def _shares(self, language: str) -> Shares:
        months = {month: sums for (name, month), sums in sorted(self.months.items()) if name == language}
        n = sum(sums.n for sums in months.values())
        mean = np.sum([sums.total for sums in months.values()], axis=0) / n
        variance = np.maximum(np.sum([sums.squares for sums in months.values()], axis=0) / n - mean**2, 0.0)
        enough = [sums for month, sums in months.items() if month and sums.n >= MIN_DOCS]
        between = np.zeros(self.n_series)
        if len(enough) >= MIN_MONTHS:
            means = np.array([sums.total / sums.n for sums in enough])
            by_chance = np.mean([variance / sums.n for sums in enough], axis=0)
            between = np.maximum(means.var(axis=0, ddof=1) - by_chance, 0.0)
        return Shares(n, _rounded(mean), _rounded(variance), _rounded(between), len(enough))


def _rounded(values: Float64) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in values.tolist())
