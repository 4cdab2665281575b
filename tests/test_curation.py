"""What a reader says of topics: every verb shows in tables and report, shares still add up, and nothing is fitted again."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.test_plan import STUDY as TWO
from tests.test_plan import computed, write_articles
from topics.artifacts.manifest import read_manifest
from topics.claims.check import verify_report
from topics.config import read_study
from topics.core.contracts import HasNearest
from topics.core.errors import UsageError
from topics.core.series import HIDDEN, UNASSIGNED
from topics.curation import Curation, Entry
from topics.exchange.frames import read_tables
from topics.outputs import NEAREST, WEIGHTS, nearest_rows, shown_topic_rows
from topics.pipeline import Study, curated, curated_result, refit_weights
from topics.plan import plan
from topics.run_tables import run_tables
from topics.runner import run
from topics.tables import render_csv

K = 5
STUDY = TWO.replace("topics = 2", f"topics = {K}").replace('period = "month"', 'period = "month"\nrefits = 1')
Table = list[dict[str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that was run without a curation file."""
    folder = tmp_path_factory.mktemp("curated")
    write_articles(folder / "src", 60)
    for number, path in enumerate(sorted((folder / "src").iterdir())):
        path.rename(path.with_name(f"2024-{number % 6 + 1:02}-05-{path.name}"))
    (folder / "small.toml").write_text(STUDY, encoding="utf-8")
    run(read_study(folder / "small.toml"), folder / "out")
    return folder


def study_with(folder: Path, *entries: str) -> Study:
    """The study with a curation file of these entries, each of them for the model lda."""
    text = "".join(f'[[topics]]\nmodel = "lda"\n{entry}\n' for entry in entries)
    (folder / "curation.toml").write_text(text, encoding="utf-8")
    (folder / "small.toml").write_text(f'{STUDY}[report]\ncuration = "curation.toml"\n', encoding="utf-8")
    return Study(read_study(folder / "small.toml"), folder / "out")


def plain(folder: Path) -> Study:
    (folder / "small.toml").write_text(STUDY, encoding="utf-8")
    return Study(read_study(folder / "small.toml"), folder / "out")


def tables(study: Study) -> dict[str, Table]:
    return {table.name: list(csv.DictReader(io.StringIO(table.csv()))) for table in run_tables(study)}


def shares(found: Table) -> dict[tuple[str, str, str], dict[str, float]]:
    """Share of each topic series by language, period and kind of share."""
    sums: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    for row in found:
        for column in ("share", "articles_share", "stories_share"):
            if row["kind"] == "topic" and row[column]:
                sums[row["language"], row["period"], column][row["series"]] = float(row[column])
    return sums


def test_a_renamed_topic_has_its_name_everywhere(folder: Path) -> None:
    before, after = tables(plain(folder)), tables(study_with(folder, 'topic = 3\nrename = "Island patrols"'))
    assert {row["label"] for row in after["topics_lda"] if row["topic"] == "3"} == {"Island patrols"}
    assert [row for row in after["topics_lda"] if row["topic"] != "3"] == [row for row in before["topics_lda"] if row["topic"] != "3"]
    assert after["trends_lda"] == before["trends_lda"]


def test_the_mass_of_hidden_topics_goes_to_one_series(folder: Path) -> None:
    before, after = tables(plain(folder)), tables(study_with(folder, "topic = 1\nhide = true", "topic = 4\nhide = true"))
    was, now = shares(before["trends_lda"]), shares(after["trends_lda"])
    assert was.keys() == now.keys()
    for cell, found in now.items():
        assert set(found) == {"0", "2", "3", HIDDEN, UNASSIGNED}
        assert sum(found.values()) == pytest.approx(1, abs=1e-4)
        assert found[HIDDEN] == pytest.approx(was[cell]["1"] + was[cell]["4"], abs=1e-4)
        assert found["2"] == pytest.approx(was[cell]["2"], abs=1e-5)
    for name in ("topics_lda", "typical_documents_lda", "topic_themes_lda"):
        assert {row["topic"] for row in after[name]} == {"0", "2", "3"}
    assert {row["topic"] for row in after["document_topics_lda"]} <= {"0", "2", "3", "-1", ""}
    assert "-1" in {row["topic"] for row in after["document_topics_lda"]}


def test_every_cell_of_a_curated_study_is_what_its_column_is_said_to_hold(folder: Path, tmp_path: Path) -> None:
    for table in run_tables(study_with(folder, "topic = 1\nhide = true", "topic = 0\nmerge = 2")):
        (tmp_path / table.file).write_text(table.csv(), encoding="utf-8")
    assert read_tables(tmp_path)["document_topics_lda"]["topic"].dtype == "Int64"


def test_a_hidden_topic_is_a_number_where_the_nearest_topic_is_one(sample_run: Path, tmp_path: Path) -> None:
    study = Study(read_study(ROOT / "reports" / "sample.toml"), sample_run)
    told = replace(study.file, curation=Curation("by hand", "", (Entry("bertopic", 0, hide=True),)))
    curated_study = Study(told, sample_run)
    model = curated_study.model("bertopic")
    assert isinstance(model, HasNearest)
    nearest, weights = nearest_rows(curated_study, "bertopic", model), shown_topic_rows(curated_study, "bertopic")
    (tmp_path / "nearest_bertopic.csv").write_text(render_csv(NEAREST, nearest), encoding="utf-8")
    (tmp_path / "document_topics_bertopic.csv").write_text(render_csv(WEIGHTS, weights), encoding="utf-8")
    found = read_tables(tmp_path)
    assert {"Int64"} == {str(found["nearest_bertopic"][column].dtype) for column in ("topic", "nearest")}
    fitted = model.nearest(curated_study.prepared)[0]
    assert (found["nearest_bertopic"]["nearest"] == -1).sum() == (fitted == 0).sum() > 0
    kept = found["document_topics_bertopic"]
    hidden = kept[kept["topic"] == -1]["weight"].sum()
    assert hidden == pytest.approx(float(model.result.documents.weights[:, 0].sum()), rel=1e-2)


def test_the_weights_of_merged_topics_add(folder: Path) -> None:
    before, after = tables(plain(folder)), tables(study_with(folder, "topic = 0\nmerge = 2", "topic = 4\nmerge = 2"))
    was, now = shares(before["trends_lda"]), shares(after["trends_lda"])
    for cell, found in now.items():
        assert set(found) == {"1", "2", "3", UNASSIGNED}
        assert found["2"] == pytest.approx(was[cell]["0"] + was[cell]["2"] + was[cell]["4"], abs=1e-4)
    assert {row["topic"] for row in after["topics_lda"]} == {"1", "2", "3"}
    assert [row for row in after["topics_lda"] if row["topic"] == "2"] != [row for row in before["topics_lda"] if row["topic"] == "2"]


def test_terms_of_merged_topics_are_weighed_by_their_documents(folder: Path) -> None:
    study = study_with(folder, "topic = 0\nmerge = 2")
    fitted, found = study.model("lda").result, curated_result(study, "lda")
    mass = fitted.documents.weights.sum(axis=0, dtype=float)
    place = curated(study, "lda").numbers.index(2)
    expected = (mass[0] * fitted.topics.weights[0] + mass[2] * fitted.topics.weights[2]) / (mass[0] + mass[2])
    assert found.topics.weights[place] == pytest.approx(expected)
    assert found.documents.weights[:, place] == pytest.approx(fitted.documents.weights[:, 0] + fitted.documents.weights[:, 2], abs=1e-6)
    assert found.n_topics == K - 1


def test_refits_are_curated_alike(folder: Path) -> None:
    before = refit_weights(plain(folder), "lda", "topic")[0]
    after = refit_weights(study_with(folder, "topic = 0\nmerge = 2", "topic = 1\nhide = true"), "lda", "topic")[0]
    assert after.names == ("2", "3", "4", HIDDEN)
    assert np.allclose(after.values, before.values[:, [2, 3, 4, 1]] + np.pad(before.values[:, [0]], ((0, 0), (0, 3))))


def test_hiding_what_is_merged_hides_both(folder: Path) -> None:
    assert study_with(folder, "topic = 0\nmerge = 2", "topic = 2\nhide = true").weights("lda", "topic").names == ("1", "3", "4", HIDDEN)


def test_every_topic_may_be_hidden(folder: Path) -> None:
    study = study_with(folder, *(f"topic = {topic}\nhide = true" for topic in range(K)))
    run(study.file, study.out)
    assert "0 topics" in (folder / "out" / "index.html").read_text(encoding="utf-8")


def test_a_note_stands_in_table_and_report(folder: Path) -> None:
    study = study_with(folder, 'topic = 2\nrename = "Coast"\nnote = "Read on paper."', "topic = 1\nmerge = 2", "topic = 3\nhide = true")
    run(study.file, study.out)
    rows = list(csv.DictReader((folder / "out" / "tables" / "curation.csv").open(encoding="utf-8")))
    said = [(row["topic"], row["shown_as"], row["note"]) for row in rows]
    assert said == [("1", "2", ""), ("2", "2", "Read on paper."), ("3", HIDDEN, "")]
    assert rows[0]["name"] == rows[1]["name"] == "Coast"
    page = (folder / "out" / "index.html").read_text(encoding="utf-8")
    for text in ("Read on paper.", "is counted with topic 2", "its weight stands under"):
        assert text in page
    claims = list(csv.DictReader((folder / "out" / "tables" / "claims.csv").open(encoding="utf-8")))
    assert HIDDEN not in {row["series"] for row in claims}
    verify_report(folder / "out")


def test_a_change_of_curation_computes_no_stage_and_changes_the_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(plain(folder).file, folder / "out")
    keys = [read_manifest(folder / "out")]
    for name in ("One", "Two"):
        study = study_with(folder, f'topic = 0\nrename = "{name}"')
        assert {item.state for item in plan(study) if item.stage != "report"} == {"kept"}
        assert computed(folder, monkeypatch) == set()
        keys.append(read_manifest(folder / "out"))
    assert "curation" not in keys[0].inputs
    assert keys[1].inputs["curation"] == study_with(folder, 'topic = 0\nrename = "One"').file.curation.digest != keys[2].inputs["curation"]
    models = [{item.path: item.sha256 for item in key.files if item.path.startswith("artifacts/")} for key in keys]
    assert models[0] == models[1] == models[2]


def test_the_explorer_names_topics_by_their_numbers(folder: Path) -> None:
    from topics.report.explorer.data import ExplorerData

    study = study_with(folder, "topic = 0\nmerge = 2", "topic = 1\nhide = true")
    view, data = ExplorerData(study).views[0], json.loads(json.dumps(ExplorerData(study).blocks(5)))["models"][0]
    assert [topic["id"] for topic in data["topics"]] == ["2", "3", "4", HIDDEN]
    assert data["topics"][3]["terms"] == data["topics"][3]["frex"] == []
    assert view.near.max() <= 3
    assert [(entry["topic"], entry["merge"], entry["hide"]) for entry in data["curation"]] == [(0, 2, False), (1, None, True)]
    assert len(data["fitted"]) == K


def test_numbers_of_another_fit_are_refused_and_of_this_one_are_not(folder: Path) -> None:
    fit = read_manifest(folder / "out" / "artifacts" / "lda").inputs["fit"]
    study = study_with(folder, "topic = 0\nhide = true", f'topic = 1\nnote = "x"\n[fits]\nlda = "{fit[:12]}"')
    assert curated(study, "lda").series == ("1", "2", "3", "4", HIDDEN)
    with pytest.raises(UsageError) as error:
        study_with(folder, f'topic = 1\nnote = "x"\n[fits]\nlda = "{fit[::-1][:12]}"').labels("lda")
    assert all(text in str(error.value) for text in ("curation.toml", "fits.lda", fit[:12]))


def test_agreement_of_models_is_that_of_the_topics_that_are_shown(sample_run: Path) -> None:
    file = read_study(ROOT / "reports" / "sample.toml")
    before = Study(file, sample_run).concordance
    assert before is not None
    pairs = {match.left: match.right for match in before.matches}
    merged, into, hidden = sorted(pairs)[:3]
    entries = (Entry("lda", merged, merge=into), Entry("bertopic", pairs[hidden], hide=True))
    after = Study(replace(file, curation=Curation("c", "d", entries)), sample_run).concordance
    assert after is not None
    assert after.similarity.shape == before.similarity.shape
    shown = {match.left for match in after.matches} | set(after.unmatched_left)
    assert shown == set(range(before.similarity.shape[0])) - {merged}
    assert pairs[hidden] not in {match.right for match in after.matches} | set(after.unmatched_right)
    others = pairs.keys() - {merged, into, hidden}
    assert others
    for match in after.matches:
        if match.left in others and pairs[match.left] == match.right:
            assert match.similarity == pytest.approx(before.similarity[match.left, match.right])


# --- what is refused --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("topic = 0\nrenam = 'x'", ["renam", "rename"]),
        ("topic = 0\nhide = true\n[fits]\nldaa = '123456789012'", ["fits", "'ldaa'", "Did you mean 'lda'"]),
        ("topic = 0\nhide = true\n[fits]\nlda = '1234'", ["fits"]),
        ("topic = 0", ["without rename, hide, merge or note"]),
        ("topic = 0\nmerge = 0", ["merged with itself"]),
        ("topic = 0\nmerge = 1\nhide = true", ["rename or hide the topic that it goes to"]),
        ("topic = -1\nhide = true", ["topics[1].topic"]),
        ("topic = 0\nhide = true\n[[topics]]\nmodel = 'lda'\ntopic = 0\nnote = 'x'", ["topics[2]", "stands twice"]),
        ("topic = 0\nhide = true\n[[topics]]\nmodel = 'ldaa'\ntopic = 0\nhide = true", ["topics[2].model", "'ldaa'", "Did you mean 'lda'"]),
    ],
)
def test_faulty_entries_are_refused_when_the_study_is_read(folder: Path, entry: str, said: list[str]) -> None:
    with pytest.raises(UsageError) as error:
        study_with(folder, entry)
    assert [text for text in ["curation.toml", *said] if text not in str(error.value)] == []


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (["topic = 5\nhide = true"], ["topic = 5", "no topic 5", "Known: 0, 1, 2, 3, 4"]),
        (["topic = 0\nmerge = 9"], ["merge = 9", "no topic 9"]),
        (["topic = 0\nmerge = 1", "topic = 1\nmerge = 2"], ["merge = 1", "itself merged", "merge = 2"]),
    ],
)
def test_topics_that_the_model_does_not_have_are_refused(folder: Path, entries: list[str], said: list[str]) -> None:
    with pytest.raises(UsageError) as error:
        study_with(folder, *entries).labels("lda")
    assert [text for text in ["curation.toml", *said] if text not in str(error.value)] == []


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "small.toml").write_text(f'{STUDY}[report]\ncuration = "absent.toml"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"absent\.toml.*curation file cannot be read"):
        read_study(folder / "small.toml")
