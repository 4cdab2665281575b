"""Which delimiter a file has: the usual one, or another that every row agrees on; nothing is guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from topics.core.contracts import ReadOptions
from topics.core.registry import nearest
from topics.ingest.encodings import Undecodable
from topics.ingest.files import COLUMNS
from topics.ingest.readers._rows import BadRow, Cells, Quoting, Rows
from topics.ingest.readers._source import Line, Source

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
MAX_COLUMNS = 2_000
HEAD_BYTES = 1 << 19
_PREVIEW = 3
_WIDTH = 80
_DECLARED = re.compile(rb'(?:\xef\xbb\xbf)?"?sep=([,;\t|])"?\r?\n?', re.IGNORECASE)  # what Excel writes and reads as a first line


class NoTableError(Exception):
    """An input that cannot be read as a table: code, message and hint of the one rejection that it becomes."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Table:
    """How a file is laid out: its quoting, the names of its columns, which of them holds the text, where its rows begin, and notes.

    Args:
        header: lines before the first row.
        end: bytes before the first row.
    """

    quoting: Quoting
    names: tuple[str, ...]
    text: int
    header: int
    end: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Try:
    """The head of a file read with one delimiter."""

    quoting: Quoting
    names: tuple[str, ...]
    header: int
    disagrees: str


def find_table(head: list[Line], source: Source, options: ReadOptions, usual: str) -> Table:
    """Return the layout of a delimited file.

    Args:
        head: its first lines.
        source: decodes them.
        options: say which column holds the text.
        usual: the delimiter that the file's suffix promises.

    Raises:
        NoTableError: there is no header with the text column, a used name stands twice, or rows do not agree on an unusual delimiter.
    """
    declared = _DECLARED.fullmatch(head[0][0])
    skipped = 1 if declared else 0
    usual = declared[1].decode() if declared else usual
    if len(head) == skipped:
        raise NoTableError("empty", "holds no header and no rows", "Leave it out, or fetch it again.")
    tries: dict[str, _Try] = {}
    for mark in (usual, *(mark for mark in DELIMITERS if mark != usual)):
        found = tries[mark] = _read(head[skipped:], source, mark)
        if options.text_column in found.names:
            break
    else:
        raise _no_text(head[skipped:], tries, usual, options)
    if mark != usual and found.disagrees:
        message = f"{DELIMITERS[mark]}s seem to part the columns, but {found.disagrees}. It begins: {_preview(head, source)}"
        raise NoTableError("dialect", message, f"Mend that row, or save the file with {DELIMITERS[usual]}s.")
    _refuse_twice(found.names, options)
    notes = (f"delimiter_{DELIMITERS[mark]}",) if mark != usual or declared else ()
    header = skipped + found.header
    return Table(found.quoting, _apart(found.names), found.names.index(options.text_column), header, head[header - 1][2], notes)


def _read(head: list[Line], source: Source, mark: str) -> _Try:
    """The header under one delimiter, and the first row that does not have as many fields."""
    quoting = Quoting(mark)
    rows = Rows(iter(head), source, quoting, 0)
    first = next(iter(rows), None)
    if not isinstance(first, Cells):
        return _Try(quoting, (), 1, first.message if isinstance(first, BadRow) else "there is no header")
    names = tuple(name.strip() for name in first.fields)
    n_lines = sum(1 for line in head if line[1] < first.end)
    bad = next((row for row in Rows(iter(head[n_lines:]), source, quoting, len(names)) if isinstance(row, BadRow)), None)
    goes_on = bad is not None and bad.code in {"quote", "too_large"} and bad.end == head[-1][2]  # the row ends with the head
    return _Try(quoting, names, n_lines, "" if bad is None or (goes_on and bad.end > HEAD_BYTES) else f"in line {bad.number} {bad.message}")


def _no_text(head: list[Line], tries: dict[str, _Try], usual: str, options: ReadOptions) -> NoTableError:
    """What to say of a file without the text column: the columns under the delimiter that parts its rows best."""
    best = max(tries, key=lambda mark: (not tries[mark].disagrees, len(tries[mark].names), mark == usual))
    best = usual if len(tries[usual].names) > 1 else best
    names = [name for name in tries[best].names if name]
    if len(names) > MAX_COLUMNS:
        return NoTableError(
            "no_text_column", f"line {head[0][3]} has {len(names):,} columns, the limit is {MAX_COLUMNS:,}", "Is it a table?"
        )
    seen = ", ".join(repr(name[:_WIDTH]) for name in names[:40]) + (f" and {len(names) - 40} more" if len(names) > 40 else "")
    wanted = options.text_column
    guess = nearest(wanted, names).split("Known:")[0].strip()
    hint = (
        f'{guess} Name the column in the study: columns = {{ text = "..." }}; if line {head[0][3]} is an article, put a header before it.'
    )
    message = f"no column {wanted!r}: line {head[0][3]}, read as the header with {DELIMITERS[best]}s, has {seen or 'nothing'}"
    return NoTableError("no_text_column", message, hint.strip())


def _refuse_twice(names: Iterable[str], options: ReadOptions) -> None:
    used = {options.columns.get(name, name) for name in COLUMNS}
    twice = sorted(name for name, n in Counter(names).items() if n > 1 and name in used)
    if twice:
        message = f"{len(twice)} name(s) stand for two columns: {', '.join(map(repr, twice))}; the header has {', '.join(map(repr, names))}"
        raise NoTableError("duplicate_column", message, "Give each column its own name.")


def _apart(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of columns, none of them twice: later ones get a number."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)


def _preview(head: list[Line], source: Source) -> str:
    shown = []
    for line in head[:_PREVIEW]:
        try:
            shown.append(repr(source.decode(line[0], line[1])[0].rstrip("\r\n")[:_WIDTH]))
        except Undecodable:
            shown.append(repr(line[0][:_WIDTH]))
    return " / ".join(shown)
