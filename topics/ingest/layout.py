"""How a stored corpus lies on disk, and the database that reads and writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

FILE_NAME = "documents.parquet"
FILES_NAME = "files.json"
# What a document's own record gives; `final` beside them is what all documents together settled, null for one that is not accepted.
COLUMNS = ("file_key", "content_hash", "id", "file", "record", "source", "draft", "origin", "lines", "text", "removed")
ROW_GROUP = 20_480
MEMORY = "1GB"  # beyond it sorting goes to disk


def connect(database: Path | None = None, scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a connection that loads nothing from outside and sums in one order."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": MEMORY,
    }
    if scratch is not None:
        settings["temp_directory"] = str(scratch)
    return duckdb.connect(str(database or ":memory:"), config=settings)


def quoted(path: Path) -> str:
    """Return a path for a string literal in SQL."""
    return str(path).replace("'", "''")
