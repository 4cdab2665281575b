"""JSON values cut out of a stream one at a time, without reading what is in them: memory is bound by one value, not by the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SPACE = re.compile(rb"[ \t\r\n]*+")
BACK = 256
"""Bytes that stay held before the place where a scanner stands."""
_BOM = b"\xef\xbb\xbf"
# Both stop at what they cannot pass, so that each byte is looked at a fixed number of times.
_PAST = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_IN_STRING = re.compile(rb"(?:[^\"\\]++|\\.)*+", re.DOTALL)
# An object without inner ones, in one step. It takes a quote behind a backslash for a part of its string, which two backslashes belie.
_FLAT = re.compile(rb'\{(?:[^"{}\[\]]++|"[^"]*+(?:(?<=\\)"[^"]*+)*+")*+\}')
_ARRAY = re.compile(rb"\[[ \t\r\n]*+([^ \t\r\n])")
_SCALAR = re.compile(rb'[^ \t\r\n,\[\]{}":]*+')
_QUOTE, _BACKSLASH = b'"'[0], b"\\"[0]
_OPENING, _CLOSING = b"{[", b"}]"
_OPENERS = frozenset((b"{", b"[", b'"'))


class Cut(NamedTuple):
    """One value: its place in the stream, its bytes (its beginning, where it is over the limit), and whether it is whole."""

    start: int
    end: int
    data: bytes
    over_limit: bool = False
    closed: bool = True


class Scanner:
    """A place in a stream of JSON.

    Args:
        blocks: the bytes, in pieces.
        base: the offset of the first.
    """

    def __init__(self, blocks: Iterator[bytes], base: int = 0) -> None:
        self._blocks = blocks
        self._buffer = b""
        self._at = 0
        self._base = base

    @property
    def offset(self) -> int:
        """Where it stands in the stream."""
        return self._base + self._at

    def peek(self) -> bytes:
        """Return the next byte that is no white space, without passing it; empty at the end."""
        sign = self._buffer[self._at : self._at + 1]
        if sign and sign > b" " and self._at:
            return sign
        while True:
            if not self.offset and self._buffer.startswith(_BOM):
                self._at = len(_BOM)
            found = _SPACE.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer) or not self._more():
                return self._buffer[self._at : self._at + 1]

    def step(self) -> None:
        """Pass one byte."""
        self._at += 1

    def before(self, offset: int, n: int) -> bytes:
        """Return up to `n` bytes just before an offset, as far as they are still held."""
        at = max(0, offset - self._base)
        return self._buffer[max(0, at - n) : at]

    def ahead(self, n: int) -> bytes:
        """Return up to `n` bytes from this place on, as far as they are held."""
        return self._buffer[self._at : self._at + n]

    def holds_objects(self) -> bool:
        """Return whether the array that begins here begins with an object; stays where it is."""
        found = _ARRAY.match(self._buffer, self._at)
        while found is None and self._more():
            found = _ARRAY.match(self._buffer, self._at)
        return found is not None and found[1] == b"{"

    def skip_rest(self) -> int:
        """Pass everything; return the offset of the end."""
        self._at = len(self._buffer)
        while self._more():
            self._at = len(self._buffer)
        return self.offset

    def back_to(self, offset: int) -> bool:
        """Go back to an offset, if its bytes are still held."""
        if offset < self._base:
            return False
        self._at = offset - self._base
        return True

    def cut(self, limit: int, *, keep: bool = False) -> Cut:
        """Return the value that begins here and pass it.

        Args:
            limit: most bytes to hold. With `keep`, a value over it is not passed: only its beginning has been looked at.
        """
        flat = _FLAT.match(self._buffer, self._at)
        if flat and flat.end() - self._at <= limit and b"\\\\" not in flat[0]:
            start, self._at = self.offset, flat.end()
            return Cut(start, start + len(flat[0]), flat[0])
        start, state = self.offset, _State(scalar=self.peek() not in _OPENERS)
        at, first, done = self._at, b"", False
        while True:
            at, done = state.follow(self._buffer, at)
            over = self._base + at - start > limit
            if over and keep:
                return Cut(start, start, self._buffer[self._at : at], over_limit=True, closed=False)
            if over:
                first = first or self._buffer[self._at : self._at + BACK]
                self._at = at  # nothing of it is needed any more
            passed = at - self._at
            if done or not self._more():
                break
            at = self._at + passed
        at = self._at + passed if done else len(self._buffer)
        data = first or self._buffer[self._at : at]
        self._at = at
        return Cut(start, self._base + at, data, over_limit=bool(first), closed=done or state.scalar)

    def _more(self) -> bool:
        """Hold more of the stream, and let go of what was passed; at least half as much again, so that long values stay linear."""
        back = min(self._at, BACK)
        kept = self._buffer[self._at - back :]
        parts, size = [kept], 0
        for block in self._blocks:
            parts.append(block)
            size += len(block)
            if size * 2 > len(kept):
                break
        self._base += self._at - back
        self._at = back
        self._buffer = b"".join(parts)
        return size > 0


def _matched(pattern: re.Pattern[bytes], buffer: bytes, at: int) -> int:
    found = pattern.match(buffer, at)
    return found.end() if found else at


class _State:
    """How far a value has been followed."""

    def __init__(self, *, scalar: bool) -> None:
        self.scalar = scalar
        self._depth = 0
        self._inside = False

    def follow(self, buffer: bytes, at: int) -> tuple[int, bool]:
        """Follow the value through what is held; return the place after it, or where more is needed, and whether it ends there."""
        end = len(buffer)
        if self.scalar:
            at = _matched(_SCALAR, buffer, at)
            return at, at < end
        while at < end:
            if self._inside:
                at = _matched(_IN_STRING, buffer, at)
                if at >= end or buffer[at] == _BACKSLASH:  # a backslash is the last byte: what it stands for comes later
                    break
                at, self._inside = at + 1, False
            else:
                at = _matched(_PAST, buffer, at) if self._depth else at
                if at >= end:
                    break
                sign = buffer[at]
                at, self._inside = at + 1, sign == _QUOTE
                self._depth += (sign in _OPENING) - (sign in _CLOSING)
            if not self._depth and not self._inside:
                return at, True
        return at, False
