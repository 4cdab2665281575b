"""The costly stages of a study, each kept as an artefact under the key of its inputs and found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from topics.artifacts.manifest import Provenance
from topics.artifacts.store import FIT, STAGE, is_current, is_whole, publish
from topics.config import StudyFile
from topics.core.codecs import read_json, write_json
from topics.core.contracts import Language, Reader, TopicModel
from topics.core.documents import Corpus
from topics.core.errors import DataError, UsageError
from topics.core.hashing import canonical_json, digest
from topics.core.matrices import Int64, PreparedCorpus
from topics.core.registry import discover, nearest
from topics.core.results import TopicResult
from topics.core.sampling import SAMPLE, stratified
from topics.core.themes import Themes, ThemeScores
from topics.engine import Engine
from topics.findings import Findings, find_themes
from topics.ingest import store
from topics.ingest.dates.config import DatesConfig
from topics.ingest.ingest import Context, IngestReport, ingest
from topics.ingest.inputs import SourceInput, list_inputs
from topics.ingest.repeated import write_repeated
from topics.keys import Keys, Parts, key_of_parts, reading_settings
from topics.models._card import versions_of
from topics.models._seeds import derived
from topics.preprocessing.prepare import Preparation, fit_preparation
from topics.progress import stage
from topics.quality.descriptions import labels, term_shares
from topics.reuse.identity import keep_carried
from topics.reuse.reference import write_reference
from topics.reuse.training_profile import TrainingProfile, learn_profile, read_profile, write_profile
from topics.themes.hits import ThemeDocuments
from topics.themes.labelled import label_thresholds, read_design, read_labels
from topics.themes.mapping import topic_themes
from topics.theming import COMBINED, MIN_DOCS, ThemeModel, fit_themes, projection, theme_documents
from topics.theming import load as load_themes

CODE_VERSION = "29"  # raise when a stage computes something else from the same inputs
LABELS = "labels.json"  # of a model artefact: one label a topic
READING = ("trafilatura", "htmldate", "babel", "lxml", "openpyxl", "duckdb")  # another version may find another text or day
Plugins = tuple[dict[str, Reader], dict[str, Language]]


def plugins() -> Plugins:
    """Return the installed readers by name and languages by code."""
    return discover("topics.ingest.readers", "READER"), discover("topics.preprocessing.languages", "LANGUAGE")


def parts_key() -> str:
    """What the installed languages and libraries are: another of them may read or fit otherwise."""
    languages = {code: (language.name, sorted(language.stop_words())) for code, language in plugins()[1].items()}
    libraries = versions_of("numpy", "scipy", "scikit-learn", "gensim", "numba", "umap-learn", "hdbscan", "bertopic", *READING)
    return digest([CODE_VERSION, canonical_json(languages), canonical_json(libraries)])


def read_context(zone: str, as_of: date | None, dates: DatesConfig | None = None) -> tuple[Context, dict[str, Reader], str]:
    """Return what reading depends on besides sources, the installed readers, and the name of both for the keys of files."""
    readers, languages = plugins()
    dates = dates or DatesConfig()
    return Context(zone, as_of, languages, dates), readers, digest([parts_key(), zone, canonical_json(dates.founded)])


def study_inputs(file: StudyFile) -> tuple[Context, tuple[SourceInput, ...]]:
    """The files of a study, after a look at what its sources ask for."""
    context, readers, code = read_context(file.config.study.timezone, file.config.study.as_of, file.config.dates)
    for source in file.config.sources:
        if source.language != "auto" and source.language not in context.languages:
            hint = nearest(source.language, ["auto", *context.languages])
            raise UsageError(f"there is no language {source.language!r}.", where=file.path.name, hint=hint)
    return context, list_inputs(file.config.sources, file.base, readers, code)


def corpus_stage(file: StudyFile, target: Path, engine: Engine) -> tuple[Corpus, IngestReport]:
    """Read the sources, or open the stored corpus where nothing changed; of changed sources only new files are read.

    Raises:
        UsageError: a source is not there, or holds nothing that can be read.
        DataError: no record can be used.
    """
    context, inputs = study_inputs(file)
    parts = Keys(file, parts_key()).corpus(inputs)
    key = key_of_parts(parts)
    if not is_current(target, key):
        stage("reading %d source(s)", len(inputs))
        previous = target if is_whole(target) else None

        def write(folder: Path) -> None:
            report = ingest(inputs, context, folder, engine=engine, previous=previous)
            numbers = (report.seen, report.accepted, len(report.quarantined), report.duplicates)
            stage("%d seen = %d accepted + %d quarantined + %d duplicates", *numbers)
            if not report.accepted:
                first = f" First reason: {report.quarantined[0].message}." if report.quarantined else ""
                hint = f"`topics check {file.path}` lists why."
                raise DataError(f"none of {report.seen} records could be used.{first}", where=file.path.name, hint=hint)
            write_json(folder / "account.json", report)

        publish(target, write, "corpus", Provenance(reading_settings(file), 0, {STAGE: key, **parts}))  # it depends on no seed
    else:
        stage("%d file(s): 0 new, the corpus is as before", sum(len(source.files) for source in inputs))
    return store.load(target), read_json(target / "account.json", IngestReport)


def preparation_stage(file: StudyFile, target: Path, corpus: Corpus, engine: Engine) -> Preparation:
    """Fit the preparation, or load it where neither the corpus nor its settings changed."""
    config, seed = file.config, file.config.study.seed
    keys = Keys(file, parts_key())
    parts, embedding = keys.preparation(corpus.fingerprint), keys.embedding
    key = key_of_parts(parts)
    if is_current(target, key):
        return Preparation.load(target, embedding.folder)
    stage("preparing %d documents: phrases, vocabulary, vectors", len(corpus))
    preparation = fit_preparation(corpus, config.preprocessing, embedding, config.themes, seed=seed, engine=engine)
    publish(target, preparation.save, "preparation", Provenance(config.preprocessing, seed, {STAGE: key, **parts}))
    return preparation


def prepares_themes(themes: Themes, corpus: Corpus) -> bool:
    """Return whether the scorers of themes need the preparation: with themes, and enough distinct articles for more than terms."""
    return bool(themes) and sum(info.canonical for info in corpus.infos) >= MIN_DOCS


def check_size(file: StudyFile, name: str, corpus: Corpus) -> None:
    """Raise `DataError` where a corpus has too few distinct articles for a kind of model."""
    kind: Any = discover("topics.models", "MODEL")[name]
    n_stories = sum(info.canonical for info in corpus.infos)
    if n_stories < kind.min_docs:
        what = f"{kind.title} needs at least {kind.min_docs} distinct articles, there are {n_stories}."
        raise DataError(what, where=f"models.{name}", hint="Add articles.")


@dataclass(frozen=True, eq=False)
class Themed:
    """The themes of a study in its corpus: fitted scorers, and what each of them finds."""

    model: ThemeModel
    found: Findings

    @property
    def results(self) -> dict[str, ThemeScores]:
        """What each scorer finds, the combined one first."""
        return self.found.results

    @property
    def scores(self) -> ThemeScores:
        """What all scorers find together."""
        return self.results[COMBINED]

    def of(self, scorer: str) -> ThemeScores:
        """Return what one scorer finds.

        Raises:
            DataError: the articles are too few for it.
        """
        if scorer not in self.results:
            hint = f"There are: {', '.join(self.results)}."
            raise DataError(f"the articles are too few for the scorer {scorer!r}.", where="themes", hint=hint)
        return self.results[scorer]


def _keys(parts: Parts, beside: Parts) -> dict[str, str]:
    """The keys of a stage: of the whole, and of what is fitted, which does not depend on what the artefact holds beside it."""
    return {STAGE: key_of_parts({**parts, **beside}), FIT: key_of_parts(parts)}


def _check_labels(file: StudyFile, corpus: Corpus) -> None:
    """Say what is missing of the study's label sheet, where it has one, before anything is fitted."""
    if file.labels is not None:
        read_design(file.labels, corpus)


def _with_labels(file: StudyFile, model: ThemeModel, corpus: Corpus, documents: ThemeDocuments) -> ThemeModel:
    """The model with thresholds from the study's label sheet, where it has one."""
    if file.labels is None:
        return model
    keys = tuple(theme.key for theme in model.themes)
    labels = read_labels(file.labels, corpus, keys, masked=file.config.study.mask)
    drawn = frozenset(item.id for item in labels.design.documents)
    rows = np.flatnonzero(np.array([identifier in drawn for identifier in corpus.ids])).astype(np.int64)
    scores, present = model.score(documents.rows(rows))[COMBINED]
    decided = (scores.astype(np.float32).astype(np.float64), np.asarray(present, dtype=bool))
    found = label_thresholds(labels, keys, [corpus.ids[row] for row in rows], decided, file.config.study.seed)
    left = [key for key, value in zip(keys, found, strict=True) if value is None]
    said = f"; those of {', '.join(left)} stay, the labels show no better ones" if left else ""
    stage("labels set the thresholds of %d theme(s)%s", len(keys) - len(left), said)
    return replace(model, labelled=found)


def theme_stage(
    file: StudyFile, target: Path, corpus: Corpus, prepare: Callable[[], tuple[Preparation, PreparedCorpus]], engine: Engine
) -> Themed:
    """Fit the scorers of themes, or load them where nothing that they depend on changed; documents are scored and shown anew.

    Args:
        file: the study.
        target: folder of the artefact.
        corpus: its documents.
        prepare: the preparation and the corpus with counts and vectors; not asked for where `prepares_themes` says no.
        engine: where documents are looked through.
    """
    themes, seed = file.config.themes, file.config.study.seed
    canonical = np.flatnonzero(np.array([info.canonical for info in corpus.infos], dtype=bool)).astype(np.int64)
    preparation, prepared = prepare() if prepares_themes(themes, corpus) else (None, None)
    documents = theme_documents(corpus, themes, prepared, engine)
    _check_labels(file, corpus)
    parts = Keys(file, parts_key()).themes(corpus.fingerprint, preparation.key if preparation else "")
    beside = Keys(file, "").labels()
    keys = _keys(parts, beside)
    if is_current(target, keys[STAGE]):
        model = load_themes(target, themes)
    else:
        if is_current(target, keys[FIT], FIT):
            model = replace(load_themes(target, themes), labelled=())
        else:
            stage("fitting %d theme(s)", len(themes))
            vocabulary = preparation.vocabulary if preparation else None
            some = canonical[stratified([corpus.infos[row] for row in canonical], SAMPLE)]
            model = fit_themes(documents.rows(some), themes, vocabulary, seed, projection(preparation) if preparation else None)
        model = _with_labels(file, model, corpus, documents)
        publish(target, model.save, "themes", Provenance(themes, seed, {**keys, **parts, **beside}))
    stage("scoring %d theme(s)", len(themes))
    return Themed(model, find_themes(corpus, model, documents, preparation))


def _labels(result: TopicResult, prepared: PreparedCorpus, canonical: Int64, themes: Themes, scores: ThemeScores) -> tuple[str, ...]:
    """A label for each topic; a model that carries no theme of the study gets its words alone."""
    shares = term_shares(prepared.dtm, canonical)
    held = topic_themes(result, scores, canonical).carried
    names = [next(iter(theme.label.values()), theme.key) for theme in themes]
    return labels(result, shares, [names[theme] if theme >= 0 else "" for theme in held.tolist()])


def refit_stage(file: StudyFile, name: str, target: Path, prepared: tuple[Preparation, PreparedCorpus], number: int) -> TopicResult:
    """Fit a model of the study again from another seed, or load that fit; nothing but its result is asked for.

    Args:
        file: the study.
        name: of the model.
        target: folder of the artefact.
        prepared: the preparation, and the prepared corpus.
        number: of the refit, from 1; each has a seed of its own, whatever their number.
    """
    kind: Any = discover("topics.models", "MODEL")[name]
    preparation, corpus = prepared
    seed = derived(file.config.study.seed, "refit", number)
    parts = Keys(file, parts_key()).model(name, corpus.corpus.fingerprint, preparation.key, seed)
    key = key_of_parts(parts)
    model: TopicModel
    if is_current(target, key):
        model = kind.load(target)
    else:
        stage("fitting %s again, from another seed (%d of %d)", kind.title, number, file.config.trends.refits)
        model = kind.fit(corpus, file.models[name], file.config.themes, seed)
        publish(target, model.save, name, Provenance(file.models[name], seed, {STAGE: key, **parts}, model.result.card.versions))
    return model.result


def model_stage(
    file: StudyFile, name: str, target: Path, preparation: Preparation, prepared: PreparedCorpus, themed: Callable[[], Themed]
) -> TopicModel:
    """Fit a model of the study, or load it where nothing that it depends on changed; `themed` is asked for to label what was fitted."""
    kind: Any = discover("topics.models", "MODEL")[name]
    config, seed, themes = file.models[name], file.config.study.seed, file.config.themes
    corpus = prepared.corpus
    _check_labels(file, corpus)
    parts, beside = Keys(file, parts_key()).model(name, corpus.fingerprint, preparation.key, seed), Keys(file, "").beside_fit()
    keys = _keys(parts, beside)
    if is_current(target, keys[STAGE]):
        loaded: TopicModel = kind.load(target)
        return loaded
    model: TopicModel
    known: TrainingProfile | None = None
    if is_current(target, keys[FIT], FIT):  # labels or [study] changed, which the artefact also holds
        model = kind.load(target)
        known = read_profile(target, model.result.n_topics + len(themes))
    else:
        stage("fitting %s on %d distinct articles", kind.title, sum(info.canonical for info in corpus.infos))
        model = kind.fit(prepared, config, themes, seed)

    inputs = {**keys, **parts, **beside}

    def write(folder: Path) -> None:
        write_model(folder, Fitted(file, name, model, preparation, prepared), themed(), known)
        if known:
            inputs.update(keep_carried(name, target, folder))

    publish(target, write, name, Provenance(config, seed, inputs, model.result.card.versions))
    return model


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fitted model, by its name in a study, with what it was fitted on."""

    file: StudyFile
    name: str
    model: TopicModel
    preparation: Preparation
    prepared: PreparedCorpus


def write_model(folder: Path, fitted: Fitted, themed: Themed, known: TrainingProfile | None = None) -> None:
    """Write all that a model artefact holds into an existing directory.

    Args:
        folder: where to.
        fitted: the model.
        themed: scorers of themes, and what they find in its documents.
        known: an earlier profile of the same fit.
    """
    file, model, prepared = fitted.file, fitted.model, fitted.prepared
    canonical = np.flatnonzero(np.array([info.canonical for info in prepared.corpus.infos], dtype=bool)).astype(np.int64)
    model.save(folder)
    fitted.preparation.save(folder)
    write_json(folder / "themes.json", file.config.themes)
    write_json(folder / "study.json", file.config.study)
    write_repeated(folder, prepared.corpus.repeated)
    themed.model.save(folder)
    write_json(folder / LABELS, _labels(model.result, prepared, canonical, file.config.themes, themed.scores))
    write_reference(folder, fitted.name, model, fitted.preparation, themed.model)
    write_profile(folder, learn_profile(file, fitted.name, fitted.preparation, prepared, (model, themed.scores), known))
