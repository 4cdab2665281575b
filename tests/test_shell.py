"""The command line as a shell sees it: help, completion, quiet, progress, signals, consoles and what stands in the environment."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from topics import progress
from topics.cli import app
from topics.doctor import examine

NEWS = "Bộ trưởng cho biết hai cơ quan ở miền Bắc sẽ được sáp nhập trước mùa mưa này, vào ngày {day} tháng 3 năm 2025.\n"
STUDY = '[study]\nname = "small"\n[[sources]]\npath = "src"\n[models.lda]\ntopics = 2\n'
COMMANDS = (
    "run",
    "check",
    "themes",
    "fit",
    "refit",
    "transform",
    "compare",
    "merge",
    "verify",
    "export",
    "doctor",
    "completion",
    "label sample",
    "label score",
)
HEAVY = ("pandas", "sklearn", "scipy.stats", "scipy.optimize", "gensim", "bertopic", "umap", "hdbscan", "altair", "duckdb", "torch", "lxml")
SECRET = "hunter2-of-this-test"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A study of three articles in Vietnamese."""
    (tmp_path / "src").mkdir()
    for number in range(3):
        (tmp_path / "src" / f"a{number}.txt").write_text(NEWS.format(day=number + 2), encoding="utf-8")
    (tmp_path / "small.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def shell(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "topics", *arguments]
    return subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_two_examples_of_it(command: str, tmp_path: Path) -> None:
    out = shell(tmp_path, *command.split(), "--help", COLUMNS="200").stdout.decode()
    assert len(re.findall(rf"Example: topics {command}\b", out)) >= 2


def test_every_command_is_looked_at() -> None:
    names = {name for name in app if not name.startswith("-")}
    assert names == {command.split()[0] for command in COMMANDS}


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_completion_knows_every_command(name: str, tmp_path: Path) -> None:
    answer = shell(tmp_path, "completion", name)
    script = answer.stdout.decode()
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert all(re.search(rf"\b{command.split()[0]}\b", script) for command in COMMANDS)
    if shutil.which(name):
        (tmp_path / "script").write_text(script, encoding="utf-8")
        assert subprocess.run([name, "-n", "script"], cwd=tmp_path, check=False).returncode == 0


def test_completion_of_another_shell_is_refused(tmp_path: Path) -> None:
    answer = shell(tmp_path, "completion", "csh")
    assert answer.returncode == 2
    assert b'"bash", "zsh", "fish"' in answer.stderr


def test_quiet_leaves_errors_alone_on_stderr(small: Path) -> None:
    loud, quiet = (shell(small, "run", "small.toml", "--out", out, *more) for out, more in (("a", ()), ("b", ("--quiet",))))
    assert b"reading 1 source(s)" in loud.stderr
    assert (quiet.returncode, quiet.stderr) == (0, b"")
    assert quiet.stdout.strip().endswith(b"index.html")
    assert b"topics: error:" in shell(small, "run", "absent.toml", "--quiet").stderr


def test_a_bar_counts_and_foretells_only_where_a_person_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SOON", 0)
    shown = []
    for on in (False, True):
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        progress.show_bars(on)
        assert list(progress.track(iter("abc"), "counting", 3)) == ["a", "b", "c"]
        shown.append(sys.stderr.getvalue())
    progress.show_bars(False)
    assert shown[0] == ""
    assert "topics: counting" in shown[1]
    assert "/3 [" in shown[1]
    assert "<" in shown[1], "the time that is left"


def test_no_bar_without_a_terminal(small: Path) -> None:
    assert b"\r" not in shell(small, "run", "small.toml").stderr


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_with_a_message_and_nothing_half_written(small: Path, number: int) -> None:
    command = [sys.executable, "-m", "topics", "run", "small.toml", "--out", "out"]
    asked = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # where the tests run in the background, it is ignored
    process = subprocess.Popen(command, cwd=small, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=asked)  # noqa: PLW1509
    assert process.stderr
    first = process.stderr.readline()
    process.send_signal(number)
    out, err = process.communicate()
    assert b"opening" in first
    assert (process.returncode, out) == (130, b"")
    assert err.decode().splitlines()[-1] == "topics: error: interrupted; the same command goes on from the last finished stage."
    assert not (small / "out" / "index.html").exists()
    assert shell(small, "run", "small.toml", "--out", "out").returncode == 0


@pytest.mark.parametrize("console", ["cp1252", "ascii", "utf-8"])
def test_any_console_gets_utf_8(small: Path, console: str) -> None:
    study = STUDY + '[[themes]]\nkey = "merger"\nlabel = { vi = "Sáp nhập" }\nterms = { vi = ["sáp nhập"] }\n'
    (small / "small.toml").write_text(study, encoding="utf-8")
    answer = shell(small, "themes", "small.toml", LC_ALL="C", LANG="C", PYTHONIOENCODING=console, PYTHONUTF8="0")
    assert answer.returncode == 0
    assert "sáp nhập" in answer.stdout.decode("utf-8")


def test_a_study_in_yaml_is_refused_and_never_expanded(small: Path) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    (small / "small.yaml").write_text(bomb, encoding="utf-8")
    answer = shell(small, "run", "small.yaml")
    assert answer.returncode == 2
    assert b"small.yaml: no valid TOML" in answer.stderr


def test_what_stands_in_the_environment_is_written_nowhere(small: Path) -> None:
    names = ("AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "OPENAI_API_KEY", "TOPICS_SECRET")
    answers = [
        shell(small, *arguments, **dict.fromkeys(names, f"http://u:{SECRET}@h")) for arguments in (("run", "small.toml"), ("doctor",))
    ]
    assert [answer.returncode for answer in answers] == [0, 0]
    assert not any(SECRET.encode() in answer.stdout + answer.stderr for answer in answers)
    assert not [path for path in small.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_doctor_names_what_is_missing_and_how_to_mend_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setattr("topics.doctor._version", lambda package: None)
    monkeypatch.setattr("topics.doctor.find_library", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    found = examine()
    assert found["threads (OMP_NUM_THREADS)"] == "3"
    assert str(tmp_path) in found["working folder"]
    assert "cannot be written: name another with --out" in found["working folder"]
    for name, said in {
        "numpy": "run.py",
        "weasyprint (optional)": "topics-trends[pdf]",
        "pango (PDF)": "libpango",
        "chromium (tests of pages)": "apt-get install chromium",
        "fonts (PDF)": "fontconfig",
    }.items():
        assert said in found[name], name


def test_doctor_finds_what_is_there() -> None:
    found = examine()
    assert re.fullmatch(r"\d+ usable of \d+", found["cores"])
    assert "can be written" in found["temporary folder"]


def test_opening_a_study_loads_nothing_heavy(small: Path) -> None:
    """Seconds are measured by benchmarks/startup.py; what costs them is named here."""
    program = f"import sys, topics; topics.open_study('small.toml'); sys.stdout.write(' '.join(n for n in {HEAVY!r} if n in sys.modules))"
    answer = subprocess.run([sys.executable, "-c", program], cwd=small, capture_output=True, text=True, check=True)
    assert answer.stdout == ""


def test_importing_loads_nothing_but_itself(tmp_path: Path) -> None:
    program = "import sys, topics; sys.stdout.write(' '.join(sorted(n for n in sys.modules if n.startswith('topics'))))"
    answer = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout == "topics"


def test_help_loads_no_numbers(tmp_path: Path) -> None:
    program = (
        "import sys, topics.cli; sys.stdout.write(' '.join(n for n in ('numpy', 'msgspec', 'tqdm', *sys.argv[1:]) if n in sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", program, *HEAVY], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout == ""
