"""Artefacts are published whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from topics.artifacts.manifest import ArtifactManifest, Provenance
from topics.artifacts.store import check_writable, publish, recover, replace_directory
from topics.artifacts.verify import verify
from topics.core.errors import UsageError


class Config(msgspec.Struct, frozen=True):
    topics: int = 12


ORIGIN = Provenance(Config(), 3, {"corpus": "c"})


def put(target: Path, text: str = "one", *, kind: str = "lda", origin: Provenance = ORIGIN, name: str = "a.txt") -> ArtifactManifest:
    def write(folder: Path) -> None:
        (folder / name).write_text(text)

    return publish(target, write, kind, origin)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_artefact_is_published_into_new_folders_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    put(tmp_path / "a" / "b" / "lda")
    assert sorted(tree(tmp_path)) == ["a/b/lda/a.txt", "a/b/lda/manifest.json"]
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["lda"]


def test_a_second_artefact_replaces_the_first_whole(tmp_path: Path) -> None:
    put(tmp_path / "lda", "one")
    put(tmp_path / "lda", "two", name="b.txt")
    assert sorted(tree(tmp_path)) == ["lda/b.txt", "lda/manifest.json"]
    verify(tmp_path / "lda")


def test_the_same_content_has_the_same_key_and_bytes_anywhere(tmp_path: Path) -> None:
    one, other = put(tmp_path / "x" / "lda"), put(tmp_path / "y" / "other_name")
    assert one == other
    assert tree(tmp_path / "x" / "lda") == tree(tmp_path / "y" / "other_name")


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "bertopic"},
        {"origin": replace(ORIGIN, config=Config(13))},
        {"origin": replace(ORIGIN, seed=4)},
        {"origin": replace(ORIGIN, inputs={"corpus": "d"})},
        {"origin": replace(ORIGIN, inputs={"corpora": "c"})},
        {"origin": replace(ORIGIN, versions=(("gensim", "4"),))},
        {"text": "two"},
        {"name": "b.txt"},
    ],
    ids=str,
)
def test_the_key_depends_on_everything(tmp_path: Path, values: dict[str, object]) -> None:
    assert put(tmp_path / "one").key != put(tmp_path / "two", **values).key  # type: ignore[arg-type]


def test_a_failing_writer_leaves_the_earlier_artefact_untouched(tmp_path: Path) -> None:
    put(tmp_path / "lda")
    before = tree(tmp_path / "lda")

    def fail(folder: Path) -> None:
        (folder / "half.txt").write_text("half")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        publish(tmp_path / "lda", fail, "lda", ORIGIN)
    assert tree(tmp_path / "lda") == before
    put(tmp_path / "lda", "two")  # what the failure left behind does not leak into the next one
    assert sorted(tree(tmp_path)) == ["lda/a.txt", "lda/manifest.json"]


def test_remains_of_a_killed_run_are_cleared(tmp_path: Path) -> None:
    for name in (".lda.17.tmp", ".lda.17.old", ".mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "stale.txt").write_text("stale")
    put(tmp_path / "lda", "one")
    put(tmp_path / "lda", "two")
    recover(tmp_path)
    assert sorted(tree(tmp_path)) == [".mine/stale.txt", "lda/a.txt", "lda/manifest.json"]


def test_what_a_killed_run_had_moved_aside_is_put_back(tmp_path: Path) -> None:
    put(tmp_path / "lda", "one")
    (tmp_path / "lda").rename(tmp_path / ".lda.17.old")
    recover(tmp_path)
    assert verify(tmp_path / "lda").kind
    assert [path.name for path in tmp_path.iterdir()] == ["lda"]


def test_what_is_kept_to_save_work_is_no_leftover(tmp_path: Path) -> None:
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "vectors").write_text("kept")
    recover(tmp_path)
    assert sorted(tree(tmp_path)) == [".cache/vectors"]


@pytest.mark.parametrize("name", [".lock", ".DS_Store", "Thumbs.db", ".lda.17.old/a.txt", ".cache/a.txt"])
def test_what_only_passes_through_is_no_part_of_an_artefact(tmp_path: Path, name: str) -> None:
    put(tmp_path / "lda", "one")
    (tmp_path / "lda" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "lda" / name).write_text("litter")
    assert verify(tmp_path / "lda").kind


def test_the_target_is_the_old_one_when_the_last_rename_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh, target = tmp_path / "fresh", tmp_path / "target"
    for folder in (fresh, target):
        folder.mkdir()
        (folder / "name.txt").write_text(folder.name)
    rename: Callable[[Path, Path], Path] = Path.rename

    def stubborn(path: Path, to: Path) -> Path:
        if path == fresh:
            raise OSError(28, "No space left on device")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(OSError, match="No space"):
        replace_directory(fresh, target)
    assert (target / "name.txt").read_text() == "target"


def test_a_writable_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize("below", ["file", "file/sub", "file/sub/sub"])
def test_a_path_below_a_file_cannot_be_written(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="nothing can be written here") as caught:
        check_writable(tmp_path / below)
    assert caught.value.where == str(tmp_path / below)
    assert tree(tmp_path) == {"file": b"x"}


PUBLISHER = """
import sys
from pathlib import Path
from topics.artifacts.manifest import Provenance
from topics.artifacts.store import publish
from topics.core.errors import UsageError

target, said, refused = Path(sys.argv[1]), sys.argv[2], 0
for number in range(60):
    def write(folder):
        for name in "abc":
            (folder / name).write_text(said * 1000)
    try:
        publish(target, write, "lda", Provenance({}, 1, {}))
    except UsageError:
        refused += 1
print(refused)
"""


def test_of_two_processes_that_publish_at_once_one_wins_and_nothing_mixes(tmp_path: Path) -> None:
    target = tmp_path / "artefact"
    started = [
        subprocess.Popen([sys.executable, "-c", PUBLISHER, str(target), said], stdout=subprocess.PIPE, text=True) for said in ("one", "two")
    ]
    refused = [int(process.communicate()[0]) for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert max(refused) < 60
    recover(tmp_path)
    verify(target)
    assert len({(target / name).read_text() for name in "abc"}) == 1, "of one process alone"
    assert [path.name for path in tmp_path.iterdir()] == ["artefact"]
