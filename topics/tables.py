"""CSV tables: UTF-8, LF, header row, fixed precision, and no cell that a spreadsheet would run."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

_SPECIAL = re.compile(r"[,\"\n\r]")
Cell = str | int | float | bool | date | None
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render_cell(value: Cell) -> str:
    """Return a cell: nan and None are empty, floats have six significant digits, text that begins a formula gets an apostrophe."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return str(value)


def plain_text(cell: str) -> str:
    """Return the text of a cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def header_line(columns: Sequence[str]) -> str:
    """Return the first line of a table."""
    return ",".join(map(_quoted, columns)) + "\n"


def row_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a line for each row, as they come."""
    return (",".join(_quoted(render_cell(cell)) for cell in row) + "\n" for row in rows)


def render_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the table as text."""
    return header_line(columns) + "".join(row_lines(rows))


def _quoted(cell: str) -> str:
    """Quote where RFC 4180 asks for it; Python's writer leaves a lone carriage return bare, which readers take for a line end."""
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


@dataclass(frozen=True)
class Table:
    """A table that is made when it is asked for.

    Args:
        name: without suffix.
        columns: their names.
        make: gives the rows anew at each call.
    """

    name: str
    columns: tuple[str, ...]
    make: Callable[[], Iterable[Sequence[Cell]]]

    @property
    def file(self) -> str:
        """Name of its file."""
        return f"{self.name}.csv"

    def csv(self) -> str:
        """Return the table as CSV text."""
        return render_csv(self.columns, self.make())
