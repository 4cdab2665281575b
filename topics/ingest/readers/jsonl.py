"""JSON Lines, plain or gzipped: one object a line, read line by line."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from topics.core.contracts import RawRecord, Reader, Rejected
from topics.ingest.encodings import Undecodable, decode

MAX_LINE = 20_000_000
_BLOCK = 1 << 20
Scalar = str | int | float | bool | None


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if path.suffix.lower() == ".gz" else path.open("rb")


def _lines(handle: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield (line, its length); of a line over the limit only the beginning is held."""
    while line := handle.readline(MAX_LINE + 1):
        length = len(line)
        while length > MAX_LINE and not line.endswith(b"\n"):
            more = handle.readline(_BLOCK)
            if not more:
                break
            length += len(more)
            line = line[:200] if not more.endswith(b"\n") else line[:200] + b"\n"
        yield line, length


def _line(line: bytes, where: tuple[str, int, int, int], text_field: str) -> RawRecord | Rejected:
    name, number, offset, end = where

    def reject(code: str, message: str, hint: str) -> Rejected:
        return Rejected(name, number, offset, end, code, message, hint, line[:200])

    if end - offset > MAX_LINE:
        return reject("too_large", f"the line is {end - offset:,} bytes, the limit is {MAX_LINE:,}", "Split the article.")
    try:
        value = msgspec.json.decode(decode(line, offset).encode())
    except Undecodable as problem:
        return reject(problem.code, problem.message, problem.hint)
    except (msgspec.DecodeError, RecursionError) as error:
        return reject("not_json", f"not a JSON object: {error}", "Mend the line; the other lines were read.")
    if not isinstance(value, dict):
        return reject("not_json", f"expected a JSON object, found {type(value).__name__}", "One article a line, as an object.")
    text = value.get(text_field)
    if not isinstance(text, str):
        found = (
            f"found {type(text).__name__}" if text_field in value else f"the line has {', '.join(sorted(map(str, value))) or 'no fields'}"
        )
        return reject("no_text", f"the field {text_field!r} must hold the text, {found}", "Name it in the study: columns = { text = ... }.")
    fields = {str(key): str(item) for key, item in value.items() if isinstance(item, str | int | float) and not isinstance(item, bool)}
    return RawRecord(name, number, offset, end, text, fields)


def read(path: Path, name: str, text_field: str) -> Iterator[RawRecord | Rejected]:
    """Yield every line as a record or a rejection; `text_field` names the field that holds the text. Blank lines are no records."""
    offset, number = 0, 0
    try:
        with _open(path) as handle:
            for number, (line, length) in enumerate(_lines(handle), start=1):
                if line.strip():
                    yield _line(line, (name, number, offset, offset + length), text_field)
                offset += length
    except (OSError, EOFError, zlib.error) as error:
        message = f"reading stopped after line {number}: {error}"
        yield Rejected(name, number + 1, offset, offset, "unreadable", message, "The file is damaged or not permitted; fetch it again.")


READER = Reader(name="jsonl", suffixes=(".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"), read=read)
