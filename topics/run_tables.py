"""All tables of a run by name: each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

import msgspec

from topics import outputs
from topics.carried import carried_tables
from topics.core.contracts import HasHierarchy, HasNearest, ModelKind
from topics.core.registry import discover
from topics.core.series import Kind
from topics.curation import COLUMNS as CURATION
from topics.pattern_tables import kinds_of, pattern_tables
from topics.pipeline import SCORERS, Study, curated
from topics.refit_tables import refit_tables
from topics.tables import Cell, Table
from topics.themes.candidates import CANDIDATES, Candidate, candidate_rows, candidates
from topics.themes.coverage import COVERAGE, ThemeCoverage, coverage_rows
from topics.trend_tables import CHANGES, STATISTICS, TRENDS, change_rows, statistic_rows, trend_rows

Rows = Iterable[Sequence[Cell]]
QUALITY = ("model", "topic", "metric", "value")


def run_tables(study: Study) -> Iterator[Table]:
    """Yield every table but those of the claims, which are made from these; a model that this corpus cannot carry has empty ones."""
    yield Table("documents", outputs.DOCUMENTS, lambda: outputs.document_rows(study.corpus.infos))
    yield from _theme_tables(study)
    for scorer in SCORERS:
        yield from _source_tables(study, scorer)
    for name in study.file.models:
        yield from _model_tables(study, name)
        yield from _source_tables(study, name)
    yield from pattern_tables(study)
    yield from refit_tables(study)
    yield from carried_tables(study)
    yield Table("corpus_stop_words", outputs.STOP_WORDS, lambda: outputs.stop_word_rows(study.preparation) if study.fitted else ())
    yield Table("same_event", outputs.EVENTS, lambda: outputs.event_rows(study.same_events))
    yield Table("curation", CURATION, lambda: (row for name in study.fitted for row in curated(study, name).rows(study.labels(name))))
    yield Table("concordance", outputs.CONCORDANCE, lambda: outputs.concordance_rows(study))
    yield Table("quality", QUALITY, lambda: outputs.quality_rows(study))


def _theme_tables(study: Study) -> Iterator[Table]:
    @cache
    def covered() -> tuple[ThemeCoverage, ...]:
        return tuple(outputs.covered(study))

    def listed() -> Sequence[Candidate]:
        return candidates(study.prepared, study.themes, covered(), study.training_rows) if study.fitted else ()

    yield Table("document_themes", outputs.THEMES, lambda: _theme_rows(study))
    yield Table("theme_evidence", outputs.EVIDENCE, lambda: outputs.evidence_rows(study))
    yield Table("themes", outputs.NAMED, lambda: [(theme.key, *named) for theme in study.themes for named in theme.label.items()])
    yield Table("theme_coverage", COVERAGE, lambda: coverage_rows(covered()))
    yield Table("theme_candidates", CANDIDATES, lambda: candidate_rows(listed()))


def _theme_rows(study: Study) -> Rows:
    scores = list(study.themed.results.values())
    return outputs.theme_rows(scores, outputs.by_id(study.corpus.ids), masked=study.config.study.mask)


def _model_tables(study: Study, name: str) -> Iterator[Table]:
    """What a model says, also what only some kinds of model know."""

    def table(stem: str, columns: tuple[str, ...], rows: Callable[[Study, str], Rows]) -> Table:
        return Table(f"{stem}_{name}", columns, lambda: rows(study, name) if name in study.fitted else ())

    kind: ModelKind[msgspec.Struct] = discover("topics.models", "MODEL")[name]
    yield table("topics", outputs.TOPICS, outputs.topic_rows)
    yield table("typical_documents", outputs.TYPICAL, outputs.typical_rows)
    yield table("document_topics", outputs.WEIGHTS, outputs.shown_topic_rows)
    yield table("topic_themes", outputs.THEME_MAP, outputs.theme_map_rows)
    if "hierarchy" in kind.offers:
        yield table("hierarchy", outputs.HIERARCHY, _hierarchy_rows)
    if "nearest" in kind.offers:
        yield table("nearest", outputs.NEAREST, _nearest_rows)


def _hierarchy_rows(study: Study, name: str) -> Rows:
    model = study.model(name)
    return outputs.hierarchy_rows(model.nodes if isinstance(model, HasHierarchy) else ())


def _nearest_rows(study: Study, name: str) -> Rows:
    model = study.model(name)
    return outputs.nearest_rows(study, name, model) if isinstance(model, HasNearest) else ()


def _source_tables(study: Study, source: str) -> Iterator[Table]:
    """Trends, statistics and change points of a model or of a scorer."""

    def table(stem: str, columns: tuple[str, ...], rows: Callable[[Kind], Rows]) -> Table:
        return Table(f"{stem}_{source}", columns, lambda: (row for kind in kinds_of(study, source) for row in rows(kind)))

    yield table("trends", TRENDS, lambda kind: trend_rows(study.trends(source, kind)))
    yield table("statistics", STATISTICS, lambda kind: statistic_rows(study.statistics(source, kind)))
    yield table("change_points", CHANGES, lambda kind: change_rows(kind, study.change_points(source, kind)))
