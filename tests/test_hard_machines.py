"""Machines that give little: few open files, no home, no place for kernels, no other process; and runs stopped for a while."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from topics.artifacts.verify import verify

resource = pytest.importorskip("resource")

FILES, OPEN = 150, 64
ROOT = Path(__file__).resolve().parents[1]
SUBJECTS = ("coast ship sea", "flour oven bread", "horse rider pony")
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


NO_PLACE = """
import os
import numba.core.caching as caching
os.access = lambda *_, **__: False
def refuse(self): raise OSError(30, "Read-only file system")
for name in ("InTreeCacheLocator", "UserWideCacheLocator"):
    getattr(caching, name).ensure_cache_path = refuse
"""


REDUCED = "_clusters.reduce(np.eye(30, 6, dtype='f4') + 0.1, 5, 2, 1)"  # compiles for a minute


@pytest.mark.parametrize("asked", [pytest.param(REDUCED, marks=pytest.mark.slow), "_live.import_umap()"])
def test_umap_works_where_compiled_kernels_can_be_kept_nowhere(asked: str, tmp_path: Path) -> None:
    """A container that may write to its folder for passing files alone; numba ends the import of UMAP there."""
    program = f"{NO_PLACE}\nfrom topics.models import _clusters, _live\nimport numpy as np\n{asked}\nprint(os.environ['NUMBA_CACHE_DIR'])"
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).parent == tmp_path
    assert list(tmp_path.iterdir()) == []  # the process took it away


ALONE = """
import _multiprocessing, errno, os, subprocess, sys
def refuse(*_, **__): raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
os.fork = os.posix_spawn = subprocess._fork_exec = refuse  # as many processes as the user may have
class SemLock:
    def __init__(self, *_, **__): raise OSError(errno.ENOSYS, "Function not implemented")  # no /dev/shm
_multiprocessing.SemLock = SemLock
from topics.cli import main
main(sys.argv[1:])
"""


@pytest.mark.slow
def test_a_run_needs_no_other_process_and_no_shared_memory(study: Path) -> None:
    lines = [
        f"{subject} {number} {subject}." for number in range(40) for subject in ("coast ship sea", "flour oven bread", "horse rider pony")
    ]
    records = [{"id": f"a{number}", "text": line * 12, "date": "2025-03-02"} for number, line in enumerate(lines)]
    (study.parent / "src" / "more.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    study.write_text(STUDY + "[models.lda]\ntopics = 3\n[models.bertopic]\nmin_topic_size = 5\n", encoding="utf-8")
    for name, start in (("free", ["-m", "topics"]), ("alone", ["-c", ALONE])):
        command = [sys.executable, *start, "run", str(study), "--out", str(study.parent / name)]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
        assert done.returncode == 0, done.stderr
    assert (study.parent / "alone" / "manifest.json").read_bytes() == (study.parent / "free" / "manifest.json").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="the system cannot stop a process for a while")
def test_a_run_that_is_stopped_for_a_while_ends_as_ever_and_keeps_its_folder(study: Path) -> None:
    """A laptop that sleeps: the run goes on; meanwhile its folder is taken."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def command(name: str) -> list[str]:
        return [sys.executable, "-m", "topics", "run", str(study), "--out", str(study.parent / name)]

    subprocess.run(command("expected"), capture_output=True, env=environment, check=True)
    run = subprocess.Popen(command("stopped"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    while not (study.parent / "stopped" / "artifacts").exists():
        assert run.poll() is None
        time.sleep(0.01)
    run.send_signal(signal.SIGSTOP)
    second = subprocess.run(command("stopped"), capture_output=True, text=True, env=environment, check=False)
    run.send_signal(signal.SIGCONT)
    assert (second.returncode, str(run.pid) in second.stderr) == (2, True), second.stderr
    assert run.wait() == 0
    assert (study.parent / "stopped" / "manifest.json").read_bytes() == (study.parent / "expected" / "manifest.json").read_bytes()
