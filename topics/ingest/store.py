"""A corpus as one Parquet file (zstd): metadata are loaded, texts are streamed."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from topics.core.documents import Body, Corpus, DateEstimate, DocumentInfo, Evidence, Removed
from topics.core.errors import ContractError, DataError
from topics.core.sharing import Shared
from topics.ingest.layout import FILE_NAME, connect
from topics.ingest.repeated import read_repeated

_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class Final:
    """What all documents together settle about one: its id, its date, its story, and all its notes."""

    id: str
    date: DateEstimate
    story: str
    canonical: bool
    notes: tuple[str, ...] = ()


class _DateEvidence(msgspec.Struct):
    """The part of a date that belongs to the text."""

    evidence: tuple[Evidence, ...]


class _FinalEvidence(msgspec.Struct):
    """The part of a `Final` that belongs to the text; the rest is skipped."""

    date: _DateEvidence


@dataclass(frozen=True)
class ParquetTexts:
    """Texts streamed from a Parquet file, a block of rows at a time. `owner` keeps a passing folder alive as long as this."""

    path: Path
    owner: object = None

    def __iter__(self) -> Iterator[Body]:
        return _bodies(self.path)

    def part(self, start: int, stop: int) -> ParquetRows:
        """Return the texts of some rows, which another process may read."""
        return ParquetRows(self.path, start, stop)


@dataclass(frozen=True)
class ParquetRows:
    """Texts of consecutive rows of a Parquet file; accepted documents are its first rows."""

    path: Path
    start: int
    stop: int

    def __iter__(self) -> Iterator[Body]:
        return _bodies(self.path, self.start, self.stop)


def _bodies(path: Path, start: int = 0, stop: int | None = None) -> Iterator[Body]:
    spans, final = msgspec.json.Decoder(tuple[Removed, ...]), msgspec.json.Decoder(_FinalEvidence)
    query = "SELECT text, removed, final FROM read_parquet(?, file_row_number=true) WHERE final IS NOT NULL"
    rows = "" if stop is None else " AND file_row_number >= ? AND file_row_number < ?"
    with connect() as connection:
        cursor = connection.execute(query + rows, [glob.escape(str(path)), *([] if stop is None else [start, stop])])
        while found := cursor.fetchmany(_BLOCK):
            for text, removed, settled_as in found:
                yield Body(text, spans.decode(removed), final.decode(settled_as).date.evidence)


def _settled(info: DocumentInfo, final: Final, shared: Shared) -> DocumentInfo:
    """A document's info with what was settled about it; what many documents have alike is held once."""
    return replace(
        info,
        id=final.id,
        file=shared(info.file),
        source=shared(info.source),
        language=shared(info.language),
        language_shares=shared(info.language_shares),
        date=shared(replace(final.date, evidence=())),
        story=final.id if final.story == final.id else shared(final.story),
        canonical=final.canonical,
        notes=shared(final.notes),
    )


@dataclass(frozen=True)
class _Held:
    """Texts in memory."""

    items: tuple[Body, ...]

    def __iter__(self) -> Iterator[Body]:
        return iter(self.items)


def batches(directory: Path, size: int) -> Iterator[Corpus]:
    """Yield a stored corpus in parts, in its order; memory grows with `size` alone.

    Args:
        directory: the store.
        size: documents in a part; the last may hold fewer.
    """
    info, final, spans = msgspec.json.Decoder(DocumentInfo), msgspec.json.Decoder(Final), msgspec.json.Decoder(tuple[Removed, ...])
    with connect() as connection:
        query = "SELECT draft, final, text, removed FROM read_parquet(?) WHERE final IS NOT NULL"
        cursor = connection.execute(query, [glob.escape(str(directory / FILE_NAME))])
        while rows := cursor.fetchmany(size):
            shared = Shared()
            finals = [final.decode(row[1]) for row in rows]
            infos = tuple(_settled(info.decode(row[0]), one, shared) for row, one in zip(rows, finals, strict=True))
            bodies = (Body(row[2], spans.decode(row[3]), one.date.evidence) for row, one in zip(rows, finals, strict=True))
            yield Corpus(infos, _Held(tuple(bodies)))


def load(directory: Path, owner: object = None) -> Corpus:
    """Open a stored corpus; texts stay on disk.

    Args:
        directory: the store.
        owner: what must live as long as the corpus, such as the handle of a temporary folder.

    Raises:
        DataError: the file is missing or not ours.
    """
    path = directory / FILE_NAME
    if not path.is_file():
        raise DataError("the stored corpus is missing.", where=str(path), hint="Run the study again; it is rebuilt from the sources.")
    import duckdb

    info, final, shared = msgspec.json.Decoder(DocumentInfo), msgspec.json.Decoder(Final), Shared()
    infos: list[DocumentInfo] = []
    try:
        with connect() as connection:
            query = "SELECT draft, final FROM read_parquet(?) WHERE final IS NOT NULL"
            cursor = connection.execute(query, [glob.escape(str(path))])
            while rows := cursor.fetchmany(_BLOCK):
                infos.extend(_settled(info.decode(row[0]), final.decode(row[1]), shared) for row in rows)
        return Corpus(tuple(infos), ParquetTexts(path, owner), read_repeated(directory))
    except (duckdb.Error, msgspec.DecodeError, ContractError) as error:
        hint = "Run the study again; it is rebuilt from the sources."
        raise DataError(f"the stored corpus cannot be read: {str(error).splitlines()[0]}.", where=str(path), hint=hint) from error
