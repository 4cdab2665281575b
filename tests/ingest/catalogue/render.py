"""Writes docs/bad_inputs.md from the rows: `python tests/ingest/catalogue/render.py` from the project's root, after a change of a row."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TARGET = ROOT / "docs" / "bad_inputs.md"
HEAD = """# Bad inputs, and what happens to them

Made from the table that drives the tests (`tests/ingest/catalogue/`); each line is a test with its own input,
or names the tests below `tests/` that make it (models, artefacts, machines).
Quarantined records are in `quarantine.jsonl` with file, record, bytes, code, message and hint.
Notes are counted by `topics check` and stand in `documents.csv`.
Input files are never changed, and seen = accepted + quarantined + duplicates holds for every row.

| no. | given | what happens | codes and notes, or tests |
|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    import catalogue

    groups = sorted(module.name for module in pkgutil.iter_modules(catalogue.__path__) if module.name.startswith("group_"))
    rows = [row for name in groups for row in importlib.import_module(f"catalogue.{name}").ROWS]
    lines = []
    for row in sorted(rows, key=lambda item: item.number):
        codes = ", ".join(f"`{code}`" for code in dict.fromkeys((*row.quarantined, *row.notes, *row.tested)))
        lines.append(f"| {row.number} | {_cell(row.given)} | {_cell(row.behaviour)} | {codes} |")
    return HEAD + "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "ingest")]
    TARGET.write_text(page(), encoding="utf-8")
