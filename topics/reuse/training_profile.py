"""What a model artefact keeps of its training documents to judge new ones by: no text, numbers alone."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from topics.config import StudyFile
from topics.core.codecs import read_json, write_json
from topics.core.contracts import TopicModel
from topics.core.errors import require
from topics.core.matrices import Float64, PreparedCorpus, TopicDistribution
from topics.core.themes import ThemeScores
from topics.preprocessing.prepare import Preparation
from topics.quality.fit import fit_scores
from topics.quality.novelty import EVERY, Scale, learn_scales
from topics.reuse.held_out import left_out_scores, scores_of
from topics.reuse.mix import Gathered, Mix

NAME = "profile.json"


class TrainingProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The training documents of a model, one of each story.

    Args:
        left_out: whether the scales are of documents that the model did not see; with too few to leave some out, they are of those it saw.
        scales: of novelty, by language.
        mix: what the documents are made of; series are the topics, then the themes.
    """

    left_out: bool
    scales: dict[str, Scale]
    mix: Mix


def series_of(documents: TopicDistribution, themes: ThemeScores) -> Float64:
    """Return (n_docs, n_topics + n_themes) the shares of topics, and 1 for each theme that is there."""
    return np.hstack([documents.weights.astype(np.float64), themes.present.astype(np.float64)])


def learn_profile(
    file: StudyFile,
    name: str,
    preparation: Preparation,
    prepared: PreparedCorpus,
    fitted: tuple[TopicModel, ThemeScores],
    known: TrainingProfile | None = None,
) -> TrainingProfile:
    """Return the profile of a fit.

    Args:
        file: the study.
        name: of the model.
        preparation: that the documents were prepared by.
        prepared: the training documents.
        fitted: the model, and what the scorers of themes find in its documents.
        known: an earlier profile of the same fit, whose scales are taken over: they take further fits.
    """
    result, infos = fitted[0].result, prepared.corpus.infos
    rows = np.flatnonzero(np.array([info.canonical for info in infos], dtype=bool)).astype(np.int64)
    gathered = Gathered(result.n_topics + len(fitted[1].keys))
    gathered.add(infos, series_of(result.documents, fitted[1]), rows)
    if known:
        return TrainingProfile(known.left_out, known.scales, gathered.mix())
    scores = left_out_scores(file, name, preparation, prepared)
    seen = scores_of(prepared, fit_scores(prepared.dtm, result.documents, result.topics)).rows(rows)
    return TrainingProfile(scores is not None, learn_scales(scores or seen), gathered.mix())


def write_profile(directory: Path, profile: TrainingProfile) -> None:
    """Write into an existing directory."""
    write_json(directory / NAME, profile)


def read_profile(directory: Path, n_series: int) -> TrainingProfile:
    """Read what `write_profile` wrote.

    Raises:
        DataError: missing or damaged.
        ContractError: of other topics or themes.
    """
    profile = read_json(directory / NAME, TrainingProfile, "profile of training documents")
    require(EVERY in profile.scales, "the scale of all languages is missing", where=NAME)
    sizes = {len(values) for shares in profile.mix.series.values() for values in (shares.mean, shares.variance, shares.between)}
    require(sizes <= {n_series}, f"shares of {sorted(sizes)} series, the model has {n_series} topics and themes", where=NAME)
    return profile
