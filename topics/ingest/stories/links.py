"""Which documents are copies of which: an exact join in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from topics.core.errors import require
from topics.ingest.stories.shingles import Sketches

UInt8 = npt.NDArray[np.uint8]
UInt64 = npt.NDArray[np.uint64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Sets = tuple[npt.NDArray[np.uint32], Int64, Int32]
Docs = tuple[Sets, Sets, Int32]

_BLOCK = 1 << 20  # shingles read at a time
_SLICE = 1 << 13  # keys looked at before pages are given back: a page that is read brings its neighbours along
_PART = 1 << 22  # keys sorted at a time
_CELL_BITS = 29  # at most 2**29 counters of one byte
_SEEN_BITS = 23  # 64 MB of pairs that were compared lately, as far as they are used
_HIGH = np.uint64(32)


@dataclass(frozen=True, eq=False)
class Members:
    """Documents to be grouped.

    Args:
        ids: distinct.
        days: ordinals; `UNDATED` where there is none.
        n_tokens: lengths.
        rows: row of each document in the sketches.
    """

    ids: tuple[str, ...]
    days: Int32
    n_tokens: Int32
    rows: Int64

    def __post_init__(self) -> None:
        n_docs = len(self.ids)
        require(n_docs == len(self.days) == len(self.n_tokens) == len(self.rows), "lengths differ", where="Members")
        require(len(set(self.ids)) == n_docs and len(np.unique(self.rows)) == n_docs, "ids or rows are not distinct", where="Members")

    def __len__(self) -> int:
        return len(self.ids)

    def ranking(self) -> Int64:
        """Return the documents in order of day, then id; those without a day last."""
        by_id = np.array(sorted(range(len(self)), key=self.ids.__getitem__), dtype=np.int64)
        return by_id[np.argsort(self.days[by_id], kind="stable")]


@dataclass(frozen=True, eq=False)
class Links:
    """What the join found, by row of the sketches.

    Args:
        rows, days: the documents that were joined.
        first, second: pairs of copies, both dated or both undated: trees that hold every group together.
        undated, holder, closeness: undated documents, the dated one that each goes with, `CLOSE` or `LOOSE`.
        n_compared: how many pairs were compared.
    """

    rows: Int64
    days: Int64
    first: Int64
    second: Int64
    undated: Int64
    holder: Int64
    closeness: Int64
    n_compared: int


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Documents by rank: their sets, days, rows, groups so far (`parent`) and dated copies that undated ones go with so far; `reading`
    is their order on disk.
    """

    docs: Docs
    rows: Int64
    parent: Int32
    closeness: UInt8
    holder: Int32
    reading: Int64


def _ranked(members: Members, sketches: Sketches) -> _Ranked:
    order = members.ranking()
    rows, days = members.rows[order], members.days[order].astype(np.int32)
    starts = np.zeros((len(sketches) + 1, 2), dtype=np.int64)
    np.cumsum(sketches.sizes, axis=0, out=starts[1:], dtype=np.int64)
    sizes = sketches.sizes[rows].astype(np.int32)
    parent, holder = np.arange(len(rows), dtype=np.int32), np.full(len(rows), -1, dtype=np.int32)
    closeness = np.zeros(len(rows), dtype=np.uint8)
    shingles = (sketches.shingles, np.ascontiguousarray(starts[rows, 0]), np.ascontiguousarray(sizes[:, 0]))
    figures = (sketches.figures, np.ascontiguousarray(starts[rows, 1]), np.ascontiguousarray(sizes[:, 1]))
    return _Ranked((shingles, figures, days), rows, parent, closeness, holder, np.argsort(rows))


def _blocks(ranked: _Ranked) -> Iterator[tuple[Int64, int]]:
    """Documents in the order in which they lie on disk, some at a time, with the number of their shingles."""
    ends = np.cumsum(ranked.docs[0][2][ranked.reading], dtype=np.int64)
    begin = 0
    while begin < len(ends):
        before = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, before + _BLOCK, side="right")))
        yield ranked.reading[begin:end], int(ends[end - 1]) - before
        begin = end


def _counters(ranked: _Ranked, sketches: Sketches) -> tuple[UInt8, np.uint32]:
    """How many documents have the shingles of each cell, and the shift that gives a shingle's cell."""
    from topics.ingest.stories import _join

    shingles = ranked.docs[0]
    bits = min(_CELL_BITS, max(10, int(shingles[2].sum(dtype=np.int64)).bit_length()))
    shift = np.uint32(32 - bits)
    table = np.zeros(1 << bits, dtype=np.uint8)
    for block, _ in _blocks(ranked):
        _join.count(shingles, block, table, shift)
        sketches.let_go()
    return table, shift


def _write_keys(ranked: _Ranked, sketches: Sketches, parts: Sequence[IO[bytes]]) -> None:
    """Write the keys of all prefixes, cut into parts by their shingle."""
    from topics.ingest.stories import _join

    table, shift = _counters(ranked, sketches)
    edges = (np.arange(1, len(parts), dtype=np.uint64) << _HIGH) * np.uint64((1 << 32) // len(parts))
    for block, n_shingles in _blocks(ranked):
        keys = np.empty(n_shingles, dtype=np.uint64)
        keys = keys[: _join.prefixes(ranked.docs[0], block, table, shift, keys)]
        sketches.let_go()
        if len(parts) > 1:
            keys.sort()
        cuts = [0, *np.searchsorted(keys, edges).tolist(), len(keys)]
        for part, begin, end in zip(parts, cuts[:-1], cuts[1:], strict=True):
            part.write(keys[begin:end].data)


def _slices(keys: UInt64) -> Iterator[UInt64]:
    """Sorted keys, some at a time, never cut inside a shingle."""
    begin = 0
    while begin < len(keys):
        last = keys[min(begin + _SLICE, len(keys)) - 1] >> _HIGH
        end = int(np.searchsorted(keys, (last + np.uint64(1)) << _HIGH)) if last < np.uint64(0xFFFFFFFF) else len(keys)
        yield keys[begin:end]
        begin = end


def find_links(members: Members, sketches: Sketches, scratch: Path) -> Links:
    """Find all copies among documents.

    Memory: a byte or two of counters for each shingle, half a gigabyte at most, then 32 MB of keys at a time and 64 MB of pairs; 60 bytes
    a document. The sets stay on disk.

    Args:
        members: the documents, in any order.
        sketches: their sets.
        scratch: an existing folder for temporary files, up to 4 bytes a shingle.
    """
    from topics.ingest.stories import _join

    ranked = _ranked(members, sketches)
    n_compared, seen = 0, np.zeros(1 << _SEEN_BITS, dtype=np.uint64)
    n_shingles = int(ranked.docs[0][2].sum(dtype=np.int64))
    with ExitStack() as stack:
        n_parts = 1 << max(0, (n_shingles // (2 * _PART)).bit_length())
        parts = [stack.enter_context(tempfile.TemporaryFile(dir=scratch)) for _ in range(n_parts)]
        if len(members):
            _write_keys(ranked, sketches, parts)
        for part in parts:
            part.flush()
            part.seek(0)
            keys = np.fromfile(part, dtype=np.uint64)
            keys.sort()
            for some in _slices(keys):
                n_compared += _join.link(some, ranked.docs, ranked.parent, (ranked.closeness, ranked.holder), seen)
                sketches.let_go()
    return _links(ranked, n_compared)


def _links(ranked: _Ranked, n_compared: int) -> Links:
    from topics.ingest.stories._join import roots

    root = roots(ranked.parent)
    inner = np.flatnonzero(root != np.arange(len(root)))
    undated = np.flatnonzero(ranked.holder >= 0)
    rows = ranked.rows
    days = ranked.docs[2].astype(np.int64)
    held = (rows[undated], rows[ranked.holder[undated]], ranked.closeness[undated].astype(np.int64))
    return Links(rows, days, rows[root[inner]], rows[inner], *held, n_compared)
