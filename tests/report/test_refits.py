"""Fits from other seeds and labels reach the trends of a study."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import corpus_from, make_document
from tests.report.test_small_studies import POOLS, records, write_study
from topics.config import read_study
from topics.core.errors import UsageError
from topics.core.matrices import TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import ModelCard, TopicResult
from topics.labelling import sample_labels, score_labels
from topics.pipeline import Study, refits
from topics.quality.refits import carry_over
from topics.run_tables import run_tables
from topics.runner import run
from topics.trends.adjusted import adjust

RANDOM = '[models.lda]\ntopics = 3\npasses = 3\nstart = "random"\nsamples = 0\n'


def result(weights: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> TopicResult:
    ids = corpus_from(make_document(f"text {number}") for number in range(len(weights))).ids
    n_topics = weights.shape[1]
    topics = TopicTermMatrix(np.full((n_topics, 2), 0.5), Vocabulary(("a", "b"), ("en", "en")), "probability")
    return TopicResult(topics, TopicDistribution(weights, ids), ModelCard("hand", "{}", 1, (), "", "", ()))


def one_hot(labels: list[int], n_topics: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.eye(n_topics, dtype=np.float32)[labels]


LABELS = [0] * 20 + [1] * 20 + [2] * 20
ROWS = np.arange(60, dtype=np.int64)


def test_a_refit_is_told_by_the_topics_of_the_first_fit() -> None:
    again = [(2, 0, 1)[label] for label in LABELS]
    again[0] = 0  # one article of topic 0 is of topic 1 now
    found = carry_over(result(one_hot(LABELS, 3)), result(one_hot(again, 3)), ROWS, 1)
    moved = list(LABELS)
    moved[0] = 1
    assert found.weights.argmax(axis=1).tolist() == moved
    assert all(0.9 < value < 1 + 1e-9 for value in found.similarity)


def test_a_topic_that_did_not_come_back_takes_what_the_others_leave() -> None:
    again = np.zeros((60, 2), dtype=np.float32)
    again[:20, 0] = again[20:40, 1] = 1.0
    again[40:50, 1] = 0.75
    found = carry_over(result(one_hot(LABELS, 3)), result(again), ROWS, 1)
    assert math.isnan(found.similarity[2])
    assert found.weights[40:, 2].tolist() == pytest.approx([0.25] * 10 + [1.0] * 10)
    assert found.weights.sum(axis=1).max() <= 1 + 1e-9


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refits")
    write_study(folder, records(60), tail=RANDOM)
    return folder


def study(folder: Path, trends: str = "", out: str = "out") -> Study:
    path = folder / f"{out}.toml"
    path.write_text((folder / "study.toml").read_text(encoding="utf-8") + trends, encoding="utf-8")
    return Study(read_study(path), folder / out)


def test_refits_widen_the_intervals_of_a_models_trends(folder: Path) -> None:
    alone, several = study(folder), study(folder, "[trends]\nrefits = 3\n")
    assert refits(alone, "lda") == ()
    assert len({refit.result.documents.weights.tobytes() for refit in refits(several, "lda")}) == 3
    for kind in ("topic", "theme"):
        widths = [sum(cell.high - cell.low for cell in found.trends("lda", kind).cells if cell.n_docs) for found in (alone, several)]
        assert widths[1] > 1.02 * widths[0], kind
    assert repr(several.trends("combined").cells) == repr(alone.trends("combined").cells)  # nan is nan there


def test_tables_tell_which_topics_came_back_and_the_shares_of_every_fit(folder: Path) -> None:
    alone, several = (
        {table.file: table.csv() for table in run_tables(found)} for found in (study(folder), study(folder, "[trends]\nrefits = 2\n"))
    )
    assert alone["refits_lda.csv"].count("\n") == alone["trend_refits_lda.csv"].count("\n") == 1
    rows = list(csv.DictReader(several["refits_lda.csv"].splitlines()))
    assert [(row["topic"], row["refit"]) for row in rows] == [(str(topic), str(number)) for topic in range(3) for number in (1, 2)]
    assert len({row["seed"] for row in rows}) == 2
    fits = list(csv.DictReader(several["trend_refits_lda.csv"].splitlines()))
    assert {row["refit"] for row in fits} == {"0", "1", "2"}
    cells = {
        (row["kind"], row["series"], row["language"], row["period"]): row for row in csv.DictReader(several["trends_lda.csv"].splitlines())
    }
    assert len(fits) == 3 * len(cells)
    for key, cell in cells.items():
        shares = [float(row["articles_share"]) for row in fits if (row["kind"], row["series"], row["language"], row["period"]) == key]
        assert float(cell["articles_share"]) == pytest.approx(np.mean(shares), abs=1e-5)


def test_more_refits_fit_nothing_else_and_fewer_leave_nothing(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    out = folder / "run"

    def keys(trends: str) -> dict[str, bytes]:
        run(study(folder, trends, "run").file, out)
        return {path.parent.name: path.read_bytes() for path in out.glob("artifacts/*/manifest.json")}

    none, two, one = keys(""), keys("[trends]\nrefits = 2\n"), keys("[trends]\nrefits = 1\n")
    assert set(two) == {*none, "lda_refit_1", "lda_refit_2"}
    assert set(one) == {*none, "lda_refit_1"}
    assert one["lda_refit_1"] == two["lda_refit_1"]
    assert all(none[name] == two[name] == one[name] for name in none)


@pytest.mark.parametrize("value", ["-1", "100", '"three"'])
def test_a_wrong_number_of_refits_is_refused(folder: Path, value: str) -> None:
    with pytest.raises(UsageError, match=r"trends\.refits"):
        study(folder, f"[trends]\nrefits = {value}\n", "wrong")


def test_labels_correct_the_shares_of_themes(folder: Path) -> None:
    plain = study(folder)
    sheet, _ = sample_labels(plain, 60, folder / "labels.csv")
    rows = list(csv.DictReader(sheet.open(encoding="utf-8", newline="")))
    for number, row in enumerate(rows):  # a reader who finds water in articles that speak of none, too
        row["water"] = str(int(any(word in row["text"].lower() for word in POOLS[0]) or number % 7 == 0))
    with sheet.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "labelled.toml").write_text(text.replace('name = "small"', 'name = "small"\nlabels = "labels.csv"'), encoding="utf-8")
    labelled = Study(read_study(folder / "labelled.toml"), folder / "labelled")
    expected = adjust(labelled.trends("combined"), score_labels(labelled, sheet).rates)
    assert expected.of("water")
    for cell, wanted in zip(labelled.trends("combined").of("water"), expected.of("water"), strict=True):
        assert (cell.adjusted.value, cell.adjusted.low, cell.adjusted.high) == (wanted.share, wanted.low, wanted.high)
    assert all(math.isnan(cell.adjusted.value) for cell in labelled.trends("combined").of("unassigned"))
    assert all(math.isnan(cell.adjusted.value) for cell in plain.trends("combined").cells)
    table = {table.name: table.csv() for table in run_tables(labelled) if table.name == "trends_combined"}["trends_combined"].splitlines()
    assert table[0].endswith("adjusted_share,adjusted_low,adjusted_high")
    assert any(row["adjusted_share"] and row["series"] == "water" for row in csv.DictReader(table))
