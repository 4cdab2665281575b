"""A saved model beside the corpus that it was fitted on, opened without the study file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from topics.artifacts.verify import verify
from topics.core.errors import DataError
from topics.core.matrices import PreparedCorpus
from topics.ingest.store import load
from topics.reuse import Artifact, load_artifact


@dataclass(frozen=True, eq=False)
class Opened:
    """A model and the counts of its documents, in the order of its result."""

    artifact: Artifact
    prepared: PreparedCorpus


def open_model(artefact: Path, corpus: Path | None = None) -> Opened:
    """Load a model artefact and count its corpus again; every hash of both is recomputed first.

    Args:
        artefact: folder of the model.
        corpus: folder of the corpus artefact; None looks beside the model.

    Raises:
        DataError: either is missing or damaged, or the model was fitted on another corpus.
    """
    loaded, folder = load_artifact(artefact), corpus or artefact.resolve().parent / "corpus"
    hint = "Name the corpus artefact of its study with --corpus: artifacts/corpus in the output folder."
    if not folder.is_dir():
        raise DataError("there is no corpus, which the counts are made from.", where=str(folder), hint=hint)
    verify(folder)
    documents = load(folder)
    card = loaded.model.result.card
    if documents.fingerprint != card.corpus_fingerprint:
        raise DataError("is another corpus than the one that the model was fitted on.", where=str(folder), hint=hint)
    return Opened(loaded, loaded.preparation.apply(documents, embed=False))
