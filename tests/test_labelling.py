"""`topics label`: a sheet out, a filled sheet in, and nothing lost between."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from topics.cli import main
from topics.core.errors import DataError, UsageError
from topics.labelling import Scored, design_path, sample_labels, score_labels
from topics.pipeline import Study
from topics.report.labels import label_tables, label_text
from topics.study import open_study
from topics.themes.evaluation import adjusted_share
from topics.themes.labels import Design
from topics.themes.sheets import FIXED

STUDY = """
[study]
name = "small"
timezone = "UTC"
mask = {mask}
[[sources]]
path = "src.jsonl"
[[themes]]
key = "drills"
label = {{ en = "Drills" }}
terms = {{ en = ["drill", "exercise"] }}
[[themes]]
key = "floods"
label = {{ en = "Floods" }}
terms = {{ en = ["flood"] }}
"""
FILLER = "harbour village budget radar officer island market season engine bridge teacher winter signal garden engineer letter".split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of sixty articles, some of which drill without saying so."""
    folder = tmp_path_factory.mktemp("study")
    lines = []
    for number in range(60):
        pick = random.Random(number)
        words = [" the ".join(pick.sample(FILLER, 8)) for _ in range(3)]
        theme = ("The drill began. ", "An exercise of the army and a drill began. ", "The flood came. ", "", "", "")[number % 6]
        hidden = "They trained all day. " if number % 6 == 3 else ""
        text = f"{theme}{hidden}{'. '.join(words)}. Call 024 3845 6789."
        lines.append({"id": f"d{number}", "text": text, "title": f"=title {number}", "date": f"2025-{1 + number // 6:02}-10"})
    (folder / "src.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "small.toml").write_text(STUDY.format(mask="false"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return open_study(folder / "small.toml")


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def drills(text: str) -> bool:
    return any(word in text for word in ("drill", "exercise", "trained"))


def fill(path: Path, *, only: int | None = None, judge: Callable[[str], bool] = drills) -> Path:
    """Judge every article of a sheet, or the first ones."""
    rows = table(path)
    for row in rows[:only]:
        row |= {"drills": str(int(judge(row["text"]))), "floods": str(int("flood" in row["text"]))}
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def sampled(study: Study, folder: Path, n: int = 40) -> Path:
    return sample_labels(study, n, folder / "l.csv")[0]


def test_the_sheet_is_blind_and_empty(study: Study, tmp_path: Path) -> None:
    path = sampled(study, tmp_path)
    rows = table(path)
    assert len(rows) == 40
    assert list(rows[0]) == [*FIXED, "drills", "floods"]
    assert {row["drills"] + row["floods"] for row in rows} == {""}
    assert all(row["title"].startswith("'=title") for row in rows)
    whole = path.read_text(encoding="utf-8")
    assert "2025" not in whole
    assert "0.5" not in whole
    assert "Call 024 3845 6789" in whole


def test_the_design_lies_beside_it(study: Study, tmp_path: Path) -> None:
    path = sampled(study, tmp_path)
    design = msgspec.json.decode(design_path(path).read_bytes(), type=Design)
    assert (design.study, design.corpus, design.seed) == ("small", study.corpus.fingerprint, study.seed)
    assert [item.id for item in design.documents] == [row["id"] for row in table(path)]
    assert design_path(path).name == "l.design.json"
    assert sum(item.probability < 1 for item in design.documents) > 10


def test_the_same_sheet_comes_again_and_a_filled_one_is_never_replaced(study: Study, tmp_path: Path) -> None:
    path = sampled(study, tmp_path)
    before = path.read_bytes()
    assert sampled(study, tmp_path).read_bytes() == before
    labels = fill(path).read_bytes()
    with pytest.raises(UsageError, match="may hold labels"):
        sampled(study, tmp_path)
    with pytest.raises(UsageError, match="may hold labels"):
        sampled(study, tmp_path, 20)
    assert path.read_bytes() == labels


def test_where_a_sheet_may_not_go(study: Study, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.csv"):
        sample_labels(study, 5, tmp_path / "l.txt")
    shut = tmp_path / "shut"
    shut.mkdir()
    config = msgspec.structs.replace(study.config, sources=[msgspec.structs.replace(study.config.sources[0], path=str(shut))])
    inside = Study(replace(study.file, config=config), folder / "elsewhere")
    with pytest.raises(UsageError, match="lies inside the source"):
        sample_labels(inside, 5, shut / "l.csv")


def test_masked_studies_have_masked_sheets(folder: Path, tmp_path: Path) -> None:
    (folder / "masked.toml").write_text(STUDY.format(mask="true"), encoding="utf-8")
    masked = open_study(folder / "masked.toml", tmp_path / "out")
    path = fill(sampled(masked, tmp_path))
    assert "Call 024" not in path.read_text(encoding="utf-8")
    assert score_labels(masked, path).report.n_judged == 40


def test_what_labels_say_is_near_the_truth(study: Study, tmp_path: Path) -> None:
    found = score_labels(study, fill(sampled(study, tmp_path)))
    every = {(item.theme, item.language): item for item in found.report.measures}
    assert set(every) == {("drills", "all"), ("drills", "en"), ("floods", "all"), ("floods", "en")}
    drill = every["drills", "all"]
    assert drill.precision.value == 1
    assert drill.recall.low < 2 / 3 < drill.recall.high  # of three kinds of drill, the terms find two
    assert drill.prevalence.low < 0.5 < drill.prevalence.high
    assert every["floods", "all"].f1.value == 1
    assert {item.moved for item in found.report.drift} == {False}
    assert [(item.theme, item.term, item.hangs) for item in found.report.terms] == [
        ("drills", "drill", False),  # just half of them
        ("drills", "exercise", False),
        ("floods", "flood", True),
    ]
    wrong = {row[1] for row in found.errors}
    assert wrong == {row["id"] for row in table(tmp_path / "l.csv") if "trained" in row["text"]}
    counted = float(study.theme_scores.present[:, 0].mean())
    share = adjusted_share(counted, found.rates["drills", "all"])
    assert counted < float(share.value)
    assert float(share.low) < 0.5 < float(share.high)


def test_all_labels_give_the_exact_values(study: Study, tmp_path: Path) -> None:
    report = score_labels(study, fill(sampled(study, tmp_path, 1_000))).report
    drill = report.measures[0]
    assert (report.n_drawn, report.n_judged, report.n_stories, drill.recall.value) == (60, 60, 60, pytest.approx(2 / 3))


def test_the_order_of_rows_means_nothing(study: Study, tmp_path: Path) -> None:
    path = fill(sampled(study, tmp_path))
    before = score_labels(study, path).report
    lines = list(csv.reader(path.open(encoding="utf-8", newline="")))
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([lines[0], *reversed(lines[1:])])
    assert msgspec.json.encode(score_labels(study, path).report) == msgspec.json.encode(before)


def test_rows_not_judged_or_left_out_are_told(study: Study, tmp_path: Path) -> None:
    path = fill(sampled(study, tmp_path), only=30)
    lines = list(csv.reader(path.open(encoding="utf-8", newline="")))
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(row[:5] for row in lines[:36])
    report = score_labels(study, path).report
    assert report.n_judged == 30
    assert [sentence.split(":")[0] for sentence in report.warnings] == [
        "5 of 40 drawn articles are not in the sheet",
        "theme 'drills'",
        "theme 'floods' has no column in the sheet, so nothing is known of it",
    ]
    assert "5 articles are blank" in report.warnings[1]
    none = score_labels(study, fill(path, only=35, judge=lambda text: False)).report
    assert any("no judged article belongs to it" in sentence for sentence in none.warnings)
    assert not any("no article was judged" in sentence for sentence in (*report.warnings, *none.warnings))
    (tmp_path / "blank").mkdir()
    assert score_labels(study, sampled(study, tmp_path / "blank")).report.warnings[0].startswith("no article was judged")


def test_a_second_reader_gives_kappa(study: Study, tmp_path: Path) -> None:
    path = fill(sampled(study, tmp_path))
    other = tmp_path / "other.csv"
    other.write_bytes(path.read_bytes())
    fill(other, only=20, judge=lambda text: "drill" in text)
    found = {item.theme: item for item in score_labels(study, path, second=other).report.agreement}
    assert found["floods"].kappa.value == pytest.approx(1)
    assert found["drills"].n_equal < found["drills"].n_both == 40
    assert 0 < found["drills"].kappa.value < 1
    assert score_labels(study, path).report.agreement == ()


def test_the_false_positive_rate_is_that_which_was_asked_for(study: Study, tmp_path: Path) -> None:
    path = fill(sampled(study, tmp_path), judge=lambda text: "exercise" in text)
    strict, loose = (score_labels(study, path, max_fpr=rate).report.thresholds[0] for rate in (0.0, 0.9))
    assert (strict.max_fpr, loose.max_fpr) == (0.0, 0.9)
    assert strict.limited > loose.limited
    with pytest.raises(UsageError, match=r"--fpr: this is 1\.5"):
        score_labels(study, path, max_fpr=1.5)


def test_a_sheet_without_its_design_or_of_another_corpus_is_refused(study: Study, tmp_path: Path) -> None:
    path = fill(sampled(study, tmp_path))
    beside = design_path(path)
    data = beside.read_bytes()
    for broken, message in (
        (data.replace(study.corpus.fingerprint.encode(), b"0" * 64), "drawn from another corpus (study 'small', 60 stories)"),
        (data[:100], "not readable as the design of a label sheet"),
        (data.replace(b'"probability": ', b'"probability": 1'), "is not above 0 and at most 1"),
    ):
        beside.write_bytes(broken)
        with pytest.raises(DataError, match=re.escape(message)):
            score_labels(study, path)
    beside.unlink()
    with pytest.raises(DataError, match=r"the design of this sheet is missing\. Put l\.design\.json"):
        score_labels(study, path)
    with pytest.raises(DataError, match="there is no such file"):
        score_labels(study, tmp_path / "none.csv")


def scored(study: Study, folder: Path) -> Scored:
    path = fill(sampled(study, folder))
    return score_labels(study, path, second=path)


def test_text_and_tables_hold_what_was_found(study: Study, tmp_path: Path) -> None:
    found = scored(study, tmp_path)
    text = label_text(found.report)
    assert text.startswith("l.csv: 40 of 40 drawn articles judged, for 60 stories\ndrills [all]: 40 judged, ")
    for part in (
        "drift: drills [all]: no sign",
        "threshold: drills: best F1 ",
        "hangs on one term: floods [en]: 'flood'",
        "kappa: floods: 1.00",
    ):
        assert part in text
    tables = dict(label_tables(found))
    rows = {name: list(csv.DictReader(io.StringIO(data, newline=""))) for name, data in tables.items()}
    assert {name: len(listed) for name, listed in rows.items()} == {
        "label_measures.csv": 24,
        "label_drift.csv": 16,
        "label_thresholds.csv": 2,
        "label_terms.csv": 3,
        "label_agreement.csv": 2,
        "label_errors.csv": len(found.errors),
    }
    recall = next(
        row for row in rows["label_measures.csv"] if (row["theme"], row["language"], row["measure"]) == ("drills", "all", "recall")
    )
    assert float(recall["value"]) == pytest.approx(found.report.measures[0].recall.value, abs=1e-5)
    assert rows["label_errors.csv"][0]["title"].startswith("'=title")


# --- the commands -----------------------------------------------------------------------------------------------------------------------


@dataclass
class Answer:
    code: object
    out: str
    err: str


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Answer]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str | Path) -> Answer:
        capsys.readouterr()
        code: object = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code or 0
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


def test_commands_write_a_sheet_and_score_it(call: Callable[..., Answer], folder: Path, tmp_path: Path) -> None:
    answer = call("label", "sample", folder / "small.toml", "--n", "30", "--out", "my.csv")
    assert (answer.code, answer.out) == (0, f"{tmp_path / 'my.csv'}\n")
    fill(tmp_path / "my.csv")
    answer = call("label", "score", folder / "small.toml", "my.csv", "--second", "my.csv", "--out", "checked", "--fpr", "0.2")
    assert answer.code == 0
    assert answer.out.startswith("my.csv: 30 of 30 drawn articles judged")
    assert "at most 0.2 from" in answer.out
    assert "kappa: drills: 1.00" in answer.out
    names = {path.name for path in (tmp_path / "checked").iterdir()}
    assert names == {"labels.json", *(f"label_{name}.csv" for name in ("measures", "drift", "thresholds", "terms", "agreement", "errors"))}
    printed = json.loads(call("label", "score", folder / "small.toml", "my.csv", "--json").out)
    assert printed["n_judged"] == 30
    assert json.loads((tmp_path / "checked" / "labels.json").read_bytes())["measures"] == printed["measures"]


def test_without_out_the_sheet_lies_beside_the_study(call: Callable[..., Answer], folder: Path) -> None:
    assert call("label", "sample", folder / "small.toml").out == f"{folder / 'small_labels.csv'}\n"
    assert len(table(folder / "small_labels.csv")) == 60  # fewer than the hundred that are drawn by default


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["sample", "STUDY", "--n", "0", "--out", "x.csv"], 2, "topics: error: --n: this is 0, allowed is 1 or more."),
        (["score", "STUDY", "none.csv"], 3, "topics: error: none.csv: there is no such file."),
    ],
)
def test_errors_of_commands(call: Callable[..., Answer], folder: Path, arguments: list[str], code: int, message: str) -> None:
    answer = call("label", *(str(folder / "small.toml") if item == "STUDY" else item for item in arguments))
    assert (answer.code, answer.out) == (code, "")
    assert message in answer.err


@pytest.mark.parametrize(
    ("command", "options"), [("sample", ["STUDY", "--n", "--out"]), ("score", ["STUDY", "SHEET", "--second", "--fpr", "--out", "--json"])]
)
def test_help_names_options_and_an_example(call: Callable[..., Answer], command: str, options: list[str]) -> None:
    answer = call("label", command, "--help")
    assert [option for option in options if option not in answer.out] == []
    assert f"topics label {command} reports/sample.toml" in answer.out


def labelled_study(folder: Path, tmp_path: Path, judge: Callable[[str], bool] = drills) -> Path:
    """A copy of the study that takes its thresholds from a sheet of all its articles."""
    text = (folder / "small.toml").read_text(encoding="utf-8").replace("[study]\n", '[study]\nlabels = "own.csv"\n')
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    (tmp_path / "src.jsonl").write_bytes((folder / "src.jsonl").read_bytes())
    (tmp_path / "plain.toml").write_text(STUDY.format(mask="false"), encoding="utf-8")
    if not (tmp_path / "own.csv").exists():
        sample_labels(open_study(tmp_path / "plain.toml"), 60, tmp_path / "own.csv")
    fill(tmp_path / "own.csv", judge=judge)
    return tmp_path / "own.toml"


def found_by(study: Study, theme: str, scorer: str = "combined") -> set[str]:
    scores = study.themed.of(scorer)
    return {scores.doc_ids[row] for row in scores.present[:, scores.keys.index(theme)].nonzero()[0]}


def test_labels_set_the_thresholds_of_a_study(folder: Path, tmp_path: Path, study: Study) -> None:
    path = labelled_study(folder, tmp_path, judge=lambda text: "exercise" in text)
    own = open_study(path)
    assert found_by(own, "drills") == {f"d{n}" for n in range(60) if n % 6 == 1} < found_by(study, "drills")
    assert found_by(own, "drills", "terms") == found_by(study, "drills", "terms")
    assert found_by(own, "floods") == found_by(study, "floods")
    report = score_labels(own, tmp_path / "own.csv").report
    assert [item for item in report.warnings if "thresholds of this study come from this very sheet" in item]
    assert not score_labels(study, sampled(study, tmp_path)).report.warnings[0].startswith("thresholds")


def test_other_labels_give_other_thresholds_without_another_fit(folder: Path, tmp_path: Path) -> None:
    path = labelled_study(folder, tmp_path, judge=lambda text: "exercise" in text)
    first = open_study(path)
    assert len(found_by(first, "drills")) == 10
    manifest = json.loads((first.artifacts / "themes" / "manifest.json").read_bytes())["inputs"]
    second = open_study(labelled_study(folder, tmp_path, judge=lambda text: "drill" in text))
    assert len(found_by(second, "drills")) == 20
    again = json.loads((second.artifacts / "themes" / "manifest.json").read_bytes())["inputs"]
    assert (manifest["fit"], manifest["stage"] == again["stage"]) == (again["fit"], False)
    assert len(found_by(open_study(path), "drills")) == 20  # what was kept


def test_too_few_labels_leave_a_threshold_as_it_is(folder: Path, tmp_path: Path, study: Study) -> None:
    path = labelled_study(folder, tmp_path, judge=lambda text: "exercise" in text and "harbour the radar" in text)
    own = open_study(path)
    assert own.themed.model.labelled == (None, None)  # of the second there are enough, and its decisions are right as they are
    assert found_by(own, "drills") == found_by(study, "drills")


@pytest.mark.parametrize("gone", ["own.csv", "own.design.json"])
def test_labels_of_a_study_that_are_missing_are_an_error(folder: Path, tmp_path: Path, gone: str) -> None:
    path = labelled_study(folder, tmp_path)
    (tmp_path / gone).unlink()
    with pytest.raises(DataError, match=r"there is no such file|the design of this sheet is missing"):
        open_study(path).themed  # noqa: B018 - asking for it reads the labels


def test_hash_seeds_change_no_byte(folder: Path, tmp_path: Path, study: Study) -> None:
    path = sampled(study, tmp_path)
    fill(path)
    script = (
        "import sys; from topics.labelling import score_labels; from topics.study import open_study; import msgspec;"
        "from pathlib import Path;"
        "sys.stdout.buffer.write(msgspec.json.encode(score_labels(open_study(sys.argv[1]), Path(sys.argv[2])).report))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script, str(folder / "small.toml"), str(path)],
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads},
        ).stdout
        for seed, threads in (("1", "1"), ("2", "2"))
    }
    assert found == {msgspec.json.encode(score_labels(study, path).report)}
