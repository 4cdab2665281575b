"""Bad inputs of `topics transform`: each is refused, or told apart, with a message that says where, what and how to mend it."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.test_cli import Call, call, files, small, table  # noqa: F401 - fixtures
from topics.artifacts.verify import verify
from topics.core.errors import DataError
from topics.core.vectors import GivenVectors
from topics.reading import read_new
from topics.reuse.artefact import Artifact, load_artifact
from topics.study import open_study

N = 80
VECTORS = """[study]
name = "given"
timezone = "UTC"
[[sources]]
path = "articles.jsonl"
language = "en"
[embedding]
backend = "precomputed"
folder = "vectors"
[models.bertopic]
"""


@pytest.fixture
def lda(small: Path, sample_run: Path) -> Path:  # noqa: F811 - the fixture
    """A model artefact of its own, beside three articles in `src`."""
    shutil.copytree(sample_run / "artifacts" / "lda", small / "lda")
    return small / "lda"


def write_vectors(folder: Path, ids: list[str], rows: np.ndarray) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "ids.txt").write_text("\n".join(ids) + "\n", encoding="utf-8")
    np.save(folder / "vectors.npy", rows)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BERTopic of vectors that were made elsewhere, and three new articles."""
    root, rng = tmp_path_factory.mktemp("given"), np.random.default_rng(1)
    pools = [
        first + second for first in ("ba", "co", "du", "fe", "gi", "ha", "jo", "lu") for second in ("rmon", "stel", "vant", "wick", "zern")
    ]
    made, rows = [], []
    for number in range(N + 3):
        side = number % 2
        words = " and the ".join(rng.choice(pools[20 * side : 20 * side + 20], 40))
        made.append({"id": f"d{number:03d}", "text": f"In the report {words}.", "date": f"{2010 + number // 12}-{1 + number % 12:02d}-05"})
        rows.append(np.eye(6)[side] + rng.normal(0, 0.1, 6))
    ids, vectors = [item["id"] for item in made], np.array(rows, dtype=np.float32)
    (root / "articles.jsonl").write_text("\n".join(map(json.dumps, made[:N])), encoding="utf-8")
    (root / "new.jsonl").write_text("\n".join(map(json.dumps, made[N:])), encoding="utf-8")
    write_vectors(root / "vectors", ids[:N], vectors[:N])
    (root / "study.toml").write_text(VECTORS, encoding="utf-8")
    open_study(root / "study.toml").fit("bertopic", root / "bertopic")
    np.savez(root / "all.npz", ids=np.array(ids[N:]), rows=vectors[N:])
    return root


def new_vectors(given: Path, folder: Path, change: Callable[[list[str], np.ndarray], tuple[list[str], np.ndarray]]) -> Path:
    """The folder with vectors of the new articles, changed."""
    with np.load(given / "all.npz") as held:
        write_vectors(folder, *change(held["ids"].tolist(), held["rows"].copy()))
    return folder


def put(rows: np.ndarray, value: float) -> np.ndarray:
    rows[1, 2] = value
    return rows


BAD_VECTORS = {
    "a vector holds NaN (94)": (lambda ids, rows: (ids, put(rows, np.nan)), ["'d081'", "NaN or infinity", "Embed"]),
    "a vector holds infinity (94)": (lambda ids, rows: (ids, put(rows, np.inf)), ["'d081'", "NaN or infinity"]),
    "a vector of zeros (94)": (lambda ids, rows: (ids, rows * [[1], [0], [1]]), ["'d081'", "zero in every place"]),
    "another length (94)": (lambda ids, rows: (ids, rows[:, :5]), ["5 dimensions", "6"]),
    "an article without a vector (94)": (lambda ids, rows: (ids[:2], rows[:2]), ["have no vector", "'d082'"]),
    "fewer rows than ids (94)": (lambda ids, rows: (ids, rows[:2]), ["2", "3"]),
}


@pytest.mark.parametrize("name", BAD_VECTORS)
def test_vectors_that_cannot_be_used_are_refused(call: Call, given: Path, tmp_path: Path, name: str) -> None:  # noqa: F811
    change, said = BAD_VECTORS[name]
    folder = new_vectors(given, tmp_path / "vectors", change)
    answer = call("transform", given / "bertopic", given / "new.jsonl", "--embedding-folder", folder, "--out", "out")
    assert answer.code == 3
    assert all(part in answer.message for part in said), answer.message
    assert list((tmp_path / "out").iterdir()) == []


def test_good_vectors_of_new_articles_are_taken(call: Call, given: Path, tmp_path: Path) -> None:  # noqa: F811
    folder = new_vectors(given, tmp_path / "vectors", lambda ids, rows: (ids, rows))
    rows = table(call("transform", given / "bertopic", given / "new.jsonl", "--embedding-folder", folder).out)
    assert {row["id"]: row["topic"] for row in rows}.keys() == {"d080", "d081", "d082"}
    assert rows[0]["topic"] != ""


def test_without_a_folder_of_new_vectors_the_message_names_the_option(call: Call, given: Path) -> None:  # noqa: F811
    answer = call("transform", given / "bertopic", given / "new.jsonl")
    assert (answer.code, "--embedding-folder" in answer.message or "no vector" in answer.message) == (answer.code, True)
    assert answer.code in {2, 3}


def test_vectors_of_another_model_are_refused(given: Path) -> None:
    corpus, _ = read_new([given / "new.jsonl"], zone="UTC").whole()
    artifact: Artifact = load_artifact(given / "bertopic", given / "vectors")
    with pytest.raises(DataError, match="other vectors"):
        artifact.transform(corpus, GivenVectors(np.eye(3, 6), "another"))


@pytest.mark.parametrize("suffix", [".pkl", ".pickle", ".joblib", ".pt", ".bin"])
def test_a_file_given_as_model_is_refused_and_not_opened(call: Call, small: Path, suffix: str) -> None:  # noqa: F811
    """Row 99; what a pickle would run leaves a mark."""
    model = small / f"model{suffix}"
    model.write_bytes(b"cos\nsystem\n(S'touch " + os.fsencode(small / "ran") + b"'\ntR.")
    answer = call("transform", model, "src")
    assert answer.code == 3
    assert model.name in answer.message
    assert "folder" in answer.message
    assert not (small / "ran").exists()


def test_an_output_folder_inside_the_artefact_is_refused(call: Call, lda: Path, small: Path) -> None:  # noqa: F811
    before = files(lda)
    for out in (lda, lda / "new"):
        answer = call("transform", lda, "src", "--out", out)
        assert (answer.code, "artefact" in answer.message) == (2, True)
    assert files(lda) == before
    assert verify(lda)


def test_a_model_on_read_only_media_works_and_gets_no_file(call: Call, lda: Path, small: Path) -> None:  # noqa: F811
    """Row 108."""
    before = files(lda)
    expected = call("transform", lda, "src").out
    for path in (*lda.rglob("*"), lda):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert call("transform", lda, "src").out == expected
        assert files(lda) == before
    finally:
        lda.chmod(0o755)


def test_another_version_of_the_segmenter_is_refused(call: Call, lda: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Row 107."""
    from topics.preprocessing import prepare

    real = prepare.segmenter_of

    class Newer:
        def __init__(self, name: str) -> None:
            self.name, self.version = real(name).name, lambda: "cutter 99"

    monkeypatch.setattr(prepare, "segmenter_of", Newer)
    answer = call("transform", lda, "src")
    assert answer.code == 3
    assert all(part in answer.message for part in ("preparation.json", "cutter 99", "fit again"))


def odd(folder: Path) -> None:
    texts = {"unknown": "Xqzv wvbk zzkq jjxq vvkz " * 6, "other": "Le conseil municipal de la ville vote pour le nouveau budget. " * 4}
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def test_articles_of_unknown_words_or_languages_have_no_topic_and_are_novel(call: Call, lda: Path, small: Path) -> None:  # noqa: F811
    """Row 89."""
    (small / "odd").mkdir()
    odd(small / "odd")
    rows = {row["file"]: row for row in table(call("transform", lda, "odd").out)}
    for name in ("unknown.txt", "other.txt"):
        assert (rows[name]["topic"], rows[name]["label"], rows[name]["themes"]) == ("", "", "")
        assert float(rows[name]["unknown_share"]) == 1
        assert float(rows[name]["novelty"]) > 0.9


def test_a_study_file_is_read_with_its_columns(call: Call, lda: Path, small: Path) -> None:  # noqa: F811
    text = "The navy held an exercise near the coast. Ships left harbour at dawn and crews trained for storms."
    with (small / "new.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([["body", "day"], [text, "02/03/2025"]])
    (small / "new.toml").write_text(
        '[study]\nname = "new"\ntimezone = "UTC"\n[[sources]]\npath = "new.csv"\ncolumns = {text = "body", date = "day"}\n[models.lda]\n',
        encoding="utf-8",
    )
    rows = table(call("transform", lda, "new.toml").out)
    assert [row["file"] for row in rows] == ["new.csv"]
    refused = call("transform", lda, "new.toml", "src")
    assert (refused.code, "sent by itself" in refused.message) == (2, True)
    inside = call("transform", lda, "new.toml", "--out", "new.csv/out")
    assert inside.code == 2
