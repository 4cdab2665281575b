"""Documents and terms cut into blocks that threads can work on at once without ever writing to the same row.

Source of the schedule: Yan, Xu and Qi 2009, "Parallel inference for latent Dirichlet allocation on graphics processing units".
Documents and terms are each cut into PARTS. In round r the part p of the documents meets the part (p + r) mod PARTS of the terms, so the
parts of one round share neither a document nor a term: counts are changed in place, at once, without locks and without copies of the
topic-term counts. Only the totals of the topics are shared; each part begins a round with the same totals, and the changes are added in
the order of the parts. The work of a part depends on nothing but the counts, so any number of threads gives the same bytes, and a sweep
uses what it has just learned, which takes far fewer sweeps than updating all counts at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy import sparse

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64, Int64

PARTS = 8  # threads beyond these stay idle
LANES = 16  # numbers in a vector register; rows are padded to a multiple, or the rest of a row costs as much as the row
TINY = np.float32(1e-30)
FLOOR = 1e-6  # added to a document's shares where pairs are first given to topics: each may come to any

Int32 = npt.NDArray[np.int32]
UInt64 = npt.NDArray[np.uint64]


def padded(n_topics: int) -> int:
    """Return the length of a row that holds `n_topics` numbers."""
    return -(-n_topics // LANES) * LANES


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def lane_sum(values: Float32, lanes: Float32) -> np.float32:
    """Sum a row whose length is a multiple of LANES, lane by lane; `lanes` (LANES,) is overwritten.

    In an order that is written down, not by `fastmath`: numba keeps two compiled copies of a parallel kernel, one of which runs in the
    process that compiles it and the other where it comes from the cache, and the compiler reorders each, and for each processor, as it
    likes. The same fit then has other bytes the second time.
    """
    for lane in range(LANES):
        lanes[lane] = values[lane]
    for begin in range(LANES, values.size, LANES):
        for lane in range(LANES):
            lanes[lane] += values[begin + lane]
    # a tree in one expression: written as loops, each level would wait for the stores of the one before
    even = ((lanes[0] + lanes[8]) + (lanes[4] + lanes[12])) + ((lanes[2] + lanes[10]) + (lanes[6] + lanes[14]))
    odd = ((lanes[1] + lanes[9]) + (lanes[5] + lanes[13])) + ((lanes[3] + lanes[11]) + (lanes[7] + lanes[15]))
    total: np.float32 = even + odd
    return total


@dataclass(frozen=True, eq=False)
class Blocks:
    """(document, term) pairs in the order of the blocks.

    Args:
        starts: (PARTS, n_docs + 1) place of each document's first pair with the terms of a part.
        terms: (n_pairs,) rows of the topic-term counts.
        counts: (n_pairs,) how often.
        order: (n_docs,) rows of the given matrix in the order in which documents are taken.
        docs: (PARTS + 1,) first document of each part.
        columns: (n_terms,) the column of the given matrix that stands in each row of the topic-term counts.
        term_parts: (PARTS + 1,) first row of each part of the terms.
    """

    starts: Int64
    terms: Int32
    counts: Float32
    order: Int64
    docs: Int64
    columns: Int64
    term_parts: Int64


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def _digests(indptr: Int64, indices: Int32, data: Int32, out: UInt64) -> None:
    for doc in numba.prange(out.size):
        value = np.uint64(1469598103934665603)
        for at in range(indptr[doc], indptr[doc + 1]):
            value = (value ^ np.uint64(indices[at])) * np.uint64(1099511628211)
            value = (value ^ np.uint64(data[at])) * np.uint64(1099511628211)
            value ^= value >> np.uint64(29)
        out[doc] = value


def content_order(counts: sparse.csr_array) -> Int64:
    """Return the documents in the order of a digest of their counts: the order in which they came cannot matter after that."""
    digests = np.empty(counts.shape[0], dtype=np.uint64)
    _digests(counts.indptr.astype(np.int64), counts.indices, counts.data, digests)
    return np.argsort(digests, kind="stable").astype(np.int64)


def even_borders(sizes: Int64, parts: int) -> Int64:
    """Return (parts + 1,) borders that cut documents of these numbers of pairs into parts of about as many pairs each."""
    sums = np.concatenate([[0], np.cumsum(sizes)])
    borders = np.searchsorted(sums, np.linspace(0, sums[-1], parts + 1)).astype(np.int64)
    borders[0], borders[-1] = 0, sizes.size
    return borders


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _fill(matrix: tuple[Int64, Int32, Int32], order: Int64, rows: tuple[Int64, Int64], starts: Int64, out: tuple[Int32, Float32]) -> None:
    """Counting sort of the pairs by (part of the term, document)."""
    indptr, indices, data = matrix
    row_of, part_of = rows
    terms, counts = out
    for place in range(order.size):
        for at in range(indptr[order[place]], indptr[order[place] + 1]):
            starts[part_of[indices[at]], place + 1] += 1
    base = 0
    for part in range(starts.shape[0]):
        starts[part, 0] = base
        for place in range(1, starts.shape[1]):
            starts[part, place] += starts[part, place - 1]
        base = starts[part, starts.shape[1] - 1]
    last = starts.copy()
    for place in range(order.size):
        for at in range(indptr[order[place]], indptr[order[place] + 1]):
            part = part_of[indices[at]]
            terms[last[part, place]] = row_of[indices[at]]
            counts[last[part, place]] = data[at]
            last[part, place] += 1


def cut(counts: sparse.csr_array) -> Blocks:
    """Return the blocks of counts (n_docs, n_terms)."""
    n_docs, n_terms = counts.shape
    order = content_order(counts)
    frequency = np.bincount(counts.indices, minlength=n_terms)
    by_frequency = np.lexsort((np.arange(n_terms), -frequency))
    turn = np.arange(n_terms) % (2 * PARTS)  # there and back, so that all parts are about as heavy
    part_of = np.empty(n_terms, dtype=np.int64)
    part_of[by_frequency] = np.where(turn < PARTS, turn, 2 * PARTS - 1 - turn)
    columns = np.lexsort((np.arange(n_terms), -frequency, part_of)).astype(np.int64)
    row_of = np.empty(n_terms, dtype=np.int64)
    row_of[columns] = np.arange(n_terms)
    starts = np.zeros((PARTS, n_docs + 1), dtype=np.int64)
    terms, data = np.empty(counts.nnz, dtype=np.int32), np.empty(counts.nnz, dtype=np.float32)
    matrix = (counts.indptr.astype(np.int64), counts.indices, counts.data)
    _fill(matrix, order, (row_of, part_of), starts, (terms, data))
    term_parts = np.searchsorted(part_of[columns], np.arange(PARTS + 1)).astype(np.int64)
    docs = even_borders(np.diff(counts.indptr)[order].astype(np.int64), PARTS)
    return Blocks(starts, terms, data, order, docs, columns, term_parts)


@numba.njit(cache=CACHE, parallel=True, error_model="numpy")  # type: ignore[untyped-decorator]
def sweep(pairs: tuple[Int64, Int32, Float32], gamma: Float32, docs: Float32, terms: Float32, totals: Float32, borders: Int64) -> Float64:
    """One sweep in place; `docs` and `terms` hold masses with their priors added.

    Returns (PARTS, PARTS), for each round and part, the sum over tokens of the log of the update's norm.
    """
    starts, rows, counts = pairs
    n_parts, n_topics = borders.size - 1, totals.size
    logs = np.zeros((n_parts, n_parts))
    for turn in range(n_parts):
        moved = np.zeros((n_parts, n_topics), dtype=np.float32)
        for part in numba.prange(n_parts):
            other, log = (part + turn) % n_parts, 0.0
            share, weight = np.empty(n_topics, dtype=np.float32), np.float32(1.0) / totals
            own, lanes = np.zeros(n_topics, dtype=np.float32), np.empty(LANES, dtype=np.float32)
            for doc in range(borders[part], borders[part + 1]):
                mass = docs[doc]
                for at in range(starts[other, doc], starts[other, doc + 1]):
                    term, count, old = terms[rows[at]], counts[at], gamma[at]
                    for k in range(n_topics):
                        value = (mass[k] - old[k]) * (term[k] - old[k]) * weight[k]
                        share[k] = np.float32(0.0) if value < np.float32(0.0) else value
                    norm = TINY + lane_sum(share, lanes)
                    log += count * np.log(norm)
                    scale = np.float32(1.0) / norm
                    for k in range(n_topics):
                        value = share[k] * scale
                        change = count * (value - old[k])
                        old[k] = value
                        mass[k] += change
                        term[k] += change
                        own[k] += change
            logs[turn, part] = log
            moved[part] = own
        for part in range(n_parts):
            totals += moved[part]
    return logs


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def rebuild(pairs: tuple[Int64, Int32, Float32], gamma: Float32, docs: Float32, terms: Float32, parts: tuple[Int64, Int64]) -> None:
    """Add the masses of the responsibilities to `docs` and `terms`, which hold the priors: what rounding moved is put right."""
    starts, rows, counts = pairs
    n_topics = docs.shape[1]
    for part in numba.prange(parts[0].size - 1):
        for doc in range(parts[0][part], parts[0][part + 1]):
            for other in range(starts.shape[0]):
                for at in range(starts[other, doc], starts[other, doc + 1]):
                    for k in range(n_topics):
                        docs[doc, k] += counts[at] * gamma[at, k]
    for other in numba.prange(starts.shape[0]):
        for at in range(starts[other, 0], starts[other, -1]):
            for k in range(n_topics):
                terms[rows[at], k] += counts[at] * gamma[at, k]


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def chance(seed: np.uint64, at: int) -> float:
    """A number in [0, 1) for a place, by splitmix64 (Steele, Lea and Flood 2014)."""
    value = seed + np.uint64(at + 1) * np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64((value ^ (value >> np.uint64(31))) >> np.uint64(11)) / 9007199254740992.0


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def draw_topic(shares: Float32, weights: Float64, sums: Float64, chance: float) -> int:
    """A topic drawn in proportion to (shares + FLOOR) x weights, both (n_topics,); `sums` is overwritten."""
    total = 0.0
    for k in range(sums.size):
        total += (np.float64(shares[k]) + FLOOR) * weights[k]
        sums[k] = total
    topic = 0
    while sums[topic] <= chance * total:
        topic += 1
    return topic


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def draw(pairs: tuple[Int64, Int32, Float32], borders: Int64, seed: np.uint64, start: tuple[Float32, Float64], gamma: Float32) -> None:
    """Give each pair to one topic, by chance in proportion to its document's shares (n_docs or 1, n_topics) and its term's weights (n_terms
    or 1, n_topics)."""
    starts, rows, _ = pairs
    shares, weights = start
    for part in numba.prange(borders.size - 1):
        sums = np.empty(shares.shape[1])
        for doc in range(borders[part], borders[part + 1]):
            for other in range(starts.shape[0]):
                for at in range(starts[other, doc], starts[other, doc + 1]):
                    share, weight = shares[doc % shares.shape[0]], weights[rows[at] % weights.shape[0]]
                    gamma[at, draw_topic(share, weight, sums, chance(seed, at))] = np.float32(1.0)
