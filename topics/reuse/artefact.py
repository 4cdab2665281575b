"""A saved model and new articles: topics, themes, fit, novelty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from topics.artifacts.manifest import ArtifactManifest
from topics.artifacts.verify import verify
from topics.config import StudySection
from topics.core.codecs import read_json
from topics.core.contracts import TopicModel
from topics.core.documents import Corpus
from topics.core.errors import ContractError, DataError, require
from topics.core.matrices import Float64, PreparedCorpus, TopicDistribution
from topics.core.registry import discover
from topics.core.themes import Theme, ThemeScores
from topics.core.vectors import GivenVectors
from topics.findings import find_themes
from topics.ingest.repeated import read_repeated
from topics.preprocessing.prepare import Preparation
from topics.quality.fit import fit_scores
from topics.quality.novelty import novelty
from topics.reuse.held_out import scores_of
from topics.reuse.identity import TopicIds, read_ids
from topics.reuse.reference import check_reference, needs_vectors
from topics.reuse.training_profile import TrainingProfile, read_profile
from topics.stages import LABELS
from topics.tables import Cell, Table
from topics.theming import COMBINED, ThemeModel, theme_documents
from topics.theming import load as load_themes

if TYPE_CHECKING:
    import pandas as pd

CARRIES_CODE = frozenset(".pkl .pickle .joblib .dill .pt .pth .bin .npy .npz .h5 .py .pyc .so .dll .dylib .exe .sh".split())
COLUMNS = ("id", "file", "record", "title", "language", "date", "topic", "label", "weight", "fit", "novelty", "unknown_share", "themes")


@dataclass(frozen=True, eq=False)
class Transformed:
    """New documents through a saved model: everything row by row in the order of the corpus."""

    corpus: Corpus
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
    profile: TrainingProfile
    known: TopicIds
    repeated: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By source, keys of the lines that it printed everywhere in the training documents."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each topic, by its place in the model."""
        return self.known.names

    def transform(self, corpus: Corpus, vectors: GivenVectors | None = None) -> Transformed:
        """Return topics, themes, fit (cosine with the words that the topics expect) and novelty (see `quality/novelty.py`).

        What a document gets depends on it alone, whatever other documents stand beside it.

        Args:
            corpus: the new documents, or some of them.
            vectors: of the new documents, where the model was trained on vectors made elsewhere.
        """
        embed = needs_vectors(self.manifest.kind, self.preparation, self.themes)
        prepared = self.preparation.apply(corpus, vectors=vectors if embed else None, embed=embed)
        documents = self.model.transform(prepared)
        scores = fit_scores(prepared.dtm, documents, self.model.result.topics)
        seen = theme_documents(corpus, self.themes.themes, prepared)
        themes = find_themes(corpus, self.themes, seen, self.preparation).results[COMBINED]
        return Transformed(corpus, prepared, documents, themes, scores, novelty(self.profile.scales, scores_of(prepared, scores)))

    def frame(self, found: Transformed) -> pd.DataFrame:
        """Return those rows as a frame."""
        from topics.exchange.frames import frame_of

        return frame_of(Table("transform", COLUMNS, lambda: self.rows(found)))

    def rows(self, found: Transformed) -> Iterator[tuple[Cell, ...]]:
        """Yield one row a document, in the order of the corpus."""
        labels = found.documents.labels()
        for row, info in enumerate(found.corpus.infos):
            topic = int(labels[row])
            label = self.labels[topic] if topic >= 0 else ""
            weight = float(found.documents.weights[row, topic]) if topic >= 0 else None
            keys = " ".join(np.array(found.themes.keys)[found.themes.present[row]].tolist()) if found.themes.keys else ""
            numbers = (float(found.fit[row]), float(found.novelty[row]), float(found.prepared.unknown[row]))
            head = (info.id, info.file, info.record, info.title, info.language, info.date.point)
            yield (*head, self.known.ids[topic] if topic >= 0 else None, label, weight, *numbers, keys)


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
    profile = read_profile(folder, model.result.n_topics + len(themes.themes))
    require(len(labels) == model.result.n_topics, "labels and topics differ in number", where=LABELS)
    return Artifact(manifest, model, preparation, themes, study, profile, read_ids(folder, labels), read_repeated(folder))
