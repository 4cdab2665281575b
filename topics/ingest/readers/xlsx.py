"""Excel workbooks (.xlsx): one row, one document, of every sheet whose first row names the text column."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO
from xml.etree.ElementTree import ParseError

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.ingest.cells import cell_text, no_column, row_record

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MAX_UNPACKED = 1 << 30
MAX_MEMBERS = 10_000
MAX_RATIO = 200
RATIO_FLOOR = 10 << 20  # a member below this many bytes may be packed as tightly as it likes
MAX_COLUMNS = 1000
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_ROWS = 20  # exports put a title or a date above the header
# What openpyxl and zipfile raise on files that no spreadsheet wrote; MemoryError and errors of the stream are not ours to hide.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ParseError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)


class _RefusedError(Exception):
    """A workbook that is not opened: code, message, hint."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.told = (code, message, hint)


def _check(stream: BinaryIO) -> None:
    """Refuse what must not be opened: old or encrypted workbooks, bombs, declarations of entities.

    Raises:
        _RefusedError: with the limit that is passed.
    """
    head = stream.read(8)
    stream.seek(0)
    if head == _OLD:
        raise _RefusedError("old_office", "is an old .xls workbook or a password-protected one", "Save it as .xlsx without a password.")
    if not head.startswith(b"PK"):
        raise _RefusedError("not_xlsx", f"does not begin as a workbook ({head!r})", "Save it as .xlsx again.")
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise _RefusedError("bomb", f"holds {len(members):,} members, the limit is {MAX_MEMBERS:,}", "Save it as .xlsx again.")
        total = sum(member.file_size for member in members)
        if total > MAX_UNPACKED:
            raise _RefusedError("bomb", f"unpacks to {total:,} bytes, the limit is {MAX_UNPACKED:,}", "Split it, or save it as .csv.")
        for member in members:
            if member.flag_bits & 1:
                raise _RefusedError("encrypted", "is encrypted", "Save it without a password.")
            if member.file_size > max(RATIO_FLOOR, MAX_RATIO * member.compress_size):
                told = (
                    f"{member.filename!r} unpacks {member.compress_size:,} bytes to {member.file_size:,}: over the limit of {MAX_RATIO}:1"
                )
                raise _RefusedError("bomb", told, "If the file is what it should be, save it as .csv.")
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    if b"<!DOCTYPE" in part.read(4096).upper():
                        told = f"{member.filename!r} declares a document type, which no spreadsheet does"
                        raise _RefusedError("entities", told, "Save it as .xlsx again.")
    stream.seek(0)


def _names(row: Iterable[object]) -> list[str]:
    return [(cell_text(value) or "").strip() for value in islice(row, MAX_COLUMNS)]


def _sheet(title: str, rows: Iterator[tuple[object, ...]], where: tuple[str, int], options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield the rows of a sheet below its header; a sheet with cells but without the text column is one rejection."""
    name, size = where
    first: list[str] = []
    for number, row in enumerate(rows, start=1):
        names = _names(row)
        if options.text_column in names:
            break
        first = first or [told for told in names if told]
        if number == _HEADER_ROWS:
            break
    else:
        if first:
            yield no_column((name, 1, 0, size), options, first, f"the sheet {title!r}")
        return
    if options.text_column not in names:
        yield no_column((name, 1, 0, size), options, first, f"the sheet {title!r}")
        return
    for below, row in enumerate(rows, start=number + 1):
        values = {column: value for column, value in zip(names, row, strict=False) if column}
        if any(value is not None for value in values.values()):
            yield row_record((name, below, 0, size), values, options)


def _sheets(book: Workbook, name: str, size: int, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    sheets = list(book.worksheets)
    for sheet in sheets:
        reset = getattr(sheet, "reset_dimensions", None)
        if reset is not None:  # the size that a file states is often wrong
            reset()
        shown = name if len(sheets) == 1 else f"{name}!{sheet.title}"
        yield from _sheet(sheet.title, sheet.iter_rows(values_only=True), (shown, size), options)


def read(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield the rows of all sheets that have the text column; the record is the row's number, with several sheets the file is `book!sheet`.

    Formulas give the value that was last calculated; macros are not looked at.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    last = 0
    try:
        _check(stream)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False, keep_vba=False)
        for record in _sheets(book, name, size, options):
            last = record.record
            yield record
        if not last:
            yield Rejected(name, 1, 0, size, "empty", "the workbook holds no rows", "Leave it out, or save it again.")
    except _RefusedError as refused:
        yield Rejected(name, 1, 0, size, *refused.told)
    except (*_BROKEN, InvalidFileException) as error:
        place = f"reading stopped after row {last}" if last else "cannot be read"
        said = str(error).split("\n")[0][:200] or type(error).__name__
        yield Rejected(name, last + 1, 0, size, "not_xlsx", f"{place}: {said}", "The workbook is damaged; save it as .xlsx again.")


READER = Reader(name="xlsx", suffixes=(".xlsx", ".xlsm", ".xls"), read=read, seekable=True)
