"""Thresholds that labels set live on in a merged artefact: its scorers decide as the labelled ones did."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from tests.test_labelling import FILLER, STUDY, fill
from topics.core.documents import Corpus
from topics.ingest.store import load
from topics.labelling import sample_labels
from topics.reuse import load_artifact
from topics.reuse.merge import Place, merge
from topics.reuse.taught import Teacher, taught_thresholds
from topics.reuse.training_corpus import own_folder
from topics.study import open_study
from topics.theming import ThemeModel, fit_themes, theme_documents

OPENINGS = ("The drill began. ", "An exercise of the army and a drill began. ", "The flood came. ", "")
N_ARTICLES = 48  # of a study: of two of them terms alone decide, of three all scorers


def write_study(folder: Path, name: str, *, labels: bool) -> Path:
    """A study of 48 articles; by its labels only an exercise is a drill."""
    folder.mkdir()
    lines = []
    for number in range(N_ARTICLES):
        pick = random.Random(f"{name} {number}")
        words = ". ".join(" the ".join(pick.sample(FILLER, 8)) for _ in range(3))
        text = f"{OPENINGS[number % 4]}{words}. {name} {number}."
        lines.append({"id": f"{name}{number}", "text": text, "title": f"{name} {number}", "date": f"2025-{1 + number // 5:02}-10"})
    (folder / "src.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    study = folder / "study.toml"
    text = STUDY.format(mask="false") + "[models.lda]\ntopics = 2\n[preprocessing]\nmin_df = 2\n"
    study.write_text(text, encoding="utf-8")
    if labels:
        sample_labels(open_study(study), N_ARTICLES, folder / "own.csv")
        fill(folder / "own.csv", judge=lambda text: "exercise" in text)
        study.write_text(text.replace("[study]\n", '[study]\nlabels = "own.csv"\n'), encoding="utf-8")
    return study


def fitted(study: Path) -> Path:
    opened = open_study(study)
    opened.fit("lda", opened.artifacts / "lda")
    return opened.artifacts / "lda"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three fits, the first with labels, merged with each other."""
    root = tmp_path_factory.mktemp("thresholds")
    for name in ("one", "two", "three"):
        (root / f"{name}_model").symlink_to(fitted(write_study(root / name, name, labels=name == "one")))
    one, two, three = (Place((root / f"{name}_model").resolve()) for name in ("one", "two", "three"))
    merge(one, two, root / "both")
    merge(two, one, root / "turned")
    merge(Place(root / "both"), three, root / "all")
    merge(two, three, root / "plain")
    return root


def corpus_of(artefact: Path) -> Corpus:
    return load(own_folder(artefact, load_artifact(artefact).model.result.card.corpus_fingerprint))


def drills(artefact: Path) -> set[str]:
    found = load_artifact(artefact).transform(corpus_of(artefact)).themes
    return {found.doc_ids[row] for row in np.flatnonzero(found.present[:, found.keys.index("drills")])}


@pytest.mark.parametrize(("merged", "names"), [("both", ("one", "two")), ("turned", ("one", "two")), ("all", ("one", "two", "three"))])
def test_a_merged_artefact_decides_as_the_labels_of_one_side_did(root: Path, merged: str, names: tuple[str, ...]) -> None:
    assert drills(root / merged) == {f"{name}{number}" for name in names for number in range(N_ARTICLES) if number % 4 == 1}


def test_a_theme_that_labels_left_alone_stays_so(root: Path) -> None:
    assert load_artifact((root / "one_model").resolve()).themes.labelled[1] is None
    assert load_artifact(root / "both").themes.labelled[1] is None


def test_without_labels_there_is_no_threshold(root: Path) -> None:
    assert load_artifact(root / "plain").themes.labelled == ()
    assert drills(root / "plain") == {
        f"{name}{number}" for name in ("two", "three") for number in range(N_ARTICLES) if number % 4 in (0, 1)
    }


# --- by itself ----------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scored(root: Path) -> tuple[ThemeModel, object, np.ndarray]:
    """Scorers by terms of 96 documents, these documents, and their scores for the first theme."""
    themes = load_artifact(root / "plain").themes.themes
    documents = theme_documents(corpus_of(root / "plain"), themes, None)
    model = fit_themes(documents, themes, None, 1, None)
    return model, documents, np.asarray(model.score(documents)["combined"][0])[:, 0].astype(np.float32).astype(float)


def taught(scored: tuple[ThemeModel, object, np.ndarray], *teachers: Teacher) -> tuple[float | None, ...]:
    return taught_thresholds(teachers, scored[0], scored[1])  # type: ignore[arg-type]


def says(rows: np.ndarray, present: np.ndarray, thresholds: tuple[float | None, ...] = (0.5, None)) -> Teacher:
    return Teacher(thresholds, rows, np.stack([present, np.zeros(len(rows), dtype=bool)], axis=1))


def test_the_threshold_agrees_best_with_the_teacher_of_all_there_are(scored: tuple[ThemeModel, object, np.ndarray]) -> None:
    scores, rows = scored[2], np.arange(96)
    truth = scores > np.quantile(scores, 0.9)
    truth[np.argmin(scores)] = True  # a teacher whom no threshold can follow wholly
    cut, other = taught(scored, says(rows, truth))
    assert other is None
    assert cut is not None

    def f1(at: float) -> float:
        present = scores >= at
        return 2 * float((present & truth).sum()) / float(present.sum() + truth.sum())

    assert f1(cut) == max(f1(at) for at in np.unique(scores))


def test_only_teachers_with_a_threshold_for_the_theme_are_asked(scored: tuple[ThemeModel, object, np.ndarray]) -> None:
    scores, half = scored[2], np.arange(0, 96, 2)
    high, low = scores >= np.unique(scores)[-1], scores > 0
    able, unable = says(half, high[half]), says(half, low[half], (None, 0.5))
    assert taught(scored, able, unable)[0] == taught(scored, able)[0] != taught(scored, says(half, low[half]))[0]


def test_a_teacher_who_finds_a_theme_nowhere_teaches_nothing(scored: tuple[ThemeModel, object, np.ndarray]) -> None:
    assert taught(scored, says(np.arange(96), np.zeros(96, dtype=bool))) == (None, None)
    assert taught(scored) == ()
