"""Reading again costs only what is new, and ends where reading all of it at once ends."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ingest_documents
from topics.engine import Engine
from topics.ingest import inputs as module
from topics.ingest.dates.config import DatesConfig
from topics.ingest.files import SourceConfig
from topics.ingest.ingest import IngestReport, ingest
from topics.ingest.inputs import list_inputs
from topics.ingest.layout import FILE_NAME, FILES_NAME
from topics.ingest.store import load
from topics.stages import read_context

PLACES = ("Hue", "Vinh", "Da Lat", "Sa Pa", "Can Tho", "My Tho", "Ha Long")
BOX = "Subscribe to our evening letter and read more"


def article(number: int, box: str = "") -> bytes:
    place = PLACES[number % len(PLACES)]
    lead = f"The {number} soldiers of the brigade in {place} built a bridge of wood and rope in {number + 3} days, then went home."
    return f"Bridge number {number}\n{lead} They will return to {place} for the harvest when the rains have gone.\n{box}\n".encode()


def put(folder: Path, **files: bytes) -> None:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.txt").write_bytes(data)


def read(folder: Path, target: Path, previous: Path | None = None, code: str = "") -> IngestReport:
    context, readers, own = read_context("Asia/Ho_Chi_Minh", None)
    target.mkdir()
    inputs = list_inputs([SourceConfig(str(folder))], Path("/"), readers, own + code)
    return ingest(inputs, context, target, engine=Engine(), previous=previous)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read."""
    names: list[str] = []
    real: Callable[..., object] = module.read_file

    def noting(file: object, options: object) -> object:
        names.append(file.name)  # type: ignore[attr-defined]
        return real(file, options)

    monkeypatch.setattr(module, "read_file", noting)
    return names


def same_bytes(a: Path, b: Path) -> bool:
    return all((a / name).read_bytes() == (b / name).read_bytes() for name in (FILE_NAME, FILES_NAME))


def test_reading_the_same_files_again_reads_none(tmp_path: Path, opened: list[str], caplog: pytest.LogCaptureFixture) -> None:
    put(tmp_path / "in", a=article(1), b=article(2), bad=b"\xff\xff", c=article(1))
    first = read(tmp_path / "in", tmp_path / "1")
    opened.clear()
    with caplog.at_level(logging.INFO, logger="topics"):
        again = read(tmp_path / "in", tmp_path / "2", tmp_path / "1")
    assert opened == []
    assert "0 new" in caplog.text
    assert again == first
    assert (first.seen, first.accepted, first.duplicates, len(first.quarantined)) == (4, 2, 1, 1)
    assert same_bytes(tmp_path / "1", tmp_path / "2")


def test_new_changed_and_deleted_files_end_as_if_read_at_once(tmp_path: Path, opened: list[str]) -> None:
    put(tmp_path / "in", **{f"f{n}": article(n, BOX if n < 6 else "") for n in range(8)})
    read(tmp_path / "in", tmp_path / "1")
    put(tmp_path / "in", new=article(20, BOX), f3=article(33, BOX))
    (tmp_path / "in" / "f7.txt").unlink()
    opened.clear()
    grown = read(tmp_path / "in", tmp_path / "2", tmp_path / "1")
    assert sorted(opened) == ["f3.txt", "new.txt"]
    assert grown == read(tmp_path / "in", tmp_path / "3")
    assert same_bytes(tmp_path / "2", tmp_path / "3")


@pytest.mark.parametrize(("before", "after"), [(4, 5), (5, 4)], ids=["box appears", "box disappears"])
def test_a_box_known_only_later_is_cleaned_from_earlier_files_too(tmp_path: Path, before: int, after: int) -> None:
    for n in range(9):
        put(tmp_path / "in", **{f"f{n}": article(n, BOX if n < before else "")})
    read(tmp_path / "in", tmp_path / "1")
    put(tmp_path / "in", f4=article(4, BOX if after > before else ""))
    report = read(tmp_path / "in", tmp_path / "2", tmp_path / "1")
    assert dict(report.removed) == ({"repeated_line": 5} if after == 5 else {})
    read(tmp_path / "in", tmp_path / "3")
    assert same_bytes(tmp_path / "2", tmp_path / "3")
    assert all((BOX in document.kept()) == (after < 5) for document in load(tmp_path / "2") if BOX in document.text)


def test_other_settings_or_code_read_all_anew(tmp_path: Path, opened: list[str]) -> None:
    put(tmp_path / "in", a=article(1))
    read(tmp_path / "in", tmp_path / "1")
    read(tmp_path / "in", tmp_path / "2", tmp_path / "1", code="newer")
    assert opened == ["a.txt", "a.txt"]


def test_a_damaged_store_is_read_over(tmp_path: Path, opened: list[str]) -> None:
    put(tmp_path / "in", a=article(1))
    read(tmp_path / "in", tmp_path / "1")
    (tmp_path / "1" / FILES_NAME).write_text("{")
    read(tmp_path / "in", tmp_path / "2", tmp_path / "1")
    assert opened == ["a.txt", "a.txt"]


def test_a_source_that_is_named_twice_is_read_twice(tmp_path: Path) -> None:
    put(tmp_path / "in", a=article(1))
    context, readers, code = read_context("Asia/Ho_Chi_Minh", None)
    (tmp_path / "out").mkdir()
    inputs = list_inputs([SourceConfig(str(tmp_path / "in"))] * 2, Path("/"), readers, code)
    report = ingest(inputs, context, tmp_path / "out", engine=Engine())
    assert (report.seen, report.accepted, report.duplicates) == (2, 1, 1)


def test_two_texts_under_one_id_clash_across_old_and_new(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, number in (("a", 1), ("b", 2)):
        row = {"id": "x", "text": article(number).decode()}
        (tmp_path / "in" / f"{name}.jsonl").write_text(json.dumps(row))
        report = read(tmp_path / "in", tmp_path / name, tmp_path / "a" if name == "b" else None)
    assert [item.code for item in report.quarantined] == ["duplicate_id", "duplicate_id"]


def test_what_is_made_again_is_what_was_read_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    text = "{0}\n<p>{1} AT&amp;amp;T ca\u0302u</p>\n{2}\n"
    rows = [{"text": text.format(f"Title {n}", article(n).decode().split("\n")[1], BOX)} for n in range(6)]
    (tmp_path / "in" / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = read(tmp_path / "in", tmp_path / "1")
    assert dict(report.removed) == {"repeated_line": 6}
    assert {code: n for code, n in report.notes if code in {"markup_stripped", "not_nfc"}} == {"markup_stripped": 6, "not_nfc": 6}
    assert all("AT&amp;T câu" in document.text for document in load(tmp_path / "1"))


@pytest.mark.parametrize(("least", "precision"), [(0.0, "day"), (0.97, "interval")])
def test_a_day_less_sure_than_asked_for_becomes_an_interval(tmp_path: Path, least: float, precision: str) -> None:
    put(
        tmp_path / "in",
        a=b"Bridge opens\nOn March 14, 2025 the brigade opened the bridge over the river in the presence of many people from Hue.\n",
    )
    documents, _ = ingest_documents([SourceConfig(str(tmp_path / "in"))], dates=DatesConfig(min_confidence=least))
    assert (documents[0].info.date.precision, str(documents[0].info.date.earliest)) == (precision, "2025-03-14")
