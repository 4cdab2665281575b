"""Small pieces of HTML for notebooks: escaped, styled in place, without a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

MAX_ROWS = 12
_CELL = 'style="text-align:left;vertical-align:top;padding:2px 10px 2px 0"'


def card(title: str, *lines: str) -> str:
    """Return a heading and plain lines below it."""
    body = "".join(f"<div>{escape(line)}</div>" for line in lines if line)
    return f'<div style="line-height:1.5"><strong>{escape(title)}</strong>{body}</div>'


def grid(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a heading and a table of at most twelve rows; what is left out is counted."""
    listed = list(rows)
    head = "".join(f'<th scope="col" {_CELL}>{escape(name)}</th>' for name in header)
    body = "".join(f"<tr>{''.join(f'<td {_CELL}>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in listed[:MAX_ROWS])
    more = f"<div>and {len(listed) - MAX_ROWS:,} more</div>" if len(listed) > MAX_ROWS else ""
    return f'<div><strong>{escape(title)}</strong><table style="border-collapse:collapse"><tr>{head}</tr>{body}</table>{more}</div>'


def percent(share: float) -> str:
    """Return a share in words, a dash where it is not known."""
    return "–" if share != share else f"{share:.0%}" if share == 0 or share >= 0.1 else f"{share:.1%}"  # noqa: PLR0124 - nan differs from itself


def clip(text: str, length: int = 80) -> str:
    """Return a text in one line, cut where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
