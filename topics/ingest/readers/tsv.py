"""Tab-separated values: one article a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.ingest.readers._delimited import read_delimited


def read(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield every row after the header as a record or a rejection; `record` is the line on which it begins."""
    return read_delimited(stream, name, options, "\t")


READER = Reader(name="tsv", suffixes=(".tsv", ".tab"), read=read)
