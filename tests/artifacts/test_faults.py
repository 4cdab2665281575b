"""A disk that fills up or fails at any moment: what was there stays as it was, the error is clear, and the next attempt ends well."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.artifacts.faults import Disk, tree
from topics.artifacts.manifest import PREVIOUS_NAME, Provenance
from topics.artifacts.store import publish, recover, replace_parts
from topics.artifacts.verify import verify
from topics.config import StudyFile, read_study
from topics.core.codecs import write_arrays, write_json
from topics.core.errors import UsageError
from topics.runner import run

NEWS = "The navy held exercise {n} near the coast.\nShips left harbour at dawn on {day} March 2025 and crews trained for storms.\n"
STUDY = '[study]\nname = "small"\ntimezone = "UTC"\n[[sources]]\npath = "src"\n[models.lda]\ntopics = 2\n[trends]\nperiod = "PERIOD"\n'


class Config(msgspec.Struct, frozen=True):
    topics: int = 12


def put(target: Path, number: int) -> None:
    def write(folder: Path) -> None:
        (folder / "sub").mkdir()
        (folder / "sub" / "words.txt").write_text(f"words of {number}\n" * 9)
        write_json(folder / "labels.json", [f"topic {number}"] * number)
        write_arrays(folder / "lda.safetensors", {"a": np.full(9, number, np.float32)})

    publish(target, write, "lda", Provenance(Config(number), 3, {}))


def parts(folder: Path, number: int) -> Path:
    """A finished report: other numbers, other bytes, and one figure more or less."""
    for name in (f"figures/{number}.svg", "figures/all.svg", "tables/t.csv", "index.html", "manifest.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name} {number}")
    return folder


def n_calls(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> int:
    with monkeypatch.context() as patched:
        disk = Disk().install(patched)
        work()
    return len(disk.made)


@pytest.mark.parametrize(("stays", "code"), [(False, errno.ENOSPC), (True, errno.ENOSPC), (False, errno.EIO)])
def test_an_artefact_is_the_old_or_the_new_one_whichever_call_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stays: bool, code: int
) -> None:
    put(tmp_path / "new" / "lda", 2)
    expected = tree(tmp_path / "new" / "lda")
    put(tmp_path / "lda", 1)
    before = tree(tmp_path / "lda")
    put(tmp_path / "count" / "lda", 1)
    n = n_calls(monkeypatch, lambda: put(tmp_path / "count" / "lda", 2))
    assert n >= 12
    for at in range(1, n + 1):
        with monkeypatch.context() as patched:
            Disk(at, stays, code).install(patched)
            with pytest.raises(UsageError, match=r"cannot be read or written: (.*No space|.*Input/output error)") as caught:
                put(tmp_path / "lda", 2)
        assert (caught.value.exit_code, "goes on from here" in caught.value.hint) == (2, True)
        assert ("Free some space" in caught.value.hint) == (code == errno.ENOSPC)
        assert str(tmp_path) in caught.value.where
        recover(tmp_path)  # only a disk that goes on failing leaves it something to do
        after = tree(tmp_path / "lda")
        assert after == before or (stays and after == expected)  # where the moves back fail too, the new one may stay: whole
        put(tmp_path / "lda", 1)
    put(tmp_path / "lda", 2)
    assert tree(tmp_path / "lda") == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["count", "lda", "new"]


def test_a_disk_that_fails_once_leaves_nothing_to_recover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "lda", 1)
    before = tree(tmp_path)
    for at in range(1, n_calls(monkeypatch, lambda: put(tmp_path / "lda", 1)) + 1):
        with monkeypatch.context() as patched:
            Disk(at).install(patched)
            with pytest.raises(UsageError):
                put(tmp_path / "lda", 2)
        assert tree(tmp_path) == before


@pytest.mark.parametrize("stays", [False, True])
@pytest.mark.parametrize("first", [True, False], ids=["first run", "later run"])
def test_the_parts_of_a_report_come_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stays: bool, first: bool
) -> None:
    out, stale = tmp_path / "out", tmp_path / "out" / "artifacts" / "nmf"
    put(stale, 1)
    if not first:
        parts(out, 1)
    before = tree(out)

    put(tmp_path / "count" / "artifacts" / "nmf", 1)
    if not first:
        parts(tmp_path / "count", 1)
    parts(tmp_path / "fresh", 2)
    only = ("fsync", "rename", "mkdir")
    with monkeypatch.context() as patched:
        disk = Disk(only=only).install(patched)
        replace_parts(tmp_path / "fresh", tmp_path / "count", [tmp_path / "count" / "artifacts" / "nmf"])
    for at in range(1, len(disk.made) + 1):
        parts(tmp_path / "fresh", 2)
        with monkeypatch.context() as patched:
            Disk(at, stays, only=only).install(patched)
            with pytest.raises(OSError, match="No space"):
                replace_parts(tmp_path / "fresh", out, [stale])
        if stays:
            recover(out)
            recover(out / "artifacts")
        if not (first and stays):  # then parts that replaced nothing may be left, without a manifest
            assert tree(out) == before
        assert not (first and (out / "manifest.json").exists())
    replace_parts(parts(tmp_path / "fresh", 2), out, [stale])
    assert tree(out) == tree(tmp_path / "count") == tree(parts(tmp_path / "expected", 2))


def test_a_process_killed_between_two_moves_leaves_what_the_next_one_puts_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill runs no clean-up: here, it is any call after which nothing of the process happens any more."""

    class Killed(BaseException):
        pass

    out = parts(tmp_path / "out", 1)
    before = tree(out)
    seen = 0
    for at in range(1, 12):
        parts(tmp_path / "fresh", 2)
        with monkeypatch.context() as patched:
            disk = Disk(at, stays=True, only=("rename", "mkdir")).install(patched)
            patched.setattr(disk, "error", lambda path: Killed())
            try:
                replace_parts(tmp_path / "fresh", out)
            except Killed:
                seen += 1
        done = not (out / PREVIOUS_NAME).exists() and (out / "figures" / "2.svg").exists()
        recover(out)
        assert tree(out) == (tree(parts(tmp_path / "expected", 2)) if done else before)
        assert not done or at == 11
    assert seen == 10


@pytest.fixture
def study(tmp_path: Path) -> StudyFile:
    """Three articles, too few for any model: a run of a second."""
    (tmp_path / "src").mkdir()
    for n in range(3):
        (tmp_path / "src" / f"a{n}.txt").write_text(NEWS.format(n=n, day=n + 2), encoding="utf-8")
    return with_period(tmp_path, "month")


def with_period(folder: Path, period: str) -> StudyFile:
    (folder / "small.toml").write_text(STUDY.replace("PERIOD", period), encoding="utf-8")
    return read_study(folder / "small.toml")


def outputs(out: Path) -> dict[str, bytes]:
    """What a reader meets: everything but hidden files."""
    return {name: data for name, data in tree(out).items() if not name.startswith(".")}


def check_run(study: StudyFile, folder: Path, monkeypatch: pytest.MonkeyPatch, chosen: Callable[[list[str]], Iterable[int]]) -> None:
    """Let calls of a run fail, one in each run; `chosen` names those of all calls by their numbers."""
    out, other = folder / "out", with_period(folder, "week")
    run(other, folder / "reference")
    expected = tree(folder / "reference")
    run(study, out)
    before = tree(out)
    assert before != expected
    run(study, folder / "count")
    with monkeypatch.context() as patched:
        disk = Disk().install(patched)
        run(other, folder / "count")
    for number, at in enumerate(chosen(disk.made)):
        with monkeypatch.context() as patched:
            Disk(at, code=errno.EIO if number % 4 == 3 else errno.ENOSPC).install(patched)
            with pytest.raises(UsageError, match="cannot be read or written: ") as caught:
                run(other, out)
        assert caught.value.hint
        assert outputs(out) == before
        verify(out)
    run(other, out)
    assert tree(out) == expected


def test_a_run_leaves_the_earlier_report_as_it_was(study: StudyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every move; of files, flushes and new folders a few."""

    def some(made: list[str]) -> list[int]:
        moves = [n for n, name in enumerate(made, 1) if name in ("rename", "replace")]
        writes = [n for n, name in enumerate(made, 1) if name not in ("rename", "replace")]
        return [*moves, writes[0], *writes[:: len(writes) // 4], writes[-1]]

    check_run(study, tmp_path, monkeypatch, some)


@pytest.mark.slow
def test_a_run_leaves_the_earlier_report_as_it_was_whichever_call_fails(
    study: StudyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_run(study, tmp_path, monkeypatch, lambda made: range(1, len(made) + 1))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("limit", [300, 2_000, 8_000])
def test_libraries_that_write_by_themselves_fail_in_the_same_words(study: StudyFile, tmp_path: Path, limit: int) -> None:
    """A limit on the size of files stops DuckDB and safetensors too, which no Python call goes through."""
    import resource

    out = tmp_path / "out"
    run(study, out)
    before = tree(out)
    (tmp_path / "src" / "a9.txt").write_text(NEWS.format(n=9, day=9), encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(UsageError, match=r"cannot be read or written: .*File too large") as caught:
            run(study, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.hint.startswith("Free some space")
    assert outputs(out) == before
    run(study, out)
    run(study, tmp_path / "reference")
    assert tree(out) == tree(tmp_path / "reference")


def test_a_first_run_that_finds_no_space_can_be_repeated(study: StudyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(study, tmp_path / "reference")
    with monkeypatch.context() as patched:
        disk = Disk().install(patched)
        run(study, tmp_path / "count")
    for at in range(2, len(disk.made), len(disk.made) // 4):
        out = tmp_path / str(at)
        with monkeypatch.context() as patched:
            Disk(at, stays=True).install(patched)
            with pytest.raises(UsageError):
                run(study, out)
        assert not (out / "manifest.json").exists()
        run(study, out)
        assert tree(out) == tree(tmp_path / "reference")
