"""The bytes behind a reader of records: how they become text is chosen once, where they stand is kept."""

from __future__ import annotations

import codecs
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from topics.core.contracts import ReadOptions, Rejected
from topics.ingest.encodings import Undecodable, choose_decoder
from topics.ingest.limits import BROKEN
from topics.ingest.magic import binary_kind

HEAD = 1 << 20
BLOCK = 1 << 20
SHOWN = 200
_SIGNS = '\n\r",;\t|{}[]'
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
Line = tuple[bytes, int, int, int]
"""A line with its end, where it starts and ends in the stream, its number. Of a line over the limit only the beginning is there."""


class Source:
    """A stream of records in one encoding.

    Bytes that are no superset of ASCII (UTF-16, UTF-32) are turned into UTF-8 on the way, so that line ends, quotes and braces are single
    bytes; `where` says which byte of the input one of them was.

    Args:
        stream: the input after its head.
        head: its first bytes.
        options: what the user declared.

    Raises:
        Undecodable: the input is binary, or its encoding cannot be told.
    """

    def __init__(self, stream: BinaryIO, head: bytes, options: ReadOptions) -> None:
        self._stream = stream
        self.head = head
        kind = binary_kind(self.head)
        if kind:
            raise Undecodable("binary", 0, f"looks like {kind}, not text", "Convert it to text first, or leave it out.")
        self.decoder = choose_decoder(_sample(self.head, options, at_end=len(self.head) < HEAD), options)
        self._wide: _Wide | None = None
        if not _keeps_ascii(self.decoder.encoding):
            self._wide = _Wide(self.decoder.encoding, self.head)
            self.decoder = replace(self.decoder, encoding="utf-8")
        self.plain = self.decoder.encoding in {"utf-8", "utf-8-sig"}

    def blocks(self) -> Iterator[bytes]:
        """Yield the input from its first byte, in pieces."""
        block = self.head
        while block:
            yield block if self._wide is None else self._wide.narrow(block)
            block = _some(self._stream, BLOCK)
        if self._wide is not None:
            yield self._wide.narrow(b"", final=True)

    def decode(self, data: bytes, start: int) -> tuple[str, tuple[str, ...]]:
        """Return the text of the bytes that stand at `start`, and what reading it took.

        Raises:
            Undecodable: they are not valid in the encoding, and bad bytes are not to be replaced.
        """
        if self.plain and start:
            try:
                return data.decode(), self.decoder.notes
            except UnicodeDecodeError:
                pass
        try:
            decoded = self.decoder.read(data, start)
            return decoded.text, decoded.notes
        except Undecodable as problem:
            if self._wide is None:
                raise
            found = "half a surrogate pair, or bytes that are no character"
            raise Undecodable("encoding", start, f"{self._wide.encoding.upper()}: {found}", "Save the file as UTF-8.") from problem

    @property
    def is_wide(self) -> bool:
        """Whether offsets in the blocks are not those in the input."""
        return self._wide is not None

    def where(self, offset: int) -> int:
        """Return the offset in the input; offsets must be asked in order."""
        return offset if self._wide is None else self._wide.where(offset)


class _Wide:
    """UTF-16 or UTF-32 as UTF-8, with the way back for offsets."""

    def __init__(self, encoding: str, head: bytes) -> None:
        if encoding in {"utf-16", "utf-32"}:  # a declared name that leaves the order of bytes to the mark
            encoding += "-be" if head.startswith((b"\xfe\xff", b"\x00\x00\xfe\xff")) else "-le"
        self.encoding = encoding
        self._decode = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._blocks: deque[tuple[int, int, bytes]] = deque()
        self._in, self._out = 0, 0
        self._told = (0, 0)

    def narrow(self, block: bytes, *, final: bool = False) -> bytes:
        waiting = len(self._decode.getstate()[0])
        try:
            text = self._decode.decode(block, final)
        except UnicodeError:
            text = "\ufffd"  # a cut last character, or a code beyond Unicode
            self._decode.reset()
        data = text.encode("utf-8", "surrogatepass")
        self._blocks.append((self._out, self._in - waiting, data))
        self._out += len(data)
        self._in += len(block)
        return data

    def where(self, offset: int) -> int:
        while len(self._blocks) > 1 and self._blocks[1][0] <= offset:
            self._blocks.popleft()
            self._told = self._blocks[0][:2]
        from_byte, origin = self._told
        start, _, data = self._blocks[0]
        between = data[from_byte - start : offset - start].decode("utf-8", "surrogatepass")
        self._told = (offset, min(self._in, origin + len(between.encode(self.encoding, "surrogatepass"))))
        return self._told[1]


def _keeps_ascii(encoding: str) -> bool:
    try:
        return _SIGNS.encode(encoding) == _SIGNS.encode("ascii")
    except LookupError:  # one of our own tables: a legacy Vietnamese encoding, all of which keep ASCII
        return True


def _some(stream: BinaryIO, size: int) -> bytes:
    """Read up to `size` bytes, and none beyond a fault of the stream: what comes before it is whole."""
    return stream.read1(size) if isinstance(stream, io.BufferedReader) else stream.read(size)


def _read_full(stream: BinaryIO, size: int) -> bytes:
    """Read `size` bytes, or all there are before the end or a fault, which whoever reads on meets again."""
    data = bytearray()
    try:
        while len(data) < size and (more := _some(stream, size - len(data))):
            data += more
    except BROKEN:
        if not data:
            raise
    return bytes(data)


def _sample(head: bytes, options: ReadOptions, *, at_end: bool) -> bytes:
    """The lines of the head that agree: with most of them UTF-8, single ones that are not must not decide for the file, nor the reverse."""
    if options.encoding != "auto" or head.startswith(_WIDE_BOMS):
        return head
    if not at_end:
        end = max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
        head = head[:end] if end else head.decode("utf-8", "ignore").encode()
    try:
        head.decode()
    except UnicodeDecodeError:
        lines = head.splitlines(keepends=True)
        valid = [_is_utf8(line) for line in lines]
        telling = sum(ok and not line.isascii() for line, ok in zip(lines, valid, strict=True))
        majority = telling >= valid.count(False)
        head = b"".join(line for line, ok in zip(lines, valid, strict=True) if ok == majority or line.isascii())
    return head


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def open_source(stream: BinaryIO, name: str, options: ReadOptions) -> Source | Rejected:
    """Return the source of a stream, or the one rejection of an input whose bytes are no text."""
    head = _read_full(stream, HEAD)
    try:
        return Source(stream, head, options)
    except Undecodable as problem:
        at = min(problem.offset, len(head))
        return Rejected(name, 1, at, len(head), problem.code, problem.message, problem.hint, head[at:][:SHOWN])


def lines(source: Source, limit: int) -> Iterator[Line]:
    """Yield the lines of an input, whether they end in LF, CRLF or CR; of one over the limit only the beginning is held."""
    parts: list[bytes] = []
    start, length, number, carried = 0, 0, 1, b""
    for fresh in source.blocks():
        block = carried + fresh
        carried = b"\r" if block.endswith(b"\r") else b""  # its LF may come with the next block
        pieces = block[: len(block) - len(carried)].splitlines(keepends=True)
        for piece in pieces:
            length += len(piece)
            ended = piece.endswith((b"\n", b"\r"))
            if ended and not parts:
                yield (piece if length <= limit else piece[:SHOWN] + b"\n"), start, start + length, number
            else:
                parts.append(piece if length <= limit or not parts else b"")
                if length > limit:
                    parts = [b"".join(parts)[:SHOWN]]
                if not ended:
                    continue
                yield b"".join(parts) + (b"\n" if length > limit else b""), start, start + length, number
                parts = []
            start, length, number = start + length, 0, number + 1
    if parts or carried:
        length += len(carried)
        yield (b"".join(parts) + carried), start, start + length, number
