"""Parquet files: one row, one document, read by DuckDB a block of rows at a time."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.ingest.cells import no_column, row_record

if TYPE_CHECKING:
    import duckdb

MAX_COPY = 4 << 30  # bytes of a packed file that are copied to disk, since DuckDB reads paths
_BLOCK = 1000
_MAGIC = b"PAR1"
_NESTED = ("[]", "STRUCT", "MAP", "UNION", "LIST", "ARRAY", "VARIANT")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def _path_of(stream: BinaryIO) -> Iterator[Path | None]:
    """Yield a path with the stream's bytes: its own file where it has one, else a copy; None where that would be too large."""
    name = getattr(stream, "name", None)
    try:
        own = isinstance(name, str | os.PathLike) and os.path.samestat(os.fstat(stream.fileno()), Path(name).stat())
    except (OSError, ValueError):  # an archive's member has no file
        own = False
    if own and isinstance(name, str | os.PathLike):
        yield Path(name)
        return
    with tempfile.TemporaryDirectory(prefix="topics-") as folder:
        path = Path(folder, "copy.parquet")
        with path.open("wb") as copy:
            left = MAX_COPY + 1
            while left and (block := stream.read(min(1 << 20, left))):
                copy.write(block)
                left -= len(block)
        if left:
            yield path
        else:
            yield None


def _connect() -> duckdb.DuckDBPyConnection:
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": "2GB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(":memory:", config=settings)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _selected(name: str, kind: str) -> str:
    """The column in SQL: days and moments as text, since Python has no value for all of them."""
    column = _quoted(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"CASE WHEN isfinite({column}) THEN epoch_us({column}) END"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return f"CAST({column} AS VARCHAR)"
    return column


def _value(value: object, kind: str) -> object:
    if kind == "TIMESTAMP WITH TIME ZONE" and isinstance(value, int):
        try:
            return (_EPOCH + timedelta(microseconds=value)).isoformat()
        except OverflowError:
            return None
    if isinstance(value, str) and kind.startswith("TIMESTAMP"):
        return value.removesuffix(" 00:00:00")
    return value


def _rows(path: Path, where: tuple[str, int], options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    name, size = where
    with _connect() as connection:
        table = "read_parquet(?, hive_partitioning=false)"
        place = [glob.escape(str(path))]
        described = connection.execute(f"DESCRIBE SELECT * FROM {table}", place).fetchall()  # noqa: S608 - a constant
        kinds = {str(row[0]): str(row[1]) for row in described}
        text = options.text_column
        if text not in kinds:
            yield no_column((name, 1, 0, size), options, list(kinds))
            return
        if kinds[text] != "VARCHAR":
            hint = "Name the column with the text in the study: columns = { text = ... }."
            message = f"the column {text!r} must hold text (VARCHAR), it holds {kinds[text][:200]}"
            yield Rejected(name, 1, 0, size, "no_text", message, hint)
            return
        flat = [(column, kind) for column, kind in kinds.items() if kind != "BLOB" and not any(mark in kind for mark in _NESTED)]
        columns = ", ".join(_selected(column, kind) for column, kind in flat)
        cursor = connection.execute(f"SELECT {columns} FROM {table}", place)  # noqa: S608 - names are quoted, the path is a parameter
        number = 0
        while rows := cursor.fetchmany(_BLOCK):
            for row in rows:
                number += 1
                values = {column: _value(value, kind) for (column, kind), value in zip(flat, row, strict=True)}
                yield row_record((name, number, 0, size), values, options)


def read(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield every row as a record; its number is the row's, its bytes are those of the file. A broken file ends in one rejection."""
    import duckdb

    head = stream.read(4)
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    last = 0
    if head != _MAGIC:
        hint = "It may be another format, or encrypted; the reader for it is chosen by `format` in the study."
        yield Rejected(name, 1, 0, size, "not_parquet", f"does not begin as a Parquet file ({head!r})", hint, head)
        return
    with _path_of(stream) as path:
        if path is None:
            yield Rejected(name, 1, 0, size, "too_large", f"unpacks to more than {MAX_COPY:,} bytes, the limit", "Unpack it yourself.")
            return
        try:
            for record in _rows(path, (name, size), options):
                last = record.record
                yield record
        except (duckdb.Error, ValueError, OverflowError, UnicodeDecodeError) as error:
            said = str(error).replace(str(path), name).split("\n")[0][:300]
            place = f"reading stopped after row {last}" if last else "cannot be read"
            hint = "The file is damaged or of an unknown version; write it again."
            yield Rejected(name, last + 1, 0, size, "not_parquet", f"{place}: {said}", hint)


READER = Reader(name="parquet", suffixes=(".parquet", ".pq"), read=read, seekable=True)
