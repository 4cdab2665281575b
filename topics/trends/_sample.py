"""The cells that a statistic may use, as arrays; with the gates of every test."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from topics.core.matrices import Float64, Int64
from topics.core.series import PeriodUnit, TrendCell, TrendSeries
from topics.trends.observations import FLAGGED_PERIODS, day_number, gate, information, too_rare, usable
from topics.trends.periods import next_start

LARGEST = 700.0
CARE = "few periods: read with care"


@dataclass(frozen=True, eq=False)
class Sample:
    """Series of one language in the complete periods with documents.

    Args:
        names: the series.
        labels: the periods used, in order.
        places: (n_periods,) place of each among all periods, so that gaps are known.
        hits: (n_series, n_periods) share times trials.
        trials: (n_series, n_periods) independent stories with a plain yes or no that would tell as much of the share (`n_info`).
        stories: (n_periods,) independent stories of the periods, whatever their weights (`n_eff`).
        refusal: why there is too little to test; empty where there is enough.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    places: Int64
    hits: Float64
    trials: Float64
    stories: Float64
    refusal: str

    @property
    def caution(self) -> str:
        """A remark for few periods, or nothing."""
        return CARE if len(self.labels) <= FLAGGED_PERIODS else ""

    def told_until(self, end: int) -> Float64:
        """Return independent stories' worth (n_series,) of each series, in all periods before one."""
        return np.asarray((self.hits / self.trials * self.stories)[:, :end].sum(axis=1))

    @cached_property
    def told(self) -> Float64:
        """The same of all periods."""
        return self.told_until(len(self.labels))

    @cached_property
    def rare(self) -> dict[str, str]:
        """Series that are too rare to be tested, and why."""
        reasons = zip(self.names, map(too_rare, self.told.tolist()), strict=True)
        return {name: reason for name, reason in reasons if reason}

    @cached_property
    def common(self) -> Sample:
        """The other series."""
        return self.part(np.array([name not in self.rare for name in self.names], dtype=bool))

    def part(self, kept: npt.NDArray[np.bool_]) -> Sample:
        """Return some of the series (n_series,)."""
        names = tuple(name for name, keep in zip(self.names, kept.tolist(), strict=True) if keep)
        return replace(self, names=names, hits=self.hits[kept], trials=self.trials[kept])


def sample(series: Sequence[tuple[TrendCell, ...]]) -> Sample:
    """Return the usable part of series that have the same documents in every period: those of one language."""
    used = usable(series[0]) if series else []
    where = {cell.period: place for place, cell in enumerate(series[0])} if series else {}
    labels = tuple(cell.period for cell in used)
    known = frozenset(labels)
    kept = [[cell for cell in cells if cell.period in known] for cells in series]
    trials = np.array([[information(cell) for cell in cells] for cells in kept], dtype=np.float64).reshape(len(series), len(labels))
    shares = np.array([[cell.share for cell in cells] for cells in kept], dtype=np.float64).reshape(len(series), len(labels))
    places = np.array([where[label] for label in labels], dtype=np.int64)
    stories = np.array([cell.n_eff for cell in used])
    return Sample(tuple(cells[0].series for cells in series if cells), labels, places, shares * trials, trials, stories, gate(used))


def samples(series: TrendSeries) -> Iterator[tuple[str, Sample]]:
    """Yield each language and the sample of its series, in table order."""
    for language in dict.fromkeys(cell.language for cell in series.cells):
        yield language, sample([series.of(name, language) for name in series.names(language)])


def first_day(label: str) -> date:
    """Return the first day of the period of a label."""
    return date.fromordinal(int(day_number(label)))


def unit_of(label: str) -> PeriodUnit:
    """Return the unit that a label is written for."""
    if "-W" in label:
        return "week"
    if "-Q" in label:
        return "quarter"
    units: dict[int, PeriodUnit] = {4: "year", 7: "month", 10: "day"}
    return units[len(label)]


def last_day(label: str) -> date:
    """Return the last day of the period of a label."""
    following = next_start(first_day(label), unit_of(label))
    return following - timedelta(days=1) if following else date.max


def q_values(p: Sequence[float]) -> list[float]:
    """Return the q-values of a family (Benjamini and Hochberg 1995)."""
    from scipy.stats import false_discovery_control

    return [float(q) for q in false_discovery_control(p, method="bh")] if p else []


def ratio(logarithm: float) -> float:
    """Return the ratio of odds of a logarithm, which a table can hold however wide an interval is."""
    return math.exp(min(max(logarithm, -LARGEST), LARGEST))
