"""One run at a time in a folder: live ones are named, what dead ones left is taken over, of other machines nothing is assumed."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from topics.artifacts.lock import Owner, hold
from topics.artifacts.manifest import OWNER_NAME
from topics.core.codecs import read_json, write_json
from topics.core.errors import UsageError

HOLD = """
import pathlib, sys
from topics.artifacts.lock import hold
with hold(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the user is told."""
    told: list[str] = []
    monkeypatch.setattr("topics.artifacts.lock.stage", lambda message, *values: told.append(message % values))
    return told


def left_by(folder: Path, host: str, pid: int) -> None:
    write_json(folder / OWNER_NAME, Owner(host, pid))


def test_who_works_is_written_down_and_taken_away(tmp_path: Path, said: list[str]) -> None:
    with hold(tmp_path):
        assert read_json(tmp_path / OWNER_NAME, Owner) == Owner(platform.node(), os.getpid())
    assert (list(tmp_path.iterdir()), said) == ([], [])


def test_an_error_inside_leaves_no_lock(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), hold(tmp_path):
        raise RuntimeError("stopped")
    assert list(tmp_path.iterdir()) == []


def test_a_live_process_is_named_and_a_killed_one_is_followed(tmp_path: Path, said: list[str]) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(UsageError, match=rf"another run is writing here \(process {process.pid} on ") as caught, hold(tmp_path):
            pass
        assert caught.value.where == str(tmp_path)
        assert "Wait for it" in caught.value.hint
    finally:
        process.kill()
        process.communicate()
    assert (tmp_path / OWNER_NAME).is_file()
    with hold(tmp_path):
        assert said == [f"an earlier run here (process {process.pid}) was stopped before it ended; going on from its last finished stage"]
        assert read_json(tmp_path / OWNER_NAME, Owner).pid == os.getpid()


def test_a_number_that_another_program_has_by_now_holds_nobody_up(tmp_path: Path, said: list[str]) -> None:
    left_by(tmp_path, platform.node(), os.getppid())  # alive, and surely no run of ours
    with hold(tmp_path):
        assert f"(process {os.getppid()})" in said[0]


@pytest.mark.parametrize("text", ["", "{", '{"host": "elsewhere"}'])
def test_half_a_note_of_a_killed_process_holds_nobody_up(tmp_path: Path, text: str) -> None:
    (tmp_path / OWNER_NAME).write_text(text)
    with hold(tmp_path):
        assert read_json(tmp_path / OWNER_NAME, Owner).pid == os.getpid()


def test_a_run_on_another_machine_is_left_alone_and_the_way_out_is_told(tmp_path: Path, said: list[str]) -> None:
    left_by(tmp_path, "elsewhere", 17)
    for _ in range(2):  # being refused changes nothing
        with (
            pytest.raises(UsageError, match="process 17 on the machine elsewhere is writing here, or was stopped") as caught,
            hold(tmp_path),
        ):
            pass
        assert f"delete {tmp_path / OWNER_NAME}" in caught.value.hint
        assert read_json(tmp_path / OWNER_NAME, Owner) == Owner("elsewhere", 17)
    (tmp_path / OWNER_NAME).unlink()
    with hold(tmp_path):
        assert said == []
