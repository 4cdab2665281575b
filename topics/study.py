"""A study as people use it: tidy frames, curves, claims and sentences, its report and its explorer, each by one call."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, get_args

from topics import pipeline
from topics.config import read_study
from topics.core.display import card
from topics.core.errors import UsageError
from topics.core.registry import nearest
from topics.core.series import Kind, TrendSeries
from topics.pipeline import SCORERS
from topics.theming import COMBINED

if TYPE_CHECKING:
    import pandas as pd

    from topics.claims.listed import Claims
    from topics.curves import Trend, Trends
    from topics.page import Page
    from topics.tables import Table

ALL = "all"


class Study(pipeline.Study):
    """A study whose results are frames and charts; what they need is computed when it is asked for, or found again."""

    kept: TemporaryDirectory[str] | None = None  # a passing folder that holds it, where nobody named one

    def topics(self, model: str | None = None) -> pd.DataFrame:
        """Return a row a topic, the largest first: label, heaviest terms, share, documents, coherence.

        Args:
            model: its name; None takes every model that the corpus can carry.
        """
        from topics.exchange.frames import frame_of
        from topics.views import overview

        return frame_of(overview(self, self._models_asked(model)))

    def documents(self, model: str | None = None) -> pd.DataFrame:
        """Return a row a document, by id; with a model also the topic that weighs most in it."""
        from topics.exchange.frames import frame_of
        from topics.views import assigned

        return self.table("documents") if model is None else frame_of(assigned(self, *self._models_asked(model)))

    def articles(self) -> pd.DataFrame:
        """Return a row a document with its text, by id, as `topics.fit` takes it; all texts are held in memory."""
        from topics.exchange.frames import frame_of
        from topics.views import articles

        return frame_of(articles(self))

    def evidence(self, theme: str | None = None, *, near_misses: bool = False) -> pd.DataFrame:
        """Return the sentences to read first for a theme, or for all; or those that came nearest without having it.

        Raises:
            UsageError: the study has no such theme.
        """
        from topics.exchange.frames import frame_of
        from topics.views import sentences

        keys = tuple(each.key for each in self.themes)
        if theme is not None and theme not in keys:
            raise UsageError(f"the study has no theme {theme!r}.", where=self.file.path.name, hint=nearest(theme, keys))
        return frame_of(sentences(self, keys if theme is None else (theme,), near_misses=near_misses))

    def trends(self, source: str = COMBINED, kind: Kind = "topic") -> Trends:
        """Return the shares over periods of a model (`topic` or `theme`) or of a scorer of themes; `.frame()` and `.plot()` show them.

        Raises:
            UsageError: there is no such model, scorer or kind.
        """
        _check_source(self, source, kind)
        kind = "theme" if source in SCORERS else kind
        if (source, kind) not in self._curves:
            self._curves[source, kind] = _curve(self, super().trends(source, kind))
        return self._curves[source, kind]

    def trend(self, series: str | int, model: str | None = None, language: str = ALL) -> Trend:
        """Return one series: a theme by its key, or a topic by its number; `.plot()` draws it, `.frame()` has its cells.

        Args:
            series: key of a theme, or number of a topic.
            model: of a topic; of a theme the model that is to tell it, None follows all scorers of themes together.
            language: of the articles; `all` for every one.

        Raises:
            UsageError: there is no such theme, topic, model or language.
        """
        from topics.curves import Trend

        kind: Kind = "theme" if series in {each.key for each in self.themes} else "topic"
        source = model or (COMBINED if kind == "theme" else _only_model(self, series))
        trends = self.trends(source, kind)
        name = trends.check(series, language)
        rows = (row for row in self.statistics(source, kind).rows if (row.series, row.language) == (name, language))
        points = (point for point in self.change_points(source, kind) if (point.series, point.language) == (name, language) and point.found)
        return Trend(trends, name, language, tuple(rows), tuple(points))

    @cached_property
    def _curves(self) -> dict[tuple[str, Kind], Trends]:
        return {}

    @cached_property
    def _claims(self) -> Claims:
        from topics.claims.listed import Claims
        from topics.claims.study import claims_of

        return Claims(claims_of(self))

    def claims(self) -> Claims:
        """Return what can be said of the trends, the best first: sentences with their cells and the looks in which they hold."""
        return self._claims

    def _models_asked(self, model: str | None) -> tuple[str, ...]:
        if model is None:
            return self.fitted
        self.model(model)
        return (model,)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        from topics.claims.make import tables_of
        from topics.run_tables import run_tables

        return {table.name: table for table in (*run_tables(self), *tables_of(self.claims))}

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of all tables; `table` makes one."""
        return tuple(self._tables)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the run as a frame, computed when it is asked for; `tables` lists the names.

        Raises:
            UsageError: there is no such table.
        """
        from topics.exchange.frames import frame_of

        if name not in self._tables:
            raise UsageError(f"there is no table {name!r}.", where=self.file.path.name, hint=nearest(name, self._tables))
        return frame_of(self._tables[name])

    def _repr_html_(self) -> str:
        section = self.config.study
        models = ", ".join(self.file.models)
        themes = ", ".join(theme.name("en") for theme in self.themes)
        return card(section.title or section.name, f"models: {models}", f"themes: {themes or 'none'}", f"results: {self.out}")

    def report(self, folder: str | Path | None = None) -> Path:
        """Write report, explorer, tables and figures, and return the path of the report.

        Args:
            folder: new, empty, or of an earlier report; None takes the study's own. Finished stages are taken over.

        Raises:
            UsageError: the folder cannot be used.
        """
        from topics.runner import run

        return run(self.file, Path(folder or self.out), self.engine, finished=self.artifacts)

    def explorer(self) -> Page:
        """Return the explorer, which a notebook shows in a frame of its own."""
        from topics.page import Page
        from topics.report.explorer.page import render_explorer

        return Page(render_explorer(self, self.config.report.language), f"Explorer of {self.config.study.title or self.config.study.name}")


def _curve(study: Study, found: TrendSeries) -> Trends:
    from topics.curves import Trends

    themes = {theme.key: theme.name("en") for theme in study.themes}
    titles = themes if found.kind == "theme" else {str(n): f"{n}: {label}" for n, label in enumerate(study.labels(found.source))}
    named = {name: titles[name] for name in found.names() if name in titles}
    cells, weighting = found.cells, found.weighting
    return Trends(found.kind, found.source, found.partition, found.periods, cells, weighting, study.config.trends.period, named)


def _only_model(study: Study, series: str | int) -> str:
    """The one model whose topic is meant; a name that is no number was meant for a theme."""
    if not str(series).isdecimal():
        keys = [each.key for each in study.themes]
        what = f"the study has no theme {series!r}, and topics are asked for by their number."
        raise UsageError(what, where=study.file.path.name, hint=nearest(str(series), keys))
    if len(study.file.models) != 1:
        hint = f"Say model=..., one of: {', '.join(study.file.models)}."
        raise UsageError(f"topic {series} of which model?", where=study.file.path.name, hint=hint)
    return next(iter(study.file.models))


def _check_source(study: Study, source: str, kind: str) -> None:
    known = (*study.file.models, *SCORERS)
    if source not in known:
        raise UsageError(f"there is no model or scorer {source!r}.", where=study.file.path.name, hint=nearest(source, known))
    if kind not in get_args(Kind):
        raise UsageError(f"there is no kind {kind!r}.", where="trends", hint=nearest(kind, get_args(Kind)))


def open_study(path: str | Path, out: str | Path | None = None) -> Study:
    """Open a study file; finished stages are found again, others are computed when asked for.

    Args:
        path: of the study file (TOML).
        out: folder for everything that the study writes; None takes `out/<name>` beside the study file.

    Raises:
        UsageError: the file is missing or faulty.
    """
    return Study(read_study(Path(path)), Path(out) if out else None)
