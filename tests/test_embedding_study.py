"""A study whose vectors come from a model in a folder: what is kept, what is made anew, what the report says, what moves."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.conftest import SAMPLE
from tests.preprocessing.models import WORDS, static_folder
from topics.artifacts.verify import verify
from topics.cli import main
from topics.config import read_study
from topics.core.errors import DataError, UsageError
from topics.pipeline import Study
from topics.preprocessing.embedders.model2vec import StaticEncoder
from topics.reading import read_new
from topics.reuse import load_artifact
from topics.runner import run

pytest.importorskip("tokenizers", reason="the tokenizers library reads static models")
LDA = "[models.lda]\ntopics = 2\npasses = 2\n"
BERTOPIC = "[models.bertopic]\nmin_topic_size = 5\n"


def write_study(root: Path, *, models: str = LDA + BERTOPIC, n: int = 64) -> Path:
    """Articles of two kinds of words, and a model of such words beside them."""
    rng = random.Random(3)
    made = []
    for number in range(n):
        text = ". ".join(" ".join(rng.choices(WORDS[6 * (number % 2) :][:6], k=9)).capitalize() for _ in range(3)) + "."
        made.append({"text": text, "id": f"d{number:03d}", "source": "Press", "date": f"2024-{1 + number % 12:02d}-05"})
    (root / "in").mkdir(parents=True, exist_ok=True)
    (root / "in" / "press.jsonl").write_text("".join(json.dumps(record) + "\n" for record in made), encoding="utf-8")
    static_folder(root / "models" / "m", max_length=20)
    study = root / "study.toml"
    source = '[[sources]]\npath = "in"\nlanguage = "en"\n'
    embedding = '[embedding]\nbackend = "model2vec"\nfolder = "models/m"\n'
    study.write_text(f'[study]\nname = "small"\n{source}[preprocessing]\nmax_df = 1.0\n{embedding}{models}', encoding="utf-8")
    return study


def opened(study: Path) -> Study:
    return Study(read_study(study))


def test_vectors_are_kept_beside_the_artefacts_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = write_study(tmp_path)
    first = opened(study)
    found = first.prepared.embeddings
    assert found is not None
    assert list((first.out / ".cache" / "vectors").rglob("*.safetensors"))
    monkeypatch.setattr(StaticEncoder, "encode", lambda *_: pytest.fail("embedded again"))
    again = opened(study).prepared.embeddings
    assert again is not None
    assert again.vectors.tobytes() == found.vectors.tobytes()
    assert again.notes == found.notes


def test_a_study_whose_models_need_no_vectors_makes_none(tmp_path: Path) -> None:
    study = opened(write_study(tmp_path, models=LDA))
    assert study.prepared.embeddings is None
    assert not (study.out / ".cache").exists()


def test_a_study_whose_models_need_no_vectors_opens_no_folder_for_them(tmp_path: Path) -> None:
    study = write_study(tmp_path, models=LDA)
    (tmp_path / "models" / "m").rename(tmp_path / "elsewhere")
    run(read_study(study))
    assert "Document vectors" not in (opened(study).out / "index.html").read_text(encoding="utf-8")


def test_the_card_names_what_made_the_vectors(tmp_path: Path) -> None:
    study = opened(write_study(tmp_path))
    for name, there in (("bertopic", True), ("lda", False)):
        assert ("tokenizers" in dict(study.model(name).result.card.versions)) is there


def test_another_model_in_the_same_folder_makes_another_preparation(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    key = opened(study).preparation.key
    assert opened(study).preparation.key == key
    static_folder(tmp_path / "models" / "m", dims=7)
    assert opened(study).preparation.key != key
    assert opened(study).prepared.embeddings.vectors.shape[1] == 7  # type: ignore[union-attr]


def test_a_folder_that_is_not_there_is_refused_before_anything_costly(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    (tmp_path / "models" / "m").rename(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="no model folder"):
        _ = opened(study).preparation


def test_an_english_model_and_vietnamese_articles_stop_the_run(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    text = study.read_text(encoding="utf-8").replace('path = "in"\nlanguage = "en"', f"path = {json.dumps(str(SAMPLE))}")
    study.write_text(text, encoding="utf-8")
    static_folder(tmp_path / "models" / "m", strips=True)
    with pytest.raises(DataError, match=r"\d+ documents are in vi") as caught:
        _ = opened(study).preparation
    assert "models/m" in caught.value.where


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that was run."""
    root = tmp_path_factory.mktemp("embedded")
    run(read_study(write_study(root)))
    return root


@pytest.mark.slow
def test_the_report_names_the_model_and_what_cutting_short_would_have_lost(whole: Path) -> None:
    out = whole / "out" / "small"
    assert verify(out).kind == "report"  # kept vectors are no part of it
    assert (out / ".cache").is_dir()
    text = " ".join((out / "index.html").read_text(encoding="utf-8").split())
    assert "the model2vec model m (5 dimensions" in text
    assert "64 of 64 documents (100%) are longer than the 20 tokens that the model takes at once" in text
    assert "TF-IDF and truncated SVD" not in text
    before = (out / "index.html").read_bytes()
    run(read_study(whole / "study.toml"))
    assert (out / "index.html").read_bytes() == before
    assert list((out / ".cache").rglob("*.safetensors"))


@pytest.mark.slow
def test_new_documents_find_the_model_from_the_artefact(whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    artefacts = whole / "out" / "small" / "artifacts"
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "a.txt").write_text("Rifle drill and portal. Frigate sonar rifle drill.", encoding="utf-8")
    corpus, _ = read_new([tmp_path / "new"], zone="UTC").whole()
    found = load_artifact(artefacts / "bertopic").transform(corpus)
    assert found.prepared.embeddings is not None
    (whole / "models" / "m").rename(whole / "moved")
    try:
        assert load_artifact(artefacts / "lda").transform(corpus).prepared.embeddings is None  # needs no vectors
        arguments = ["transform", str(artefacts / "bertopic"), str(tmp_path / "new"), "--json"]
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert "--embedding-folder" in capsys.readouterr().err
        with pytest.raises(SystemExit) as stopped:
            main([*arguments, "--embedding-folder", str(whole / "moved")])
        assert not stopped.value.code
        assert json.loads(capsys.readouterr().out)["accepted"] == 1
        other = static_folder(tmp_path / "other", dims=6)
        with pytest.raises(SystemExit) as stopped:
            main([*arguments, "--embedding-folder", str(other)])
        assert stopped.value.code == 3
        assert "another model lies here" in capsys.readouterr().err
    finally:
        (whole / "moved").rename(whole / "models" / "m")
