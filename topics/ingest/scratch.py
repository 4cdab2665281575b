"""A passing database that holds little of what lies in it in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from topics.ingest.layout import MUCH, ROW_GROUP, connect

LITTLE = 256_000_000  # bytes that the database may hold at first
GROUPS = 4  # row groups that are sorted and compressed at a time
REST = 48_000_000  # bytes that it keeps over a rest
A_ROW = 256  # bytes of memory for each row, so that sorted runs on disk stay few enough to be merged at once
BLOCK = 2000  # rows that are added, or come back, at a time


class Scratch:
    """A database in a file; what it sorts goes to disk beside it.

    The database keeps what it was once allowed to hold. So it is allowed little, and more where rows are many or large: 40,000 articles of
    3 kB take 480 MB of a gigabyte and 110 MB of this, in the same time.
    """

    def __init__(self, path: Path) -> None:
        self._connection = connect(path, path.parent, LITTLE)
        self._memory = LITTLE
        self._n_rows = 0

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    @property
    def memory(self) -> int:
        """How many bytes the database may hold."""
        return self._memory

    def insert(self, table: str, names: Sequence[str], rows: Sequence[tuple[object, ...]], numbers: Collection[str]) -> None:
        """Add rows to a table.

        Args:
            table: its name.
            names: of the columns.
            rows: their values in this order.
            numbers: which of the columns hold whole numbers.
        """
        import pandas as pd

        if rows:
            self.allow(len(rows), sum(len(value) for row in rows for value in row if isinstance(value, str | bytes)))
            columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
            frame = pd.DataFrame(columns, dtype=object).astype(dict.fromkeys(set(numbers) & set(names), "int64"))
            self._connection.register("batch", frame)
            self.run(f"INSERT INTO {table} SELECT {', '.join(names)} FROM batch")
            self._connection.unregister("batch")

    def allow(self, n_rows: int, size: int) -> None:
        """Let the database hold as much as rows need that are added to others: some row groups, and what merging sorted runs takes.

        Args:
            n_rows: that are added.
            size: of their texts, in characters or bytes.
        """
        self._n_rows += n_rows
        groups = GROUPS * ROW_GROUP * size // max(n_rows, 1)
        self._limit(min(MUCH, LITTLE + A_ROW * self._n_rows + max(0, groups - LITTLE // 2)))

    def rest(self) -> None:
        """Give back what the database keeps of what it sorted, before something else takes memory; no stream may be open."""
        import duckdb

        with suppress(duckdb.OutOfMemoryException):  # it needs more than that and keeps it
            self._connection.execute(f"SET memory_limit = '{REST}B'")
        self._connection.execute(f"SET memory_limit = '{self._memory}B'")

    def _limit(self, memory: int) -> None:
        if memory > self._memory:
            self._memory = memory
            self._connection.execute(f"SET memory_limit = '{memory}B'")

    def _execute(self, query: str, values: Sequence[object], *, apart: bool = False) -> Any:  # noqa: ANN401 - a connection or a cursor
        """Run a statement; where the memory does not do, once more with all that it may ever have."""
        import duckdb

        on = self._connection.cursor() if apart else self._connection
        try:
            return on.execute(query, list(values))
        except duckdb.OutOfMemoryException:
            if self._memory >= MUCH:
                raise
            self._limit(MUCH)
            return on.execute(query, list(values))

    def run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement to its end."""
        found: list[tuple[Any, ...]] = self._execute(query, values).fetchall()
        return found

    def stream(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, a block at a time; on a cursor of its own, so that other queries may run between."""
        cursor = self._execute(query, values, apart=True)
        while rows := cursor.fetchmany(BLOCK):
            yield from rows
