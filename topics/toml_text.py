"""Settings as TOML text, which `tomllib` reads back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date


def toml_text(tables: Mapping[str, object]) -> str:
    """Return a file with a section for each table, by its (dotted) name; a list of tables becomes one section an entry.

    Raises:
        TypeError: a value has no place in TOML.
    """
    parts: list[str] = []
    for name, value in tables.items():
        several = isinstance(value, Sequence) and not isinstance(value, str)
        for table in value if several else [value]:  # type: ignore[attr-defined]
            head = f"[[{name}]]" if several else f"[{name}]"
            parts.append("\n".join([head, *(f"{_key(key)} = {_value(item)}" for key, item in table.items())]) + "\n")
    return "\n".join(parts)


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _text(name)


def _text(value: str) -> str:
    """A basic string; what TOML allows less of than JSON is the delete character alone."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(key))} = {_value(item)}" for key, item in value.items()) + " }" if value else "{}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_value, value)) + "]"
    raise TypeError(f"{type(value).__name__} {value!r} cannot stand in a study file")
