"""run.py: when it sets up, what it starts, what it refuses. No environment is made here."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROBE = """
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("bootstrap", sys.argv[1])
run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run)
with (pathlib.Path(sys.argv[2]) / ".venv.lock").open("a+b") as handle:
    sys.stdout.write(str(run._try_lock(handle.fileno())))
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py as if it lay in a folder of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements.lock").write_text("a==1.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    venv = tmp_path / ".venv"
    places = {"ROOT": tmp_path, "VENV": venv, "LOCK": tmp_path / "requirements.lock", "STAMP": venv / "stamp", "PYTHON": venv / "python"}
    for name, place in {**places, "WHEELS": tmp_path / "wheelhouse"}.items():
        monkeypatch.setattr(module, name, place)
    return module


def make_ready(run: ModuleType) -> None:
    run.VENV.mkdir()
    run.PYTHON.write_text("")
    run.STAMP.write_text(run.fingerprint(), encoding="ascii")


def touch_lock(run: ModuleType) -> None:
    run.LOCK.write_text("a==1.1\n")


def touch_project(run: ModuleType) -> None:
    (run.ROOT / "pyproject.toml").write_text("[project]\nname = 'x'\n")


def move(run: ModuleType) -> None:
    elsewhere = run.ROOT / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pyproject.toml").write_text("[project]\n")
    run.ROOT = elsewhere


def other_python(run: ModuleType) -> None:
    run.sys = SimpleNamespace(version="3.12.0 (another one)")


@pytest.mark.parametrize("change", [touch_lock, touch_project, move, other_python], ids=lambda change: change.__name__)
def test_the_fingerprint_changes_with_what_the_environment_depends_on(run: ModuleType, change: Callable[[ModuleType], None]) -> None:
    make_ready(run)
    before = run.fingerprint()
    assert (run.fingerprint(), run.is_ready()) == (before, True)
    change(run)
    assert run.fingerprint() != before
    assert not run.is_ready()


@pytest.mark.parametrize("gone", ["STAMP", "PYTHON"])
def test_an_unfinished_environment_is_not_ready(run: ModuleType, gone: str) -> None:
    make_ready(run)
    getattr(run, gone).unlink()
    assert not run.is_ready()


def test_nothing_there_is_not_ready(run: ModuleType) -> None:
    assert not run.is_ready()


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["report"], ["-m", "topics", "run", "{root}/reports/sample.toml"]),
        (["report", "--out", "x"], ["-m", "topics", "run", "{root}/reports/sample.toml", "--out", "x"]),
        (["report", "my.toml", "--out", "x"], ["-m", "topics", "run", "my.toml", "--out", "x"]),
        (["test"], ["-m", "pytest", "--rootdir", "{root}", "-c", "{root}/pyproject.toml"]),
        (["test", "-k", "x"], ["-m", "pytest", "--rootdir", "{root}", "-c", "{root}/pyproject.toml", "-k", "x"]),
        (["notebooks", "--no-browser"], ["-m", "jupyterlab", "--notebook-dir", "{root}/notebooks", "--no-browser"]),
    ],
    ids=lambda value: " ".join(value[:3]),
)
def test_command_lines(run: ModuleType, arguments: list[str], command: list[str]) -> None:
    expected = [str(run.PYTHON), *(part.replace("{root}", str(run.ROOT)) for part in command)]
    assert run.command_line(arguments) == expected


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0), (2, 7, 18)])
def test_an_unsupported_python_is_named(
    run: ModuleType, version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ".".join(map(str, version))
    fake = SimpleNamespace(version_info=version, version=f"{text} (main)", stderr=sys.stderr, executable="python")
    monkeypatch.setattr(run, "sys", fake)
    with pytest.raises(SystemExit) as caught:
        run.check_tools()
    assert caught.value.code == 2
    assert f"needs Python 3.11 to 3.13, this is {text}." in capsys.readouterr().err


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (3, 13, 1)])
def test_supported_pythons_pass(run: ModuleType, version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pip(run, monkeypatch, 0, "pip 24.0 from /x (python 3)")
    monkeypatch.setattr(run, "sys", SimpleNamespace(version_info=version, version="", stderr=sys.stderr, executable="python"))
    run.check_tools()


def fake_pip(run: ModuleType, monkeypatch: pytest.MonkeyPatch, code: int, out: str = "") -> list[list[str]]:
    """Put an answer in the place of every child process; return the commands that were asked for."""
    asked: list[list[str]] = []

    def answer(command: list[str], **_: object) -> SimpleNamespace:
        asked.append(command)
        return SimpleNamespace(returncode=code, stdout=out)

    monkeypatch.setattr(run, "subprocess", SimpleNamespace(run=answer))
    return asked


@pytest.mark.parametrize(
    ("code", "out", "said"),
    [(1, "", "pip is missing"), (0, "pip 22.2.1 from /x (python 3.11)", "found 22.2"), (0, "pip 9.0.1 from /x", "found 9.0")],
)
def test_a_missing_or_old_pip_is_named(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: int, out: str, said: str
) -> None:
    fake_pip(run, monkeypatch, code, out)
    with pytest.raises(SystemExit) as caught:
        run.check_tools()
    assert caught.value.code == 4
    assert said in capsys.readouterr().err


def test_setting_up_installs_the_hashed_lock_and_stamps_last(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = fake_pip(run, monkeypatch, 0, "pip 24.0 from /x")
    run.VENV.mkdir()
    run.PYTHON.write_text("")
    run.set_up()
    assert run.is_ready()
    locked = next(command for command in asked if str(run.LOCK) in command)
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(locked)
    assert "--no-index" not in locked
    assert any("--editable" in command for command in asked)


def test_a_wheelhouse_keeps_pip_off_the_network(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = fake_pip(run, monkeypatch, 0)
    run.WHEELS.mkdir()
    run.pip_install("-r", "x")
    assert asked[0][-5:] == ["--no-index", "--find-links", str(run.WHEELS), "-r", "x"]


def test_a_failed_installation_leaves_no_stamp(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_pip(run, monkeypatch, 1)
    monkeypatch.setattr(run, "check_tools", lambda: None)
    run.VENV.mkdir()
    with pytest.raises(SystemExit) as caught:
        run.set_up()
    assert caught.value.code == 4
    assert not run.STAMP.exists()
    assert "the installation stopped" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["nope"], 2), (["--help"], 0), (["-h"], 0)], ids=str)
def test_anything_else_shows_how_it_is_used(run: ModuleType, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int) -> None:
    assert run.main(arguments) == code
    assert "python3 run.py report [STUDY.toml]" in capsys.readouterr().err
    assert not run.VENV.exists()


@pytest.mark.parametrize("ready", [True, False])
def test_setting_up_happens_once(run: ModuleType, monkeypatch: pytest.MonkeyPatch, ready: bool) -> None:
    called: list[str] = []
    monkeypatch.setattr(run, "set_up", lambda: called.append("set up"))
    monkeypatch.setattr(run.os, "execv", lambda path, command: called.append(command[3]))
    if ready:
        make_ready(run)
    run.main(["report", "my.toml"])
    assert called == (["run"] if ready else ["set up", "run"])


def test_only_one_process_sets_up(run: ModuleType) -> None:
    def other_process_gets_the_lock() -> str:
        command = [sys.executable, "-c", PROBE, str(ROOT / "run.py"), str(run.ROOT)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with run.only_one():
        assert other_process_gets_the_lock() == "False"
    assert other_process_gets_the_lock() == "True"


def test_a_package_that_is_gone_makes_the_environment_broken(run: ModuleType) -> None:
    packages = run.VENV / "lib" / "python3.11" / "site-packages"
    make_ready(run)
    for name in ("msgspec", "numpy"):
        (packages / name).mkdir(parents=True)
    run.STAMP.write_text("\n".join([run.fingerprint(), *run.installed()]), encoding="utf-8")
    assert run.installed() == ["msgspec", "numpy"]
    (packages / "extra").mkdir()
    assert run.is_ready(), "what a user adds breaks nothing"
    (packages / "msgspec").rmdir()
    assert not run.is_ready()


@pytest.mark.parametrize("stamp", [b"", b"\xff\xfe", b"\n"])
def test_a_damaged_stamp_is_no_stamp(run: ModuleType, stamp: bytes) -> None:
    make_ready(run)
    run.STAMP.write_bytes(stamp)
    assert not run.is_ready()
