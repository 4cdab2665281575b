"""Names for values that never change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

_BLOCK = 1 << 20


def digest(parts: Iterable[str | bytes]) -> str:
    """Return the sha256 (64 hex digits) of the parts; each is prefixed by its length, so no two lists collide by joining."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def canonical_json(value: object) -> bytes:
    """Return the one JSON spelling of a value: sorted keys, no spaces, UTF-8, floats in their shortest form."""
    return msgspec.json.encode(value, order="sorted")


def file_digest(path: Path) -> str:
    """Return the sha256 of a file, read in blocks."""
    state = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            state.update(block)
    return state.hexdigest()
