"""`topics refit`: ids and names that go on, what became of each topic, and one scorer over the seam."""

from __future__ import annotations

import csv
import json
import random
import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.quality.test_measures import result
from tests.test_cli import Answer, Call, call  # noqa: F401 - a fixture
from topics.artifacts.manifest import read_manifest
from topics.artifacts.verify import verify
from topics.claims.reading import Tables
from topics.config import read_study
from topics.core.errors import ContractError, DataError
from topics.pipeline import Study
from topics.quality.lineage import trace
from topics.reading import read_new
from topics.report.compared import compare_artifacts
from topics.report.figures import make_figures
from topics.report.material import Material
from topics.report.transformed import write_answers
from topics.report.wording import Wording
from topics.reuse import load_artifact
from topics.reuse.identity import NAME, TopicIds, carry_ids, read_ids, write_ids
from topics.reuse.refit import EVENTS, PREVIOUS, SEAM, Refitted, refit
from topics.runner import run
from topics.study import open_study
from topics.viz.seam_chart import SeamPoint, seam_multiples
from topics.viz.style import svg

SUBJECTS = {
    "sea": "navy fleet harbour coast ship sailor admiral island".split(),
    "flood": "flood rescue landslide shelter typhoon survivor dyke rain".split(),
    "software": "database portal server digital signature network platform code".split(),
    "horse": "horse saddle stable rider gallop bridle pony meadow".split(),
    "bread": "bread flour oven baker yeast dough loaf crust".split(),
    "choir": "choir singer organ hymn concert soprano rehearsal tenor".split(),
}
LINKS = ("of the", "and a", "in this", "was", "to", "for his", "with", "that")
STUDY = """[study]
name = "living"
timezone = "UTC"
[[sources]]
path = "src"
[preprocessing]
phrases = false
min_df = 2
[models.lda]
topics = {topics}
"""


def write_articles(folder: Path, subject: str, year: int, n: int = 24) -> None:
    folder.mkdir(exist_ok=True)
    pick = random.Random(f"{subject} {year}")
    for number in range(n):
        words = " ".join(f"{word} {pick.choice(LINKS)}" for word in pick.choices(SUBJECTS[subject], k=30))
        line = json.dumps({"id": f"{subject}{year}{number}", "text": f"{words} end.", "date": f"{year}-{number % 12 + 1:02}-03"})
        with (folder / f"{subject}{year}.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def make_study(folder: Path, topics: int, articles: list[tuple[str, int]]) -> Path:
    folder.mkdir()
    for subject, year in articles:
        write_articles(folder / "src", subject, year)
    (folder / "living.toml").write_text(STUDY.format(topics=topics), encoding="utf-8")
    return folder / "living.toml"


OLD = [(subject, 2022) for subject in ("sea", "flood", "software")]


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three fits: three subjects, a fourth in the next year, and then without the first but with a fifth."""
    root = tmp_path_factory.mktemp("years")
    open_study(make_study(root / "one", 3, OLD)).fit("lda", root / "first")
    refit(open_study(make_study(root / "two", 4, [*OLD, ("flood", 2023), ("horse", 2023)])), root / "first", root / "second")
    third = [("flood", 2023), ("software", 2022), ("horse", 2023), ("bread", 2024)]
    refit(open_study(make_study(root / "three", 4, third)), root / "second", root / "third")
    return root


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def known_by_subject(folder: Path) -> dict[str, tuple[int, str]]:
    """(id, name) of the topic that holds most of each subject's words."""
    loaded = load_artifact(folder)
    topics = loaded.model.result.topics
    found = {}
    for subject, words in SUBJECTS.items():
        columns = [topics.vocabulary.index[word] for word in words if word in topics.vocabulary.index]
        if columns:
            place = int(topics.weights[:, columns].sum(axis=1).argmax())
            found[subject] = (loaded.known.ids[place], loaded.known.names[place])
    return found


def test_topics_keep_ids_and_names_and_new_ones_come_after(years: Path) -> None:
    first, second, third = (known_by_subject(years / name) for name in ("first", "second", "third"))
    assert {first[subject][0] for subject in first} == {0, 1, 2}
    assert {subject: second[subject] for subject in first} == first
    assert second["horse"][0] == 3
    assert {subject: third[subject] for subject in ("flood", "software", "horse")} == {
        subject: second[subject] for subject in ("flood", "software", "horse")
    }
    assert third["bread"][0] == 4
    assert load_artifact(years / "third").known.following == 5
    assert first["sea"][0] not in load_artifact(years / "third").known.ids


def test_events_name_what_was_kept_born_and_ended(years: Path) -> None:
    second, third = (rows_of(years / name / "topic_events_lda.csv") for name in ("second", "third"))
    assert list(second[0]) == list(EVENTS)
    assert sorted((row["event"], row["old_id"], row["new_id"]) for row in second) == [
        ("born", "", "3"), ("kept", "0", "0"), ("kept", "1", "1"), ("kept", "2", "2"),
    ]  # fmt: skip
    sea = str(known_by_subject(years / "first")["sea"][0])
    told = {(row["event"], row["old_id"], row["new_id"]) for row in third}
    assert {("ended", sea, ""), ("born", "", "4"), ("kept", "3", "3")} <= told
    for row in second + third:
        if row["event"] == "kept":
            assert int(row["documents"]) > int(row["null"])
            assert row["old_name"] == row["new_name"]


def test_the_seam_has_both_scorers_over_the_whole_time(years: Path) -> None:
    rows = [row for row in rows_of(years / "second" / "topic_seam_lda.csv") if row["language"] == "all"]
    assert list(rows[0]) == list(SEAM)
    flood = str(known_by_subject(years / "first")["flood"][0])
    shares = {row["period"]: row for row in rows if row["topic"] == flood}
    assert {"2022-01", "2023-12"} <= shares.keys()
    for row in shares.values():
        assert float(row["gap"]) == pytest.approx(float(row["new_share"]) - float(row["old_share"]), abs=1e-5)
        assert float(row["old_low"]) <= float(row["old_share"]) <= float(row["old_high"])
    born = [row for row in rows if row["topic"] == "3"]
    assert {row["old_share"] for row in born} == {row["gap"] for row in born} == {""}
    assert max(float(row["new_share"]) for row in born) > 0.4


def test_the_earlier_model_is_frozen(years: Path) -> None:
    """Its shares over the seam are those that its own artefact gives the documents."""
    earlier, study = load_artifact(years / "first"), open_study(years / "two" / "living.toml")
    weights = earlier.transform(study.corpus).documents.weights
    january = [row for row, info in enumerate(study.corpus.infos) if str(info.date.point).startswith("2023-01")]
    rows = rows_of(years / "second" / "topic_seam_lda.csv")
    told = {
        row["topic"]: float(row["old_share"]) for row in rows if (row["language"], row["period"]) == ("all", "2023-01") and row["old_share"]
    }
    assert told == pytest.approx({str(number): float(weights[january, number].mean()) for number in range(3)}, abs=1e-3)


def test_the_artefact_is_whole_and_names_the_earlier_one(years: Path) -> None:
    manifest = verify(years / "second")
    assert (manifest.kind, manifest.inputs[PREVIOUS]) == ("lda", read_manifest(years / "first").key)
    assert {NAME, "topic_events_lda.csv", "topic_seam_lda.csv"} <= {entry.path for entry in manifest.files}


def test_the_same_call_again_fits_nothing_and_writes_the_same_bytes(years: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_manifest(years / "third").key
    monkeypatch.setattr("topics.stages.learn_profile", lambda *_: pytest.fail("fitted again"))
    refit(open_study(years / "three" / "living.toml"), years / "second", years / "third")
    assert read_manifest(years / "third").key == before


def test_new_documents_and_comparisons_know_topics_by_their_ids(years: Path, tmp_path: Path) -> None:
    loaded, bread = load_artifact(years / "third"), known_by_subject(years / "third")["bread"]
    write_articles(tmp_path / "new", "bread", 2025, 3)
    write_answers(loaded, read_new([tmp_path / "new"], zone="UTC"), tmp_path, lambda _: None, json=False)
    assert {(row["topic"], row["label"]) for row in rows_of(tmp_path / "transform.csv")} == {(str(bread[0]), bread[1])}
    heavy = {row["topic"] for row in rows_of(tmp_path / "document_topics.csv") if float(row["weight"]) > 0.5}
    assert heavy == {str(bread[0])}
    pairs = compare_artifacts(years / "second", years / "third").pairs
    assert {(pair.a_topic, pair.b_topic) for pair in pairs if pair.relation == "matched" and pair.documents > pair.null} >= {(3, 3)}


@pytest.mark.parametrize("kind", ["lda", "bertopic"])
def test_a_fit_that_is_its_own_successor_keeps_all_and_has_no_gap(sample_run: Path, tmp_path: Path, kind: str) -> None:
    shutil.copytree(sample_run / "artifacts" / kind, tmp_path / "same")
    study = Study(read_study(ROOT / "reports" / "sample.toml"), sample_run)
    found = refit(study, sample_run / "artifacts" / kind, tmp_path / "same")
    assert found.after == found.before
    told = [row["event"] for row in rows_of(tmp_path / "same" / f"topic_events_{kind}.csv")]
    assert told == ["kept"] * found.old.n_topics
    gaps = [float(row["gap"]) for row in rows_of(tmp_path / "same" / f"topic_seam_{kind}.csv") if row["gap"]]
    assert gaps
    assert max(map(abs, gaps)) < 1e-6
    assert load_artifact(tmp_path / "same").known == found.after


# --- a study that is refitted in its own place ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def in_place(tmp_path_factory: pytest.TempPathFactory, years: Path) -> Study:
    """The grown study, refitted where its run keeps the model, and then run."""
    folder = tmp_path_factory.mktemp("in_place") / "two"
    study = open_study(make_study(folder, 4, [*OLD, ("flood", 2023), ("horse", 2023)]))
    refit(study, years / "first", study.artifacts / "lda")
    run(study.file)
    return open_study(folder / "living.toml")


def test_a_run_shows_the_ids_and_names_that_were_carried(in_place: Study, years: Path) -> None:
    first, known = known_by_subject(years / "first"), known_by_subject(in_place.artifacts / "lda")
    told = {row["topic"]: row for row in rows_of(in_place.out / "tables" / "topic_ids_lda.csv")}
    assert {int(row["carried_id"]): row["name"] for row in told.values()} == dict(known.values())
    assert {first[subject] for subject in first} <= {(int(row["carried_id"]), row["name"]) for row in told.values()}
    assert any(topic != row["carried_id"] for topic, row in told.items())
    labels = {row["topic"]: row["label"] for row in rows_of(in_place.out / "tables" / "topics_lda.csv")}
    assert labels == {topic: row["name"] for topic, row in told.items()}
    page = (in_place.out / "index.html").read_text(encoding="utf-8")
    assert all(f"(id {row['carried_id']}, carried from an earlier fit)" in page for row in told.values())
    verify(in_place.out)


def test_a_run_has_the_seam_as_table_and_figure(in_place: Study, years: Path) -> None:
    kept = in_place.artifacts / "lda" / "topic_seam_lda.csv"
    for name in ("topic_seam_lda.csv", "topic_events_lda.csv"):
        assert (in_place.out / "tables" / name).read_bytes() == (in_place.artifacts / "lda" / name).read_bytes()
    figure = make_figures(Material(in_place, Tables({}), (), Wording()))["seam_lda"]
    assert all(f"{number}: " in figure.svg for number in range(4))
    assert "earlier model" in figure.svg
    assert 'id="figure-seam_lda"' in (in_place.out / "index.html").read_text(encoding="utf-8")
    every = [row for row in rows_of(kept) if row["language"] == "all"]
    assert {(row["period"][:4], row["n_known"]) for row in every} == {("2022", "6"), ("2023", "0")}


def test_ids_stay_where_only_what_stands_beside_the_fit_changes(in_place: Study, tmp_path: Path) -> None:
    shutil.copytree(in_place.file.base, tmp_path / "two")
    path = tmp_path / "two" / "living.toml"
    path.write_text(path.read_text().replace('name = "living"', 'name = "living"\ntitle = "Another"'), encoding="utf-8")
    study = open_study(path)
    before = (study.artifacts / "lda" / NAME).read_bytes()
    key, previous = (read_manifest(study.artifacts / "lda").key, read_manifest(study.artifacts / "lda").inputs[PREVIOUS])
    study.model("lda")
    after = read_manifest(study.artifacts / "lda")
    assert (study.artifacts / "lda" / NAME).read_bytes() == before
    assert after.key != key
    assert after.inputs[PREVIOUS] == previous


def test_a_run_that_follows_no_other_has_empty_tables_and_no_seam(sample_run: Path) -> None:
    for name in ("topic_ids_lda", "topic_events_bertopic", "topic_seam_lda"):
        assert rows_of(sample_run / "tables" / f"{name}.csv") == []
    page = (sample_run / "index.html").read_text(encoding="utf-8")
    assert "carried from" not in page
    assert "figure-seam_lda" not in page


def test_the_gap_is_a_band_between_both_lines() -> None:
    days = [date(2025, month, 1) for month in range(1, 7)]
    points = [SeamPoint("3", day, 0.1, 0.1 + 0.02 * n) for n, day in enumerate(days)]
    born = [SeamPoint("4", day, None, 0.2) for day in days]
    titles = {"3": "3: old one", "4": "4: new one"}
    layers = seam_multiples([*points, *born], titles, "month", days[3]).to_dict()["spec"]["layer"]
    assert [layer["mark"]["type"] for layer in layers] == ["area", "rule", "line", "line"]
    assert (layers[0]["encoding"]["y"]["field"], layers[0]["encoding"]["y2"]["field"]) == ("old", "new")
    without = seam_multiples(points, titles, "month", None).to_dict()["spec"]["layer"]
    assert [layer["mark"]["type"] for layer in without] == ["area", "line", "line"]
    assert "earlier model" in svg(seam_multiples(points, titles, "month", None))


# --- ids and events by hand -------------------------------------------------------------------------------------------------------------


def by_hand() -> tuple[TopicIds, Refitted]:
    """0 goes to 0 and 1; 1 and 2 go to 2; 3 ends in no topic; a new 3 comes of documents without a topic."""
    main_a = np.repeat([0, 1, 2, 3, 4], [60, 40, 30, 40, 40])
    main_b = np.concatenate([np.repeat([0, 1], [40, 20]), np.full(70, 2), np.full(40, -1), np.full(40, 3)])
    one, other = (result(np.ones((4, 4)).tolist(), np.vstack([np.eye(4), np.zeros(4)])[main].tolist()) for main in (main_a, main_b))
    before = TopicIds((7, 3, 5, 0), ("seven", "three", "five", "zero"), 9)
    found = trace(one, other, np.arange(210), 1)
    after = carry_ids(before, found, ("a", "b", "c", "d"))
    return after, Refitted(SimpleNamespace(), before, after, one, other, found)  # type: ignore[arg-type]


def test_the_larger_part_of_a_split_and_of_a_merge_carries_the_id() -> None:
    after, _ = by_hand()
    assert after == TopicIds((7, 9, 3, 10), ("seven", "b", "three", "d"), 11)


def test_splits_and_merges_have_a_row_a_part_and_are_no_births_or_ends() -> None:
    told = {(row[0], row[1], row[3]): row for row in by_hand()[1].event_rows()}
    assert set(told) == {
        ("kept", 7, 7), ("kept", 3, 3), ("split", 7, 7), ("split", 7, 9), ("merged", 3, 3), ("merged", 5, 3), ("ended", 0, None),
        ("born", None, 10),
    }  # fmt: skip
    assert told["split", 7, 9][5:9] == (20, told["split", 7, 9][6], pytest.approx(1 / 3), pytest.approx(1.0))
    assert told["ended", 0, None][5] == told["born", None, 10][5] == 40


@pytest.mark.parametrize(
    "ids",
    [TopicIds((0, 0), ("a", "b"), 2), TopicIds((0, 2), ("a", "b"), 2), TopicIds((0,), ("a",), 1), TopicIds((0, -1), ("a", "b"), 2)],
)
def test_ids_that_do_not_fit_the_model_are_refused(tmp_path: Path, ids: TopicIds) -> None:
    write_ids(tmp_path, ids)
    with pytest.raises(ContractError, match="id"):
        read_ids(tmp_path, ("a", "b"))


def test_an_artefact_that_follows_no_other_numbers_its_topics_from_0(tmp_path: Path) -> None:
    assert read_ids(tmp_path, ("a", "b")) == TopicIds((0, 1), ("a", "b"), 2)


# --- what is refused --------------------------------------------------------------------------------------------------------------------


def test_refit_from_the_command_line(call: Call, years: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(years / "two", tmp_path / "two")
    answer = call("refit", tmp_path / "two" / "living.toml", "--previous", years / "first", "--out", tmp_path / "again")
    assert (answer.code, answer.out) == (0, f"{tmp_path / 'again'}\n")
    assert (tmp_path / "again" / NAME).read_bytes() == (years / "second" / NAME).read_bytes()


def test_a_previous_artefact_of_another_kind_or_none_is_refused(call: Call, years: Path, tmp_path: Path) -> None:  # noqa: F811
    study = make_study(tmp_path / "s", 3, OLD)
    corpus = call("refit", study, "--previous", years / "one" / "out" / "living" / "artifacts" / "corpus", "--out", tmp_path / "new")
    assert (corpus.code, "'corpus', not a model" in corpus.message) == (3, True)
    study.write_text(study.read_text().replace("[models.lda]\ntopics = 3", "[models.bertopic]"))
    other = call("refit", study, "--previous", years / "first", "--out", tmp_path / "new")
    assert (other.code, "no model 'lda'" in other.message) == (2, True)
    assert not (tmp_path / "new").exists()


def test_a_damaged_previous_artefact_is_refused(call: Call, years: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(years / "second", tmp_path / "damaged")
    (tmp_path / "damaged" / NAME).write_text("{}")
    answer = call("refit", years / "two" / "living.toml", "--previous", tmp_path / "damaged", "--out", tmp_path / "new")
    assert (answer.code, NAME in answer.message) == (3, True)


def test_the_earlier_artefact_is_never_written_over(call: Call, years: Path) -> None:  # noqa: F811
    answer = call("refit", years / "two" / "living.toml", "--previous", years / "first", "--out", years / "first")
    assert (answer.code, "inside the artefact" in answer.message) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Quân đội huấn luyện tân binh tại thao trường vào buổi sáng và kiểm tra kỷ luật của đơn vị.", "knows documents in en"),
        ("Quantum photons entangle while lasers cool the trapped atoms and the detector counts them.", "shares no word"),
    ],
)
def test_a_corpus_that_the_earlier_model_cannot_read_is_refused(years: Path, tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / "strange"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.txt").write_text(text, encoding="utf-8")
    (folder / "living.toml").write_text(STUDY.format(topics=3), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        refit(open_study(folder / "living.toml"), years / "first", tmp_path / "new")
    assert not (tmp_path / "new").exists()
