"""Kernels of the exact join: which documents share at least half of their shingles.

Documents are numbered by (day, id), those without a day last. A set keeps, rarest first, only as many shingles as two similar sets must
share one of (prefix filter); a shingle that only one document has can be shared with nobody and is never looked at again.
Source: Chaudhuri, Ganti and Kaushik 2006, "A primitive operator for similarity joins"; Bayardo, Ma and Srikant 2007; Xiao et al. 2008
(the shorter prefix of the smaller set).
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from topics.core.jit import CACHE
from topics.ingest.stories.rules import CLOSE, LOOSE, MIN_COMMON, UNDATED, WINDOW_DAYS

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Sets = tuple[UInt32, Int64, Int32]  # values of all sets, where each starts, how many it has
Docs = tuple[Sets, Sets, Int32]  # shingles, figures, days
Best = tuple[UInt8, Int32]  # of undated documents: how close the dated copy is that they go with, and which it is

SHARED, MOST = 2, 255  # a cell counts documents, up to MOST; from SHARED on a shingle can be shared
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_HIGH, _ONE, _LOW = np.uint64(32), np.uint64(1), np.uint64(0xFFFFFFFF)


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def count(sets: Sets, order: Int64, table: UInt8, shift: np.uint32) -> None:
    """Count in how many documents the shingles of each cell are; documents are read in `order`."""
    values, starts, sizes = sets
    for doc in order:
        for at in range(starts[doc], starts[doc] + sizes[doc]):
            cell = values[at] >> shift
            if table[cell] < MOST:
                table[cell] += np.uint8(1)


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _rare(counts: Int64, n_wanted: int) -> tuple[int, int]:
    """The count up to which shingles are among the `n_wanted` rarest, and how many of that very count are."""
    left = n_wanted
    for number in range(MOST + 1):
        if left <= counts[number]:
            return number, left
        left -= counts[number]
    return MOST, counts[MOST]


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def prefixes(sets: Sets, order: Int64, table: UInt8, shift: np.uint32, keys: UInt64) -> int:
    """Write (shingle, document, whether it counts for the smaller set of a pair) for the shared shingles of every prefix.

    With similarity 1/2 and n shingles: n - ceil(n/2) + 1 of them for the larger set of a pair, n - ceil(2n/3) + 1 for the smaller one.
    """
    values, starts, sizes = sets
    counts, numbers = np.empty(MOST + 1, dtype=np.int64), np.empty(sizes[order].max(), dtype=np.uint8)
    n_keys = 0
    for doc in order:
        n, start = sizes[doc], starts[doc]
        length, short = n - (n + 1) // 2 + 1, n - (2 * n + 2) // 3 + 1
        counts[:] = 0
        for at in range(n):
            numbers[at] = table[values[start + at] >> shift]
            counts[numbers[at]] += 1
        if n == 0 or counts[:SHARED].sum() >= length:
            continue
        last, ties = _rare(counts, length)
        last_short, ties_short = _rare(counts, short)
        for at in range(n):
            number = numbers[at]
            first = number < last_short or (number == last_short and ties_short > 0)
            if number == last_short:
                ties_short -= 1
            if number >= SHARED and (number < last or (number == last and ties > 0)):
                keys[n_keys] = (np.uint64(values[start + at]) << _HIGH) | (np.uint64(doc) << _ONE) | np.uint64(first)
                n_keys += 1
            if number == last:
                ties -= 1
    return n_keys


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _common(sets: Sets, a: int, b: int, needed: int) -> int:
    """How many values two sets share; -1 as soon as they cannot share as many as needed."""
    values, starts, sizes = sets
    i, j, end_i, end_j, common = starts[a], starts[b], starts[a] + sizes[a], starts[b] + sizes[b], 0
    while i < end_i and j < end_j:
        if common + min(end_i - i, end_j - j) < needed:
            return -1
        x, y = values[i], values[j]
        common += x == y  # no branches: which set is ahead cannot be guessed
        i += x <= y
        j += y <= x
    return common if common >= needed else -1


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def likeness(docs: Docs, a: int, b: int) -> int:
    """CLOSE, LOOSE, or 0 if two documents are no copies; the rules are those of `topics.ingest.stories.rules`."""
    shingles, figures, days = docs
    n_a, n_b = shingles[2][a], shingles[2][b]
    dated = days[a] != UNDATED and days[b] != UNDATED
    if 2 * min(n_a, n_b) < max(n_a, n_b) or (dated and abs(days[a] - days[b]) > WINDOW_DAYS):
        return 0
    common = _common(shingles, a, b, max(1, (n_a + n_b + 2) // 3))
    if common < 0:
        return 0
    same_day = dated and days[a] == days[b]
    if common < MIN_COMMON and not (common == n_a and common == n_b and (same_day or not dated)):
        return 0
    if not same_day:
        m_a, m_b = figures[2][a], figures[2][b]
        shared = _common(figures, a, b, 0)
        if shared < m_a and shared < m_b and 3 * shared <= m_a + m_b:
            return 0
    return CLOSE if 4 * common >= 3 * (n_a + n_b - common) else LOOSE


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _root(parent: Int32, doc: int) -> int:
    while parent[doc] != doc:
        parent[doc] = parent[parent[doc]]
        doc = parent[doc]
    return doc


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def join(parent: Int32, a: int, b: int) -> None:
    """Unite two groups under the smaller root."""
    x, y = _root(parent, a), _root(parent, b)
    parent[max(x, y)] = min(x, y)


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _unite(docs: Docs, parent: Int32, a: int, b: int) -> int:
    """Unite two documents, both dated or both undated, if they are copies. 1 if they were compared."""
    if _root(parent, a) == _root(parent, b):
        return 0
    if likeness(docs, a, b):
        join(parent, a, b)
    return 1


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _hold(docs: Docs, best: Best, a: int, b: int) -> int:
    """Remember of an undated document (b) its earliest close dated copy, else its earliest one. Always 1: they were compared."""
    closeness, holder = best
    found = likeness(docs, a, b)
    if found > closeness[b] or (found > 0 and found == closeness[b] and a < holder[b]):
        closeness[b], holder[b] = found, a
    return 1


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _doc(key: np.uint64) -> np.int64:
    return np.int64((key & _LOW) >> _ONE)


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _seen_before(seen: UInt64, a: np.int64, b: np.int64) -> bool:
    """Whether the pair was compared lately; pairs that share one rare shingle often share several."""
    pair = (np.uint64(a) << _HIGH) | np.uint64(b)
    slot = ((pair * _SPREAD) >> _HIGH) & np.uint64(seen.size - 1)
    if seen[slot] == pair:
        return True
    seen[slot] = pair
    return False


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _link_undated(keys: UInt64, docs: Docs, best: Best, seen: UInt64) -> int:
    """Compare the undated holders of one shingle with the dated ones. Returns how many pairs were compared."""
    sizes, days = docs[0][2], docs[2]
    closeness, holder = best
    n_compared, n_dated = 0, 0
    while n_dated < keys.size and days[_doc(keys[n_dated])] != UNDATED:
        n_dated += 1
    for i in range(n_dated, keys.size):
        b = _doc(keys[i])
        for j in range(n_dated):
            a = _doc(keys[j])
            if closeness[b] == CLOSE and holder[b] <= a:
                break
            smaller = keys[i] if sizes[b] <= sizes[a] else keys[j]  # a key says whether it counts for the smaller set of a pair
            if smaller & _ONE and not _seen_before(seen, a, b):
                n_compared += _hold(docs, best, a, b)
    return n_compared


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _link_alike(keys: UInt64, docs: Docs, parent: Int32, seen: UInt64) -> int:
    """Compare the dated holders of one shingle, and the undated ones, among themselves. Returns how many pairs were compared."""
    sizes, days = docs[0][2], docs[2]
    n_compared, first, one = 0, 0, 0  # first of its kind; from `one` on, all before the present holder are one group
    for i in range(1, keys.size):
        b, before = _doc(keys[i]), _doc(keys[i - 1])
        if days[b] == UNDATED and days[before] != UNDATED:
            first = i
        j = i - 1
        while j >= first:
            if j >= one and _root(parent, b) == _root(parent, before):
                j = one - 1
                continue
            a = _doc(keys[j])
            if days[b] != UNDATED and days[b] - days[a] > WINDOW_DAYS:
                break
            smaller = keys[i] if sizes[b] <= sizes[a] else keys[j]
            if smaller & _ONE and not _seen_before(seen, a, b):
                n_compared += _unite(docs, parent, a, b)
            j -= 1
        if _root(parent, b) != _root(parent, before):
            one = i
    return n_compared


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def link(keys: UInt64, docs: Docs, parent: Int32, best: Best, seen: UInt64) -> int:
    """Compare the documents that share a shingle of their prefixes; `keys` are sorted. Returns how many pairs were compared.

    `seen` holds pairs that were compared; its size is a power of two, and it is zero at first.
    """
    n_compared, begin = 0, 0
    for at in range(1, keys.size + 1):
        if at == keys.size or keys[at] >> _HIGH != keys[begin] >> _HIGH:
            if at - begin > 1:
                holders = keys[begin:at]
                n_compared += _link_alike(holders, docs, parent, seen) + _link_undated(holders, docs, best, seen)
            begin = at
    return n_compared


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def roots(parent: Int32) -> Int64:
    """The smallest document of every document's group."""
    found = np.empty(parent.size, dtype=np.int64)
    for doc in range(parent.size):
        found[doc] = _root(parent, doc)
    return found
