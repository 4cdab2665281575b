"""The corpus that a saved model was fitted on."""

from __future__ import annotations

from pathlib import Path

from topics.artifacts.verify import verify
from topics.core.documents import Corpus
from topics.core.errors import DataError
from topics.ingest.store import load
from topics.reuse.artefact import Artifact


def training_corpus(loaded: Artifact, artefact: Path, corpus: Path | None, option: str) -> Corpus:
    """Open the corpus of a model; every hash of it is recomputed first.

    Args:
        loaded: the model.
        artefact: its folder.
        corpus: folder of the corpus artefact; None looks beside the model.
        option: of the command, by which a user names that folder.

    Raises:
        DataError: it is missing or damaged, or the model was fitted on another.
    """
    folder = corpus or artefact.resolve().parent / "corpus"
    hint = f"Name the corpus artefact of its study with {option}: artifacts/corpus in the output folder."
    if not folder.is_dir():
        raise DataError("there is no corpus, which the counts are made from.", where=str(folder), hint=hint)
    verify(folder)
    documents = load(folder)
    if documents.fingerprint != loaded.model.result.card.corpus_fingerprint:
        raise DataError("is another corpus than the one that the model was fitted on.", where=str(folder), hint=hint)
    return documents
