"""Notebooks are kept clean, hold no logic, and run from top to bottom offline."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MAX_LINES = 5
TIMEOUT = 300  # seconds a cell; artefacts are there already, so only a hang takes so long

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list[tuple[str, str]]:
    return [(cell["id"], cell["source"]) for cell in nbformat.read(path, 4)["cells"] if cell["cell_type"] == "code"]


def test_there_are_notebooks() -> None:
    listed = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert NOTEBOOKS
    assert all(f"({path.name})" in listed for path in NOTEBOOKS)


@every_notebook
def test_is_clean(path: Path) -> None:
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert set(notebook["metadata"]) == {"kernelspec"}, "no widget state, no language version"
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert re.fullmatch(r"[a-z][a-z0-9-]+", cell["id"]), "ids are written by hand, so that they stay"
        assert not cell["metadata"], cell["id"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], cell["id"]
            assert cell["execution_count"] is None, cell["id"]


@every_notebook
def test_holds_no_logic(path: Path) -> None:
    logic = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try, ast.With)
    for name, source in code_cells(path):
        lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        assert len(lines) <= MAX_LINES, name
        assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, logic)], name


@every_notebook
def test_first_cell_asks_one_question_and_says_how_long_and_what_to_change(path: Path) -> None:
    first = nbformat.read(path, 4)["cells"][0]
    assert first["cell_type"] == "markdown"
    assert all(f"**{word}:**" in first["source"] for word in ("Question", "Takes", "To change"))
    assert first["source"].count("?") == 1


@pytest.fixture(scope="module")
def project(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what notebooks read, with the finished run in its place; the tree itself stays as it is."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "reports", "corpus"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("out", ".ipynb_checkpoints"))
    shutil.copytree(sample_run, folder / "reports" / "out" / "sample")
    return folder


@every_notebook
def test_runs(path: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TQDM_DISABLE", "1")
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    notebook = nbformat.read(project / "notebooks" / path.name, 4)
    where = {"metadata": {"path": str(project / "notebooks")}}
    nbclient.NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", resources=where).execute()
    outputs = [output for cell in notebook["cells"] if cell["cell_type"] == "code" for output in cell["outputs"]]
    shown = [output["data"] for output in outputs if "data" in output]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"], "a warning or a traceback"
    for data in shown:
        assert "<script" not in str(data.get("text/html", "")), "charts are SVG, so that they show offline"
        assert "<script" not in str(data.get("image/svg+xml", ""))
    if any(drawn in source for _, source in code_cells(path) for drawn in (".plot()", "term_bars(", "mark_bar()")):
        assert any("<svg" in str(data.get("image/svg+xml", "")) for data in shown)
