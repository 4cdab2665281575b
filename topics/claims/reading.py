"""The tables of a run as claims read them: text cells by file, row and column, and trends made of them again."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from topics.core.errors import DataError
from topics.core.series import Kind, Period, Share, TrendCell, TrendSeries, Weighting
from topics.tables import plain_text
from topics.trends._sample import first_day, last_day

KEYS: dict[str, tuple[str, ...]] = {
    "trends": ("kind", "series", "language", "period"),
    "side_trends": ("kind", "series", "language", "period"),
    "trend_refits": ("kind", "series", "language", "period", "refit"),
    "statistics": ("kind", "series", "language", "statistic"),
    "change_points": ("kind", "series", "language", "period"),
    "bursts": ("kind", "series", "language", "start"),
    "emergence": ("kind", "series", "language"),
    "lead_lag": ("kind", "series", "left", "right"),
    "event_effects": ("kind", "date", "event", "series", "language", "effect"),
    "change_parts": ("kind", "series", "part"),
}
"""The columns that name a row, by the first part of a table's name; the second is a model or a scorer."""
NAMES = ("themes", "concordance")
LABELS = "topics_"  # of each model
TOPIC = "_topic"  # ends the columns of the concordance, which begin with a model
NUMBERS = ("n_eff", "mass", "share", "low", "high", "votes", "n_info")
SCORER = "combined"  # that the report follows
Row = Mapping[str, str]
FitKey = tuple[str, str, str, str]


def reads(name: str) -> bool:
    """Whether claims read a table, by its name without suffix."""
    return name in NAMES or name.startswith(LABELS) or (stem_of(name) != "" and not name.endswith(("_terms", "_guided_lda", "_embedding")))


def stem_of(name: str) -> str:
    """Return the first part of a table's name, empty where claims know no such table."""
    return max((stem for stem in KEYS if name.startswith(f"{stem}_")), key=len, default="")


def row_key(row: Row, columns: tuple[str, ...]) -> str:
    """Return what names a row: its key cells, parted by bars."""
    return "|".join(row[column].replace("\\", "\\\\").replace("|", "\\|") for column in columns)


def number(text: str) -> float:
    """Return the number of a cell, nan where it is empty or none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


@dataclass(frozen=True, eq=False)
class Tables:
    """Tables by name without suffix.

    Args:
        texts: CSV as it was written.
    """

    texts: Mapping[str, str]

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        return {}

    @cached_property
    def _indices(self) -> dict[str, dict[str, Row]]:
        return {}

    @cached_property
    def _fits(self) -> dict[str, dict[FitKey, dict[str, Share]]]:
        return {}

    @cached_property
    def _series(self) -> dict[tuple[str, Kind], TrendSeries]:
        return {}

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table, none where there is no such table.

        Raises:
            DataError: a row has more or fewer cells than the header.
        """
        if name not in self._rows:
            found: list[Row] = list(csv.DictReader(io.StringIO(self.texts.get(name, ""), newline="")))
            for place, row in enumerate(found, start=1):
                if None in row or None in row.values():
                    raise DataError(f"row {place} has not as many cells as the header.", where=f"{name}.csv", hint="Run the study again.")
            self._rows[name] = found
        return self._rows[name]

    def by_key(self, name: str) -> dict[str, Row]:
        """Return the rows of a table by what names them."""
        if name not in self._indices:
            columns = KEYS[stem_of(name)]
            self._indices[name] = {row_key(row, columns): row for row in self.rows(name)}
        return self._indices[name]

    def replaced(self, name: str, rows: Mapping[str, Row]) -> Tables:
        """Return the same tables with other rows in one of them."""
        other = Tables(self.texts)
        other._rows[name] = list(rows.values())
        return other

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Models with topics."""
        named = (name.removeprefix(LABELS) for name in sorted(self.texts) if name.startswith(LABELS))
        return tuple(name for name in named if self.rows(f"trends_{name}"))

    @cached_property
    def _shares(self) -> dict[str, dict[tuple[str, str, str], list[Row]]]:
        return {}

    def shares(self, name: str, kind: str, series: str, language: str) -> list[Row]:
        """Return the rows of a table of trends that hold one series in one language, in order of time."""
        if name not in self._shares:
            groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
            for row in self.rows(name):
                groups[row["kind"], row["series"], row["language"]].append(row)
            self._shares[name] = groups
        return self._shares[name].get((kind, series, language), [])

    def trends(self, name: str, kind: Kind) -> TrendSeries:
        """Return the trends that a table holds of topics or of themes; `name` is `trends_lda` or alike.

        Raises:
            ContractError: the cells are no trends.
        """
        if (name, kind) not in self._series:
            self._series[name, kind] = _series(self.rows(name), kind, name)
        return self._series[name, kind]

    def fits(self, model: str) -> dict[FitKey, dict[str, Share]]:
        """Return period to share by articles (`value`) and by stories (`low`), by fit number, kind, series and language."""
        if model not in self._fits:
            found: dict[FitKey, dict[str, Share]] = defaultdict(dict)
            for row in self.rows(f"trend_refits_{model}"):
                shares = Share(number(row["articles_share"]), number(row["stories_share"]))
                found[row["refit"], row["kind"], row["series"], row["language"]][row["period"]] = shares
            self._fits[model] = found
        return self._fits[model]

    @cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """Label of a theme by its key and a language."""
        return {(row["theme"], row["language"]): plain_text(row["label"]) for row in self.rows("themes")}

    def topic_label(self, model: str, topic: str) -> str:
        """Return the label of a topic."""
        return next((plain_text(row["label"]) for row in self.rows(f"{LABELS}{model}") if row["topic"] == topic), "")

    @cached_property
    def counterparts(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Model and topic to the model and topic that match them, of the two models that the columns of the concordance name."""
        rows = self.rows("concordance")
        columns = [column for column in (rows[0] if rows else ()) if column.endswith(TOPIC)][:2]
        pairs = [tuple((column.removesuffix(TOPIC), row[column]) for column in columns if row[column]) for row in rows]
        return {a: b for pair in pairs if len(pair) > 1 for a, b in (pair, pair[::-1])}


def _share(row: Row, name: str) -> Share:
    return Share(*(number(row.get(f"{name}_{part}", "")) for part in ("share", "low", "high")))


def _series(rows: list[Row], kind: Kind, name: str) -> TrendSeries:
    cells: list[TrendCell] = []
    periods: dict[str, bool] = {}
    for row in (row for row in rows if row["kind"] == kind):
        n_eff, mass, share, low, high, votes, n_info = (number(row[column]) for column in NUMBERS)
        articles, stories = (_share(row, weighting) for weighting in get_args(Weighting))
        complete = row["complete"] == "true"
        head = (row["series"], row["language"], row["period"], int(row["n_docs"]), int(row["n_stories"]))
        more = (int(row["n_sources"]), votes, n_info, articles, stories)
        cells.append(TrendCell(*head, n_eff, mass, share, low, high, complete, *more, fixed_mix=_share(row, "fixed_mix")))
        periods[row["period"]] = complete or periods.get(row["period"], False)  # one language may only begin there
    ordered = tuple(Period(label, first_day(label), last_day(label), periods[label]) for label in sorted(periods))
    return TrendSeries(kind, name, False, ordered, tuple(cells))
