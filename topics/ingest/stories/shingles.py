"""What is kept of a text to find its copies: hashes of its word triples and of its figures."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Sketches:
    """Sets of hashes of documents, one document's after another's, each sorted and distinct.

    The hashes are the upper halves of fixed 64-bit ones: nothing depends on the process. Two other triples of one pair of articles
    (550 triples each) share a hash in one pair of 14,000; that moves its similarity by less than 0.002. The set of an article takes
    2.2 kB instead of 4.4.

    Args:
        shingles: of word triples; a text of one or two words is one shingle.
        figures: of numbers: digits without points, commas and zeros before them.
        sizes: (n_docs, 2), numbers of shingles and figures of each document.
        maps: the memory maps that hold the sets, where they are on disk.
    """

    shingles: UInt32
    figures: UInt32
    sizes: UInt32
    maps: tuple[mmap.mmap, ...] = ()

    def __len__(self) -> int:
        return len(self.sizes)

    def of(self, doc: int) -> tuple[frozenset[int], frozenset[int]]:
        """Return the sets of one document: shingles, figures."""
        first = self.sizes[:doc].sum(axis=0, dtype=np.int64)
        last = first + self.sizes[doc]
        return frozenset(self.shingles[first[0] : last[0]].tolist()), frozenset(self.figures[first[1] : last[1]].tolist())

    def let_go(self) -> None:
        """Give back the memory of pages that were read from disk; they are read again when needed."""
        for mapped in self.maps:
            mapped.madvise(mmap.MADV_DONTNEED)


def _sets(keys: UInt64, n_docs: int) -> tuple[UInt32, UInt32]:
    """Distinct values of each document, and how many it has."""
    keys.sort()
    new = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    keys = keys[new]
    sizes = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=n_docs)
    return keys.astype(np.uint32), sizes.astype(np.uint32)


def sketch(texts: Sequence[str]) -> Sketches:
    """Return the sketches of texts; case, punctuation and spacing make no difference, marks do. The chunk function of this step."""
    from topics.ingest.stories._hashing import char_classes, figure_keys, shingle_keys

    lowered = [text.lower() for text in texts]
    codes = np.frombuffer("".join(lowered).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ends = np.cumsum([0, *map(len, lowered)], dtype=np.int64)[1:]
    classes = char_classes(codes)
    room = codes.size // 2 + len(ends) + 1  # a word or figure takes a sign and a gap
    keys = np.empty(room, dtype=np.uint64)
    shingles, n_shingles = _sets(keys[: shingle_keys(codes, ends, classes, keys)].copy(), len(ends))
    figures, n_figures = _sets(keys[: figure_keys(codes, ends, classes, keys)].copy(), len(ends))
    return Sketches(shingles, figures, np.column_stack([n_shingles, n_figures]).astype(np.uint32))
