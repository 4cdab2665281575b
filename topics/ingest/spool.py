"""Documents on their way into the store: on disk, so that memory holds a chunk of texts and no more; in SQL where all must be compared."""

from __future__ import annotations

import dataclasses
import glob
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from topics.core.documents import Document, DocumentInfo, Removed
from topics.ingest.documents import Made, Origin
from topics.ingest.layout import COLUMNS, FILE_NAME, ROW_GROUP, quoted
from topics.ingest.repeated import NONE, Repeated, found_in
from topics.ingest.scratch import BLOCK, Scratch


class _MadeWith(msgspec.Struct):
    """The one field of an `Origin` that tells whether a document must be made again; the others are skipped."""

    repeated: tuple[int, ...] = ()


_ROW = (
    "n BIGINT, file_key VARCHAR, content_hash VARCHAR, id VARCHAR, file VARCHAR, record BIGINT, source VARCHAR, draft VARCHAR,"
    " origin VARCHAR, lines BLOB, text VARCHAR, removed VARCHAR"
)
_NUMBERS = {"n", "record"}
_ENCODE = msgspec.json.Encoder(order="sorted")
_INFO = msgspec.json.Decoder(DocumentInfo)
_ORIGIN = msgspec.json.Decoder(Origin)
_MADE_WITH = msgspec.json.Decoder(_MadeWith)
_REMOVED = msgspec.json.Decoder(tuple[Removed, ...])


class Spool:
    """A scratch database of made documents, numbered as they come."""

    def __init__(self, folder: Path) -> None:
        self._db = Scratch(folder / "spool.duckdb")
        for table in ("rows", "again"):  # `again`: documents that take the place of those with their numbers
            self._run(f"CREATE TABLE {table}({_ROW})")
        self._run("CREATE TABLE settled(n BIGINT, final VARCHAR)")
        self._waiting: list[tuple[object, ...]] = []
        self._table = "rows"
        self._n = 0

    def close(self) -> None:
        """Give the files back."""
        self._db.close()

    def rest(self) -> None:
        """Give back memory that is not needed now."""
        self._db.rest()

    def add(self, made: Made, number: int | None = None) -> None:
        """Add a document, or one that `replace` puts in the place of the one with that number; not both at a time."""
        if number is None:
            self._n += 1
        info, origin = made.document.info, made.origin
        head = (number or self._n, origin.file_key, info.content_hash, info.id, info.file, info.record, info.source)
        body = (_text(info), _text(origin), made.lines, made.document.text, _text(made.document.removed))
        self._waiting.append((*head, *body))
        self._table = "rows" if number is None else "again"
        if len(self._waiting) >= BLOCK:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            self._insert(self._table, ["n", *COLUMNS], self._waiting)
            self._waiting = []
            self.rest()

    def replace(self) -> None:
        """Put the documents that were added with a number in the place of those."""
        self.flush()
        self._run("DELETE FROM rows WHERE n IN (SELECT n FROM again)")
        self._run("INSERT INTO rows SELECT * FROM again")
        self._run("DROP TABLE again")

    def reuse(self, stored: Path, file_keys: Sequence[str]) -> None:
        """Add the documents of these files from an earlier store."""
        self.flush()
        names = ", ".join(COLUMNS)
        self._run(
            f"INSERT INTO rows SELECT {self._n} + row_number() OVER (), {names} FROM read_parquet(?) WHERE file_key IN (SELECT unnest(?))",
            [glob.escape(str(stored / FILE_NAME)), list(file_keys)],
        )
        self._n = self._value("SELECT coalesce(max(n), 0) FROM rows")
        self._db.allow(*self._run("SELECT count(*), coalesce(sum(strlen(text)), 0) FROM rows")[0])

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """Yield (source, line keys) of every document, in any order."""
        yield from self._stream("SELECT source, lines FROM rows")

    def stale(self, repeated: Mapping[str, Repeated]) -> Iterator[int]:
        """Yield the numbers of documents that were made with other repeated lines than these, in any order."""
        for n, source, lines, origin in self._stream("SELECT n, source, lines, origin FROM rows"):
            if found_in(lines, repeated.get(source, NONE)) != _MADE_WITH.decode(origin).repeated:
                yield n

    def documents(self, numbers: Sequence[int]) -> Iterator[tuple[int, Made]]:
        """Yield documents by their numbers, in any order."""
        query = "SELECT n, draft, origin, lines, text, removed FROM rows WHERE n IN (SELECT unnest(?))"
        for n, draft, origin, lines, text, removed in self._stream(query, [list(numbers)]):
            yield n, Made(Document(_INFO.decode(draft), text, _REMOVED.decode(removed)), _ORIGIN.decode(origin), lines)

    def drop_repeats(self) -> int:
        """Keep one of each content (by file, record and number) as a candidate; return how many repeats there are."""
        self.flush()
        self._run(
            "CREATE TABLE first AS SELECT n, id, content_hash FROM rows"
            " QUALIFY row_number() OVER (PARTITION BY content_hash ORDER BY file, record, id, n) = 1"
        )
        return self._value("SELECT (SELECT count(*) FROM rows) - (SELECT count(*) FROM first)")

    def clashes(self) -> list[tuple[int, str]]:
        """Take candidates that share an id with another out; return their numbers and ids. `admit` takes back which may stay."""
        query = "SELECT n, id FROM first WHERE id IN (SELECT id FROM first GROUP BY id HAVING count(*) > 1) ORDER BY id, n"
        found = self._run(query)
        self._run("DELETE FROM first WHERE id IN (SELECT id FROM first GROUP BY id HAVING count(*) > 1)")
        return found

    def admit(self, rows: Sequence[tuple[int, str]]) -> None:
        """Make documents candidates under an id, by their numbers."""
        numbers, ids = [n for n, _ in rows], [name for _, name in rows]
        given = "(SELECT unnest(?::BIGINT[]) AS n, unnest(?::VARCHAR[]) AS name)"
        self._run(f"INSERT INTO first SELECT n, name, content_hash FROM rows JOIN {given} USING (n)", [numbers, ids])

    def candidates(self) -> Iterator[tuple[int, DocumentInfo, Origin]]:
        """Yield (number, info, origin) of the candidates, in content-hash order."""
        query = "SELECT n, draft, origin, first.id FROM rows JOIN first USING (n) ORDER BY rows.content_hash"
        for n, draft, origin, name in self._stream(query):
            info = _INFO.decode(draft)
            yield n, info if info.id == name else dataclasses.replace(info, id=name), _ORIGIN.decode(origin)

    def texts(self) -> Iterator[Document]:
        """Yield the candidates with their texts, in content-hash order."""
        query = "SELECT draft, text, removed FROM rows JOIN first USING (n) ORDER BY rows.content_hash"
        for draft, text, removed in self._stream(query):
            yield Document(_INFO.decode(draft), text, _REMOVED.decode(removed))

    def count_accepted(self) -> int:
        """Return how many documents are accepted."""
        return self._value("SELECT count(*) FROM first")

    def settle(self, rows: Iterable[tuple[int, object]]) -> None:
        """Store what was settled for each accepted document."""
        batch: list[tuple[object, ...]] = []
        for n, final in rows:
            batch.append((n, _text(final)))
            if len(batch) >= BLOCK:
                self._insert("settled", ["n", "final"], batch)
                batch = []
        self._insert("settled", ["n", "final"], batch)

    def write(self, target: Path) -> None:
        """Write everything as one Parquet file: accepted documents first, in content-hash order, then the others."""
        self.flush()
        self.rest()
        names = ", ".join(COLUMNS)
        self._run(
            f"COPY (SELECT {names}, final FROM rows LEFT JOIN settled USING (n)"
            " ORDER BY final IS NULL, content_hash, id, file, record, n)"
            f" TO '{quoted(target / FILE_NAME)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )

    def _insert(self, table: str, names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        self._db.insert(table, names, rows, _NUMBERS)

    def _run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._db.run(query, values)

    def _value(self, query: str) -> int:
        return int(self._run(query)[0][0])

    def _stream(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        self.flush()
        yield from self._db.stream(query, values)


def _text(value: object) -> str:
    return _ENCODE.encode(value).decode()
