"""Keeps a corpus as one Parquet file (zstd): metadata are loaded, texts are streamed."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from topics.core.documents import Corpus, Document, DocumentInfo, Removed
from topics.core.errors import ContractError, DataError

if TYPE_CHECKING:
    import duckdb

FILE_NAME = "documents.parquet"
_BLOCK = 2000


def _connect() -> duckdb.DuckDBPyConnection:
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(":memory:", config=settings)


@dataclass(frozen=True)
class MemoryTexts:
    """Texts of a small corpus, held in memory."""

    items: tuple[tuple[str, tuple[Removed, ...]], ...]

    def __iter__(self) -> Iterator[tuple[str, tuple[Removed, ...]]]:
        return iter(self.items)


@dataclass(frozen=True)
class ParquetTexts:
    """Texts streamed from a Parquet file, a block of rows at a time."""

    path: Path

    def __iter__(self) -> Iterator[tuple[str, tuple[Removed, ...]]]:
        decoder = msgspec.json.Decoder(tuple[Removed, ...])
        with _connect() as connection:
            cursor = connection.execute("SELECT text, removed FROM read_parquet(?)", [glob.escape(str(self.path))])
            while rows := cursor.fetchmany(_BLOCK):
                for text, removed in rows:
                    yield text, decoder.decode(removed)


def corpus_from(documents: Iterable[Document]) -> Corpus:
    """Return a corpus held in memory, in content-hash order."""
    ordered = sorted(documents, key=lambda document: (document.info.content_hash, document.info.id))
    texts = tuple((document.text, document.removed) for document in ordered)
    return Corpus(tuple(document.info for document in ordered), MemoryTexts(texts))


def write(documents: Iterable[Document], directory: Path) -> None:
    """Write documents, already in content-hash order, into an existing directory."""
    import pandas as pd

    encoder = msgspec.json.Encoder(order="sorted")
    rows = [(encoder.encode(doc.info).decode(), doc.text, encoder.encode(doc.removed).decode()) for doc in documents]
    frame = pd.DataFrame(rows, columns=["info", "text", "removed"], dtype="str")
    with _connect() as connection:
        connection.register("documents", frame)
        connection.execute(f"COPY documents TO '{_quoted(directory / FILE_NAME)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def load(directory: Path) -> Corpus:
    """Open a stored corpus; texts stay on disk.

    Raises:
        DataError: the file is missing or not ours.
    """
    path = directory / FILE_NAME
    if not path.is_file():
        raise DataError("the stored corpus is missing.", where=str(path), hint="Run the study again; it is rebuilt from the sources.")
    import duckdb

    decoder = msgspec.json.Decoder(DocumentInfo)
    infos: list[DocumentInfo] = []
    try:
        with _connect() as connection:
            cursor = connection.execute("SELECT info FROM read_parquet(?)", [glob.escape(str(path))])
            while rows := cursor.fetchmany(_BLOCK):
                infos.extend(decoder.decode(row[0]) for row in rows)
        return Corpus(tuple(infos), ParquetTexts(path))
    except (duckdb.Error, msgspec.DecodeError, ContractError) as error:
        hint = "Run the study again; it is rebuilt from the sources."
        raise DataError(f"the stored corpus cannot be read: {str(error).splitlines()[0]}.", where=str(path), hint=hint) from error
