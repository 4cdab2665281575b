"""A saved model and new articles: topics, themes, fit, novelty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from topics.artifacts.manifest import ArtifactManifest
from topics.artifacts.verify import verify
from topics.config import DEFAULT_ZONE, StudyFile, StudySection
from topics.core.codecs import read_json
from topics.core.contracts import TopicModel
from topics.core.documents import Corpus
from topics.core.errors import ContractError, DataError, UsageError, require
from topics.core.matrices import Float64, PreparedCorpus, TopicDistribution
from topics.core.registry import discover, nearest
from topics.core.themes import Theme, ThemeScores
from topics.core.vectors import GivenVectors
from topics.engine import Engine
from topics.findings import find_themes
from topics.ingest.files import SourceConfig
from topics.ingest.frames import records_of
from topics.ingest.ingest import Context, IngestReport, ingest
from topics.ingest.inputs import SourceInput, list_inputs
from topics.ingest.store import load
from topics.preprocessing.prepare import Preparation
from topics.quality.fit import fit_scores, novelty
from topics.reference import check_reference, needs_vectors
from topics.stages import LABELS, read_context, study_inputs
from topics.tables import Cell
from topics.theming import COMBINED, ThemeModel, theme_documents
from topics.theming import load as load_themes

CARRIES_CODE = frozenset(".pkl .pickle .joblib .dill .pt .pth .bin .npy .npz .h5 .py .pyc .so .dll .dylib .exe .sh".split())
COLUMNS = ("id", "file", "record", "title", "language", "date", "topic", "label", "weight", "fit", "novelty", "unknown_share", "themes")


@dataclass(frozen=True, eq=False)
class Transformed:
    """New documents through a saved model: everything row by row in the order of the corpus."""

    corpus: Corpus
    account: IngestReport
    prepared: PreparedCorpus
    documents: TopicDistribution
    themes: ThemeScores
    fit: Float64
    novelty: Float64


@dataclass(frozen=True, eq=False)
class Artifact:
    """A checked, loaded model artefact."""

    manifest: ArtifactManifest
    model: TopicModel
    preparation: Preparation
    themes: ThemeModel
    study: StudySection
    profile: tuple[float, ...]
    labels: tuple[str, ...]

    def transform(self, corpus: Corpus, account: IngestReport, vectors: GivenVectors | None = None) -> Transformed:
        """Return topics, themes, fit (cosine with the words that the topics expect) and novelty (share of training articles that
        fitted at least as well).

        Args:
            corpus: the new documents.
            account: of their reading.
            vectors: of the new documents, where the model was trained on vectors made elsewhere.
        """
        embed = needs_vectors(self.manifest.kind, self.preparation, self.themes)
        prepared = self.preparation.apply(corpus, vectors=vectors if embed else None, embed=embed)
        documents = self.model.transform(prepared)
        scores = fit_scores(prepared.dtm, documents, self.model.result.topics)
        seen = theme_documents(corpus, self.themes.themes, prepared)
        themes = find_themes(corpus, self.themes, seen, self.preparation).results[COMBINED]
        return Transformed(corpus, account, prepared, documents, themes, scores, novelty(scores, self.profile))

    def rows(self, found: Transformed) -> Iterator[tuple[Cell, ...]]:
        """Yield one row a document, by id."""
        labels = found.documents.labels()
        order = sorted(range(len(found.corpus)), key=lambda row: found.corpus.infos[row].id)
        for row in order:
            info, topic = found.corpus.infos[row], int(labels[row])
            label = self.labels[topic] if topic >= 0 else ""
            weight = float(found.documents.weights[row, topic]) if topic >= 0 else None
            keys = " ".join(np.array(found.themes.keys)[found.themes.present[row]].tolist()) if found.themes.keys else ""
            numbers = (float(found.fit[row]), float(found.novelty[row]), float(found.prepared.unknown[row]))
            head = (info.id, info.file, info.record, info.title, info.language, info.date.point)
            yield (*head, topic if topic >= 0 else None, label, weight, *numbers, keys)


def _refuse_code(manifest: ArtifactManifest) -> None:
    for entry in manifest.files:
        if Path(entry.path).suffix.lower() in CARRIES_CODE:
            hint = "No model of this project holds such a file; do not open it with what loads it."
            raise DataError("can carry code, which is never run.", where=entry.path, hint=hint)


def load_artifact(directory: str | Path, embedding_folder: Path | None = None) -> Artifact:
    """Load a model artefact after every hash of it was recomputed.

    Args:
        directory: of the artefact.
        embedding_folder: of the model that makes the vectors, where it is no longer found as the study names it; or of the vectors of
            new documents, where the study's were made elsewhere.

    Raises:
        DataError: changed, damaged, incomplete, no model, or one that answers otherwise here; the message names the file.
    """
    folder = Path(directory)
    manifest = verify(folder)
    _refuse_code(manifest)
    kinds = discover("topics.models", "MODEL")
    if manifest.kind not in kinds:
        raise DataError(f"is an artefact of kind {manifest.kind!r}, not a model.", where=str(folder), hint=f"Models: {', '.join(kinds)}.")
    try:
        return _loaded(folder, manifest, embedding_folder)
    except (ContractError, ValueError, IndexError) as error:  # every file can be read, but they are not of one model
        raise DataError(f"its files do not fit each other: {error}.", where=str(folder), hint="Fetch or fit it again.") from error


def _loaded(folder: Path, manifest: ArtifactManifest, embedding_folder: Path | None) -> Artifact:
    model: TopicModel = discover("topics.models", "MODEL")[manifest.kind].load(folder)
    preparation = Preparation.load(folder, embedding_folder)
    themes = load_themes(folder, read_json(folder / "themes.json", tuple[Theme, ...]))
    check_reference(folder, manifest.kind, model, preparation, themes)
    study, labels = read_json(folder / "study.json", StudySection), read_json(folder / LABELS, tuple[str, ...])
    profile = read_json(folder / "profile.json", tuple[float, ...])
    require(len(labels) == model.result.n_topics, "labels and topics differ in number", where=LABELS)
    require(
        bool(profile) and min(profile) >= 0 and max(profile) <= 1, "fits of training documents lie outside 0 to 1", where="profile.json"
    )
    return Artifact(manifest, model, preparation, themes, study, profile, labels)


def _read(inputs: Sequence[SourceInput], context: Context, engine: Engine) -> tuple[Corpus, IngestReport]:
    """Read into a passing folder, which lives as long as the corpus that streams from it."""
    folder = TemporaryDirectory(prefix="topics-")
    account = ingest(inputs, context, Path(folder.name), engine=engine)
    return load(Path(folder.name), folder), account


def read_paths(paths: Sequence[Path], *, zone: str, as_of: date | None, engine: Engine | None = None) -> tuple[Corpus, IngestReport]:
    """Read files and folders without a study; a corpus of none where no record could be used."""
    context, readers, code = read_context(zone, as_of)
    sources = [SourceConfig(path=str(path)) for path in paths]
    return _read(list_inputs(sources, Path(), readers, code), context, engine or Engine())


def read_sources(file: StudyFile) -> tuple[Corpus, IngestReport]:
    """Read the sources of a study as its run would, and keep nothing."""
    context, inputs = study_inputs(file)
    return _read(inputs, context, Engine())


def read_new(paths: Sequence[Path], *, zone: str) -> tuple[Corpus, IngestReport]:
    """Read documents to send through a model.

    Raises:
        DataError: no record could be used.
    """
    corpus, account = read_paths(paths, zone=zone, as_of=None)
    if not len(corpus):
        first = f" First reason: {account.quarantined[0].message}." if account.quarantined else ""
        where = ", ".join(map(str, paths))
        raise DataError(f"none of {account.seen} records could be used.{first}", where=where, hint="`topics check` lists why.")
    return corpus, account


def from_frame(
    frame: Any,  # noqa: ANN401 - any library's frame
    columns: Mapping[str, str] | None = None,
    *,
    language: str = "auto",
    source: str = "frame",
    zone: str = DEFAULT_ZONE,
    as_of: date | None = None,
) -> tuple[Corpus, IngestReport]:
    """Read the articles of a frame; no file of yours is written or changed.

    Args:
        frame: a pandas or polars frame, an Arrow table, or another that narwhals takes; a row is an article.
        columns: our name (text, date, id, title, source, url, language) to the frame's column; the same names need no entry.
        language: `auto`, or the code of the language of every article.
        source: the source of articles that name none, and what stands for the file's name.
        zone: calendar zone in which a moment falls on its day.
        as_of: last day that can be; None takes the latest day in the data.

    Returns:
        The corpus, of none where no row could be used, and the account of its reading.

    Raises:
        UsageError: no frame, or no column for the text.
    """
    try:
        config = SourceConfig(path=source, columns=dict(columns or {}), language=language)
    except ValueError as error:
        raise UsageError(f"{error}", where="from_frame", hint="Give columns as {our name: your name}.") from error
    context, _, _ = read_context(zone, as_of)
    if language not in {"auto", *context.languages}:
        raise UsageError(f"there is no language {language!r}.", where="from_frame", hint=nearest(language, ["auto", *context.languages]))
    return _read([SourceInput(config, records=records_of(frame, config.columns, source))], context, Engine())
