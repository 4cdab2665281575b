"""A unigram model of words over syllables: the best cut of a text, and expected counts of words over all cuts.

Source: Kudo 2018, "Subword regularization": the unigram language model fitted by expectation maximisation; here letters are syllables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from topics.core.contracts import Lexicon
from topics.core.jit import CACHE

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Arrays = tuple[Int64, Int32, Int32, int]
MISSING = -1


@dataclass(frozen=True, eq=False)
class Trie:
    """Entries as paths over token numbers: `codes` (sorted node * n_tokens + token), the node each `leads` to, entry that `ends` at a node.

    Node t stands for token t alone; `ends` is -1 where no entry ends.
    """

    codes: Int64
    leads: Int32
    ends: Int32
    n_tokens: int


def build_trie(entries: Sequence[tuple[int, ...]], n_tokens: int) -> Trie:
    """Return the trie of entries over token numbers 0 to n_tokens - 1."""
    edges: dict[int, int] = {}
    ends = [MISSING] * n_tokens
    for number, entry in enumerate(entries):
        node = entry[0]
        for token in entry[1:]:
            code = node * n_tokens + token
            if code not in edges:
                edges[code] = len(ends)
                ends.append(MISSING)
            node = edges[code]
        ends[node] = number
    codes = np.array(sorted(edges), dtype=np.int64)
    return Trie(codes, np.array([edges[code] for code in codes.tolist()], dtype=np.int32), np.array(ends, dtype=np.int32), n_tokens)


class Unigram:
    """Cuts token lists at least cost; a token that the lexicon lacks is a word of its own."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._index = {token: number for number, token in enumerate(sorted({token for entry, _ in lexicon for token in entry}))}
        self._trie = build_trie([tuple(self._index[token] for token in entry) for entry, _ in lexicon], len(self._index))
        self._cost = np.array([cost for _, cost in lexicon], dtype=np.float64)

    def cut(self, tokens: Sequence[str]) -> Int32:
        """Return (n_tokens,) the length of the word that starts at each token, 0 inside a word."""
        index, trie = self._index, self._trie
        numbers = np.fromiter((index.get(token, MISSING) for token in tokens), dtype=np.int32, count=len(tokens))
        found: Int32 = _best_cut(numbers, (trie.codes, trie.leads, trie.ends, trie.n_tokens), self._cost)
        return found


def expected_counts(text: Int32, trie: Trie, cost: Float64) -> Float64:
    """Return (n_entries,) how often each entry is expected in the text, over all ways to cut it; -1 in the text ends a stretch."""
    found: Float64 = _expected(text, (trie.codes, trie.leads, trie.ends, trie.n_tokens), cost)
    return found


@numba.njit(cache=CACHE, nogil=True)  # type: ignore[untyped-decorator]
def _child(codes: Int64, leads: Int32, code: int) -> int:  # pragma: no cover - compiled
    low, high = 0, len(codes)
    while low < high:
        middle = (low + high) // 2
        if codes[middle] < code:
            low = middle + 1
        else:
            high = middle
    return leads[low] if low < len(codes) and codes[low] == code else -1


@numba.njit(cache=CACHE, nogil=True)  # type: ignore[untyped-decorator]
def _best_cut(text: Int32, trie: Arrays, cost: Float64) -> Int32:  # pragma: no cover - compiled
    codes, leads, ends, n_tokens = trie
    n = len(text)
    best = np.full(n + 1, np.inf)
    back = np.zeros(n + 1, dtype=np.int32)
    best[0] = 0.0
    for i in range(n):
        node = text[i]
        alone = cost[ends[node]] if node >= 0 and ends[node] >= 0 else 0.0  # a token in no longer word costs the same in every cut
        if best[i] + alone < best[i + 1]:
            best[i + 1] = best[i] + alone
            back[i + 1] = i
        j = i + 1
        while node >= 0 and j < n and text[j] >= 0:
            node = _child(codes, leads, np.int64(node) * n_tokens + text[j])
            j += 1
            if node >= 0 and ends[node] >= 0 and best[i] + cost[ends[node]] < best[j]:
                best[j] = best[i] + cost[ends[node]]
                back[j] = i
    lengths = np.zeros(n, dtype=np.int32)
    at = n
    while at > 0:
        lengths[back[at]] = at - back[at]
        at = back[at]
    return lengths


@numba.njit(cache=CACHE, nogil=True)  # type: ignore[untyped-decorator]
def _forward_backward(text: Int32, trie: Arrays, cost: Float64, sums: Float64) -> None:  # pragma: no cover - compiled
    codes, leads, ends, n_tokens = trie
    n = len(text)
    forward = np.full(n + 1, -np.inf)
    backward = np.full(n + 1, -np.inf)
    forward[0] = 0.0
    backward[n] = 0.0
    for way in range(3):  # sums over the cuts before each place, after it, and then of those through each entry
        for step in range(n):
            i = n - 1 - step if way == 1 else step
            node = text[i]
            j = i + 1
            while node >= 0:
                if ends[node] >= 0:
                    c = cost[ends[node]]
                    if way == 0:
                        forward[j] = np.logaddexp(forward[j], forward[i] - c)
                    elif way == 1:
                        backward[i] = np.logaddexp(backward[i], backward[j] - c)
                    else:
                        sums[ends[node]] += np.exp(forward[i] - c + backward[j] - forward[n])
                if j >= n:
                    break
                node = _child(codes, leads, np.int64(node) * n_tokens + text[j])
                j += 1


@numba.njit(cache=CACHE, nogil=True)  # type: ignore[untyped-decorator]
def _expected(text: Int32, trie: Arrays, cost: Float64) -> Float64:  # pragma: no cover - compiled
    sums = np.zeros(len(cost))
    start = 0
    for i in range(len(text) + 1):
        if i == len(text) or text[i] < 0:
            if i > start:
                _forward_backward(text[start:i], trie, cost, sums)
            start = i + 1
    return sums
