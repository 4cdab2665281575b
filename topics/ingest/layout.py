"""How a stored corpus lies on disk, and the database that reads and writes it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

FILE_NAME = "documents.parquet"
FILES_NAME = "files.json"
# What a document's own record gives; `final` beside them is what all documents together settled, null for one that is not accepted.
COLUMNS = ("file_key", "content_hash", "id", "file", "record", "source", "draft", "origin", "lines", "text", "removed")
ROW_GROUP = 4096  # as many articles are compressed at a time, in memory
MUCH = 1_000_000_000  # bytes that a database may hold; beyond it sorting goes to disk


def connect(database: Path | None = None, scratch: Path | None = None, memory: int = MUCH) -> duckdb.DuckDBPyConnection:
    """Return a connection that loads nothing from outside and sums in one order; `memory` is in bytes."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": f"{memory}B",
    }
    if scratch is not None:
        settings["temp_directory"] = str(scratch)
    return duckdb.connect(str(database or ":memory:"), config=settings)


@contextmanager
def system_errors(path: Path) -> Iterator[None]:
    """Turn the database's words for a full or failing disk into Python's.

    Args:
        path: what was written.

    Raises:
        OSError: in place of the database's own error.
    """
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.FatalException) as error:
        told = (number for number in errno.errorcode if os.strerror(number) in str(error))  # the words alone are always passed on
        code = next(told, None)
        raise OSError(code, os.strerror(code) if code else str(error).splitlines()[0], str(path)) from error


def quoted(path: Path) -> str:
    """Return a path for a string literal in SQL."""
    return str(path).replace("'", "''")
