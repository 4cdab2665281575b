"""JSON Lines: one object a line, read line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.ingest.readers._objects import MAX_OBJECT, Place, to_record
from topics.ingest.readers._source import SHOWN, lines, open_source

MAX_LINE = MAX_OBJECT
_BOM = b"\xef\xbb\xbf"


def read(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield every line as a record or a rejection; blank lines are no records."""
    source = open_source(stream, name, options)
    if isinstance(source, Rejected):
        yield source
        return
    end, empty = 0, True
    for line, start, end, number in lines(source, MAX_LINE):
        if not line.strip() or line.strip() == _BOM:
            continue
        empty = False
        place = Place(name, number, source.where(start), source.where(end))
        if end - start > MAX_LINE:
            message = f"the line is {end - start:,} bytes, the limit is {MAX_LINE:,}"
            yield Rejected(name, number, place.start, place.end, "too_large", message, "Split the article.", line[:SHOWN])
        else:
            yield to_record(line, place, start, source, options)
    if empty:
        yield Rejected(name, 1, 0, source.where(end), "empty", "holds nothing", "Leave it out, or fetch it again.")


READER = Reader(name="jsonl", suffixes=(".jsonl", ".ndjson"), read=read)
