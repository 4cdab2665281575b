"""A corpus as one Parquet file (zstd): metadata are loaded, texts are streamed."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from topics.core.documents import Corpus, DateEstimate, Document, DocumentInfo, Removed
from topics.core.errors import ContractError, DataError
from topics.ingest.layout import FILE_NAME, connect

_BLOCK = 2000
Texts = Iterator[tuple[str, tuple[Removed, ...]]]


@dataclass(frozen=True, slots=True)
class Final:
    """What all documents together settle about one: its date, its story, and all its notes."""

    date: DateEstimate
    story: str
    canonical: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MemoryTexts:
    """Texts of a small corpus, held in memory."""

    items: tuple[tuple[str, tuple[Removed, ...]], ...]

    def __iter__(self) -> Texts:
        return iter(self.items)


@dataclass(frozen=True)
class ParquetTexts:
    """Texts streamed from a Parquet file, a block of rows at a time. `owner` keeps a passing folder alive as long as this."""

    path: Path
    owner: object = None

    def __iter__(self) -> Texts:
        decoder = msgspec.json.Decoder(tuple[Removed, ...])
        with connect() as connection:
            query = "SELECT text, removed FROM read_parquet(?) WHERE final IS NOT NULL"
            cursor = connection.execute(query, [glob.escape(str(self.path))])
            while rows := cursor.fetchmany(_BLOCK):
                for text, removed in rows:
                    yield text, decoder.decode(removed)


def corpus_from(documents: Iterable[Document]) -> Corpus:
    """Return a corpus held in memory, in content-hash order."""
    ordered = sorted(documents, key=lambda document: (document.info.content_hash, document.info.id))
    texts = tuple((document.text, document.removed) for document in ordered)
    return Corpus(tuple(document.info for document in ordered), MemoryTexts(texts))


def settled(info: DocumentInfo, final: Final) -> DocumentInfo:
    """Return a document's info with what was settled about it."""
    return replace(info, date=final.date, story=final.story, canonical=final.canonical, notes=final.notes)


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

    info, final = msgspec.json.Decoder(DocumentInfo), msgspec.json.Decoder(Final)
    infos: list[DocumentInfo] = []
    try:
        with connect() as connection:
            query = "SELECT draft, final FROM read_parquet(?) WHERE final IS NOT NULL"
            cursor = connection.execute(query, [glob.escape(str(path))])
            while rows := cursor.fetchmany(_BLOCK):
                infos.extend(settled(info.decode(row[0]), final.decode(row[1])) for row in rows)
        return Corpus(tuple(infos), ParquetTexts(path, owner))
    except (duckdb.Error, msgspec.DecodeError, ContractError) as error:
        hint = "Run the study again; it is rebuilt from the sources."
        raise DataError(f"the stored corpus cannot be read: {str(error).splitlines()[0]}.", where=str(path), hint=hint) from error
