"""Sketches on disk: appended chunk by chunk, read through the memory map."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np

from topics.core.errors import DataError
from topics.ingest.stories.shingles import Sketches, UInt32

SHINGLES, FIGURES, SIZES = "shingles.u32", "figures.u32", "sizes.u32"
_TYPE = np.dtype("<u4")
_ROW = 2 * _TYPE.itemsize


class SketchStore:
    """A folder of sketches; a document's row is its place in the order of appending.

    Three files of little-endian 32-bit numbers without headers; an article of 3 kB takes 2.2 kB.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        for name in (SHINGLES, FIGURES, SIZES):
            (directory / name).touch()
        self._ends = self._sizes().sum(axis=0, dtype=np.int64).tolist()

    def __len__(self) -> int:
        return (self.directory / SIZES).stat().st_size // _ROW

    def append(self, sketches: Sketches) -> None:
        """Add the sketches of more documents.

        Sizes are written last; what an interrupted call left behind is cut off by the next one.
        """
        n_sizes = len(self) * 2
        parts = ((SHINGLES, sketches.shingles, self._ends[0]), (FIGURES, sketches.figures, self._ends[1]), (SIZES, sketches.sizes, n_sizes))
        for name, values, end in parts:
            with (self.directory / name).open("r+b") as file:
                file.truncate(end * _TYPE.itemsize)
                file.seek(0, 2)
                file.write(np.ascontiguousarray(values, dtype=_TYPE).data)
        self._ends = [self._ends[0] + len(sketches.shingles), self._ends[1] + len(sketches.figures)]

    def read(self) -> Sketches:
        """Return all sketches, mapped from disk.

        Raises:
            DataError: a file is shorter than the sizes say.
        """
        sizes = self._sizes()
        shingles, figures = self._mapped(SHINGLES, self._ends[0]), self._mapped(FIGURES, self._ends[1])
        return Sketches(shingles[0], figures[0], sizes, tuple(found for _, found in (shingles, figures) if found is not None))

    def _sizes(self) -> UInt32:
        return np.fromfile(self.directory / SIZES, dtype=_TYPE, count=2 * len(self)).reshape(-1, 2)

    def _mapped(self, name: str, n_values: int) -> tuple[UInt32, mmap.mmap | None]:
        path = self.directory / name
        there = path.stat().st_size // _TYPE.itemsize
        if there < n_values:
            what = f"holds {there} of {n_values} numbers."
            raise DataError(what, where=str(path), hint="Delete the folder; it is made anew from the texts.")
        if n_values == 0:
            return np.empty(0, dtype=np.uint32), None
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), n_values * _TYPE.itemsize, access=mmap.ACCESS_COPY)
        return np.frombuffer(mapped, dtype=_TYPE, count=n_values), mapped
