"""The corpus that a saved model was fitted on."""

from __future__ import annotations

from pathlib import Path

from topics.artifacts.verify import verify
from topics.core.documents import Corpus
from topics.core.errors import DataError
from topics.ingest.store import load
from topics.reuse.artefact import Artifact


def own_folder(artefact: Path, fingerprint: str) -> Path:
    """Return where the corpus of a merged model lies: beside it, under a name of its own, for several models may lie there."""
    return artefact.resolve().parent / f"corpus_{fingerprint[:12]}"


def _beside(artefact: Path, fingerprint: str) -> Path:
    own = own_folder(artefact, fingerprint)
    return own if own.is_dir() else artefact.resolve().parent / "corpus"


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
    fingerprint = loaded.model.result.card.corpus_fingerprint
    folder = corpus or _beside(artefact, fingerprint)
    hint = f"Name its corpus artefact with {option}: artifacts/corpus in the output folder of its study, corpus_* beside a merged model."
    if not folder.is_dir():
        raise DataError("there is no corpus here, and words of topics are counted in it.", where=str(folder), hint=hint)
    verify(folder)
    documents = load(folder)
    if documents.fingerprint != fingerprint:
        raise DataError("is another corpus than the one that the model was fitted on.", where=str(folder), hint=hint)
    return documents
