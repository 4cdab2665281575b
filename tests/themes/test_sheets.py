"""A filled sheet is read whole or refused with file, row and column."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from topics.core.errors import DataError
from topics.tables import render_csv
from topics.themes.labels import Design, SampledDocument
from topics.themes.sheets import FIXED, Sheet, read_sheet

TEXTS = {"a1": "Một cuộc diễn tập.\nHai dòng.", "=b2": '-5 degrees, she said: "cold".', "1234567890123456": "Numbers; and\tmore."}
THEMES = ("drills", "title")  # a theme may be called like a column
Rows = list[list[str]]


def design() -> Design:
    documents = tuple(SampledDocument(name, f"sha256-{number}", "en", "first", {}, 0.5) for number, name in enumerate(TEXTS))
    return Design("s", "c", 1, THEMES, 9, None, (), documents)


def filled() -> Rows:
    """The sheet as it is written, with labels."""
    rows = [(item.id, "A title", TEXTS[item.id], item.text_hash, None, None) for item in design().documents]
    found = list(csv.reader(io.StringIO(render_csv((*FIXED, *THEMES), rows), newline="")))
    for row, values in zip(found[1:], (("1", "0"), ("0", ""), ("", "1")), strict=True):
        row[4:] = values
    return found


def written(path: Path, rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\n") -> Path:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def read(path: Path, keys: tuple[str, ...] = THEMES) -> Sheet:
    return read_sheet(path, design(), TEXTS, keys)


EXPECTED = {"drills": {"a1": True, "=b2": False}, "title": {"a1": False, "1234567890123456": True}}


def test_a_filled_sheet_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path / "l.csv", filled()))
    assert (found.name, found.labels, found.n_rows) == ("l.csv", EXPECTED, 3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_spreadsheet_makes_of_it_is_read_alike(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    rows = filled()
    rows = [rows[0], *reversed(rows[1:]), ["", "", "", "", "", ""]]
    assert read(written(tmp_path / "l.csv", rows, delimiter=delimiter, encoding=encoding, end=end)).labels == EXPECTED


def change(row: int, column: int, value: str) -> Callable[[Rows], None]:
    return lambda rows: rows[row].__setitem__(column, value)


@pytest.mark.parametrize(
    "edit",
    [
        change(1, 2, unicodedata.normalize("NFD", TEXTS["a1"]).replace("\n", "\r\n") + "  "),
        change(2, 2, TEXTS["=b2"]),
        change(2, 0, "=b2"),
        change(1, 1, "another title"),
        change(1, 4, " 1 "),
        change(3, 0, "1.23457E+15"),
        change(3, 0, "1,23457E+15"),
    ],
    ids=["line ends and letters", "no apostrophe", "no apostrophe before the id", "title", "space", "number", "number with comma"],
)
def test_harmless_changes(tmp_path: Path, edit: Callable[[Rows], None]) -> None:
    rows = filled()
    edit(rows)
    assert read(written(tmp_path / "l.csv", rows)).labels == EXPECTED


def test_rows_and_themes_may_be_missing(tmp_path: Path) -> None:
    found = read(written(tmp_path / "l.csv", [row[:5] for row in filled()[:2]]))
    assert (found.labels, found.n_rows) == ({"drills": {"a1": True}}, 1)
    short = filled()
    short[2] = short[2][:5]
    assert read(written(tmp_path / "l.csv", short)).labels == EXPECTED


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (change(1, 4, "yes"), "row 2, column 'drills': 'yes' is not 1, 0 or blank"),
        (change(2, 5, "2"), "row 3, column 'title': '2' is not 1, 0 or blank"),
        (change(1, 0, "zz"), "row 2, column 'id': 'zz' was not drawn for this sheet"),
        (change(1, 0, ""), "row 2, column 'id': '' was not drawn for this sheet"),
        (change(2, 0, "a1"), "row 3, column 'id': 'a1' is there twice"),
        (change(1, 2, "Một cuộc diễn tập khác.\nHai dòng."), "row 2, column 'text': the text of 'a1' was edited"),
        (change(1, 3, "sha256-9"), "row 2, column 'text_hash': it is that of another text than 'a1'"),
        (change(0, 0, "ident"), "row 1 lacks the column 'id'"),
        (change(0, 4, "drill"), "row 1, column 5: 'drill' is no theme of this sheet"),
        (change(0, 5, "drills"), "row 1, column 5: there are two columns 'drills'"),
        (lambda rows: rows[1].append("1"), "row 2, column 7: a value stands beyond the last column"),
        (lambda rows: [row.__delitem__(slice(4, None)) for row in rows] and None, "row 1 has no theme"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_faults_are_named_by_row_and_column(tmp_path: Path, edit: Callable[[Rows], None], message: str) -> None:
    rows = filled()
    edit(rows)
    path = written(tmp_path / "l.csv", rows)
    before = path.read_bytes()
    with pytest.raises(DataError) as caught:
        read(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert path.read_bytes() == before


def test_all_faults_are_told_at_once_and_many_are_counted(tmp_path: Path) -> None:
    rows = filled()
    rows[1][4], rows[3][5] = "x", "y"
    with pytest.raises(DataError, match=r"row 2, column 'drills'.*; row 4, column 'title'"):
        read(written(tmp_path / "l.csv", rows))
    with pytest.raises(DataError, match="and 5 more"):
        read(written(tmp_path / "l.csv", [rows[0], *[["zz", *rows[1][1:4], "", ""]] * 15]))


def test_a_theme_that_the_study_lacks(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 1, column 6: the study has no theme 'title'.*The study has drills"):
        read(written(tmp_path / "l.csv", filled()), ("drills",))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "row 1|empty"),
        ("id,title,text,text_hash,drills\na1,t,Một,h,1\n".encode("utf-16"), "line 1 is not UTF-8"),
        (b"id,title,text,text_hash,drills\na1,t,\xff,h,1\n", "line 2 is not UTF-8"),
        (b'id,title,text,text_hash,drills\na1,t,"open,h,1\n', "this is no CSV table"),
    ],
)
def test_a_file_that_is_no_sheet(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(data)
    with pytest.raises(DataError, match=message):
        read(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not readable"):
        read(tmp_path / "none.csv")
