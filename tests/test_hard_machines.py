"""Machines that give little: few open files, no home, a home that cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from topics.artifacts.verify import verify

resource = pytest.importorskip("resource")

FILES, OPEN = 150, 64
ROOT = Path(__file__).resolve().parents[1]
STUDY = '[study]\nname = "s"\ntimezone = "UTC"\n[[sources]]\npath = "src"\n'


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """More articles, each in a file of its own, than files may be open; too few distinct words for any model."""
    (tmp_path / "src").mkdir()
    for number in range(FILES):
        text = f"The navy held exercise number {number} near the coast.\nShips left at dawn on 2 March 2025 and crews trained.\n"
        (tmp_path / "src" / f"a{number}.txt").write_text(text, encoding="utf-8")
    path = tmp_path / "s.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN, OPEN))


def check(study: Path, *, limited: bool = False, **variables: str) -> str:
    """What `topics check` says in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-m", "topics", "check", str(study), "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, preexec_fn=few_files if limited else None, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_64_open_files_are_enough(study: Path) -> None:
    assert check(study, limited=True) == check(study)


@pytest.mark.parametrize("home", ["nowhere", "s.toml"], ids=["missing", "a file"])
def test_no_home_is_needed(study: Path, home: str) -> None:
    place = str(study.parent / home)
    assert check(study, HOME=place, XDG_CACHE_HOME=place, XDG_CONFIG_HOME=place) == check(study)


@pytest.mark.slow
def test_a_run_needs_no_home_and_few_files(study: Path) -> None:
    out, place = study.parent / "made", str(study.parent / "nowhere")
    command = [sys.executable, "-m", "topics", "run", str(study), "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": place, "XDG_CACHE_HOME": place}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, preexec_fn=few_files, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert verify(out).kind == "report"
    assert not (study.parent / "nowhere").exists()
