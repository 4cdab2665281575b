"""Tables in a text: rules and empty cells on a line, rows of cells, and tables that lost their rows, one cell a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

SIGNS = frozenset("|_=*#~–—-")
_DEBRIS = re.compile(r"[\s|_=*#~–—-]++")
_CELL_WORDS = 6
_NUMBER_HEADS = frozenset(("stt", "tt", "no.", "no", "#", "s.no", "số tt"))
_MAX_COLUMNS = 12


def is_debris(text: str) -> bool:
    """Whether a line holds only the signs that draw tables."""
    return text[:1] in SIGNS and bool(_DEBRIS.fullmatch(text))


def _cells(text: str) -> int:
    """How many cells a line has, bars at its ends aside; 0 if one is more than a cell holds."""
    if "|" not in text:
        return 0
    cells = [cell.strip() for cell in text.strip("| ").split("|")]
    sizes = [len(cell.split()) for cell in cells]
    is_sentence = any(size > 3 and cell.endswith((".", "!", "?")) for size, cell in zip(sizes, cells, strict=True))
    n_said = sum(any(char.isalnum() for char in cell) for cell in cells)
    return 0 if n_said < 2 or max(sizes) > _CELL_WORDS or is_sentence else len(cells)


def find_rows(texts: Sequence[str]) -> list[int]:
    """Return which lines are rows of tables: two or more in a row with the same three cells, or three or more with two."""
    cells = [_cells(text) for text in texts]
    rows: list[int] = []
    at = 0
    while at < len(cells):
        stop = at + 1
        while stop < len(cells) and cells[stop] == cells[at]:
            stop += 1
        if cells[at] and (stop - at) >= (2 if cells[at] > 2 else 3):
            rows += range(at, stop)
        at = stop
    return rows


def find_columns(texts: Sequence[str]) -> list[int]:
    """Return which lines are cells of a table that lost its rows: "STT", further heads, then 1, ..., 2, ... at even distance."""
    found: list[int] = []
    at = 0
    while at < len(texts):
        size = _numbered(texts, at) if texts[at].lower() in _NUMBER_HEADS else 0
        found += range(at, at + size)
        at += size or 1
    return found


def _numbered(texts: Sequence[str], head: int) -> int:
    """How many lines the table takes whose first head stands at `head`; 0 if none begins there."""
    width = next((n for n in range(1, _MAX_COLUMNS + 1) if texts[head + n : head + n + 1] in (["1"], ["01"])), 0)
    if width < 2:
        return 0
    number, at = 1, head + width
    while at < len(texts) and texts[at].isdigit() and texts[at].isascii() and int(texts[at][:9]) == number:
        row = texts[at : at + width]
        if len(row) < width or any(len(cell.split()) > _CELL_WORDS * 2 or _is_sentence(cell) for cell in row):
            break
        number, at = number + 1, at + width
    return at - head if number > 1 else 0


def _is_sentence(cell: str) -> bool:
    return cell.count(" ") > 3 and cell.endswith((".", "!", "?"))
