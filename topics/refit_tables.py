"""The tables of what fits from other seeds give: which topics come back, and the shares of every fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topics.core.series import Kind
from topics.models._seeds import derived
from topics.pipeline import Study, refit_weights, refits
from topics.tables import Cell, render_csv
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


def refit_tables(study: Study) -> Iterator[tuple[str, str]]:
    """Yield (file name, CSV text) for every model; without rows where the study asks for no refits."""
    kinds: tuple[Kind, ...] = ("topic", "theme")
    for name in study.file.models:
        there = name in study.fitted
        yield f"refits_{name}.csv", render_csv(REFITS, refit_rows(study, name) if there else ())
        rows = (row for kind in kinds if there for row in fit_rows(study, name, kind))
        yield f"trend_refits_{name}.csv", render_csv(FITS, rows)
