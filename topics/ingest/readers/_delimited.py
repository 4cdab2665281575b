"""Delimited tables: a header, then one article a row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.ingest.readers._dialect import HEAD_BYTES, NoTableError, Table, find_table
from topics.ingest.readers._rows import MAX_ROW, BadRow, Cells, Rows
from topics.ingest.readers._source import SHOWN, Line, Source, lines, open_source

_BOM = b"\xef\xbb\xbf"


def read_delimited(stream: BinaryIO, name: str, options: ReadOptions, usual: str) -> Iterator[RawRecord | Rejected]:
    """Yield every row as a record or a rejection; a file without a usable header becomes one rejection.

    Args:
        stream, name, options: as for every reader.
        usual: the delimiter that the file's suffix promises.
    """
    source = open_source(stream, name, options)
    if isinstance(source, Rejected):
        yield source
        return
    every = lines(source, MAX_ROW)
    head = _head(every)
    first = next((number for number, line in enumerate(head) if line[0].strip()), None)
    if first is None:
        yield Rejected(name, 1, 0, source.where(head[-1][2]) if head else 0, "empty", "holds nothing", "Leave it out, or fetch it again.")
        return
    try:
        table = find_table(head[first:], source, options, usual)
    except NoTableError as problem:
        start, end = source.where(head[first][1]), source.where(head[first][2])
        yield Rejected(name, head[first][3], start, end, problem.code, str(problem), problem.hint, head[first][0][:SHOWN])
        return
    yield from _records(Rows(chain(head[first + table.header :], every), source, table.quoting, len(table.names)), source, table, name)


def _head(every: Iterator[Line]) -> list[Line]:
    """The first lines, without a byte-order mark; more than `HEAD_BYTES` where there are more."""
    head = []
    for line in every:
        head.append(line if line[1] or not line[0].startswith(_BOM) else (line[0][len(_BOM) :], len(_BOM), line[2], line[3]))
        if line[2] > HEAD_BYTES:
            break
    return head


def _records(rows: Rows, source: Source, table: Table, name: str) -> Iterator[RawRecord | Rejected]:
    names, text, notes = table.names, table.text, table.notes
    row: Cells | BadRow | None = None
    for row in rows:
        start, end = source.where(row.start), source.where(row.end)
        if isinstance(row, BadRow):
            yield Rejected(name, row.number, start, end, row.code, row.message, row.hint, row.raw)
        else:
            yield RawRecord(name, row.number, start, end, row.fields[text], dict(zip(names, row.fields, strict=True)), notes + row.notes)
    if row is None:
        end = source.where(table.end)
        yield Rejected(name, 1, 0, end, "empty", "has a header and no rows", "Leave it out, or fetch it again.")
