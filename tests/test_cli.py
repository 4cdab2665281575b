"""The command line: what goes where, exit codes, one clear message, and nothing half-written."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from msgspec.structs import replace

from tests.artifacts.faults import Disk
from topics import __version__
from topics.artifacts.manifest import read_manifest
from topics.artifacts.verify import verify
from topics.cli import main
from topics.ingest.encodings.charsets import CHARSETS
from topics.quality.sweep import Plan
from topics.study import open_study
from topics.sweep import sweep_topics

COMMANDS = ("run", "check", "fit", "refit", "transform", "export", "compare", "merge", "verify", "doctor", "completion", "label")
HEAVY = (
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "gensim",
    "bertopic",
    "altair",
    "duckdb",
    "numba",
    "umap",
    "hdbscan",
    "torch",
    "transformers",
    "tokenizers",
    "sentence_transformers",
    "model2vec",
)
WORDS = "army budget coast drone exercise fleet grain harbour island jungle missile navy officer patrol radar sailor tank village".split()
LINKS = ("of the", "and a", "in this", "was", "to", "for his", "with", "that", "on an", "as")
NEWS = "The navy held an exercise near the coast.\nShips left harbour at dawn on {day} March 2025 and crews trained for storms.\n"
STUDY = '[study]\nname = "small"\ntimezone = "UTC"\n[[sources]]\npath = "src"\n[models.lda]\ntopics = 2\npasses = 1\n'


@dataclass
class Answer:
    code: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """The one error line."""
        lines = [line for line in self.err.splitlines() if line.startswith("topics: error: ")]
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0].removeprefix("topics: error: ")


Call = Callable[..., Answer]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Call]:
    """Run a command in this process, in a folder of its own; every path given to it is below that folder or absolute."""
    log = logging.getLogger("topics")
    before = (log.handlers, log.level, log.propagate)
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
        assert isinstance(code, int)
        return Answer(code, captured.out, captured.err)

    yield run
    log.handlers, log.level, log.propagate = before


def write_source(folder: Path) -> None:
    """Write three short articles."""
    folder.mkdir(parents=True)
    for number in range(1, 4):
        (folder / f"a{number:02}.txt").write_text(NEWS.format(day=number + 1), encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A study of three articles, too few for any model."""
    write_source(tmp_path / "src")
    (tmp_path / "small.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def forty(tmp_path: Path) -> Path:
    """A study of forty articles of random words, no two alike: enough for LDA."""
    (tmp_path / "src").mkdir()
    for number in range(40):
        pick = random.Random(number)
        words = [f"{word} {pick.choice(LINKS)}" for word in pick.choices(pick.sample(WORDS, 6), k=25)]
        (tmp_path / "src" / f"a{number:02}.txt").write_text(" ".join(words) + " end.", encoding="utf-8")
    (tmp_path / "small.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but empty lock files."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}
    return {name: path.read_bytes() for name, path in found.items()}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def only_object(text: str) -> dict[str, object]:
    """The one JSON object that stdout holds."""
    found, end = json.JSONDecoder().raw_decode(text)
    assert text[end:].strip() == ""
    assert isinstance(found, dict)
    return found


# --- help and start ---------------------------------------------------------------------------------------------------------------------


def test_help_lists_every_command(call: Call) -> None:
    answer = call("--help")
    listed = [line.split()[1] for line in answer.out.splitlines() if line.startswith("│ ") and line[2] != " "]
    assert answer.code == 0
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("run", ["STUDY", "--out", "--engine", "--scheduler", "--dry-run"]),
        ("check", ["PATHS", "--as-of", "--json"]),
        ("fit", ["MODEL", "STUDY", "--out", "--topics", "--seeds", "--resamples"]),
        ("refit", ["STUDY", "--previous", "--out", "--embedding-folder"]),
        ("transform", ["ARTEFACT", "PATHS", "--out", "--embedding-folder", "--json"]),
        ("merge", ["A", "B", "--into", "--corpus-a", "--corpus-b", "--embedding-folder"]),
        ("export", ["SOURCE", "--to", "--out", "--corpus"]),
        ("compare", ["A", "B", "--json"]),
        ("verify", ["DIRECTORY"]),
        ("doctor", ["--json"]),
    ],
)
def test_help_of_a_command_names_its_options_and_an_example(call: Call, command: str, options: list[str]) -> None:
    answer = call(command, "--help")
    assert answer.code == 0
    assert [option for option in options if option not in answer.out] == []
    assert f"topics {command}" in answer.out


def test_version(call: Call) -> None:
    assert call("--version").out == f"{__version__}\n"


@pytest.mark.parametrize(
    "start", ["import topics", "from topics.cli import main; main(['--help'])", "import topics.cli, topics.core.errors"]
)
def test_starting_loads_no_heavy_library(start: str) -> None:
    script = f"import sys\ntry:\n    {start}\nexcept SystemExit:\n    pass\nsys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "topics" in loaded
    assert sorted(loaded & set(HEAVY)) == []


# --- what works -------------------------------------------------------------------------------------------------------------------------


def test_run_prints_the_report_alone_and_needs_no_model(call: Call, small: Path) -> None:
    answer = call("run", "small.toml")
    out = small / "out" / "small"
    assert (answer.code, answer.out) == (0, f"{out / 'index.html'}\n")
    assert "3 seen = 3 accepted + 0 quarantined + 0 duplicates" in answer.err
    assert {"index.html", "explorer.html", "manifest.json", "quarantine.jsonl", "tables/documents.csv"} <= set(files(out))
    assert call("verify", out).out.startswith("ok: report, ")


def test_run_again_gives_the_same_bytes_and_reads_nothing(call: Call, small: Path) -> None:
    call("run", "small.toml")
    before = files(small)
    answer = call("run", "small.toml")
    assert "reading" not in answer.err
    assert files(small) == before


def test_run_out_says_where(call: Call, small: Path) -> None:
    answer = call("run", "small.toml", "--out", "else/where")
    assert answer.out == f"{small / 'else' / 'where' / 'index.html'}\n"
    assert (small / "else" / "where" / "tables" / "documents.csv").is_file()
    assert not (small / "out").exists()


@pytest.mark.parametrize(
    ("options", "engine"),
    [
        ([], ("local", "")),
        (["--engine", "processes"], ("processes", "")),
        (["--engine", "dask", "--scheduler", "tcp://h:1"], ("dask", "tcp://h:1")),
    ],
    ids=["default", "processes", "dask"],
)
def test_run_hands_on_the_engine(
    call: Call, small: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], engine: tuple[str, str]
) -> None:
    asked: list[tuple[str, str]] = []

    def record(file: object, out: Path | None, chosen: object) -> str:
        asked.append((chosen.name, chosen.scheduler))  # type: ignore[attr-defined]
        return "report"

    monkeypatch.setattr("topics.runner.run", record)
    assert call("run", "small.toml", *options).out == "report\n"
    assert asked == [engine]


def test_check_counts_what_is_there(call: Call, small: Path) -> None:
    (small / "src" / "picture.png").write_bytes(b"\x89PNG")
    answer = call("check", "src")
    assert answer.code == 0
    assert answer.out.startswith("seen 3 = accepted 3 + quarantined 0 + duplicates 0\n")
    assert "left out: picture.png: no reader" in answer.out
    assert "(of each day by itself; what the audit suspects of a whole source is not in it)\n" in answer.out
    assert sorted(files(small)) == ["small.toml", "src/a01.txt", "src/a02.txt", "src/a03.txt", "src/picture.png"]


def test_check_json_is_one_object(call: Call, small: Path) -> None:
    (small / "more.jsonl").write_text(
        '{"text": "Radar watches the coast.", "date": "2025-05-02"}\nbroken\n{"text": ""}\n', encoding="utf-8"
    )
    found = only_object(call("check", "src", "more.jsonl", "--json").out)
    assert (found["seen"], found["accepted"], found["quarantined"], found["duplicates"]) == (6, 4, 2, 0)
    assert [(item["file"], item["record"], item["code"]) for item in found["quarantine"]] == [  # type: ignore[attr-defined]
        ("more.jsonl", 2, "not_json"),
        ("more.jsonl", 3, "empty"),
    ]
    assert (found["as_of"], found["first_day"], found["last_day"]) == ("2025-05-02", "2025-03-02", "2025-05-02")


def test_check_names_the_encoding_that_was_recognised_and_its_score(call: Call, small: Path) -> None:
    text = "Bộ Quốc phòng họp với các nhà máy đóng tàu về việc chuyển đổi số trong năm tới, theo báo cáo của tỉnh. " * 3
    (small / "src" / "old.txt").write_bytes(CHARSETS["tcvn3"].encode(text))
    answer = call("check", "src")
    assert re.search(
        r"^encoding: old\.txt: recognised as TCVN3 \(ABC\): 100% of the words beyond ASCII fit it, \d+% fit ", answer.out, re.M
    )
    assert "encoding_score" not in answer.out
    (found,) = only_object(call("check", "src", "--json").out)["encodings"]  # type: ignore[misc]
    assert (found["file"], found["encoding"], found["score"], found["n_docs"]) == ("old.txt", "tcvn3", 100, 1)
    assert found["next_score"] < 80
    assert only_object(call("check", "src/a01.txt", "--json").out)["encodings"] == []


def test_check_as_of_bounds_the_dates(call: Call, small: Path) -> None:
    """One day of grace, for papers that carry the date of tomorrow; what lies further on is not believed."""
    found = only_object(call("check", "src", "--as-of", "2025-03-02", "--json").out)
    assert (found["as_of"], found["last_day"]) == ("2025-03-02", "2025-03-03")
    assert found["date_method"] == {"lead": 2, "after_as_of": 1}
    assert sum(found["date_confidence"].values()) == 2
    said = "to 2025-03-03 (data up to 2025-03-02, and a day more: papers carry the date of tomorrow)\n"
    assert said in call("check", "src", "--as-of", "2025-03-02").out
    assert "a day more" not in call("check", "src").out


def test_check_groups_what_is_quarantined_for_one_reason(call: Call, small: Path) -> None:
    (small / "t.csv").write_text("text\n" + "Flood\n" * 65 + "12 %\n", encoding="utf-8")
    lines = [line for line in call("check", "t.csv").out.splitlines() if line.startswith("quarantined")]
    assert [line.partition(": only")[0].partition(": no ")[0] for line in lines] == [
        "quarantined: t.csv:2, t.csv:3, t.csv:4 and 62 more",
        "quarantined: t.csv:67",
    ]


def test_check_reads_the_sources_of_a_study_as_its_run_does(call: Call, small: Path) -> None:
    (small / "t.csv").write_text("body,day\nRadar watches the coast by night.,2025-05-02\n", encoding="utf-8")
    columns = 'columns = { text = "body", date = "dayy" }'
    (small / "check.toml").write_text(f'[study]\nname = "s"\n[[sources]]\npath = "t.csv"\n{columns}\n', encoding="utf-8")
    answer = call("check", "check.toml")
    assert answer.out.startswith("seen 1 = accepted 1 +")
    assert "no record has the column 'dayy' that stands for date, so every article lacks it. Did you mean 'day'?" in answer.out
    assert not (small / "out").exists()
    for more in (["src"], ["--as-of", "2025-03-02"]):
        assert (call("check", "check.toml", *more).code, "checked by itself" in call("check", "check.toml", *more).err) == (2, True)


def test_check_names_documents_with_odd_dates_by_their_place(call: Call, small: Path) -> None:
    (small / "odd.jsonl").write_text('{"text": "Radar watches the coast by night.", "date": "31/02/2025"}\n', encoding="utf-8")
    answer = call("check", "odd.jsonl")
    assert re.search(r"^dates: 1 of 1 documents \(100\.0%\) name a day that does not exist .*\(odd\.jsonl:1\)\.$", answer.out, re.M)


def test_check_names_pairs_of_articles_by_place_title_and_day(call: Call, small: Path) -> None:
    answer = call("check", str(Path(__file__).parents[1] / "corpus" / "sample"))
    line = next(line for line in answer.out.splitlines() if line.startswith("same event, proposed: "))
    assert re.match(r"same event, proposed: \S+:\d+ \(['\"].+['\"], \d{4}-\d\d-\d\d\) and \S+:\d+ \(", line)


def test_fit_makes_an_artefact_and_finds_it_again(call: Call, forty: Path) -> None:
    answer = call("fit", "lda", "small.toml", "--out", "models/lda")
    assert (answer.code, answer.out) == (0, "models/lda\n")
    assert read_manifest(forty / "models" / "lda").kind == "lda"
    before = files(forty)
    again = call("fit", "lda", "small.toml", "--out", "models/lda")
    assert (again.code, "fitting" in again.err, files(forty)) == (0, False, before)


def test_a_plain_fit_loads_nothing_that_draws(forty: Path) -> None:
    script = "import sys\nfrom topics.cli import main\ntry:\n    main(sys.argv[1:])\nfinally:\n    sys.stderr.write(' '.join(sys.modules))"
    command = [sys.executable, "-c", script, "fit", "lda", "small.toml", "--out", "models/lda"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=forty)
    loaded = set(done.stderr.split())
    assert "topics.pipeline" in loaded
    assert sorted(loaded & {"altair", "topics.sweep", "vl_convert"}) == []


def test_transform_gives_one_row_a_document(call: Call, small: Path, sample_run: Path) -> None:
    answer = call("transform", sample_run / "artifacts" / "lda", "src")
    rows = table(answer.out)
    assert answer.code == 0
    assert [row["file"] for row in sorted(rows, key=lambda row: row["file"])] == ["a01.txt", "a02.txt", "a03.txt"]
    assert {"topic", "themes", "fit", "novelty", "unknown_share"} <= rows[0].keys()
    assert all("training" in row["themes"].split() for row in rows)
    assert all(0 <= float(row[name]) <= 1 for row in rows for name in ("weight", "fit", "novelty", "unknown_share"))


def test_transform_out_writes_tables_and_prints_nothing(call: Call, small: Path, sample_run: Path) -> None:
    artefact = sample_run / "artifacts" / "lda"
    answer = call("transform", artefact, "src", "--out", "new")
    assert (answer.code, answer.out) == (0, "")
    assert sorted(files(small / "new")) == ["document_themes.csv", "document_topics.csv", "quarantine.jsonl", "reuse.md", "transform.csv"]
    assert (small / "new" / "transform.csv").read_text(encoding="utf-8") == call("transform", artefact, "src").out
    themes = table((small / "new" / "document_themes.csv").read_text(encoding="utf-8"))
    trained = [row for row in themes if row["theme"] == "training"]
    assert [(row["model"], row["present"]) for row in trained] == [("combined", "true")] * 3
    whole = " ".join(path.read_text(encoding="utf-8") for path in (small / "src").iterdir())
    assert all(
        row["evidence"] in whole and len(row["evidence"]) == int(row["evidence_end"]) - int(row["evidence_start"]) for row in trained
    )


@pytest.mark.parametrize("kind", ["lda", "bertopic"])
def test_transform_json_is_one_object(call: Call, small: Path, sample_run: Path, kind: str) -> None:
    artefact = sample_run / "artifacts" / kind
    found = only_object(call("transform", artefact, "src", "--json").out)
    assert (found["model"], found["artifact"]) == (kind, read_manifest(artefact).key)
    assert (found["seen"], found["accepted"], len(found["documents"])) == (3, 3, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(("to", "name"), [("gensim", "corpus.mm"), ("pyldavis", "pyldavis.json"), ("topicwizard", "topic_data.json")])
def test_export_writes_a_model_for_another_tool(call: Call, tmp_path: Path, sample_run: Path, to: str, name: str) -> None:
    answer = call("export", sample_run / "artifacts" / "lda", "--to", to, "--out", "out")
    assert (answer.code, answer.out) == (0, "out\n")
    assert name in {entry.path for entry in verify(tmp_path / "out").files}


def test_export_takes_the_corpus_from_where_it_is_told(call: Call, tmp_path: Path, sample_run: Path) -> None:
    shutil.copytree(sample_run / "artifacts" / "lda", tmp_path / "alone")
    assert call("export", "alone", "--to", "gensim", "--out", "out").code == 3
    assert call("export", "alone", "--to", "gensim", "--out", "out", "--corpus", sample_run / "artifacts" / "corpus").code == 0


def test_export_writes_the_tables_of_a_run(call: Call, tmp_path: Path, sample_run: Path) -> None:
    assert call("export", sample_run, "--to", "parquet", "--out", "out").code == 0
    assert (tmp_path / "out" / "documents.parquet").is_file()
    assert call("export", sample_run, "--to", "parquet", "--out", "other", "--corpus", "out").code == 2
    assert call("export", sample_run, "--to", "pyldavis", "--out", "other").code == 3
    assert not (tmp_path / "other").exists()


def test_compare_as_table_and_as_one_object(call: Call, sample_run: Path) -> None:
    a, b = sample_run / "artifacts" / "lda", sample_run / "artifacts" / "bertopic"
    answer = call("compare", a, b)
    found = only_object(call("compare", a, b, "--json").out)
    rows = table(answer.out)
    assert answer.code == 0
    assert (found["a"], found["b"]) == (read_manifest(a).key, read_manifest(b).key)
    assert len(rows) == len(found["pairs"]) > 2  # type: ignore[arg-type]
    assert any(row["a_topic"] and row["b_topic"] for row in rows)
    assert "matched" in {row["relation"] for row in rows} <= {"matched", "split", "merged", "only_a", "only_b"}
    swapped = only_object(call("compare", b, a, "--json").out)
    assert (swapped["a"], swapped["b"]) == (found["b"], found["a"])


def test_verify_accepts_what_a_run_wrote(call: Call, sample_run: Path) -> None:
    answer = call("verify", sample_run)
    manifest = verify(sample_run)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"ok: report, {len(manifest.files)} files, key {manifest.key}\n"


def test_doctor_as_text_and_as_one_object(call: Call) -> None:
    found = only_object(call("doctor", "--json").out)
    text = call("doctor").out
    assert found["topics-trends"] == __version__
    assert found["topics.models"] == "bertopic, lda"
    assert f"topics-trends: {__version__}\n" in text
    assert len(text.splitlines()) == len(found)


# --- what is refused --------------------------------------------------------------------------------------------------------------------


def empty_folder(folder: Path) -> None:
    shutil.rmtree(folder / "src")
    (folder / "src").mkdir()


def nothing_readable(folder: Path) -> None:
    empty_folder(folder)
    (folder / "src" / "picture.png").write_bytes(b"\x89PNG")


def nothing_there(folder: Path) -> None:
    shutil.rmtree(folder / "src")


def no_text(folder: Path) -> None:
    empty_folder(folder)
    (folder / "src" / "a.txt").write_text(" \n")


def only_stop_words(folder: Path) -> None:
    empty_folder(folder)
    words = ["the", "and", "of", "this", "that", "with", "from", "they"]
    for number in range(40):  # enough distinct articles for a model, and no term in any
        random.Random(number).shuffle(words)
        (folder / "src" / f"a{number}.txt").write_text(" ".join(words * 2) + "\n")


def study(old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "small.toml").write_text(STUDY.replace(old, new), encoding="utf-8") and None


def nothing(folder: Path) -> None:
    (folder / "plain").write_text("a regular file")


RUN = ["run", "small.toml"]
REFUSED: dict[str, tuple[Callable[[Path], None], list[str], int, list[str]]] = {
    "check: empty folder": (empty_folder, ["check", "src"], 2, ["src", "it is empty", ".jsonl"]),
    "check: nothing readable": (nothing_readable, ["check", "src"], 2, ["src", "1 file(s): no reader"]),
    "check: missing path": (nothing_there, ["check", "src"], 2, ["src", "no such file or folder"]),
    "check: no path": (nothing, ["check"], 2, ["at least one file or folder"]),
    "check: bad day": (nothing, ["check", "src", "--as-of", "2025-02-30"], 2, ["--as-of"]),
    "check: unknown option": (nothing, ["check", "src", "--jsn"], 2, ["--jsn"]),
    "run: empty folder": (empty_folder, RUN, 2, ["src", "it is empty"]),
    "run: nothing readable": (nothing_readable, RUN, 2, ["src", "1 file(s): no reader"]),
    "run: missing source": (nothing_there, RUN, 2, ["src", "no such file or folder"]),
    "run: no text": (no_text, RUN, 3, ["none of 1 records could be used", "holds no text"]),
    "run: no study file": (nothing, ["run", "absent.toml"], 2, ["absent.toml", "cannot be read"]),
    "run: no TOML": (study("[study]", "[study"), RUN, 2, ["small.toml", "line 1"]),
    "run: unknown key": (study("name =", "nme ="), RUN, 2, ["small.toml", "'nme'", "'name'"]),
    "run: unknown model": (study("models.lda", "models.ldaa"), RUN, 2, ["small.toml", "'ldaa'", "'lda'"]),
    "run: unknown format": (study('"src"', '"src"\nformat = "jsnl"'), RUN, 2, ["'jsnl'", "'jsonl'"]),
    "run: unknown language": (study('"src"', '"src"\nlanguage = "vn"'), RUN, 2, ["small.toml", "'vn'", "auto, en, vi"]),
    "run: out below a file": (nothing, [*RUN, "--out", "plain/out"], 2, ["plain/out", "nothing can be written", "--out"]),
    "run: out inside the source": (nothing, [*RUN, "--out", "src/out"], 2, ["src/out", "inside the source 'src'"]),
    "run: out is the source": (nothing, [*RUN, "--out", "src"], 2, ["inside the source 'src'"]),
    "run: unknown engine": (nothing, [*RUN, "--engine", "cluster"], 2, ["--engine", "local", "processes", "dask"]),
    "run: scheduler without dask": (nothing, [*RUN, "--scheduler", "tcp://h:1"], 2, ["--scheduler", "--engine dask"]),
    "run: unknown option": (nothing, [*RUN, "--outt", "x"], 2, ["--outt"]),
    "run: no study named": (nothing, ["run"], 2, ["study"]),
    "fit: unknown model": (nothing, ["fit", "ldaa", "small.toml", "--out", "m"], 2, ["'ldaa'", "'lda'"]),
    "fit: too few articles": (nothing, ["fit", "lda", "small.toml", "--out", "m"], 3, ["models.lda", "at least 30"]),
    "fit: out below a file": (nothing, ["fit", "lda", "small.toml", "--out", "plain/m"], 2, ["plain", "nothing can be written"]),
    "fit: no out": (nothing, ["fit", "lda", "small.toml"], 2, ["--out"]),
    "refit: no artefact": (nothing, ["refit", "small.toml", "--previous", "absent", "--out", "m"], 3, ["absent", "manifest.json"]),
    "refit: no previous": (nothing, ["refit", "small.toml", "--out", "m"], 2, ["--previous"]),
    "refit: out inside the source": (nothing, ["refit", "small.toml", "--previous", "absent", "--out", "src/m"], 2, ["inside the source"]),
    "transform: no artefact": (nothing, ["transform", "absent", "src"], 3, ["absent", "manifest.json"]),
    "transform: no path": (nothing, ["transform", "absent"], 2, ["at least one file or folder"]),
    "compare: no artefact": (nothing, ["compare", "src", "src", "--json"], 3, ["src", "manifest.json"]),
    "compare: one only": (nothing, ["compare", "src"], 2, ["--b"]),
    "verify: no artefact": (nothing, ["verify", "src"], 3, ["src", "manifest.json"]),
    "verify: a file": (nothing, ["verify", "plain"], 3, ["plain", "manifest.json"]),
    "unknown command": (nothing, ["rnu"], 2, ["rnu", "run"]),
    "unknown option": (nothing, ["--nope"], 2, ["--nope"]),
}


@pytest.mark.parametrize(("spoil", "arguments", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_has_a_code_one_message_and_writes_nothing(
    call: Call, small: Path, spoil: Callable[[Path], None], arguments: list[str], code: int, said: list[str]
) -> None:
    spoil(small)
    before = files(small)
    answer = call(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert [part for part in said if part not in answer.message] == []
    kept = {name: data for name, data in files(small).items() if not name.startswith("out/small/artifacts/")}
    assert kept == before  # a finished stage may stay for the next run


def test_a_run_that_fails_midway_leaves_no_half_report(call: Call, small: Path) -> None:
    only_stop_words(small)
    answer = call(*RUN)
    assert (answer.code, answer.out) == (3, "")
    assert "no term is left" in answer.message
    assert {name.split("/")[0] for name in files(small / "out" / "small")} <= {"artifacts"}


def test_a_failing_rerun_leaves_the_earlier_report_whole(call: Call, small: Path) -> None:
    call(*RUN)
    before = files(small / "out")
    no_text(small)
    assert call(*RUN).code == 3
    assert files(small / "out") == before
    verify(small / "out" / "small")


def test_two_runs_cannot_write_in_one_place(call: Call, small: Path) -> None:
    (small / "out").mkdir()
    (small / "out" / "small").mkdir()
    with FileLock(small / "out" / "small" / ".lock"):
        answer = call(*RUN)
    assert (answer.code, answer.out) == (2, "")
    assert "another run is writing here" in answer.message


def test_fit_waits_for_no_run_either(call: Call, forty: Path) -> None:
    (forty / "out" / "small").mkdir(parents=True)
    with FileLock(forty / "out" / "small" / ".lock"):
        answer = call("fit", "lda", "small.toml", "--out", "models/lda")
    assert (answer.code, "another run is writing here" in answer.message) == (2, True)
    assert not (forty / "models" / "lda").exists()


@pytest.mark.parametrize("command", [("transform", "MODEL", "src"), ("themes", "small.toml")])
def test_a_full_disk_is_said_in_one_line(
    call: Call, forty: Path, sample_run: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    call("themes", "small.toml")  # so that its corpus is there
    Disk(1, stays=True, only=("write_text",)).install(monkeypatch)
    answer = call(*(str(sample_run / "artifacts" / "lda") if part == "MODEL" else part for part in command), "--out", "found")
    assert (answer.code, "cannot be read or written: No space left on device. Free some space" in answer.message) == (2, True)


def test_run_dry_run_computes_nothing(call: Call, small: Path) -> None:
    before = files(small)
    answer = call(*RUN, "--dry-run")
    assert answer.code == 0
    assert answer.out.splitlines()[0] == "corpus: computed (not there yet)"
    assert answer.out.splitlines()[-1] == "Nothing was computed or written."
    assert files(small) == before
    call(*RUN)
    assert call(*RUN, "--dry-run").out.startswith("corpus: kept\n")
    assert call(*RUN, "--dry-run", "--out", "elsewhere").out.startswith("corpus: computed (not there yet)\n")


def test_fit_refuses_a_folder_inside_the_source(call: Call, forty: Path) -> None:
    before = files(forty / "src")
    answer = call("fit", "lda", "small.toml", "--out", "src/model")
    assert (answer.code, answer.out) == (2, "")
    assert "inside the source" in answer.message
    assert files(forty / "src") == before


def test_that_themes_are_still_reported_is_said_by_a_report_alone(call: Call, small: Path) -> None:
    answer = call("fit", "lda", "small.toml", "--out", "models/lda")
    assert (answer.code, "needs at least 30 distinct articles, there are 3. Add articles." in answer.message) == (3, True)
    assert "reported" not in answer.message
    said = open_study(small / "small.toml").refused["lda"]
    assert said.endswith("there are 3. Add articles. Themes, dates and evidence are still reported.")


def test_fit_never_replaces_a_folder_of_something_else(call: Call, forty: Path) -> None:
    (forty / "thesis").mkdir()
    (forty / "thesis" / "chapter.txt").write_text("years of work")
    answer = call("fit", "lda", "small.toml", "--out", "thesis")
    assert files(forty / "thesis") == {"chapter.txt": b"years of work"}
    assert (answer.code, answer.out) == (2, "")
    assert "thesis" in answer.message


def test_run_never_replaces_folders_of_something_else(call: Call, small: Path) -> None:
    (small / "thesis" / "figures").mkdir(parents=True)
    (small / "thesis" / "figures" / "map.svg").write_text("years of work")
    answer = call(*RUN, "--out", "thesis")
    assert files(small / "thesis").get("figures/map.svg") == b"years of work"
    assert answer.code == 2


def test_transform_refuses_an_output_folder_inside_its_input(call: Call, small: Path, sample_run: Path) -> None:
    before = files(small)
    answer = call("transform", sample_run / "artifacts" / "lda", "src", "--out", "src/out")
    assert (answer.code, answer.out) == (2, "")
    assert files(small) == before


def test_transform_refuses_a_folder_that_cannot_be_written(call: Call, small: Path, sample_run: Path) -> None:
    nothing(small)
    answer = call("transform", sample_run / "artifacts" / "lda", "src", "--out", "plain/new", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "nothing can be written" in answer.message


@pytest.mark.parametrize(("spoil", "code"), [(empty_folder, 2), (nothing_there, 2), (no_text, 3)], ids=["empty", "missing", "no text"])
def test_transform_refuses_what_holds_no_document(
    call: Call, small: Path, sample_run: Path, spoil: Callable[[Path], None], code: int
) -> None:
    spoil(small)
    answer = call("transform", sample_run / "artifacts" / "lda", "src", "--out", "new")
    assert (answer.code, answer.out) == (code, "")
    assert answer.message
    assert not (small / "new").exists()


def test_a_report_is_no_model(call: Call, small: Path, sample_run: Path) -> None:
    answer = call("transform", sample_run, "src")
    assert (answer.code, answer.out) == (3, "")
    assert "'report'" in answer.message


@pytest.mark.parametrize("command", ["transform", "compare", "verify"])
@pytest.mark.parametrize("name", ["result.safetensors", "preparation.json", "themes.json"])
def test_a_damaged_artefact_is_refused_by_file(call: Call, small: Path, sample_run: Path, command: str, name: str) -> None:
    whole, damaged = sample_run / "artifacts" / "lda", small / "lda"
    shutil.copytree(whole, damaged)
    data = bytearray((damaged / name).read_bytes())
    data[len(data) // 2] ^= 1
    (damaged / name).write_bytes(data)
    more = {"transform": ["src", "--json"], "compare": [whole, "--json"], "verify": []}[command]
    answer = call(command, damaged, *more)
    assert (answer.code, answer.out) == (3, "")
    assert name in answer.message


def test_a_damaged_report_is_refused_by_file(call: Call, small: Path) -> None:
    call(*RUN)
    (small / "out" / "small" / "tables" / "documents.csv").write_text("id\n")
    answer = call("verify", "out/small")
    assert (answer.code, answer.out) == (3, "")
    assert "tables/documents.csv" in answer.message


def test_a_missing_part_names_the_line_that_installs_it(call: Call, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    answer = call(*RUN, "--engine", "dask")
    assert (answer.code, answer.out) == (4, "")
    assert "pip install" in answer.message


def test_memory_that_runs_out_is_said_in_one_line(call: Call, monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("topics.runner.run", full)
    answer = call("run", "small.toml")
    assert (answer.code, answer.out) == (2, "")
    assert "memory ran out" in answer.message


def test_an_interruption_has_its_own_code(call: Call, monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("topics.runner.run", interrupt)
    answer = call(*RUN)
    assert (answer.code, answer.out) == (130, "")
    assert "interrupted" in answer.message


# --- hostile input and pipes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [b"\xff.txt", b"a\rb.txt", b"a\nb.txt", b"\x1b[31m.txt", b"=1+1.txt"], ids=repr)
def test_any_file_name_goes_through_a_run(call: Call, small: Path, name: bytes) -> None:
    (small / "src" / os.fsdecode(name)).write_text("Radar watches the northern coast at night.")
    assert call(*RUN).code == 0
    rows = table((small / "out" / "small" / "tables" / "documents.csv").read_text(encoding="utf-8"))
    assert len(rows) == 4
    answer = call("check", "src")
    assert answer.code == 0
    assert "\x1b" not in answer.out + answer.err


def test_error_messages_hold_no_control_characters(call: Call) -> None:
    answer = call("check", "\x1b[31mabsent\x07")
    assert (answer.code, answer.out) == (2, "")
    assert "\\x1b[31mabsent\\x07" in answer.message


def test_any_text_is_checked_without_a_bug(call: Call, tmp_path: Path) -> None:
    """The ids are hashes: among twenty some end in a letter that the loose accent would join."""
    lines = [json.dumps({"text": f"\u0301 ships sail {number}"}) for number in range(20)]
    (tmp_path / "accents.jsonl").write_text("\n".join(lines), encoding="utf-8")
    answer = call("check", "accents.jsonl", "--json")
    assert answer.code == 0
    assert only_object(answer.out)["accepted"] == 20


def test_a_reader_that_leaves_early_is_no_bug(small: Path, call: Call) -> None:
    call(*RUN)
    command = [sys.executable, "-m", "topics", "verify", str(small / "out" / "small")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (0, "")


# --- how many topics --------------------------------------------------------------------------------------------------------------------

SWEEP = ["fit", "lda", "small.toml", "--topics", "2:4:2", "--seeds", "2", "--resamples", "4", "--out", "sweep"]


def test_a_range_of_topics_is_compared_and_one_is_proposed(call: Call, forty: Path) -> None:
    answer = call(*SWEEP)
    lines = answer.out.splitlines()
    assert (answer.code, lines[-1]) == (0, "sweep")
    assert lines[:-1] == (forty / "sweep" / "proposal.txt").read_text(encoding="utf-8").splitlines()
    assert any("proposed" in line for line in lines)
    rows = table((forty / "sweep" / "number_of_topics.csv").read_text(encoding="utf-8"))
    assert sorted({row["n_topics"] for row in rows}) == ["2", "4"]
    assert sorted(row["consensus"] for row in rows) == ["1", "1", "5"]
    several, proposed = next(row for row in rows if row["consensus"] == "5"), [row for row in rows if row["proposed"] == "true"]
    assert [row["n_topics"] for row in proposed] == [several["n_topics"]]
    told = next(line for line in lines if line.startswith("A consensus of 5 fits"))
    assert f"perplexity {float(several['perplexity']):.1f} for " in told
    best = next(float(found[1]) for line in lines if (found := re.match(r"In held-out prediction .*\(perplexity ([\d.]+)\)", line)))
    assert min(abs(float(row["perplexity"]) - best) for row in rows) < 0.06, "proposal and table say the same"
    assert {"perplexity", "npmi", "c_v", "diversity", "stability_seeds", "stability_resamples"} <= rows[0].keys()
    assert "<svg" in (forty / "sweep" / "number_of_topics.svg").read_text(encoding="utf-8")
    assert verify(forty / "sweep").kind == "number_of_topics"
    assert call("verify", "sweep").code == 0
    assert not (forty / "out" / "small" / "artifacts" / "lda").exists(), "nothing is chosen for the user"


def test_a_sweep_goes_on_where_it_stopped_and_gives_the_same_bytes(call: Call, forty: Path) -> None:
    call(*SWEEP)
    before = files(forty / "sweep")
    again = call(*SWEEP)
    assert "fits" not in again.err
    assert files(forty / "sweep") == before
    for name in ("measures/0004.json", "number_of_topics.csv", "proposal.txt"):
        (forty / "sweep" / name).unlink()
    half = call(*SWEEP)
    assert half.err.count(" fits") == 1
    assert files(forty / "sweep") == before
    (forty / "sweep" / "measures" / "0002.json").write_text((forty / "sweep" / "measures" / "0002.json").read_text().replace("0.", "1.", 1))
    assert call(*SWEEP).err.count(" fits") == 1, "a damaged measure is made again"
    assert files(forty / "sweep") == before


@pytest.mark.parametrize("change", [("--seeds", "3"), ("--resamples", "5"), ("--topics", "2,5")], ids=lambda item: item[0])
def test_each_option_of_a_sweep_counts(call: Call, forty: Path, change: tuple[str, str]) -> None:
    call(*SWEEP)
    before = files(forty / "sweep")
    changed = [*SWEEP]
    changed[changed.index(change[0]) + 1] = change[1]
    assert " fits" in call(*changed).err
    assert files(forty / "sweep")["number_of_topics.csv"] != before["number_of_topics.csv"]


def test_a_consensus_is_tried_at_the_proposed_number_unless_told_otherwise(forty: Path) -> None:
    study, plan = open_study(forty / "small.toml"), Plan(seeds=2, folds=4, seed=13)
    found = sweep_topics(study, [2, 4], plan=plan)
    if found.proposal.n_topics is None:
        pytest.fail("random words came back: choose others")
    assert found.several is not None
    assert (found.several.n_topics, found.several.consensus) == (found.proposal.n_topics, 5)
    assert "diamond" in json.dumps(found.chart().to_dict())
    without = sweep_topics(study, [2, 4], plan=replace(plan, consensus=1))
    assert (without.several, without.measures) == (None, found.measures)
    assert "diamond" not in json.dumps(without.chart().to_dict())
    assert not any("consensus" in sentence for sentence in without.proposal.sentences)
    fewer = sweep_topics(study, [2, 4], plan=replace(plan, consensus=2)).several
    assert fewer is not None
    assert (fewer.consensus, fewer.npmi == found.several.npmi) == (2, False)
    (forty / "small.toml").write_text(STUDY + "consensus = 2\n", encoding="utf-8")
    own = sweep_topics(open_study(forty / "small.toml"), [2, 4], plan=plan)
    assert own.several is None
    assert [item.consensus for item in own.measures] == [2, 2]
    assert [row[3] for row in own.rows()].count(True) == (own.proposal.n_topics is not None)


def test_one_number_of_topics_takes_the_place_of_the_studys(call: Call, forty: Path) -> None:
    answer = call("fit", "lda", "small.toml", "--topics", "3", "--out", "m")
    assert (answer.code, answer.out) == (0, "m\n")
    assert '"topics":3' in read_manifest(forty / "m").config


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--topics", "many"], 2, ["many", "no whole numbers", "10:60:10"]),
        (["--topics", "10:5:1"], 2, ["10:5:1", "no range"]),
        (["--topics", "2:9:0"], 2, ["no range"]),
        (["--topics", "1:5:1"], 2, ["topics is 1", "2 or more"]),
        (["--topics", "2:999:1"], 2, ["998 numbers", "100"]),
        (["--topics", "2,6000"], 2, ["topics is 6000, allowed are 2 to 5000"]),
        (["--topics", "2,39"], 3, ["topics is 39", "allowed are 2 to 32"]),
        (["--topics", "2:4:2", "--resamples", "2"], 3, ["--resamples", "20 distinct articles", "at least 30"]),
        (["--topics", "2:4:2", "--seeds", "1"], 2, ["--seeds", "this is 1", "2 to 1000"]),
        (["--topics", "2:4:2", "--resamples", "0"], 2, ["--resamples", "this is 0", "2 to 1000"]),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(call: Call, forty: Path, arguments: list[str], code: int, said: list[str]) -> None:
    answer = call("fit", "lda", "small.toml", "--out", "sweep", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert [part for part in said if part not in answer.message] == []
    assert not (forty / "sweep").exists()


def test_a_model_that_finds_the_number_itself_is_not_swept(call: Call, forty: Path) -> None:
    (forty / "small.toml").write_text(STUDY.replace("[models.lda]\ntopics = 2\npasses = 1\n", "[models.bertopic]\n"), encoding="utf-8")
    answer = call("fit", "bertopic", "small.toml", "--topics", "2:4:1", "--out", "sweep")
    assert answer.code == 2
    assert "finds the number of topics itself" in answer.message
