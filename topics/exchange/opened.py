"""A saved model beside the corpus that it was fitted on, opened without the study file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from topics.core.matrices import PreparedCorpus
from topics.reuse import Artifact, load_artifact
from topics.reuse.training_corpus import training_corpus


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
    loaded = load_artifact(artefact)
    return Opened(loaded, loaded.preparation.apply(training_corpus(loaded, artefact, corpus, "--corpus"), embed=False))
