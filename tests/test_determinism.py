"""The sample study, run elsewhere and otherwise, gives the same bytes."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLE
from topics.core.errors import MissingPartError
from topics.report.pdf import check_pdf

pytestmark = pytest.mark.slow
ONE = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
OTHER = {
    "PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "LANG": "vi_VN.UTF-8",
    "OMP_NUM_THREADS": "8", "NUMBA_NUM_THREADS": "8", "OPENBLAS_NUM_THREADS": "8",
}  # fmt: skip


def build(root: Path, *, seed: int, rename: bool = False) -> Path:
    """Copy study and corpus below a root, files in a random order of creation, .txt files under other names where asked."""
    files = sorted(path for path in SAMPLE.rglob("*") if path.is_file())
    random.Random(seed).shuffle(files)
    for number, path in enumerate(files):
        target = root / "corpus" / "sample" / path.relative_to(SAMPLE)
        if rename and path.suffix == ".txt":
            target = target.with_name(f"{number:04d} bài.txt")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (10**9 + number, 10**9 - number))
    shutil.copytree(ROOT / "reports" / "themes", root / "reports" / "themes")
    study = root / "reports" / "sample.toml"
    settings = (ROOT / "reports" / "sample.toml").read_text(encoding="utf-8")
    study.write_text(settings.replace("[report]\n", "[report]\npdf = true\n") if has_pdf() else settings, encoding="utf-8")
    return study


def has_pdf() -> bool:
    """Whether WeasyPrint and the system's pango are there."""
    try:
        check_pdf()
    except MissingPartError:
        return False
    return True


def run(study: Path, out: Path, variables: dict[str, str], *options: str) -> dict[str, bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "topics", "run", str(study), "--out", str(out), *options],
        cwd=study.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    assert one.keys() == other.keys()
    assert len(one) > 30
    return [name for name in one if one[name] != other[name]]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root = tmp_path_factory.mktemp("first")
    return run(build(root, seed=1), root / "out", ONE)


def test_every_kind_of_file_is_compared(first: dict[str, bytes]) -> None:
    kinds = {Path(name).suffix for name in first}
    assert kinds >= {".html", ".svg", ".png", ".csv", ".json", ".jsonl", ".xlsx", ".safetensors"} | ({".pdf"} if has_pdf() else set())
    assert {"index.html", "index.vi.html", "explorer.html", "tables.xlsx", "manifest.json"} <= first.keys()


def test_seeds_of_hashing_zone_locale_threads_folder_and_file_order_change_no_byte(first: dict[str, bytes], tmp_path: Path) -> None:
    elsewhere = tmp_path / "một thư mục khác"
    second = run(build(elsewhere, seed=2), tmp_path / "kết quả", OTHER)
    assert different(first, second) == []


@pytest.mark.parametrize("engine", ["processes", pytest.param("dask", marks=pytest.mark.slow)])
def test_worker_processes_change_no_byte(first: dict[str, bytes], tmp_path: Path, engine: str) -> None:
    assert different(first, run(build(tmp_path / "in", seed=3), tmp_path / "out", ONE, "--engine", engine)) == []


def test_file_names_change_nothing_but_what_names_files(first: dict[str, bytes], tmp_path: Path) -> None:
    renamed = run(build(tmp_path / "in", seed=4, rename=True), tmp_path / "out", ONE)
    changed = {name for name in different(first, renamed) if not name.startswith("artifacts/corpus/")}
    assert changed == {"tables/documents.csv", "tables.xlsx", "tables/datapackage.json", "manifest.json"}  # which hold it, or its hash
    described = [json.loads(files["tables/datapackage.json"]) for files in (first, renamed)]
    others = [[item for item in package["resources"] if item["path"] != "documents.csv"] for package in described]
    assert others[0] == others[1]
    assert len(others[0]) == len(described[0]["resources"]) - 1
    tables = [list(csv.DictReader(files["tables/documents.csv"].decode().splitlines())) for files in (first, renamed)]
    assert any(one["file"] != other["file"] for one, other in zip(*tables, strict=True))
    for row in tables[0] + tables[1]:
        del row["file"]
    assert tables[0] == tables[1]
