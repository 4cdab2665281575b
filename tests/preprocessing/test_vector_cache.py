"""Vectors on disk: what was written is found, what is damaged is computed again, what was interrupted goes on."""

from __future__ import annotations

import logging
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from topics.preprocessing.embedders import _cache
from topics.preprocessing.embedders._cache import VectorCache


def key(text: str) -> bytes:
    return sha256(text.encode()).digest()


def filled(folder: Path, *names: str) -> VectorCache:
    cache = VectorCache(folder, 3)
    for name in names:
        cache.add([key(name), key(name + "2")], np.full((2, 3), len(name), dtype=np.float32), np.array([4, 5]))
    return cache


def kept(cache: VectorCache) -> dict[bytes, tuple[list[float], int]]:
    return {name: (vector.tolist(), n) for name, vector, n in cache}


def test_what_was_added_is_there(tmp_path: Path) -> None:
    filled(tmp_path / "new" / "folder", "a", "bb")
    found = kept(VectorCache(tmp_path / "new" / "folder", 3))
    assert found == {key("a"): ([1.0] * 3, 4), key("a2"): ([1.0] * 3, 5), key("bb"): ([2.0] * 3, 4), key("bb2"): ([2.0] * 3, 5)}


def test_an_empty_cache_holds_nothing(tmp_path: Path) -> None:
    assert kept(VectorCache(tmp_path / "none", 3)) == {}
    assert not (tmp_path / "none").exists()


def test_the_same_texts_are_the_same_bytes_under_the_same_name(tmp_path: Path) -> None:
    for name in ("x", "y"):
        filled(tmp_path / name, "a")
    (one,), (other,) = ((tmp_path / name).iterdir() for name in ("x", "y"))
    assert (one.name, one.read_bytes()) == (other.name, other.read_bytes())


def flip(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("damage", [lambda data: data[:-5], lambda data: b"", lambda data: b"\x80\x04}" * 9, flip])
def test_a_damaged_shard_is_named_and_dropped_alone(tmp_path: Path, damage: object, caplog: pytest.LogCaptureFixture) -> None:
    cache = filled(tmp_path, "a", "bb")
    path = next(path for path in sorted(tmp_path.iterdir()) if kept(cache))
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with caplog.at_level(logging.WARNING, logger="topics"):
        found = kept(cache)
    assert len(found) == 2
    assert str(path) in caplog.text
    assert not path.exists()


def test_shards_of_another_width_are_dropped(tmp_path: Path) -> None:
    filled(tmp_path, "a")
    assert kept(VectorCache(tmp_path, 4)) == {}


def test_a_shard_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []

    def stopped(descriptor: int) -> None:
        synced.append(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr(_cache.os, "fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        filled(tmp_path, "a")
    assert synced
    assert kept(VectorCache(tmp_path, 3)) == {}
    monkeypatch.undo()
    assert len(kept(filled(tmp_path, "a"))) == 2
