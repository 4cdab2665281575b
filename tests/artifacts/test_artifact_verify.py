"""What is damaged is refused, with the file named."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from topics.artifacts.manifest import FORMAT, Provenance, list_files, read_manifest
from topics.artifacts.store import STAGE, is_current, publish
from topics.artifacts.verify import verify
from topics.core.errors import DataError
from topics.core.hashing import file_digest


class Config(msgspec.Struct, frozen=True):
    topics: int = 12


INPUTS = {STAGE: "stage-key", "corpus": "c"}


def write(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "weights.bin").write_bytes(bytes(range(200)))
    (folder / "sub" / "số.txt").write_text("một", encoding="utf-8")


@pytest.fixture
def artefact(tmp_path: Path) -> Path:
    target = tmp_path / "deep" / "artefact"
    publish(target, write, "lda", Provenance(Config(), 3, INPUTS, (("gensim", "4"),)))
    return target


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def flip_bit(folder: Path) -> None:
    edit(folder / "weights.bin", lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:])


def truncate(folder: Path) -> None:
    edit(folder / "weights.bin", lambda data: data[:-1])


def grow(folder: Path) -> None:
    edit(folder / "weights.bin", lambda data: data + b"\0")


def remove(folder: Path) -> None:
    (folder / "weights.bin").unlink()


def add(folder: Path) -> None:
    (folder / "sub" / "extra.txt").write_text("?")


def add_hidden(folder: Path) -> None:
    (folder / ".hidden").write_text("?")


def swap_for_link(folder: Path) -> None:
    (folder / "weights.bin").rename(folder.parent / "elsewhere")
    (folder / "weights.bin").symlink_to(folder.parent / "elsewhere")


def link_folder(folder: Path) -> None:
    (folder / "linked").symlink_to(folder / "sub", target_is_directory=True)


def broken_link(folder: Path) -> None:
    (folder / "broken").symlink_to("nowhere")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


DAMAGE = [
    (flip_bit, "weights.bin"),
    (truncate, "weights.bin"),
    (grow, "weights.bin"),
    (remove, "weights.bin"),
    (add, "sub/extra.txt"),
    (add_hidden, ".hidden"),
    (swap_for_link, "weights.bin"),
    (link_folder, "linked"),
    (broken_link, "broken"),
    (pipe, "pipe"),
]


def test_a_whole_artefact_is_accepted_and_described(artefact: Path) -> None:
    manifest = verify(artefact)
    assert (manifest.format, manifest.kind, manifest.seed, manifest.config) == (FORMAT, "lda", 3, '{"topics":12}')
    assert (manifest.inputs, manifest.versions) == (INPUTS, (("gensim", "4"),))
    assert [(file.path, file.size) for file in manifest.files] == [("sub/số.txt", 5), ("weights.bin", 200)]
    assert manifest.files[1].sha256 == file_digest(artefact / "weights.bin")
    assert is_current(artefact, "stage-key")


def test_a_hard_link_is_a_file_like_any_other(artefact: Path) -> None:
    """A backup that holds equal files once makes them; what is read are the bytes that were hashed."""
    before = verify(artefact)
    (artefact / "weights.bin").rename(artefact.parent / "kept")
    os.link(artefact.parent / "kept", artefact / "weights.bin")
    assert verify(artefact) == before
    edit(artefact.parent / "kept", lambda data: data[:-1] + b"?")
    with pytest.raises(DataError, match=r"weights\.bin"):
        verify(artefact)


@pytest.mark.parametrize(("damage", "name"), DAMAGE, ids=[damage.__name__ for damage, _ in DAMAGE])
def test_damage_is_refused_and_counts_as_absent(artefact: Path, damage: Callable[[Path], None], name: str) -> None:
    damage(artefact)
    with pytest.raises(DataError) as caught:
        verify(artefact)
    assert caught.value.where == name
    assert not is_current(artefact, "stage-key")


def manifest_edit(artefact: Path, **values: object) -> None:
    path = artefact / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


@pytest.mark.parametrize("more", [{}, {"signature": "a field that format 2 has"}], ids=["same fields", "new field"])
def test_a_newer_format_says_so_and_asks_for_an_update(artefact: Path, more: dict[str, str]) -> None:
    manifest_edit(artefact, format=FORMAT + 1, **more)
    with pytest.raises(DataError, match=rf"is of format {FORMAT + 1}, and this release reads 1\. Update topics-trends") as caught:
        verify(artefact)
    assert caught.value.where == str(artefact / "manifest.json")
    assert not is_current(artefact, "stage-key")


def test_a_format_that_never_was_asks_for_no_update(artefact: Path) -> None:
    manifest_edit(artefact, format=0)
    with pytest.raises(DataError, match=r"is of format 0, and this release reads 1\. No release wrote it"):
        verify(artefact)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"format": 1}', '{"format": "1"}'], ids=["empty", "broken", "list", "null", "fields gone", "type"]
)
def test_a_damaged_manifest_is_refused(artefact: Path, content: str) -> None:
    (artefact / "manifest.json").write_text(content)
    with pytest.raises(DataError, match="manifest"):
        verify(artefact)
    assert not is_current(artefact, "stage-key")


@pytest.mark.parametrize(
    "values",
    [{"key": "0" * 64}, {"seed": 4}, {"kind": "bertopic"}, {"config": '{"topics":13}'}, {"versions": []}, {"inputs": {"stage": "other"}}],
    ids=str,
)
def test_a_manifest_whose_key_is_not_the_hash_of_its_content_is_refused(artefact: Path, values: dict[str, object]) -> None:
    manifest_edit(artefact, **values)
    with pytest.raises(DataError, match=r"manifest\.json"):
        verify(artefact)


@pytest.mark.parametrize("where", ["absent", "empty", "file"])
def test_what_is_no_artefact_is_refused(tmp_path: Path, where: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match=r"no manifest\.json") as caught:
        read_manifest(tmp_path / where)
    assert caught.value.where == str(tmp_path / where)
    assert not is_current(tmp_path / where, "stage-key")


def test_an_artefact_of_other_inputs_is_not_current(artefact: Path) -> None:
    assert not is_current(artefact, "another-key")


def test_files_are_listed_in_one_order_and_without_the_manifest(artefact: Path) -> None:
    assert [entry.path for entry in list_files(artefact)] == ["sub/số.txt", "weights.bin"]


@pytest.mark.parametrize("text", ["{}", "no JSON", '{"format": 1}'])
def test_a_damaged_manifest_is_named_in_plain_words(artefact: Path, text: str) -> None:
    (artefact / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="not readable as a manifest: ") as caught:
        read_manifest(artefact)
    assert str(artefact / "manifest.json") in str(caught.value)
    assert "_FormatOnly" not in str(caught.value)
