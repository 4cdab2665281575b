"""Vectors on disk by the sha256 of what was embedded: written whole and flushed, checked when read, computed again where damaged."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from topics.core.hashing import digest
from topics.core.matrices import Float32, Int64
from topics.progress import LOG

SUFFIX = ".safetensors"
_HASH = 32  # bytes of a sha256


class VectorCache:
    """A folder of shards for one embedder.

    Args:
        folder: of this embedder alone; made when something is written.
        dimensions: of its vectors.
    """

    def __init__(self, folder: Path, dimensions: int) -> None:
        self.folder = folder
        self.dimensions = dimensions

    def __iter__(self) -> Iterator[tuple[bytes, Float32, int]]:
        """Yield (sha256 of the text, vector, number of tokens) of everything kept; damaged shards are named, removed and left out."""
        for path in sorted(self.folder.glob(f"*{SUFFIX}")) if self.folder.is_dir() else ():
            try:
                hashes, vectors, tokens = self._read(path)
            except ValueError as error:
                LOG.warning("vectors in %s are damaged (%s): they are computed again", path, error)
                path.unlink(missing_ok=True)
                continue
            yield from zip((row.tobytes() for row in hashes), vectors, tokens.tolist(), strict=True)

    def add(self, hashes: Sequence[bytes], vectors: Float32, tokens: Int64) -> None:
        """Keep more vectors (n, n_dims); they are there whole after this returns, or not at all."""
        from safetensors.numpy import save

        self.folder.mkdir(parents=True, exist_ok=True)
        texts = np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, _HASH)
        arrays: dict[str, npt.NDArray[Any]] = {"texts": texts, "vectors": vectors, "tokens": tokens}
        path = self.folder / f"{digest(hashes)[:_HASH]}{SUFFIX}"
        aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with aside.open("wb") as file:
            file.write(save(arrays, metadata={"sha256": _check(arrays)}))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)

    def _read(self, path: Path) -> tuple[npt.NDArray[np.uint8], Float32, Int64]:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(path), framework="numpy") as file:
                names, stated = sorted(file.keys()), (file.metadata() or {}).get("sha256")
                arrays = {name: file.get_tensor(name) for name in names}
        except (OSError, SafetensorError) as error:
            raise ValueError(str(error)) from error
        if names != ["texts", "tokens", "vectors"] or stated != _check(arrays):
            raise ValueError("its checksum differs")
        hashes, vectors, tokens = arrays["texts"], arrays["vectors"], arrays["tokens"]
        if vectors.shape != (len(hashes), self.dimensions) or hashes.shape[1:] != (_HASH,) or tokens.shape != (len(hashes),):
            raise ValueError(f"its vectors are {vectors.shape}")
        return hashes, vectors, tokens


def _check(arrays: dict[str, npt.NDArray[Any]]) -> str:
    """A hash of the numbers: a safetensors file says of itself only how long it is."""
    return digest([part for name, array in sorted(arrays.items()) for part in (name, str(array.dtype), str(array.shape), array.tobytes())])
