"""A study from sources to trends: everything that reports and notebooks ask for, computed when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from topics.artifacts.manifest import CACHE_NAME, FILE_NAME, read_manifest
from topics.artifacts.store import FIT
from topics.config import MAX_REFITS, StudyFile
from topics.core.alignment import Alignment
from topics.core.codecs import read_json
from topics.core.contracts import TopicModel
from topics.core.documents import Corpus
from topics.core.errors import DataError, UsageError
from topics.core.matrices import Float64, Int64, PreparedCorpus, TopicDistribution
from topics.core.registry import discover, nearest
from topics.core.results import TopicResult
from topics.core.series import ChangePoint, Kind, StatisticTable, TrendSeries
from topics.core.themes import ThemeScores
from topics.curation import Curated
from topics.engine import Engine
from topics.error_rates import error_rates
from topics.ingest.ingest import IngestReport
from topics.ingest.stories.events import EventPair
from topics.ingest.stories.proposals import propose_events
from topics.keys import needs_vectors
from topics.preprocessing.prepare import Preparation
from topics.progress import track
from topics.quality.alignment import align
from topics.quality.measures import coherences
from topics.quality.refits import Refit, carry_over
from topics.reuse.identity import TopicIds, read_ids
from topics.stages import (
    LABELS,
    Themed,
    check_size,
    corpus_stage,
    model_stage,
    plugins,
    preparation_stage,
    refit_stage,
    theme_stage,
)
from topics.themes.mapping import map_topics, project
from topics.theming import COMBINED, EMBEDDING, GUIDED, TERMS
from topics.trends.adjusted import with_adjusted
from topics.trends.aggregate import Weights, aggregate
from topics.trends.change_points import all_change_points
from topics.trends.once import once
from topics.trends.periods import make_periods
from topics.trends.table import statistic_table

SCORERS = (COMBINED, TERMS, GUIDED, EMBEDDING)


class Study:
    """A study with its stages as properties; costly ones are kept in its output folder and found again.

    Args:
        file: the read study file.
        out: folder for everything that the study writes; None takes `out/<name>` beside the study file.
        engine: where chunk functions run.
    """

    def __init__(self, file: StudyFile, out: Path | None = None, engine: Engine | None = None) -> None:
        self.file = file
        self.config = file.config
        self.out = (out or file.default_out).resolve()
        self.artifacts = self.out / "artifacts"
        self.engine = engine or Engine()
        self.themes, self.seed = file.config.themes, file.config.study.seed
        self._models: dict[str, TopicModel] = {}
        self.refitted: dict[str, tuple[Refit, ...]] = {}
        self._trends: dict[tuple[str, Kind], TrendSeries] = {}

    def __repr__(self) -> str:
        return f"Study({self.config.study.name!r}, models={list(self.file.models)}, themes={[theme.key for theme in self.themes]})"

    @cached_property
    def _read(self) -> tuple[Corpus, IngestReport]:
        return corpus_stage(self.file, self.artifacts / "corpus", self.engine)

    @property
    def corpus(self) -> Corpus:
        """The documents; texts are streamed from disk."""
        return self._read[0]

    @property
    def account(self) -> IngestReport:
        """What was read, dropped and refused."""
        return self._read[1]

    @property
    def as_of(self) -> date | None:
        """The last day that the data could hold: given, or the latest publication day."""
        return self.account.as_of

    @cached_property
    def training_rows(self) -> Int64:
        """Rows of one copy of each story."""
        return np.flatnonzero(np.array([info.canonical for info in self.corpus.infos], dtype=bool)).astype(np.int64)

    @cached_property
    def preparation(self) -> Preparation:
        """The fitted vocabulary, phrases and vectors."""
        return preparation_stage(self.file, self.artifacts / "preparation", self.corpus, self.engine)

    @cached_property
    def prepared(self) -> PreparedCorpus:
        """The corpus as counts, and as vectors where models or themes use them; those of a model are kept beside the artefacts."""
        embed = needs_vectors(self.file) or bool(self.themes)  # themes take what costs nearly nothing: then no model is opened
        return self.preparation.apply(self.corpus, embed=embed, cache=self.out / CACHE_NAME / "vectors", engine=self.engine)

    def check_model(self, name: str) -> None:
        """Raise `UsageError` unless the study has a model of that name."""
        if name not in self.file.models:
            raise UsageError(f"the study has no model {name!r}.", where=self.file.path.name, hint=nearest(name, self.file.models))

    def fit(self, name: str, target: Path) -> TopicModel:
        """Fit a model, or find it finished, and keep it as an artefact at a path of its own.

        Raises:
            DataError: too few distinct articles for this kind of model.
        """
        self.check_model(name)
        check_size(self.file, name, self.corpus)
        return model_stage(self.file, name, target, self.preparation, self.prepared, lambda: self.themed)

    def model(self, name: str) -> TopicModel:
        """Return a fitted model of the study by name, fitting it where no artefact of it is there.

        Raises:
            UsageError: the study has no such model.
            DataError: too few documents for it.
        """
        if name not in self._models:
            self._models[name] = self.fit(name, self.artifacts / name)
        return self._models[name]

    @cached_property
    def refused(self) -> dict[str, str]:
        """Models of the study that this corpus cannot carry, and why; asking for it fits the others."""
        reasons: dict[str, str] = {}
        for name in self.file.models:
            try:
                self.model(name)
            except DataError as error:
                if not error.where.startswith("models"):
                    raise  # the corpus or its preparation failed, not this model
                reasons[name] = " ".join(
                    part for part in (error.what, error.hint, "Themes, dates and evidence are still reported.") if part
                )
        return reasons

    @property
    def fitted(self) -> tuple[str, ...]:
        """Names of the models that could be fitted."""
        return tuple(name for name in self.file.models if name not in self.refused)

    def labels(self, name: str) -> tuple[str, ...]:
        """Return the label of each fitted topic: its reader's; that of an earlier fit; or the theme that it carries and its words."""
        return curated(self, name).names(known_ids(self, name).names)

    def coherence(self, name: str) -> tuple[float, ...]:
        """Return the NPMI of each topic's ten heaviest terms."""
        return coherences(self.prepared.dtm, self.model(name).result)

    @cached_property
    def themed(self) -> Themed:
        """The scorers of themes, fitted, and what each finds."""
        return theme_stage(self.file, self.artifacts / "themes", self.corpus, lambda: (self.preparation, self.prepared), self.engine)

    @property
    def theme_scores(self) -> ThemeScores:
        """Which documents show which theme, by all scorers together, with evidence; `themed.results` has each scorer alone."""
        return self.themed.scores

    def weights(self, source: str, kind: Kind) -> Weights:
        """Return what a trend follows: a model's topics, its topics read as themes, or the themes as a scorer (`combined`) finds them."""
        return _weights(self, source, kind)

    def trends(self, source: str, kind: Kind = "topic") -> TrendSeries:
        """Return the shares over periods of a model (`topic` or `theme`) or of a scorer of themes: `combined`, `terms` and others."""
        kind = "theme" if source in SCORERS else kind
        found = self._trends.get((source, kind)) or _trends(self, source, kind)
        return self._trends.setdefault((source, kind), found)

    def statistics(self, source: str, kind: Kind = "topic") -> StatisticTable:
        """Return all statistics of those trends, found by registry."""
        return _statistics(self.trends(source, kind))

    def change_points(self, source: str, kind: Kind = "topic") -> tuple[ChangePoint, ...]:
        """Return the change points of those trends."""
        return _change_points(self.trends(source, kind))

    @cached_property
    def same_events(self) -> tuple[EventPair, ...]:
        """Pairs of stories that may be one event told in two languages, best first."""
        return propose_events(self.corpus, plugins()[1])

    @cached_property
    def concordance(self) -> Alignment | None:
        """How the topics of LDA and BERTopic agree; None unless both are there."""
        return _concordance(self) if {"lda", "bertopic"} <= set(self.fitted) else None


def _concordance(study: Study) -> Alignment:
    """Of the topics that are shown, by their numbers."""
    found = align(curated_result(study, "lda"), curated_result(study, "bertopic"), study.training_rows, study.seed)
    left, right = (dict(curated(study, name).shown) for name in ("lda", "bertopic"))
    similarity = np.zeros(tuple(study.model(name).result.n_topics for name in ("lda", "bertopic")))
    similarity[np.ix_([*left.values()], [*right.values()])] = found.similarity[np.ix_([*left], [*right])]
    pairs = [match for match in found.matches if match.left in left and match.right in right]
    matches = tuple(replace(match, left=left[match.left], right=right[match.right]) for match in pairs)
    used_left, used_right = {match.left for match in matches}, {match.right for match in matches}
    alone, alone_right = (tuple(n for n in shown.values() if n not in used) for shown, used in ((left, used_left), (right, used_right)))
    return Alignment(matches, alone, alone_right, found.threshold, similarity)


def known_ids(study: Study, name: str) -> TopicIds:
    """Return ids and names by which a model's topics are known outside; those of an earlier fit, where it was refitted."""
    study.model(name)
    return read_ids(study.artifacts / name, read_json(study.artifacts / name / LABELS, tuple[str, ...]))


def curated(study: Study, name: str) -> Curated:
    """Return what the study's curation file makes of a model's topics.

    Raises:
        UsageError: it names a topic that the model does not have, or belongs to another fit.
    """
    said, n_topics = study.file.curation, study.model(name).result.n_topics
    if name in said.fits:
        said.check_fit(name, read_manifest(study.artifacts / name).inputs[FIT])
    return said.of(name, n_topics)


def curated_result(study: Study, name: str) -> TopicResult:
    """Return a model's topics and documents as reports show them: merged topics as one, at the places that `curated` tells."""
    return curated(study, name).result(study.model(name).result)


def shown_documents(study: Study, name: str) -> TopicDistribution:
    """Return the weights of documents by the series that are shown of a model: its topics, and `hidden` where some are not."""
    weights = study.weights(name, "topic").values.astype(np.float32)
    return TopicDistribution(weights, study.model(name).result.documents.doc_ids)


def refits(study: Study, name: str) -> tuple[Refit, ...]:
    """Return a model's fits from other seeds, each with the topics of the model itself; as many as the study asks for."""
    if name not in study.refitted:
        study.refitted[name] = tuple(_refits(study, name))
    return study.refitted[name]


def _refits(study: Study, name: str) -> Iterator[Refit]:
    first, prepared, n_fits = study.model(name).result, (study.preparation, study.prepared), study.config.trends.refits
    for number in track(range(1, n_fits + 1), f"refits of {name}", n_fits):
        again = refit_stage(study.file, name, study.artifacts / refit_folder(name, number), prepared, number)
        yield carry_over(first, again, study.training_rows, study.seed)


def refit_folder(name: str, number: int) -> str:
    """Return the name of the artefact that holds a refit."""
    return f"{name}_refit_{number}"


def stale_artifacts(study: Study, fitted: Collection[str]) -> list[Path]:
    """Return what an earlier corpus or setting left and what must not pass for a part of this study; other folders are not looked at.

    Args:
        study: whose output folder is looked at.
        fitted: names of its models that its corpus can carry.
    """
    kept = {*fitted, *(("preparation",) if fitted else ())}
    kinds = discover("topics.models", "MODEL")
    kept |= {refit_folder(name, number) for name in fitted for number in range(1, study.config.trends.refits + 1)}
    made = {"preparation", *kinds, *(refit_folder(kind, number) for kind in kinds for number in range(1, MAX_REFITS + 1))}
    return [study.artifacts / kind for kind in sorted(made - kept) if (study.artifacts / kind / FILE_NAME).is_file()]


def refit_weights(study: Study, source: str, kind: Kind) -> tuple[Weights, ...]:
    """Return what a trend follows in each refit of a model; nothing for a scorer of themes."""
    if source in SCORERS:
        return ()
    names = study.weights(source, kind).names
    found = (each.result if kind == "theme" else curated(study, source).followed(each.weights) for each in refits(study, source))
    return tuple(
        Weights(kind, source, names, item if isinstance(item, np.ndarray) else _as_themes(study, item), partition=True) for item in found
    )


def _statistics(series: TrendSeries) -> StatisticTable:
    return once(series, "statistics", lambda: statistic_table(series, discover("topics.trends.statistics", "STATISTIC")))


def _change_points(series: TrendSeries) -> tuple[ChangePoint, ...]:
    return once(series, "change points", lambda: all_change_points(series))


def check_periods(study: Study) -> None:
    """Raise `UsageError` where the dates of a study span more periods than trends can have: before anything is fitted for them."""
    make_periods((info.date for info in study.corpus.infos), study.config.trends.period, study.as_of)


def _trends(study: Study, source: str, kind: Kind) -> TrendSeries:
    check_periods(study)
    trends, weights, others = study.config.trends, study.weights(source, kind), refit_weights(study, source, kind)
    series = aggregate(study.corpus, weights, trends.period, as_of=study.as_of, weighting=trends.weighting, refits=others)
    rates = dict(error_rates(study.file, study.corpus, study.themed.of(source))) if source in SCORERS else {}
    return with_adjusted(series, rates) if rates else series


def _as_themes(study: Study, result: TopicResult) -> Float64:
    """(n_docs, n_themes) weights of the themes that a model's topics carry."""
    return project(result, map_topics(result, study.theme_scores)).documents.weights.astype(np.float64)


def _weights(study: Study, source: str, kind: Kind) -> Weights:
    if source in SCORERS:
        scores = study.themed.of(source)
        return Weights("theme", source, scores.keys, scores.present.astype(np.float64), partition=False)
    result = study.model(source).result
    if kind == "theme":
        return Weights("theme", source, study.theme_scores.keys, _as_themes(study, result), partition=True)
    found = curated(study, source)
    return Weights("topic", source, found.series, found.followed(result.documents.weights.astype(np.float64)), partition=True)
