"""The catalogue of bad inputs: what is given, what happens, and how that is checked. docs/bad_inputs.md is made from these rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.conftest import ingest_documents
from topics.core.documents import Document
from topics.ingest.files import SourceConfig
from topics.ingest.ingest import IngestReport

ARTICLE = "The ministry said that the two agencies in the north of the country would be merged before the end of the dry season."
BAI_BAO = "Bộ trưởng cho biết hai cơ quan ở miền Bắc sẽ được sáp nhập trước mùa mưa này sau một thời gian dài nghiên cứu."
Files = Mapping[str, bytes] | Callable[[Path], None]
"""Bytes by file name, or a function that fills the folder."""


@dataclass(frozen=True)
class Found:
    """What reading a folder gave."""

    folder: Path
    documents: Sequence[Document]
    report: IngestReport

    @property
    def notes(self) -> set[str]:
        """Codes of what was done to any document."""
        return {note for document in self.documents for note in document.info.notes}


@dataclass(frozen=True)
class Row:
    """One bad input.

    Args:
        number: its number in the catalogue.
        given: the input, in words.
        behaviour: what happens to it, in words.
        files: the input itself.
        accepted: how many documents come of it.
        quarantined: the codes of what is quarantined, sorted.
        notes: codes that some document must carry.
        each: whether every document must carry them.
        left_out: how many files no reader takes.
        error: a part of the message, where reading stops with an error of ours instead.
        source: options of the source.
        also: what else must hold.
        check: replaces reading altogether, for rows about something else than one folder of files.
        tested: where the input has a test of its own outside the catalogue: file below `tests/`, `::`, name of the function.
    """

    number: int
    given: str
    behaviour: str
    files: Files = field(default_factory=dict)
    accepted: int = 0
    quarantined: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    each: bool = False
    left_out: int = 0
    error: str = ""
    source: Mapping[str, object] = field(default_factory=dict)
    also: Callable[[Found], None] | None = None
    check: Callable[[Path], None] | None = None
    tested: tuple[str, ...] = ()

    def fill(self, folder: Path) -> None:
        """Write the input."""
        if callable(self.files):
            self.files(folder)
            return
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def read_folder(folder: Path, as_of: date | None = None, **source: object) -> Found:
    """Read a folder with the installed readers and languages."""
    documents, report = ingest_documents([SourceConfig(str(folder), **source)], as_of=as_of)  # type: ignore[arg-type]
    return Found(folder, documents, report)
