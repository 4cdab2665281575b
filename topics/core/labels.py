"""Names that people give: titles, labels, notes; as they are shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# Control characters, and code points that are none: terminals obey them, XML cannot hold them, drawing a figure with them aborts.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
GIVEN = frozenset({"title", "label", "definition", "rename", "note"})


def shown_text(text: str) -> str:
    """Return text in NFC, with a space for every character that is none; tabs and line ends stay."""
    return _NO_TEXT.sub(" ", unicodedata.normalize("NFC", text))


def is_text(value: object) -> bool:
    """Return whether all texts of a value of lists and tables hold characters alone."""
    if isinstance(value, str):
        return not _NO_TEXT.search(value)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(is_text, items))


def only_text(value: object) -> object:
    """Return a value of lists and tables with a space for every character in its texts that is none."""
    if isinstance(value, str):
        return _NO_TEXT.sub(" ", value)
    if isinstance(value, dict):
        return {key: only_text(item) for key, item in value.items()}
    return [only_text(item) for item in value] if isinstance(value, list) else value


def with_shown_names(value: object, given: bool = False) -> object:
    """Return settings whose titles, labels, definitions and notes (`GIVEN`) are text that can be shown; all else stays."""
    if isinstance(value, Mapping):  # names of columns are those of the source
        return {key: item if key == "columns" else with_shown_names(item, given or key in GIVEN) for key, item in value.items()}
    if isinstance(value, list):
        return [with_shown_names(item, given) for item in value]
    return shown_text(value) if given and isinstance(value, str) else value
