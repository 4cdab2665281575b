"""What reading may take: sizes that are checked while bytes come in, never after."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from topics.core.contracts import Rejected

MIB = 1 << 20
BUFFER = MIB
MAX_RATIO = 100
"""Unpacked bytes for each packed byte."""
RATIO_FLOOR = 64 * MIB
"""Below this many unpacked bytes the ratio does not matter: small files may well repeat themselves."""
MAX_UNPACKED = 50_000 * MIB
"""Unpacked bytes of one compressed file or of a whole archive."""
MAX_COPY = 512 * MIB
"""Unpacked bytes of a file whose reader must seek (Parquet, XLSX): it is held in memory."""
BROKEN = (OSError, EOFError, zlib.error)
"""What reading a stream raises when the file, the disk or the packing is at fault."""
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


class OverLimitError(OSError):
    """A limit of reading is passed: ends the stream, becomes a rejection with this code."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class SteadyFile(io.FileIO):
    """A plain file whose reads are tried twice: a network or FUSE file system often answers the second time."""

    failed_at: int | None = None

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb", opener=_open)

    def readinto(self, buffer: bytearray | memoryview, /) -> int | None:  # type: ignore[override]
        """Read bytes; on an input/output error once more from the same place."""
        at = self.tell()
        try:
            return self._read(buffer)
        except OSError:
            self.seek(at)
        try:
            return self._read(buffer)
        except OSError:
            self.failed_at = at
            raise

    def read(self, size: int | None = -1, /) -> bytes | None:  # type: ignore[override]
        """Read bytes by way of `readinto`."""
        return io.RawIOBase.read(self, -1 if size is None else size)

    def _read(self, buffer: bytearray | memoryview) -> int | None:
        return super().readinto(buffer)


def _open(path: str, flags: int) -> int:
    # Listing and reading are two moments: what has become a FIFO or a link between them must neither block nor be followed.
    return os.open(path, flags | _NO_WAITING)


class Unpacked(io.RawIOBase):
    """A decompressing stream that stops at the limits. A fault stays: whoever reads on meets it again."""

    def __init__(self, stream: io.BufferedIOBase, packed: int, budget: Budget) -> None:
        super().__init__()
        self._stream = stream
        self._packed = packed
        self._budget = budget
        self._given = 0
        self._fault: BaseException | None = None

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read unpacked bytes.

        Raises:
            OverLimitError: the bytes so far are more than the limits allow.
        """
        if self._fault is not None:
            raise self._fault
        try:
            return self._next(buffer)
        except BROKEN as fault:
            self._fault = fault
            raise

    def _next(self, buffer: bytearray | memoryview) -> int:
        data = self._stream.read1(len(buffer))  # not `read`: what unpacks well before a fault must not be lost with it
        buffer[: len(data)] = data
        self._given += len(data)
        if self._given > max(RATIO_FLOOR, MAX_RATIO * self._packed):
            raise OverLimitError(
                "bomb",
                f"{self._packed:,} packed bytes unpack to more than {self._given:,}: over the limit of {MAX_RATIO}:1",
                "If the file is what it should be, unpack it yourself and read that.",
            )
        self._budget.take(len(data))
        return len(data)


class Budget:
    """Unpacked bytes that a file or an archive may still give."""

    def __init__(self) -> None:
        self._given = 0

    def take(self, n: int) -> None:
        """Count bytes.

        Raises:
            OverLimitError: they are more than the limit.
        """
        self._given += n
        if self._given > MAX_UNPACKED:
            raise OverLimitError(
                "too_large", f"unpacks to more than {MAX_UNPACKED:,} bytes, the limit", "Split it, or unpack it yourself and read that."
            )


def unpacked(stream: BinaryIO, packed: int, budget: Budget) -> BinaryIO:
    """Return the bytes inside a gzip stream of `packed` bytes; limits are checked while they come."""
    return limited(gzip.GzipFile(fileobj=stream, mode="rb"), packed, budget)


def limited(stream: io.BufferedIOBase, packed: int, budget: Budget) -> BinaryIO:
    """Return a stream that gives what `stream` unpacks from `packed` bytes, and ends in an `OverLimitError` at the limits."""
    return cast("BinaryIO", io.BufferedReader(Unpacked(stream, packed, budget), BUFFER))


def copied(stream: BinaryIO) -> BinaryIO:
    """Return the rest of a stream in memory, for a reader that must seek.

    Raises:
        OverLimitError: it is more than `MAX_COPY`.
    """
    data = stream.read(MAX_COPY + 1)
    if len(data) > MAX_COPY:
        raise OverLimitError(
            "too_large",
            f"unpacks to more than {MAX_COPY:,} bytes, the limit for a packed file of this kind",
            "Unpack it yourself and read that.",
        )
    return io.BytesIO(data)


def rejection(error: BaseException, name: str, last: int, end: int, at: int | None = None) -> Rejected:
    """Return what becomes of a stream that failed after record `last`, which ended at byte `end`."""
    if isinstance(error, OverLimitError):
        return Rejected(name, last + 1, end, end, error.code, str(error), error.hint)
    where = f"reading stopped after record {last}" if last else "cannot be read"
    if at is not None:
        where += f", at byte {at:,}, tried twice"
    said = getattr(error, "strerror", None) or error
    return Rejected(name, last + 1, end, end, "unreadable", f"{where}: {said}", "The file is damaged or not permitted; fetch it again.")
