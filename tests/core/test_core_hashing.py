"""Names of values: pinned, free of collisions by joining, independent of key order."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from topics.core import hashing
from topics.core.hashing import canonical_json, digest, file_digest


class Point(msgspec.Struct):
    y: int
    x: float


def test_the_digest_is_pinned() -> None:
    """Keys on disk depend on it: a change makes every stored artefact foreign."""
    raw = (2).to_bytes(8, "big") + b"ab" + (3).to_bytes(8, "big") + "số".encode()[:3]
    assert digest(["ab", "số".encode()[:3]]) == hashlib.sha256(raw).hexdigest()
    assert digest([]) == hashlib.sha256().hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [(["ab", "c"], ["a", "bc"]), (["a"], ["a", ""]), ([], [""]), (["a", "b"], ["b", "a"]), (["ab"], ["a", "b"])],
)
def test_different_lists_have_different_digests(one: list[str], other: list[str]) -> None:
    assert digest(one) != digest(other)


def test_text_is_hashed_as_its_bytes_and_lone_surrogates_do_not_stop_it() -> None:
    assert digest(["số"]) == digest(["số".encode()])
    assert len({digest(["\udcff"]), digest(["\udcfe"]), digest(["?"])}) == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [1.0, 0.1]}, '{"a":[1.0,0.1],"b":1}'),
        (Point(2, 0.5), '{"x":0.5,"y":2}'),
        ("số\n", '"số\\n"'),
        ((None, True), "[null,true]"),
    ],
)
def test_json_has_one_spelling(value: object, text: str) -> None:
    assert canonical_json(value) == text.encode()


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 20])
def test_a_file_is_hashed_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(hashing, "_BLOCK", 8)
    data = bytes(range(size))
    (tmp_path / "f").write_bytes(data)
    assert file_digest(tmp_path / "f") == hashlib.sha256(data).hexdigest()
