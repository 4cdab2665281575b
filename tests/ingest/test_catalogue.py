"""Every row of the catalogue of bad inputs does what it says, loses nothing and leaves the input untouched."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import catalogue
import pytest
from catalogue.render import TARGET, page
from catalogue.rows import Row, read_folder

from topics.core.errors import TopicsError
from topics.ingest.notes import describe

GROUPS = sorted(module.name for module in pkgutil.iter_modules(catalogue.__path__) if module.name.startswith("group_"))
ROWS: tuple[Row, ...] = tuple(row for name in GROUPS for row in importlib.import_module(f"catalogue.{name}").ROWS)


def test_the_page_of_bad_inputs_is_made_from_the_rows() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run: python tests/ingest/catalogue/render.py"


def test_every_row_of_the_catalogue_has_its_test() -> None:
    assert sorted({row.number for row in ROWS}) == [*range(1, 135)]


def test_every_note_of_a_row_is_said_in_words() -> None:
    codes = {note for row in ROWS for note in row.notes}
    assert [code for code in sorted(codes) if describe(code) == code.replace("_", " ")] == []


def test_every_test_that_a_row_names_is_there() -> None:
    tests = Path(__file__).resolve().parents[1]
    for file, _, name in (place.partition("::") for row in ROWS for place in row.tested):
        tree = ast.parse((tests / file).read_text(encoding="utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in functions, f"{file} has no test {name}"
    assert [row.given for row in ROWS if row.tested and (row.files or row.check)] == []


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()}


@pytest.mark.parametrize("row", [row for row in ROWS if not row.tested], ids=lambda row: f"{row.number}-{row.given[:40]}")
def test_row(row: Row, tmp_path: Path) -> None:
    if row.check is not None:
        row.check(tmp_path)
        return
    folder = tmp_path / "paper"
    folder.mkdir()
    row.fill(folder)
    before = _bytes(folder)
    if row.error:
        with pytest.raises(TopicsError) as caught:
            read_folder(folder, **row.source)
        assert row.error in str(caught.value)
        assert caught.value.hint
    else:
        found = read_folder(folder, **row.source)
        report = found.report
        assert report.seen == report.accepted + report.duplicates + len(report.quarantined)
        assert tuple(sorted(item.code for item in report.quarantined)) == row.quarantined, report.quarantined
        assert (report.accepted, len(report.left_out)) == (row.accepted, row.left_out), report
        assert set(row.notes) <= found.notes, found.notes
        for document in found.documents if row.each else ():
            assert set(row.notes) <= set(document.info.notes), document.info
        assert all(item.message and item.hint and item.file for item in report.quarantined)
        if row.also:
            row.also(found)
    assert _bytes(folder) == before
