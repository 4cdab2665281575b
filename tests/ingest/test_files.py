"""Which files a source means; what is left out is said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from topics.core.errors import UsageError
from topics.core.registry import discover
from topics.ingest.files import SourceConfig, list_files, reader_for

READERS = discover("topics.ingest.readers", "READER")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in [
        "b/2.txt",
        "b/1.TXT",
        "a/x.jsonl",
        "a/deep/y.jsonl.gz",
        "top.txt",
        "notes.pdf",
        ".hidden.txt",
        ".git/z.txt",
        "gold.jsonl",
        "README.txt",
    ]:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def listed(base: Path, path: str, **values: object) -> tuple[list[str], dict[str, str]]:
    files, left_out = list_files(SourceConfig(path, **values), base, READERS)  # type: ignore[arg-type]
    return [file.name for file in files], dict(left_out)


def test_a_folder_is_listed_in_order_and_the_rest_is_accounted_for(tree: Path) -> None:
    names, left_out = listed(tree, "in")
    assert names == ["a/deep/y.jsonl.gz", "a/x.jsonl", "b/1.TXT", "b/2.txt", "top.txt"]
    assert left_out == {
        ".git/z.txt": "excluded by name",
        ".hidden.txt": "excluded by name",
        "README.txt": "excluded by name",
        "gold.jsonl": "excluded by name",
        "notes.pdf": "no reader for this kind of file",
    }


def test_a_file_named_by_path_is_always_read(tree: Path) -> None:
    assert listed(tree, "in/gold.jsonl") == (["gold.jsonl"], {})
    assert listed(tree, "in/.hidden.txt") == ([".hidden.txt"], {})


def test_exclude_replaces_the_usual_patterns(tree: Path) -> None:
    names, left_out = listed(tree, "in", exclude=("*.jsonl*", "top*"))
    assert names == ["README.txt", "b/1.TXT", "b/2.txt"]
    assert left_out["top.txt"] == left_out["a/x.jsonl"] == "excluded by name"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("in/b/*", ["b/1.TXT", "b/2.txt"]),
        ("in/*/*.jsonl", ["a/x.jsonl"]),
        ("in/**/*.gz", ["a/deep/y.jsonl.gz"]),
        ("in/b/[12].txt", ["b/2.txt"]),
        ("in/to?.txt", ["top.txt"]),
    ],
)
def test_globs(tree: Path, pattern: str, expected: list[str]) -> None:
    files, _ = list_files(SourceConfig(pattern), tree, READERS)
    assert [file.path.relative_to(tree / "in").as_posix() for file in files] == expected
    absolute, _ = list_files(SourceConfig(str(tree / pattern)), Path("/nowhere"), READERS)
    assert [file.path for file in absolute] == [file.path for file in files]


def test_symlinks_are_not_followed_and_are_named(tree: Path) -> None:
    (tree / "in" / "b" / "link.txt").symlink_to(tree / "in" / "top.txt")
    (tree / "in" / "dangling.txt").symlink_to(tree / "nowhere")
    (tree / "elsewhere").mkdir()
    (tree / "elsewhere" / "e.txt").write_text("x")
    (tree / "in" / "folder").symlink_to(tree / "elsewhere")
    names, left_out = listed(tree, "in")
    assert not {name for name in names if "link" in name or "folder" in name}
    assert {name: left_out.get(name) for name in ("b/link.txt", "dangling.txt", "folder")} == dict.fromkeys(
        ("b/link.txt", "dangling.txt", "folder"), "not a plain file"
    )


def test_special_files_are_not_opened(tree: Path) -> None:
    os.mkfifo(tree / "in" / "pipe.txt")
    assert listed(tree, "in")[1]["pipe.txt"] == "not a plain file"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("in", {"a/x.jsonl": "a", "b/2.txt": "b", "top.txt": "in"}), ("in/b", {"2.txt": "b"}), ("in/top.txt", {"top.txt": "top"})],
)
def test_the_folder_names_the_source(tree: Path, path: str, expected: dict[str, str]) -> None:
    files, _ = list_files(SourceConfig(path), tree, READERS)
    sources = {file.name: file.folder_source for file in files}
    assert {name: sources[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("name", "reader"),
    [("a.txt", "text"), ("A.TXT", "text"), ("a.jsonl.gz", "jsonl"), ("a.b.ndjson", "jsonl"), ("a.gz", None), ("a", None)],
)
def test_the_suffix_chooses_the_reader(name: str, reader: str | None) -> None:
    found = reader_for(Path(name), "auto", READERS)
    assert (found.name if found else None) == reader


def test_a_named_format_overrides_the_suffix(tree: Path) -> None:
    files, _ = list_files(SourceConfig("in/notes.pdf", format="text"), tree, READERS)
    assert files[0].reader.name == "text"


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        ("empty", {}, ["nothing to read here: it is empty.", ".jsonl", ".txt"]),
        ("only_pdf", {}, ["1 file(s): no reader for this kind of file", ".txt"]),
        ("in", {"exclude": ("*",)}, ["file(s): excluded by name"]),
        ("missing", {}, ["no such file or folder", "relative to that file"]),
        ("missing/*.txt", {}, ["no such file or folder"]),
        ("in/*.csv", {}, ["nothing to read here: no file has such a name."]),
        ("in", {"format": "jsonlines"}, ["'jsonlines'", "Did you mean 'jsonl'?", "auto"]),
    ],
)
def test_nothing_to_read_is_an_error_that_says_why(tree: Path, path: str, values: dict[str, object], said: list[str]) -> None:
    (tree / "empty").mkdir()
    (tree / "only_pdf").mkdir()
    (tree / "only_pdf" / "a.pdf").write_bytes(b"x")
    with pytest.raises(UsageError) as caught:
        listed(tree, path, **values)
    assert caught.value.where == path
    for words in said:
        assert words in str(caught.value)


def test_a_folder_that_may_not_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The superuser may open all, so the refusal is played."""
    (tmp_path / "a.txt").write_text("news", encoding="utf-8")
    (tmp_path / "closed").mkdir()
    whole = os.walk

    def walk(root: Path, onerror: Callable[[OSError], None]) -> Iterator[tuple[str, list[str], list[str]]]:
        yield from whole(root)
        onerror(PermissionError(13, "Permission denied", str(tmp_path / "closed")))

    monkeypatch.setattr(os, "walk", walk)
    files, left_out = list_files(SourceConfig(path=str(tmp_path)), Path(), READERS)
    assert [file.name for file in files] == ["a.txt"]
    assert left_out == (("closed", "the folder may not be opened"),)


def test_an_unknown_encoding_is_named_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"tcvn33.*Did you mean 'tcvn3'"):
        SourceConfig("paper", encoding="tcvn33")
    assert SourceConfig("paper", encoding="VNI-Windows").options.encoding == "VNI-Windows"
