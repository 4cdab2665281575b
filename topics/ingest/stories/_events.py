"""Kernel of the pairing of events: pairs of documents of two languages that mention one rare thing within some days."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from topics.core.jit import CACHE

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt64 = npt.NDArray[np.uint64]
Postings = tuple[Int64, Int32, Int64, Int64]  # where each key begins in `ranks`, ranks, weights of keys, where to go on
Docs = tuple[Int32, Int32, Int32]  # first and last possible day, number of the language
Gaps = tuple[int, int, int]  # least and most days between, most days that a document spans

_HIGH = np.uint64(32)


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def pairs_until(end: int, postings: Postings, docs: Docs, gaps: Gaps, out: tuple[UInt64, Int64], *, fill: bool) -> int:
    """Write the pair and the weight of every key that two documents share, the later one's rank below `end`. Returns how many.

    Without `fill` they are only counted. With it, the next call goes on after the documents of this one.
    """
    starts, ranks, weights, places = postings
    first, last, languages = docs
    least, most, span = gaps
    pairs, values = out
    n_pairs = 0
    for key in range(weights.size):
        at = places[key]
        while at < starts[key + 1] and ranks[at] < end:
            b = ranks[at]
            other = at - 1
            while other >= starts[key] and first[b] - first[ranks[other]] <= most + span:
                a = ranks[other]
                gap = max(0, first[b] - last[a])
                if least <= gap <= most and languages[a] != languages[b]:
                    if fill:
                        pairs[n_pairs] = (np.uint64(a) << _HIGH) | np.uint64(b)
                        values[n_pairs] = weights[key]
                    n_pairs += 1
                other -= 1
            at += 1
        if fill:
            places[key] = at
    return n_pairs
