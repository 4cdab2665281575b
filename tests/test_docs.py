"""The documents say what is: blocks run, commands, exit codes, files and versions are those of the project."""

from __future__ import annotations

import ast
import contextlib
import doctest
import importlib
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
import types
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import topics
from topics.config import StudyConfig, StudySection, TrendsConfig, read_study
from topics.core import errors
from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.core.registry import discover
from topics.core.themes import Theme
from topics.ingest.dates.config import DatesConfig
from topics.ingest.files import SourceConfig
from topics.preprocessing.prepare import EmbeddingConfig, PreprocessingConfig

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE_NAMES = ("study", "commands", "checks", "python", "reuse", "results", "cluster")
GUIDES = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in GUIDE_NAMES}
EXTENDING = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
PAGES = (
    "README.md",
    *(f"docs/{name}.md" for name in GUIDES),
    "docs/extending.md",
    "benchmarks/README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "corpus/README.md",
    "topics/report/README.md",
    "topics/preprocessing/embedders/README.md",
    "notebooks/README.md",
)
MADE_LATER = ("reports/out/", "reports/mine.toml")  # written by a run, or by the reader
MAX_PICTURE = 400_000


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def plain(text: str) -> str:
    """The text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


SCRIPTS = [block for text in (README, *GUIDES.values()) for block in blocks(text, "python")]
PARTS = {block.split("\n", 1)[0].removeprefix("# "): block for block in blocks(EXTENDING, "python")}


@pytest.fixture(scope="module")
def project(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folders that examples read and write, with the finished run in its place."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "reports", folder / "reports", ignore=shutil.ignore_patterns("out"))
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    shutil.copytree(sample_run, folder / "reports" / "out" / "sample")
    return folder


def printed(script: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script, "README.md", "exec"), {"__name__": "__readme__"})
    return out.getvalue()


def test_first_block_prints_what_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    said, found = blocks(README, "text")[0], printed(SCRIPTS[0])
    assert doctest.OutputChecker().check_output(said, found, doctest.ELLIPSIS), f"README says:\n{said}\nit prints:\n{found}"
    words = next(line for line in found.split("\n") if "the largest:" in line).split(": ")[1].split(", ")
    assert len(words) == 10
    assert all(words)


@pytest.mark.parametrize("number", range(1, len(SCRIPTS)))
def test_other_blocks_run(number: int, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert printed(SCRIPTS[number]).strip()


def keys(kind: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)}


def test_study_example_is_valid_and_whole(project: Path) -> None:
    path = project / "reports" / "example.toml"
    path.write_text(blocks(GUIDES["study"], "toml")[0], encoding="utf-8")
    assert read_study(path).default_out == path.parent / "out" / "harbours"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(data) == keys(StudyConfig)
    tables: list[tuple[dict[str, Any], type[msgspec.Struct]]] = [
        (data["study"], StudySection),
        (data["sources"][0], SourceConfig),
        (data["dates"], DatesConfig),
        (data["preprocessing"], PreprocessingConfig),
        (data["embedding"], EmbeddingConfig),
        (data["themes"][0], Theme),
        (data["trends"], TrendsConfig),
    ]
    for table, kind in tables:
        assert set(table) == keys(kind), kind.__name__
    for name, kind in discover("topics.models", "MODEL").items():
        assert set(data["models"].get(name, {})) <= keys(kind.config)


@contextlib.contextmanager
def installed(path: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """Write an example where its package is looked for, outside the tree, and import it; forget it afterwards."""
    package, module = ".".join(Path(path).parent.parts), Path(path).stem
    (folder / f"{module}.py").write_text(PARTS[path], encoding="utf-8")
    owner = importlib.import_module(package)
    monkeypatch.setattr(owner, "__path__", [*owner.__path__, str(folder)])
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(f"{package}.{module}")
    finally:
        sys.modules.pop(f"{package}.{module}", None)
        owner.__dict__.pop(module, None)


def test_there_is_an_example_of_each_part() -> None:
    kinds = Counter(str(Path(path).parent) for path in PARTS)
    assert kinds == {"topics/models": 1, "topics/preprocessing/languages": 1, "topics/trends/statistics": 1, "topics/ingest/readers": 1}


def test_statistic_example(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with installed("topics/trends/statistics/peak.py", tmp_path, monkeypatch):
        study = topics.open_study(project / "reports" / "sample.toml")
        rows = [row for row in study.statistics("terms").rows if (row.statistic, row.language) == ("peak", "all")]
        best = max(study.trends("terms").of("restructuring"), key=lambda cell: cell.share)
    assert next(row.decision for row in rows if row.series == "restructuring") == f"highest in {best.period}"


def test_language_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from topics.ingest.language import language_shares, main_language

    with installed("topics/preprocessing/languages/french.py", tmp_path, monkeypatch):
        languages = discover("topics.preprocessing.languages", "LANGUAGE")
    assert "fr" in languages
    text = "Le port est ouvert depuis lundi et les navires de la marine sont au quai."
    assert main_language(language_shares(text, languages)) == "fr"
    assert main_language(language_shares("The port has been open since Monday for all of the ships.", languages)) == "en"


def test_reader_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    package.mkdir()
    with installed("topics/ingest/readers/markdown.py", package, monkeypatch) as module:
        reader = discover("topics.ingest.readers", "READER")["markdown"]
        assert reader is module.READER
    (record,) = reader.read(BytesIO("# Cảng biển\n\nMở cửa.".encode()), "a.md", ReadOptions())
    assert isinstance(record, RawRecord)
    assert record.text.endswith("Mở cửa.")
    (refused,) = reader.read(BytesIO(b"%PDF"), "none.md", ReadOptions())
    assert isinstance(refused, Rejected)


def test_model_example(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with installed("topics/models/nmf.py", tmp_path, monkeypatch):
        text = (
            (project / "reports" / "sample.toml")
            .read_text(encoding="utf-8")
            .replace("[models.lda]\ntopics = 12", "[models.nmf]\ntopics = 6")
        )
        path = project / "reports" / "nmf.toml"
        path.write_text(text, encoding="utf-8")
        out = tmp_path / "out"
        study = topics.open_study(path, out)
        model = study.model("nmf")
        assert model.result.n_topics == 6
        assert study.trends("nmf").names()[-1] == "unassigned"
        again = topics.load_artifact(out / "artifacts" / "nmf")
        prepared = again.preparation.apply(study.corpus)
        assert np.array_equal(again.model.transform(prepared).weights, model.result.documents.weights)


def test_every_command_is_in_its_page() -> None:
    out = subprocess.run([sys.executable, "-m", "topics", "--help"], capture_output=True, text=True, check=True, encoding="utf-8").stdout
    commands = re.findall(r"^(?:\W )?([a-z]+) {2,}[A-Z]", out, re.MULTILINE)
    assert {"run", "check", "fit", "transform", "export", "compare", "merge", "verify", "doctor", "label"} <= set(commands)
    for command in commands:
        assert re.search(rf"^\| `topics {command}\b", GUIDES["commands"], re.MULTILINE), command


def test_every_exit_code_is_in_its_page() -> None:
    raised = {value.exit_code for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.TopicsError)}
    cli = ast.parse((ROOT / "topics" / "cli.py").read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(cli) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_fail")
    raised |= {call.args[1].value for call in calls if isinstance(call.args[1], ast.Constant)}
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", GUIDES["commands"], re.MULTILINE)}
    assert listed == raised | {0}


def anchors(text: str) -> set[str]:
    """What a heading can be linked by: lower case, hyphens for spaces, no other signs."""
    titles = re.findall(r"^#+ (.*)$", plain(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_named_files_exist(page: str) -> None:
    text = plain((ROOT / page).read_text(encoding="utf-8"))
    tops = {path.name for path in ROOT.iterdir()}
    for name in re.findall(r"`([\w.][\w./-]*/[\w./-]*)`", text):
        if name.split("/")[0] in tops and not name.startswith(MADE_LATER):
            assert (ROOT / name).exists(), f"{page} names {name}"
    for link, _, anchor in (target.partition("#") for target in re.findall(r"\]\(([^):\s]+)\)", text)):
        target = (ROOT / page).parent.joinpath(link) if link else ROOT / page
        assert target.exists(), f"{page} links to {link}"
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{page} links to {link}#{anchor}"


def test_changelog_has_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version == topics.__version__
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_readme_is_for_a_first_look() -> None:
    start = README[: README.index("## What you get")]
    assert len(start) < 4_500
    assert start.index("docs/report.png") < start.index("python3 run.py report") < start.index("```python")
    assert len(README) < 18_000
    table = re.findall(r"^\|.*\|$", README[README.index("## Beside other tools") :], re.MULTILINE)
    assert [cell.strip() for cell in table[0].split("|")[3:-1]] == ["BERTopic", "gensim", "topica", "Turftopic", "BERTrend"]
    assert len({line.count("|") for line in table}) == 1
    assert sum("(benchmarks/README.md#" in line for line in table) >= 9


def test_picture_is_small() -> None:
    for name in ("report.png", "explorer.png"):
        assert 10_000 < (ROOT / "docs" / name).stat().st_size < MAX_PICTURE


def test_datasheet_counts_are_those_of_the_corpus() -> None:
    gold = [json.loads(line) for line in (ROOT / "corpus" / "sample" / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    page = (ROOT / "corpus" / "README.md").read_text(encoding="utf-8")
    halves = ["2024 H1", "2024 H2", "2025 H1", "2025 H2", "2026 H1"]
    stories = [item for item in gold if item["copy_of"] is None]
    counts = Counter(
        (theme, f"{item['published'][:4]} H{1 if item['published'][5:7] < '07' else 2}") for item in stories for theme in item["themes"]
    )
    for theme in sorted({theme for theme, _ in counts}):
        assert f"| {theme} | " + " | ".join(str(counts[theme, half]) for half in halves) + " |" in page
    for form, n in Counter(item["form"] for item in gold).items():
        assert f"| `{form}` | {n} |" in page
    for (source, language), n in Counter((item["source"], item["language"]) for item in gold).items():
        assert re.search(rf"^\| {source} \| {language} \| [\w ]+ \| {n} \|$", page, re.MULTILINE), source
    languages = Counter(item["language"] for item in gold)
    assert f"| articles | {languages['en']} | {languages['vi']} | {len(gold)} |" in page
    for field in {key for item in gold for key in item}:
        assert f"`{field}`" in page, field


def project_files() -> list[Path]:
    """The files that belong to the project: those of git, and new ones that git does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git here to say which files belong to the project")
    return [ROOT / name for name in found.split("\0") if name and (ROOT / name).is_file()]


def test_no_registry_and_no_path_of_a_machine() -> None:
    hosts = [".".join(parts).encode() for parts in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"), ("npmjs", "com"))]
    machine = re.compile(rb"(?<![\w.<>~-])/(?:home|root|Users|work|workspace|mnt|srv)/[\w.-]")
    for path in project_files():
        data = path.read_bytes()
        for host in hosts:
            assert host not in data, f"{path.relative_to(ROOT)} names {host.decode()}"
        found = machine.search(data)
        assert found is None, f"{path.relative_to(ROOT)}: {data[found.start() : found.start() + 60]!r}"
