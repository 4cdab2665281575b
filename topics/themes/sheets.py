"""The label sheet that a reader filled, read back with every cell checked."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from topics.core.errors import DataError
from topics.themes.labels import Design

FIXED = ("id", "title", "text", "text_hash")
_VALUES = {"": None, "0": False, "1": True}
_NUMBER = re.compile(r"[\d.,]+(?:E[+-]?\d+)?\Z", re.IGNORECASE)
_LISTED = 10  # problems that one message tells


@dataclass(frozen=True)
class Sheet:
    """What a reader judged.

    Args:
        name: of the file.
        labels: theme to document id to judgement; what was left blank is not in it.
        n_rows: articles in the sheet.
    """

    name: str
    labels: dict[str, dict[str, bool]]
    n_rows: int


@dataclass(frozen=True)
class _Columns:
    fixed: dict[str, int]
    themes: dict[str, int]


def _decoded(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"not readable: {error.strerror}.", where=str(path), hint="Name the filled sheet.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        hint = "Save it as CSV UTF-8; nothing was changed."
        raise DataError(f"line {line} is not UTF-8.", where=str(path), hint=hint) from error


def _rows(path: Path) -> list[list[str]]:
    """Rows under any of the delimiters that spreadsheets write; the header tells which."""
    text = _decoded(path)
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataError(f"this is no CSV table: {error}.", where=str(path), hint="Save the sheet as CSV again.") from error
    return rows


def _columns(path: Path, header: Sequence[str], design: Design, keys: Sequence[str]) -> _Columns:
    """Where each column stands; a theme may be called like one of ours, which then comes first."""
    names = [name.strip() for name in header]
    missing = [name for name in FIXED if name not in names]
    if missing:
        hint = f"The first row names the columns: {', '.join([*FIXED, *design.themes])}."
        raise DataError(f"row 1 lacks the column {missing[0]!r}.", where=str(path), hint=hint)
    fixed = {name: names.index(name) for name in FIXED}
    rest = [(place, name) for place, name in enumerate(names) if place not in fixed.values() and name]
    for place, name in rest:
        where = f"row 1, column {place + 1}"
        if name not in design.themes:
            hint = "Take out what is neither ours nor a theme, and give themes the names that the sheet had."
            raise DataError(f"{where}: {name!r} is no theme of this sheet.", where=str(path), hint=hint)
        if name not in keys:
            hint = f"The study has {', '.join(keys) or 'none'}. Take the column out, or the theme back into the study."
            raise DataError(f"{where}: the study has no theme {name!r}.", where=str(path), hint=hint)
        if sum(other == name for _, other in rest) > 1:
            raise DataError(f"{where}: there are two columns {name!r}.", where=str(path), hint="Keep one of them.")
    if not rest:
        raise DataError("row 1 has no theme.", where=str(path), hint=f"The sheet had {', '.join(design.themes)}.")
    return _Columns(fixed, {name: place for place, name in rest})


def _plain(text: str) -> str:
    """Text without what a spreadsheet may change in it: line ends, gaps, composed letters."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _same(cell: str, text: str) -> bool:
    """Whether a cell holds a text, with or without the apostrophe that keeps it from being a formula."""
    return _plain(cell) in {_plain(text), _plain(f"'{text}")}


@dataclass(frozen=True)
class _Reading:
    """What the rows are held against: text hash and shown text of each drawn document, and where the columns stand."""

    hashes: Mapping[str, str]
    texts: Mapping[str, str]
    columns: _Columns

    def identify(self, row: Sequence[str]) -> str | None:
        """The id of a row; by its text hash where a spreadsheet has made a number of it."""
        cell = row[self.columns.fixed["id"]].strip()
        for identifier in (cell, cell.removeprefix("'")):
            if identifier in self.texts:
                return identifier
        name = row[self.columns.fixed["text_hash"]].strip()
        alike = [identifier for identifier, text_hash in self.hashes.items() if text_hash == name]
        return alike[0] if len(alike) == 1 and _NUMBER.match(cell) and _NUMBER.match(alike[0]) else None

    def problems(self, row: Sequence[str], identifier: str | None) -> Iterator[str]:
        """What is wrong with a row, by column."""
        cell = row[self.columns.fixed["id"]].strip()
        if identifier is None:
            yield f"column 'id': {cell!r} was not drawn for this sheet"
            return
        if row[self.columns.fixed["text_hash"]].strip() != self.hashes[identifier]:
            yield f"column 'text_hash': it is that of another text than {identifier!r}"
        if not _same(row[self.columns.fixed["text"]], self.texts[identifier]):
            yield f"column 'text': the text of {identifier!r} was edited, so it is not known what was judged"
        for theme, place in self.columns.themes.items():
            if row[place].strip() not in _VALUES:
                yield f"column {theme!r}: {row[place].strip()[:40]!r} is not 1, 0 or blank"


def read_sheet(path: Path, design: Design, texts: Mapping[str, str], keys: Sequence[str]) -> Sheet:
    """Read a filled sheet and check every cell of it; the file is not touched.

    Rows may be in any order or left out, and theme columns too; comma, semicolon and tab are all read. Gaps, line ends and the
    apostrophe of a neutralised formula may differ.

    Args:
        path: the sheet.
        design: under which it was drawn.
        texts: document id to the text that the sheet showed.
        keys: themes of the study.

    Raises:
        DataError: not CSV in UTF-8, ids that were not drawn or come twice, edited texts, values other than 1, 0 and blank,
            columns that are no theme; the message names file, row and column.
    """
    rows = _rows(path)
    if not rows:
        raise DataError("the file is empty.", where=str(path), hint="Name the filled sheet.")
    columns = _columns(path, rows[0], design, keys)
    reading = _Reading({item.id: item.text_hash for item in design.documents}, texts, columns)
    labels: dict[str, dict[str, bool]] = {theme: {} for theme in design.themes if theme in columns.themes}
    problems: list[str] = []
    seen: Counter[str] = Counter()
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        full = [*row, *[""] * (len(rows[0]) - len(row))]
        identifier = reading.identify(full)
        problems += [f"row {number}, {problem}" for problem in reading.problems(full, identifier)]
        if any(cell.strip() for cell in full[len(rows[0]) :]):
            problems.append(f"row {number}, column {len(rows[0]) + 1}: a value stands beyond the last column")
        if identifier is None:
            continue
        seen[identifier] += 1
        if seen[identifier] > 1:
            problems.append(f"row {number}, column 'id': {identifier!r} is there twice")
        for theme, found in labels.items():
            value = _VALUES.get(full[columns.themes[theme]].strip())
            if value is not None:
                found[identifier] = value
    if problems:
        more = f" and {len(problems) - _LISTED} more" if len(problems) > _LISTED else ""
        raise DataError(f"{'; '.join(problems[:_LISTED])}{more}.", where=str(path), hint="Mend these cells; nothing was changed.")
    return Sheet(path.name, labels, sum(seen.values()))
