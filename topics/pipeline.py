"""A study from sources to trends. Each stage is computed once, kept under the key of its inputs, and found again."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from topics.artifacts.manifest import read_manifest
from topics.artifacts.store import STAGE, is_current, publish
from topics.config import StudyFile, read_study
from topics.core.alignment import Alignment
from topics.core.codecs import read_json, write_json
from topics.core.contracts import TopicModel
from topics.core.documents import Corpus
from topics.core.errors import DataError, UsageError
from topics.core.hashing import canonical_json, digest, file_digest
from topics.core.matrices import Int64, PreparedCorpus
from topics.core.registry import discover, nearest
from topics.core.series import ChangePoint, Kind, StatisticTable, TrendSeries
from topics.core.themes import ThemeScores
from topics.engine import Engine
from topics.ingest import store
from topics.ingest.files import list_files
from topics.ingest.ingest import IngestReport, ingest
from topics.preprocessing.prepare import Preparation, fit_preparation
from topics.progress import stage
from topics.quality.alignment import align
from topics.quality.fit import fit_scores, profile
from topics.themes.mapping import map_topics, project
from topics.themes.scoring import SCORER, score_themes
from topics.trends.aggregate import Weights, aggregate
from topics.trends.change_points import all_change_points
from topics.trends.table import statistic_table

CODE_VERSION = "2"  # raise when a stage computes something else from the same inputs


class Study:
    """A study with its stages as properties; nothing is computed before it is asked for.

    Args:
        file: the read study file.
        out: folder for everything that the study writes; None takes `out/<name>` beside the study file.
        engine: where chunk functions run.
    """

    def __init__(self, file: StudyFile, out: Path | None = None, engine: Engine | None = None) -> None:
        self.file = file
        self.config = file.config
        self.out = (out or file.default_out).resolve()
        self.engine = engine or Engine()
        self.themes = file.config.themes

    def __repr__(self) -> str:
        return f"Study({self.config.study.name!r}, models={list(self.file.models)}, themes={[theme.key for theme in self.themes]})"

    @property
    def artifacts(self) -> Path:
        """The folder of the study's artefacts."""
        return self.out / "artifacts"

    @property
    def seed(self) -> int:
        """The study's random seed."""
        return self.config.study.seed

    # --- corpus -------------------------------------------------------------------------------------------------------------------------

    @cached_property
    def _plugins(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return discover("topics.ingest.readers", "READER"), discover("topics.preprocessing.languages", "LANGUAGE")

    @cached_property
    def _corpus_key(self) -> str:
        """Changes with any byte of any input and with every setting that reading depends on."""
        config = self.config
        parts: list[str | bytes] = [CODE_VERSION, config.study.timezone, str(config.study.as_of), canonical_json(config.sources)]
        for source in config.sources:
            files, _ = list_files(source, self.file.base, self._plugins[0])
            parts += [f"{file.name} {file.folder_source} {_content(file.path)}" for file in files]
        return digest(parts)

    @cached_property
    def _corpus_folder(self) -> Path:
        target = self.artifacts / "corpus"
        self._check_languages()
        if is_current(target, self._corpus_key):
            return target
        stage("reading %d source(s)", len(self.config.sources))
        config = self.config.study
        documents, report = ingest(
            self.config.sources, self.file.base, zone=config.timezone, as_of=config.as_of, plugins=self._plugins, engine=self.engine
        )
        stage(
            "%d seen = %d accepted + %d quarantined + %d duplicates",
            report.seen,
            report.accepted,
            len(report.quarantined),
            report.duplicates,
        )
        if not documents:
            first = f" First reason: {report.quarantined[0].message}." if report.quarantined else ""
            raise DataError(
                f"none of {report.seen} records could be used.{first}", where=str(self.file.path.name), hint="`topics check` lists why."
            )

        def write(folder: Path) -> None:
            store.write(documents, folder)
            write_json(folder / "account.json", report)

        publish(target, write, "corpus", config=config, seed=self.seed, inputs={STAGE: self._corpus_key}, versions=())
        return target

    def _check_languages(self) -> None:
        for source in self.config.sources:
            if source.language != "auto" and source.language not in self._plugins[1]:
                hint = nearest(source.language, ["auto", *self._plugins[1]])
                raise UsageError(f"there is no language {source.language!r}.", where=self.file.path.name, hint=hint)

    @cached_property
    def corpus(self) -> Corpus:
        """The documents; texts are streamed from disk."""
        return store.load(self._corpus_folder)

    @cached_property
    def account(self) -> IngestReport:
        """What was read, dropped and refused."""
        return read_json(self._corpus_folder / "account.json", IngestReport)

    @property
    def as_of(self) -> date | None:
        """The last day that the data could hold: given, or the latest publication day."""
        return self.account.as_of

    @cached_property
    def training_rows(self) -> Int64:
        """Rows of one copy of each story."""
        return np.flatnonzero(np.array([info.canonical for info in self.corpus.infos], dtype=bool)).astype(np.int64)

    # --- preparation and models ---------------------------------------------------------------------------------------------------------

    @cached_property
    def preparation(self) -> Preparation:
        """The fitted vocabulary, phrases and vectors."""
        target = self.artifacts / "preparation"
        config = self.config
        parts: list[str | bytes] = [
            CODE_VERSION,
            canonical_json((config.preprocessing, config.embedding, self.themes)),
            str(self.seed),
            self.corpus.fingerprint,
        ]
        key = digest(parts)
        if is_current(target, key):
            return Preparation.load(target)
        stage("preparing %d documents: phrases, vocabulary, vectors", len(self.corpus))
        preparation = fit_preparation(
            self.corpus, config.preprocessing, config.embedding, self.themes, languages=self._plugins[1], seed=self.seed
        )
        publish(target, preparation.save, "preparation", config=config.preprocessing, seed=self.seed, inputs={STAGE: key}, versions=())
        return preparation

    @cached_property
    def prepared(self) -> PreparedCorpus:
        """The corpus as counts and vectors."""
        return self.preparation.apply(self.corpus)

    @cached_property
    def _models(self) -> dict[str, TopicModel]:
        return {}

    def model(self, name: str) -> TopicModel:
        """Return a fitted model of the study by name, fitting it where no artefact of it is there.

        Raises:
            UsageError: the study has no such model.
            DataError: too few documents for it.
        """
        self.check_model(name)
        if name not in self._models:
            self._models[name] = self._fit_or_load(name, self.artifacts / name)
        return self._models[name]

    def check_model(self, name: str) -> None:
        """Raise `UsageError` unless the study has a model of that name."""
        if name not in self.file.models:
            raise UsageError(f"the study has no model {name!r}.", where=self.file.path.name, hint=nearest(name, self.file.models))

    def fit(self, name: str, target: Path) -> TopicModel:
        """Fit a model, or find it finished, and keep it as an artefact at a path of its own."""
        return self._fit_or_load(name, target)

    def _fit_or_load(self, name: str, target: Path) -> TopicModel:
        kind, config = discover("topics.models", "MODEL")[name], self.file.models[name]
        n_stories = len(self.training_rows)
        if n_stories < kind.min_docs:
            hint = "Themes, dates and evidence are still reported."
            raise DataError(
                f"{kind.title} needs at least {kind.min_docs} distinct articles, there are {n_stories}.", where=f"models.{name}", hint=hint
            )
        key = digest(
            [
                CODE_VERSION,
                name,
                canonical_json(config),
                str(self.seed),
                self.preparation.key,
                self.corpus.fingerprint,
                canonical_json(self.themes),
            ]
        )
        if is_current(target, key):
            loaded: TopicModel = kind.load(target)
            return loaded
        stage("fitting %s on %d distinct articles", kind.title, n_stories)
        model: TopicModel = kind.fit(self.prepared, config, self.themes, self.seed)

        def write(folder: Path) -> None:
            model.save(folder)
            self.preparation.save(folder)
            write_json(folder / "themes.json", self.themes)
            write_json(folder / "study.json", self.config.study)
            scores = fit_scores(self.prepared.dtm, model.result.documents, model.result.topics)
            write_json(folder / "profile.json", profile(scores[self.training_rows]))

        inputs = {STAGE: key, "corpus": self.corpus.fingerprint, "preparation": self.preparation.key}
        publish(target, write, name, config=config, seed=self.seed, inputs=inputs, versions=model.result.card.versions)
        return model

    @cached_property
    def refused(self) -> dict[str, str]:
        """Models of the study that this corpus cannot carry, and why; asking for it fits the others."""
        reasons: dict[str, str] = {}
        for name in self.file.models:
            try:
                self.model(name)
            except DataError as error:
                reasons[name] = f"{error.what} {error.hint}".strip()
        return reasons

    @property
    def fitted(self) -> tuple[str, ...]:
        """Names of the models that could be fitted."""
        return tuple(name for name in self.file.models if name not in self.refused)

    def artifact_key(self, name: str) -> str:
        """Return the content key of a fitted model's artefact."""
        return read_manifest(self.artifacts / name).key

    # --- themes, trends, agreement ------------------------------------------------------------------------------------------------------

    @cached_property
    def theme_scores(self) -> ThemeScores:
        """Which documents show which theme, by the themes' terms, with evidence."""
        stage("scoring %d theme(s)", len(self.themes))
        return score_themes(self.corpus, self.themes)

    def weights(self, source: str, kind: Kind) -> Weights:
        """Return what a trend follows: a model's topics, its topics read as themes, or (`terms`) the themes by their own terms."""
        if source == SCORER:
            return Weights("theme", SCORER, self.theme_scores.keys, self.theme_scores.present.astype(np.float64), partition=False)
        result = self.model(source).result
        if kind == "theme":
            result = project(result, map_topics(result, self.theme_scores))
            return Weights("theme", source, self.theme_scores.keys, result.documents.weights.astype(np.float64), partition=True)
        names = tuple(str(topic) for topic in range(result.n_topics))
        return Weights("topic", source, names, result.documents.weights.astype(np.float64), partition=True)

    @cached_property
    def _trends(self) -> dict[tuple[str, Kind], TrendSeries]:
        return {}

    def trends(self, source: str, kind: Kind = "topic") -> TrendSeries:
        """Return the shares over periods of a model (`topic` or `theme`) or of the scorer `terms` (themes)."""
        kind = "theme" if source == SCORER else kind
        if (source, kind) not in self._trends:
            trends = self.config.trends
            weights = self.weights(source, kind)
            self._trends[source, kind] = aggregate(self.corpus, weights, trends.period, as_of=self.as_of, weighting=trends.weighting)
        return self._trends[source, kind]

    def statistics(self, source: str, kind: Kind = "topic") -> StatisticTable:
        """Return all statistics of those trends, found by registry."""
        return statistic_table(self.trends(source, kind), discover("topics.trends.statistics", "STATISTIC"))

    def change_points(self, source: str, kind: Kind = "topic") -> tuple[ChangePoint, ...]:
        """Return the change points of those trends."""
        return all_change_points(self.trends(source, kind))

    @cached_property
    def concordance(self) -> Alignment | None:
        """How the topics of LDA and BERTopic agree; None unless both are there."""
        if not {"lda", "bertopic"} <= set(self.fitted):
            return None
        return align(self.model("lda").result, self.model("bertopic").result, self.training_rows, self.seed)


def _content(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return "unreadable"


def open_study(path: str | Path, out: str | Path | None = None) -> Study:
    """Open a study file; finished stages are found again, others are computed when asked for."""
    return Study(read_study(Path(path)), Path(out) if out else None)
