"""Kernels that turn lower-cased text into hashes of word triples and of figures."""

from __future__ import annotations

from functools import lru_cache

import numba
import numpy as np
import numpy.typing as npt

from topics.core.jit import CACHE

UInt8 = npt.NDArray[np.uint8]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

LETTER, DIGIT = 1, 2  # what a code point is inside a word; 0 ends the word
_BASIC, _ALL = 0x10000, 0x110000
_COMMA, _POINT, _NOUGHT = 44, 46, 48

_OFFSET, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # FNV-1a, 64 bits
_MIX1, _MIX2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)  # finaliser of MurmurHash3
_ORDER = np.uint64(0x9E3779B97F4A7C15)
_HALF, _THIRD = np.uint64(32), np.uint64(33)
_ZERO = np.uint64(0)


@lru_cache(maxsize=2)
def _classes(size: int) -> UInt8:
    table = np.zeros(size, dtype=np.uint8)
    for code in range(size):
        char = chr(code)
        if char.isalnum() or char == "_":  # what `\w` matches
            table[code] = DIGIT if char.isdecimal() else LETTER
    return table


def char_classes(codes: UInt32) -> UInt8:
    """Return a table of letters and digits that covers these code points."""
    return _classes(_BASIC if codes.size == 0 or codes.max() < _BASIC else _ALL)


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _mixed(value: np.uint64) -> np.uint64:
    value ^= value >> _THIRD
    value *= _MIX1
    value ^= value >> _THIRD
    value *= _MIX2
    mixed: np.uint64 = value ^ (value >> _THIRD)
    return mixed


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _key(doc: int, first: np.uint64, second: np.uint64, third: np.uint64) -> np.uint64:
    """The document's number and the upper half of the hash of three words in order."""
    key: np.uint64 = (np.uint64(doc) << _HALF) | (_mixed((first * _ORDER + second) * _ORDER + third) >> _HALF)
    return key


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def shingle_keys(codes: UInt32, ends: Int64, classes: UInt8, keys: UInt64) -> int:
    """Write a key for every word triple; a text of one or two words is one shingle. Returns how many."""
    n_keys, at = 0, 0
    for doc in range(ends.size):
        before, last, n_words, word, inside = _ZERO, _ZERO, 0, _OFFSET, False
        while at <= ends[doc]:
            if at < ends[doc] and classes[codes[at]]:
                word = (word ^ np.uint64(codes[at])) * _PRIME
                inside = True
            elif inside:
                mixed = _mixed(word)
                n_words += 1
                if n_words >= 3:
                    keys[n_keys] = _key(doc, before, last, mixed)
                    n_keys += 1
                before, last, word, inside = last, mixed, _OFFSET, False
            at += 1
        at = ends[doc]
        if 0 < n_words < 3:
            keys[n_keys] = _key(doc, _ZERO, before, last)
            n_keys += 1
    return n_keys


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _joins(codes: UInt32, at: int, end: int, classes: UInt8) -> bool:
    """Whether a sign stands inside a number: a comma before a digit, a point before three (not that of a day such as 30.9)."""
    n_digits, limit = 0, min(at + 5, end)
    while at + 1 + n_digits < limit and classes[codes[at + 1 + n_digits]] == DIGIT:
        n_digits += 1
    return (codes[at] == _COMMA and n_digits > 0) or (codes[at] == _POINT and n_digits == 3)


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def figure_keys(codes: UInt32, ends: Int64, classes: UInt8, keys: UInt64) -> int:
    """Write a key for every number: its digits, without zeros before them and without signs between them. Returns how many."""
    n_keys, at = 0, 0
    for doc in range(ends.size):
        figure, inside = _OFFSET, False
        while at <= ends[doc]:
            if at < ends[doc] and classes[codes[at]] == DIGIT:
                if codes[at] != _NOUGHT or figure != _OFFSET:
                    figure = (figure ^ np.uint64(codes[at])) * _PRIME
                inside = True
            elif inside and not (at < ends[doc] and _joins(codes, at, ends[doc], classes)):
                keys[n_keys] = _key(doc, _ZERO, _ZERO, _mixed(figure))
                n_keys += 1
                figure, inside = _OFFSET, False
            at += 1
        at = ends[doc]
    return n_keys
