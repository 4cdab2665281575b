"""All tables of a report as one workbook, the same bytes from the same tables."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from topics.core.errors import DataError

MAX_ROWS = 1_048_576  # of a sheet
MAX_NAME = 31
LONGEST = 32_767  # characters of a cell
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # that XML cannot hold
WHEN = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the first that a zip archive can name: no clock


def check_workbook(tables: Path) -> None:
    """Raise `DataError` where a table of a folder has more rows than a sheet holds."""
    for path in sorted(tables.glob("*.csv")):
        n = sum(1 for _ in _rows(path))
        if n > MAX_ROWS:
            what = f"the table has {n:,} rows with its header, a sheet of a workbook {MAX_ROWS:,} at most."
            raise DataError(what, where=path.name, hint="Set [report] workbook = false; the CSV will be whole. What was fitted is kept.")


def write_workbook(tables: Path, target: Path) -> None:
    """Write a sheet for each table of a folder; text stays text, whatever it begins with.

    Raises:
        DataError: a table has more rows than a sheet holds.
    """
    from openpyxl import Workbook

    check_workbook(tables)
    paths = sorted(tables.glob("*.csv"))
    book = Workbook(write_only=True)
    names: set[str] = set()
    for path in paths:
        sheet = book.create_sheet(_name(path.stem, names))
        for row in _rows(path):
            sheet.append([_as_text(sheet, value) if isinstance(value, str) else value for value in map(_value, row)])
    book.properties.creator, book.properties.created, book.properties.modified = "topics", WHEN, WHEN
    made = io.BytesIO()
    book.save(made)
    _without_clock(made, target)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines)


def _name(stem: str, taken: set[str]) -> str:
    """A name of at most 31 characters that no other sheet has."""
    name, number = stem[:MAX_NAME], 2
    while name in taken:
        name, number = f"{stem[: MAX_NAME - 3]}_{number}", number + 1
    taken.add(name)
    return name


def _as_text(sheet: object, value: str) -> object:
    """A cell of text, also where the text begins as a formula does."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _value(cell: str) -> str | float | None:
    """A number where the cell is one, else text; the apostrophe before what would be a formula stays."""
    if not cell:
        return None
    try:
        return float(cell) if cell.lstrip("-")[:1].isdigit() and cell == cell.strip() and not _is_code(cell) else _text(cell)
    except ValueError:
        return _text(cell)


def _is_code(cell: str) -> bool:
    """Whether digits are a name, such as 007 or a long id, that a number would change."""
    digits = cell.lstrip("-")
    return len(digits) > 15 or (len(digits) > 1 and digits[0] == "0" and digits[1] != ".") or "_" in cell


def _text(cell: str) -> str:
    return str(_ILLEGAL.sub("\ufffd", cell))[:LONGEST]


def _without_clock(made: io.BytesIO, target: Path) -> None:
    """Write the archive again with the same time in every entry, also in that which says when it was saved."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, WHEN.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, _stamped(entry.filename, old.read(entry)))


def _stamped(name: str, content: bytes) -> bytes:

    if name != "docProps/core.xml":
        return content
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", WHEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
