"""Delimited rows cut out of lines: quotes are followed strictly, and a quote that is never closed costs the rows it spoils alone."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from topics.ingest.encodings import Undecodable
from topics.ingest.readers._source import SHOWN, Line, Source

MAX_ROW = 20_000_000
MAX_ROW_LINES = 100_000
_QUOTE = ord('"')
_SHAPE_ROWS = 200
State = Literal["complete", "open", "broken", "long"]  # long: over a limit before its quote closes


@dataclass(frozen=True, slots=True)
class Cells:
    """A row: its lines' place in the stream, and its fields."""

    number: int
    start: int
    end: int
    fields: list[str]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """Lines that make no row, and why."""

    number: int
    start: int
    end: int
    code: str
    message: str
    hint: str
    raw: bytes


class Quoting:
    """How a delimiter and the quote `"` cut rows and fields (RFC 4180, with quotes inside an unquoted field taken as they are).

    Args:
        delimiter: one ASCII character.
    """

    def __init__(self, delimiter: str) -> None:
        mark = re.escape(delimiter)
        quoted = '[^"]*+(?:""[^"]*+)*+"'
        self.delimiter = delimiter
        self._mark = delimiter.encode()
        self._whole = re.compile(rf'(?:(?:"{quoted}|[^"{mark}\r\n][^{mark}]*+|){mark})*+'.encode())
        self._quoted = re.compile(f'"{quoted}'.encode())
        self._rest = re.compile(quoted.encode())
        self._fields = re.compile(rf'"([^"]*+(?:""[^"]*+)*+)"{mark}|([^{mark}]*+){mark}')

    def follow(self, line: bytes, *, inside: bool) -> State:
        """Return how a row stands at the end of a line that begins a row, or continues `inside` a quoted field."""
        stop, position = len(line.rstrip(b"\r\n")), 0
        if inside:
            found = self._rest.match(line)
            if not found:
                return "open"
            position = found.end()
            if position == stop:
                return "complete"
            if not line.startswith(self._mark, position):
                return "broken"
            position += 1
        found = self._whole.match(line, position)
        position = found.end() if found else position
        if position >= stop or line[position] != _QUOTE:
            return "complete"
        found = self._quoted.match(line, position)
        if not found:
            return "open"
        return "complete" if found.end() == stop else "broken"

    def fields(self, row: str) -> list[str]:
        """Return the fields of a complete row."""
        row = row.rstrip("\r\n")
        if '"' not in row:
            return row.split(self.delimiter)
        return [quoted.replace('""', '"') if quoted else bare for quoted, bare in self._fields.findall(row + self.delimiter)]


class Rows:
    """The rows of a delimited input, after its header.

    Args:
        lines: the input's lines, from the header's successor on.
        source: decodes them.
        quoting: the dialect.
        expected: fields of a row; 0 takes any number.
    """

    def __init__(self, lines: Iterator[Line], source: Source, quoting: Quoting, expected: int) -> None:
        self._lines = lines
        self._ahead: deque[Line] = deque()
        self._source = source
        self._quoting = quoting
        self._expected = expected
        self._firm = [True] * expected  # columns that held something without a space in every good row so far
        self._good = 0

    def __iter__(self) -> Iterator[Cells | BadRow]:
        while (line := self._next()) is not None:
            data = line[0]
            if not data.strip(b"\r\n"):
                continue
            if b'"' not in data and not _is_cut(line):
                yield self._learn(self._row([line]))
                continue
            taken, state = self._take(line)
            if state == "complete":
                yield self._learn(self._row(taken))
            else:
                self._ahead.extendleft(reversed(taken[1:]))
                yield self._literal(line) or self._skip(line, state)

    def _next(self) -> Line | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def _take(self, line: Line) -> tuple[list[Line], State]:
        """The lines of the row that begins with this one, and how it ends."""
        if _is_cut(line):
            return [line], "long"
        taken, state = [line], self._quoting.follow(line[0], inside=False)
        while state == "open":
            if _size(line, taken[-1]) > MAX_ROW or len(taken) >= MAX_ROW_LINES:
                return taken, "long"
            more = self._next()
            if more is None:
                break
            taken.append(more)
            if _is_cut(more):
                return taken, "long"
            if b'"' in more[0]:
                state = self._quoting.follow(more[0], inside=True)
        return taken, state

    def _row(self, taken: list[Line]) -> Cells | BadRow:
        """A row that is complete, if its bytes are text and its fields as many as expected."""
        first, last = taken[0], taken[-1]
        if _size(first, last) > MAX_ROW:
            return _over_limit(first, last)
        data = first[0] if len(taken) == 1 else b"".join([line[0] for line in taken])
        if b"\0" in data:
            return _bad(
                taken, "nul", f"byte {data.index(0) + 1:,} of the row is NUL", "The file is damaged, or of another kind; mend the row."
            )
        try:
            text, notes = self._source.decode(data, first[1])
        except Undecodable as problem:
            return _bad(taken, problem.code, problem.message, problem.hint)
        fields = self._quoting.fields(text)
        if self._expected and len(fields) != self._expected:
            message = f"the row has {len(fields)} fields, the header has {self._expected}"
            return _bad(taken, "field_count", message, f"Put fields that hold {self._quoting.delimiter!r} into quotes, or mend the row.")
        return Cells(first[3], first[1], last[2], fields, notes)

    def _learn(self, row: Cells | BadRow) -> Cells | BadRow:
        """Keep in mind what the first good rows look like."""
        if self._good < _SHAPE_ROWS and isinstance(row, Cells):
            self._good += 1
            self._firm = [firm and len(field.split()) == 1 for firm, field in zip(self._firm, row.fields, strict=False)]
        return row

    def _literal(self, line: Line) -> Cells | None:
        """A line of a tab-separated file as a row whose quotes are letters: many programs write them so."""
        data = line[0].rstrip(b"\r\n")
        if _is_cut(line) or self._quoting.delimiter != "\t" or data.count(b"\t") + 1 != self._expected or b"\0" in data:
            return None
        try:
            text, notes = self._source.decode(data, line[1])
        except Undecodable:
            return None
        return Cells(line[3], line[1], line[2], text.split("\t"), (*notes, "stray_quote"))

    def _skip(self, first: Line, state: State) -> BadRow:
        """The lines from one with a faulty quote to the next that surely begins a row again."""
        last = first
        while (line := self._next()) is not None:
            taken = self._resumes(line)
            if taken:
                self._ahead.extendleft(reversed(taken))
                break
            last = line
        if _size(first, last) > MAX_ROW or last[3] - first[3] >= MAX_ROW_LINES:
            return _over_limit(first, last)
        within = f" within {MAX_ROW:,} bytes and {MAX_ROW_LINES:,} lines, the limits of a row" if state == "long" else ""
        ends = "the quote closes in the middle of a field" if state == "broken" else f"the quote is never closed{within}"
        lines = f"lines {first[3]} to {last[3]}" if last is not first else f"line {first[3]}"
        message = (
            f"a quote that opens in line {first[3]} spoils {lines}: {ends}, where '\"' and then {self._quoting.delimiter!r} is expected"
        )
        hint = 'Close the quote, and double quotes inside a quoted field (""); the rows after it were read.'
        return BadRow(first[3], first[1], last[2], "quote", message, hint, first[0][:SHOWN])

    def _resumes(self, line: Line) -> list[Line]:
        """The lines of a row that surely begins here; none if it does not, and all but this line are then put back."""
        taken, row = self._candidate(line)
        if isinstance(row, Cells) and (self._looks_right(row) if self._good else self._is_followed()):
            return taken
        self._ahead.extendleft(reversed(taken[1:]))
        return []

    def _candidate(self, line: Line) -> tuple[list[Line], Cells | BadRow | None]:
        taken, state = self._take(line)
        return taken, self._row(taken) if state == "complete" and line[0].strip() else None

    def _looks_right(self, row: Cells) -> bool:
        """Whether a row has one word where all good ones had: a line of prose may have the right number of commas by chance."""
        return all(len(field.split()) == 1 for firm, field in zip(self._firm, row.fields, strict=False) if firm)

    def _is_followed(self) -> bool:
        """Whether a second row stands behind a candidate, where no good row says what to look for."""
        line = self._next()
        if line is None:
            return True
        taken, row = self._candidate(line)
        self._ahead.extendleft(reversed(taken))
        return isinstance(row, Cells)


def _size(first: Line, last: Line) -> int:
    return last[2] - first[1]


def _is_cut(line: Line) -> bool:
    """Whether a line is over the limit, so that only its beginning is there: nobody can say where its quotes close."""
    return _size(line, line) > MAX_ROW


def _over_limit(first: Line, last: Line) -> BadRow:
    """The lines of a row that is over a limit."""
    size, n_lines = _size(first, last), last[3] - first[3] + 1
    if n_lines == 1:
        message = f"the row has {size:,} bytes, the limit is {MAX_ROW:,}"
    else:
        message = (
            f"lines {first[3]} to {last[3]} make a row of {n_lines:,} lines and {size:,} bytes, "
            f"the limits are {MAX_ROW_LINES:,} lines and {MAX_ROW:,} bytes"
        )
    hint = "Split the article, or close the quote if it is no article; the rows after it were read."
    return BadRow(first[3], first[1], last[2], "too_large", message, hint, first[0][:SHOWN])


def _bad(taken: list[Line], code: str, message: str, hint: str) -> BadRow:
    first, last = taken[0], taken[-1]
    if last is not first:
        message += f" (lines {first[3]} to {last[3]})"
    return BadRow(first[3], first[1], last[2], code, message, hint, first[0][:SHOWN])
