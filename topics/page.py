"""A whole page inside a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

HEIGHT = 720  # pixels


@dataclass(frozen=True, repr=False)
class Page:
    """A page of one file, shown in a frame of its own: its script cannot reach the notebook, and it needs no network.

    Args:
        html: the page.
        title: what it is, for who cannot see it.
        height: of the frame, in pixels.
    """

    html: str
    title: str
    height: int = HEIGHT

    def __repr__(self) -> str:
        return f"Page({self.title!r}, {len(self.html.encode()):,} bytes)"

    def _repr_html_(self) -> str:
        place = f'width="100%" height="{self.height}" style="border:1px solid #999" sandbox="allow-scripts allow-downloads"'
        return f'<iframe title="{escape(self.title)}" {place} srcdoc="{escape(self.html)}"></iframe>'

    def save(self, path: str | Path) -> Path:
        """Write the page to a file and return its path."""
        target = Path(path)
        target.write_text(self.html, encoding="utf-8", newline="\n")
        return target
