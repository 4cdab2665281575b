"""Thresholds of themes that labels set, for scorers that were fitted anew: those that decide most like the scorers that had the labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.core.documents import Corpus
from topics.core.matrices import Float64, Int64
from topics.progress import stage
from topics.reuse.artefact import Artifact
from topics.reuse.reference import needs_vectors
from topics.themes.evaluation import Judged
from topics.themes.hits import ThemeDocuments
from topics.themes.labelled import best_cut
from topics.theming import COMBINED, ThemeModel, theme_documents

Thresholds = tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class Teacher:
    """What an artefact with thresholds from labels says of its own stories.

    Args:
        thresholds: of its themes.
        rows: (n_stories,) places of these stories among all documents.
        present: (n_stories, n_themes) what it decides.
    """

    thresholds: Thresholds
    rows: Int64
    present: npt.NDArray[np.bool_]


def teacher_of(artifact: Artifact, corpus: Corpus, ids: tuple[str, ...]) -> Teacher | None:
    """Return what an artefact decides in its own corpus; None where labels set none of its thresholds.

    Args:
        artifact: with its scorers.
        corpus: that it was fitted on.
        ids: of all documents, those of this corpus among them.
    """
    themes = artifact.themes
    if all(value is None for value in themes.labelled):
        return None
    embed = needs_vectors(artifact.manifest.kind, artifact.preparation, themes)
    prepared = artifact.preparation.apply(corpus, embed=embed)
    present = themes.score(theme_documents(corpus, themes.themes, prepared))[COMBINED][1]
    place = {identifier: row for row, identifier in enumerate(ids)}
    own = np.flatnonzero(np.array([info.canonical for info in corpus.infos], dtype=np.bool_))
    rows = np.array([place[corpus.infos[row].id] for row in own.tolist()], dtype=np.int64)
    return Teacher(themes.labelled, rows, np.asarray(present, dtype=np.bool_)[own])


def taught_thresholds(teachers: tuple[Teacher, ...], model: ThemeModel, documents: ThemeDocuments) -> Thresholds:
    """Return for each theme the score from which it is there, None where no labels set one; empty without a teacher.

    Scores of scorers that were fitted on other documents are of another scale, so a threshold is not copied. It is put where the decisions
    have the best F1 against those of the artefacts whose thresholds for this theme came from labels, in their own stories.

    Args:
        teachers: of one theme list, that of the model.
        model: the scorers that get thresholds.
        documents: all of them as these scorers see them.
    """
    if not teachers:
        return ()
    scores = np.asarray(model.score(documents)[COMBINED][0]).astype(np.float32).astype(np.float64)
    return tuple(_taught(teachers, column, theme.key, scores[:, column]) for column, theme in enumerate(model.themes))


def _taught(teachers: tuple[Teacher, ...], column: int, key: str, scores: Float64) -> float | None:
    able = [teacher for teacher in teachers if teacher.thresholds and teacher.thresholds[column] is not None]
    if not able:
        return None
    truth = np.concatenate([teacher.present[:, column] for teacher in able])
    seen = np.concatenate([scores[teacher.rows] for teacher in able])
    if not truth.any():
        stage("theme %s: by its labels no story has it, so its threshold is that of the new scorers", key)
        return None
    cut = best_cut(Judged(truth, truth, seen, np.ones(len(truth))))
    differ = int(((seen >= cut) != truth).sum())
    stage("theme %s: threshold %.3f decides as its labels did but for %d of %d stories", key, cut, differ, len(truth))
    return cut
