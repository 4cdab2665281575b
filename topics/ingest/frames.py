"""Frames in memory (pandas, polars, Arrow and what else narwhals takes) as the records that readers give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.core.errors import UsageError
from topics.core.registry import nearest
from topics.ingest.cells import row_record


def column_names(frame: Any) -> list[str]:  # noqa: ANN401 - any library's frame
    """Return the names of a frame's columns.

    Raises:
        UsageError: no frame.
    """
    return [str(name) for name in _known(frame).collect_schema().names()]


def records_of(frame: Any, columns: Mapping[str, str], name: str = "frame") -> Iterator[RawRecord | Rejected]:  # noqa: ANN401 - any library's frame
    """Return the rows of a frame as records, numbered from 1; the same values in a file give the same records.

    Args:
        frame: a pandas or polars frame, an Arrow table, or another that narwhals takes; lazy ones are collected.
        columns: our name (text, date, ...) to the frame's.
        name: what stands for the file's name.

    Raises:
        UsageError: no frame, column names that are no text or not unique, or no text column.
    """
    import narwhals as nw

    known = _known(frame)
    table = known.collect() if isinstance(known, nw.LazyFrame) else known
    options = ReadOptions(columns)
    names = list(table.columns)
    if not all(isinstance(column, str) for column in names) or len(set(names)) < len(names):
        raise UsageError(f"column names must be text and differ, found {names[:20]!r}.", where="from_frame", hint="Rename the columns.")
    if options.text_column not in names:
        hint = f"{nearest(options.text_column, names)} Say columns={{'text': ...}}."
        raise UsageError(f"there is no column {options.text_column!r} for the text.", where="from_frame", hint=hint)
    rows = table.iter_rows(named=True)
    return (row_record((name, number, 0, 0), row, options) for number, row in enumerate(rows, start=1))


def _known(frame: Any) -> Any:  # noqa: ANN401 - frames of any library in, those of narwhals out
    """The frame as narwhals has it, whole or lazy."""
    import narwhals as nw
    from narwhals.exceptions import NarwhalsError

    try:
        return nw.from_native(frame)
    except TypeError as error:
        what = f"expected a frame (pandas, polars, Arrow), found {type(frame).__name__}."
        raise UsageError(what, where="from_frame", hint="Make a pandas frame of it.") from error
    except NarwhalsError as error:
        what = f"the frame cannot be used: {' '.join(str(error).split())}."
        raise UsageError(what, where="from_frame", hint="Mend its columns.") from error
