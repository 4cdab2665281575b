"""CSV tables: UTF-8, LF, header row, fixed precision, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from datetime import date

Cell = str | int | float | bool | date | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def render_cell(value: Cell) -> str:
    """Return a cell: nan and None are empty, floats have six significant digits, text that begins a formula gets an apostrophe."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return str(value)


def render_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the table as text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([render_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue()
