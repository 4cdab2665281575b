"""The user's file of events."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from topics.core.errors import UsageError
from topics.core.events import Event
from topics.core.labels import shown_text

COLUMNS = ["date", "name"]


def read_events(path: Path) -> tuple[Event, ...]:
    """Read events from a CSV file with the columns `date` (2024-02-10) and `name`, in order of date.

    Raises:
        UsageError: the file cannot be read, has other columns, or a line is no event; the message names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the file of events cannot be read: {error}.", where=str(path), hint="It must be CSV in UTF-8.") from error
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip().casefold() for cell in next(rows, [])]
    if header != COLUMNS:
        hint = "The first line must be: date,name"
        raise UsageError(f"the columns are {', '.join(header) or 'missing'}.", where=f"{path}:1", hint=hint)
    found: dict[Event, int] = {}
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}:{rows.line_num}"
        event = _event(cells, where)
        if event in found:
            raise UsageError(f"this event already stands in line {found[event]}.", where=where, hint="Remove one of the two.")
        found[event] = rows.line_num
    return tuple(sorted(found, key=lambda event: (event.day, event.name)))


def _event(cells: Sequence[str], where: str) -> Event:
    if len(cells) != len(COLUMNS):
        hint = 'Write date,name; a name with a comma stands in quotes: 2024-02-10,"Tết, first day"'
        raise UsageError(f"{len(cells)} cells where there are 2 columns.", where=where, hint=hint)
    day, name = cells[0].strip(), shown_text(cells[1]).strip()
    if not name:
        raise UsageError("the event has no name.", where=where, hint="Write date,name.")
    try:
        if len(day) != len("2024-02-10"):
            raise ValueError(day)
        return Event(date.fromisoformat(day), name)
    except ValueError as error:
        raise UsageError(f"{day!r} is no date.", where=where, hint="Write it as 2024-02-10.") from error
