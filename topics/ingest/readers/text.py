"""Plain text files: one file, one document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topics.core.contracts import RawRecord, Reader, Rejected
from topics.ingest.encodings import Undecodable, decode

MAX_BYTES = 50_000_000


def read(path: Path, name: str, text_field: str) -> Iterator[RawRecord | Rejected]:
    """Yield the file as one record; `text_field` does not apply."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            hint = "Split it, or turn it into a .jsonl file with one article a line."
            yield Rejected(name, 1, 0, size, "too_large", f"{size:,} bytes, the limit for one text file is {MAX_BYTES:,}", hint)
            return
        data = path.read_bytes()
    except OSError as error:
        yield Rejected(name, 1, 0, 0, "unreadable", f"cannot be read: {error.strerror}", "Check the file's permissions.")
        return
    try:
        text = decode(data)
    except Undecodable as problem:
        yield Rejected(name, 1, problem.offset, len(data), problem.code, problem.message, problem.hint, data[problem.offset :][:64])
        return
    yield RawRecord(name, 1, 0, len(data), text)


READER = Reader(name="text", suffixes=(".txt", ".text"), read=read)
