"""Cells of the CSV tables: exact, quiet in a spreadsheet, and readable again."""

from __future__ import annotations

import csv
import io
import math
from datetime import date

import pytest

from topics.tables import Cell, render_cell, render_csv


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"], ids=lambda char: f"U+{ord(char):04X}")
def test_text_that_begins_a_formula_gets_an_apostrophe(first: str) -> None:
    assert render_cell(f"{first}cmd|'/c calc'!A1") == f"'{first}cmd|'/c calc'!A1"
    assert render_cell(first) == f"'{first}"
    assert render_cell(f"a{first}b") == f"a{first}b"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (math.nan, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-3, "-3"),
        (12_345_678, "12345678"),
        (-0.5, "-0.5"),
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.666667"),
        (0.00001234567, "1.23457e-05"),
        (1234567.0, "1.23457e+06"),
        (math.inf, "inf"),
        (date(2025, 3, 1), "2025-03-01"),
        ("huấn luyện", "huấn luyện"),
        ("'quoted", "'quoted"),
    ],
    ids=repr,
)
def test_cells(value: Cell, text: str) -> None:
    assert render_cell(value) == text


def test_a_table_is_a_header_and_lines_that_end_in_lf() -> None:
    assert render_csv(("id", "x"), [("a", 1), ("b", None)]) == "id,x\na,1\nb,\n"
    assert render_csv(("id", "x"), ()) == "id,x\n"
    assert render_csv(("id", "x"), iter([("=1+1", -1.5)])) == "id,x\n'=1+1,-1.5\n"


@pytest.mark.parametrize("text", ['a,"b"', "a\nb", "a\rb", "a\r\nb", '"', " spaced ", "a;b", "\u2028", "số"], ids=repr)
def test_text_comes_back_as_it_was(text: str) -> None:
    table = render_csv(("id", "text"), [("1", text), ("2", text)])
    assert list(csv.reader(io.StringIO(table, newline=""))) == [["id", "text"], ["1", text], ["2", text]]
