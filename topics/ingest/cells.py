"""Values of tables as the text that a record holds."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral
from typing import TYPE_CHECKING

from topics.core.contracts import RawRecord, ReadOptions, Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_EXACT = 2**53


def cell_text(value: object) -> str | None:  # noqa: PLR0911 - one return a type
    """Return a cell as text, or None where it is empty or no single value.

    Whole numbers lose their ".0" (identifiers that a spreadsheet keeps as numbers), days and moments become ISO 8601,
    a moment at midnight without an offset becomes its day.
    """
    if value is None or isinstance(value, bool | bytes | bytearray):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        if value != value:  # noqa: PLR0124 - pandas' NaT is a datetime that differs from itself
            return None
        bare = value.tzinfo is None and value.time() == time(0)
        return value.date().isoformat() if bare else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Integral):  # numpy's too
        return str(value)
    if isinstance(value, float | Decimal):
        number = float(value)
        if math.isnan(number):
            return None
        return str(int(value)) if number.is_integer() and abs(number) < MAX_EXACT else str(value)
    return None


def kind_of(value: object) -> str:
    """What a value is, in the words of a message."""
    if isinstance(value, list | tuple | dict | set | bytes | bool):
        return type(value).__name__
    return {"int": "a number", "float": "a number", "Decimal": "a number"}.get(type(value).__name__, type(value).__name__)


def row_record(where: tuple[str, int, int, int], row: Mapping[str, object], options: ReadOptions) -> RawRecord | Rejected:
    """Return the record of a row of a table, or why it is none: the text must be a string.

    Args:
        where: file, row number, first byte, byte behind the last.
        row: values by column name.
        options: which column holds the text.
    """
    text = row.get(options.text_column)
    if not isinstance(text, str):
        missing = text is None or (cell_text(text) is None and not isinstance(text, list | tuple | dict | bytes | bool))
        found = "it is empty" if missing else f"it is {kind_of(text)}"
        hint = "Leave the row out, or name another column in the study: columns = { text = ... }."
        return Rejected(*where, "empty" if missing else "no_text", f"the column {options.text_column!r} must hold the text, {found}", hint)
    fields = {name: told for name, value in row.items() if (told := cell_text(value)) is not None}
    return RawRecord(*where, text, fields)


def no_column(where: tuple[str, int, int, int], options: ReadOptions, there: list[str], what: str = "the table") -> Rejected:
    """Return the rejection of a table that lacks the text column."""
    listed = ", ".join(there) or "none"
    message = f"{what} has no column {options.text_column!r}; its columns: {listed[:500]}"
    return Rejected(*where, "no_column", message, "Name the column with the text in the study: columns = { text = ... }.")
