"""The tables of what fits from other seeds give: which topics come back, and the shares of every fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from topics.core.series import Kind
from topics.models._seeds import derived
from topics.pipeline import Study, refit_weights, refits
from topics.tables import Cell, Table
from topics.trends.aggregate import aggregate

REFITS = ("topic", "refit", "seed", "similarity")
FITS = ("kind", "series", "language", "period", "refit", "articles_share", "stories_share")


def refit_rows(study: Study, name: str) -> Iterator[Sequence[Cell]]:
    """Yield how well each topic came back in each refit; the similarity is empty where it did not."""
    for topic in range(study.model(name).result.n_topics):
        for number, refit in enumerate(refits(study, name), start=1):
            yield topic, number, derived(study.seed, "refit", number), refit.similarity[topic]


def fit_rows(study: Study, name: str, kind: Kind) -> Iterator[Sequence[Cell]]:
    """Yield the shares of every series in each fit, the first (0) and its refits; nothing without refits."""
    others, trends = refit_weights(study, name, kind), study.config.trends
    for number, weights in enumerate((study.weights(name, kind), *others) if others else ()):
        series = aggregate(study.corpus, weights, trends.period, as_of=study.as_of, weighting=trends.weighting)
        for cell in series.cells:
            yield kind, cell.series, cell.language, cell.period, number, cell.articles.value, cell.stories.value


def refit_tables(study: Study) -> Iterator[Table]:
    """Yield two tables for every model; without rows where the study asks for no refits."""
    for name in study.file.models:
        yield Table(f"refits_{name}", REFITS, partial(_if_fitted, refit_rows, study, name))
        yield Table(f"trend_refits_{name}", FITS, partial(_if_fitted, _all_fit_rows, study, name))


def _all_fit_rows(study: Study, name: str) -> Iterator[Sequence[Cell]]:
    kinds: tuple[Kind, ...] = ("topic", "theme")
    return (row for kind in kinds for row in fit_rows(study, name, kind))


def _if_fitted(rows: Callable[[Study, str], Iterable[Sequence[Cell]]], study: Study, name: str) -> Iterable[Sequence[Cell]]:
    return rows(study, name) if name in study.fitted else ()
