"""Parquet files and workbooks: rows, types, limits, damage."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.core.registry import discover
from topics.ingest.cells import cell_text
from topics.ingest.readers import parquet, xlsx

OPTIONS = ReadOptions()
BODY = ReadOptions({"text": "body"})


def read(reader: Reader, data: bytes, options: ReadOptions = OPTIONS, name: str = "a") -> list[RawRecord | Rejected]:
    return list(reader.read(io.BytesIO(data), name, options))


def make_parquet(path: Path, query: str) -> Path:
    duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


def make_xlsx(*sheets: tuple[str, Iterable[Iterable[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, changed: dict[str, bytes]) -> bytes:
    """The workbook with members replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return stream.getvalue()


TYPES = """
SELECT 'first' AS text, 7 AS id, DATE '2025-02-11' AS date, TIMESTAMP '2025-02-11 08:30:00' AS at, TIMESTAMP '2025-02-11' AS midnight,
       TIMESTAMPTZ '2025-02-11 08:30:00+07' AS moment, 7.0 AS whole, 1.5::DOUBLE AS half, NULL AS nothing, true AS flag,
       [1, 2] AS list, {'a': 1} AS struct, 'x'::BLOB AS blob, 'NA' AS na
UNION ALL SELECT NULL, 8, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
UNION ALL SELECT 'third', 9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_parquet(tmp_path_factory.mktemp("parquet") / "a[1]*.parquet", TYPES)


def test_a_row_of_a_parquet_file_is_a_record(table: Path) -> None:
    with table.open("rb") as stream:
        first, second, third = parquet.read(stream, "a", OPTIONS)
    assert isinstance(first, RawRecord)
    assert first.text == "first"
    assert first.fields == {
        "text": "first",
        "id": "7",
        "date": "2025-02-11",
        "at": "2025-02-11 08:30:00",
        "midnight": "2025-02-11",
        "moment": "2025-02-11T01:30:00+00:00",
        "whole": "7",
        "half": "1.5",
        "na": "NA",
    }
    assert isinstance(second, Rejected)
    assert (second.code, second.record) == ("empty", 2)
    assert isinstance(third, RawRecord)
    assert (third.record, third.byte_end) == (3, table.stat().st_size)
    assert "date" not in third.fields


def test_bytes_without_a_file_give_the_same_records(table: Path) -> None:
    with table.open("rb") as stream:
        assert list(parquet.read(stream, "a", OPTIONS)) == read(parquet.READER, table.read_bytes())


def test_a_copy_over_the_limit_is_refused_and_the_limit_named(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_COPY", 500)
    (bad,) = read(parquet.READER, table.read_bytes())
    assert isinstance(bad, Rejected)
    assert (bad.code, "500" in bad.message) == ("too_large", True)


def test_row_numbers_follow_the_file_over_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_BLOCK", 7)
    path = make_parquet(tmp_path / "a.parquet", "SELECT 'text ' || i AS text FROM range(50) r(i)")
    found = read(parquet.READER, path.read_bytes())
    assert [(item.record, item.text) for item in found if isinstance(item, RawRecord)] == [(n + 1, f"text {n}") for n in range(50)]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (BODY, "no_column", "text, id, date"),
        (ReadOptions({"text": "list"}), "no_text", "INTEGER[]"),
        (ReadOptions({"text": "struct"}), "no_text", "STRUCT"),
        (ReadOptions({"text": "id"}), "no_text", "INTEGER"),
    ],
)
def test_a_parquet_file_without_text_is_one_rejection(table: Path, options: ReadOptions, code: str, said: str) -> None:
    (bad,) = read(parquet.READER, table.read_bytes(), options)
    assert isinstance(bad, Rejected)
    assert bad.code == code
    assert said in bad.message
    assert "columns" in bad.hint


@pytest.mark.parametrize("damage", [lambda b: b[:-8], lambda b: b[:40] + b[60:], lambda b: b"PAR1" * 3, lambda b: b"text", lambda b: b""])
def test_a_damaged_parquet_file_is_one_rejection(table: Path, damage: object) -> None:
    found = read(parquet.READER, damage(table.read_bytes()))  # type: ignore[operator]
    assert [item.code for item in found if isinstance(item, Rejected)] == ["not_parquet"]
    assert tempfile.gettempdir() not in found[-1].message  # type: ignore[union-attr]


ROWS = [
    ["id", "text", "date", "n"],
    [7.0, "xin chào", datetime(2025, 2, 11), 1.5],  # noqa: DTZ001
    [8, None, None, None],
    [],
    ["009", "last", date(2025, 2, 12), 12345678901234567890],
]


def test_a_row_of_a_sheet_is_a_record_with_its_row_number() -> None:
    first, second, third = read(xlsx.READER, make_xlsx(("News", ROWS)), name="a.xlsx")
    assert isinstance(first, RawRecord)
    assert (first.file, first.record, first.text) == ("a.xlsx", 2, "xin chào")
    assert first.fields == {"id": "7", "text": "xin chào", "date": "2025-02-11", "n": "1.5"}
    assert isinstance(second, Rejected)
    assert (second.record, second.code) == (3, "empty")
    assert isinstance(third, RawRecord)
    assert (third.record, third.fields["id"], third.fields["date"]) == (5, "009", "2025-02-12")


def test_rows_above_the_header_are_skipped() -> None:
    found = read(xlsx.READER, make_xlsx(("News", [["Export of 2025"], [], *ROWS])))
    assert [item.record for item in found] == [4, 5, 7]


def test_all_sheets_with_the_column_are_read_and_the_others_named() -> None:
    data = make_xlsx(("One", ROWS), ("Notes", [["about"], ["us"]]), ("Empty", []), ("Two", ROWS))
    found = read(xlsx.READER, data, name="a.xlsx")
    assert {item.file for item in found if isinstance(item, RawRecord)} == {"a.xlsx!One", "a.xlsx!Two"}
    (bad,) = [item for item in found if isinstance(item, Rejected) and item.code == "no_column"]
    assert "'Notes'" in bad.message
    assert "about" in bad.message


def test_a_workbook_without_the_column_says_what_is_there() -> None:
    (bad,) = read(xlsx.READER, make_xlsx(("News", ROWS)), BODY)
    assert isinstance(bad, Rejected)
    assert (bad.code, "id, text, date, n" in bad.message) == ("no_column", True)


def test_formulas_give_their_stored_value_and_text_that_is_a_number_is_none() -> None:
    data = make_xlsx(("News", [["text"], ["=1+1"], [5]]))
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    stored = repacked(
        data, {"xl/worksheets/sheet1.xml": sheet.replace(b'<c r="A2"><f>1+1</f><v', b'<c r="A2" t="str"><f>1+1</f><v>two</v><v')}
    )
    formula, number = read(xlsx.READER, stored)
    assert isinstance(formula, RawRecord)
    assert formula.text == "two"
    assert isinstance(number, Rejected)
    assert "a number" in number.message


def packed(name: str, size: int) -> bytes:
    return repacked(make_xlsx(("News", ROWS)), {name: b" " * size})


def encrypted() -> bytes:
    data = bytearray(make_xlsx(("News", ROWS)))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def many() -> bytes:
    return repacked(make_xlsx(("News", ROWS)), {f"x/{number}": b"" for number in range(xlsx.MAX_MEMBERS)})


REFUSED = [
    pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_office", ".xls", id="old xls"),
    pytest.param(b"", "not_xlsx", "begin", id="empty"),
    pytest.param(make_xlsx(("News", [])), "empty", "no rows", id="no cells"),
    pytest.param(b"id,text\n1,a\n", "not_xlsx", "begin", id="csv"),
    pytest.param(b"PK\x03\x04 no zip", "not_xlsx", "", id="no zip"),
    pytest.param(packed("xl/media/a.png", 30 << 20), "bomb", "200:1", id="ratio"),
    pytest.param(many(), "bomb", "10,000", id="members"),
    pytest.param(encrypted(), "encrypted", "encrypted", id="encrypted"),
    pytest.param(
        repacked(make_xlsx(("News", ROWS)), {"xl/sharedStrings.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><sst/>'}),
        "entities",
        "document type",
        id="entities",
    ),
    pytest.param(repacked(make_xlsx(("News", ROWS)), {"xl/workbook.xml": b"<x/>"}), "empty", "no rows", id="another document"),
    pytest.param(
        repacked(make_xlsx(("News", ROWS)), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}), "not_xlsx", "", id="cut sheet"
    ),
]


@pytest.mark.parametrize(("data", "code", "said"), REFUSED)
def test_what_is_no_workbook_is_one_rejection(data: bytes, code: str, said: str) -> None:
    (bad,) = read(xlsx.READER, data)
    assert isinstance(bad, Rejected)
    assert bad.code == code
    assert said in bad.message
    assert bad.hint.endswith(".")


def test_the_whole_size_is_limited_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_UNPACKED", 1000)
    (bad,) = read(xlsx.READER, make_xlsx(("News", ROWS)))
    assert isinstance(bad, Rejected)
    assert (bad.code, "1,000" in bad.message) == ("bomb", True)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("", ""),
        (None, None),
        (True, None),
        (b"x", None),
        (7, "7"),
        (7.0, "7"),
        (1e300, "1e+300"),
        (float("nan"), None),
        (Decimal("2.50"), "2.50"),
        (date(2025, 2, 1), "2025-02-01"),
        (datetime(2025, 2, 1, 8), "2025-02-01T08:00:00"),  # noqa: DTZ001
        (time(8), "08:00:00"),
        ([1], None),
    ],
)
def test_cells_as_text(value: object, told: str | None) -> None:
    assert cell_text(value) == told


def test_readers_that_must_seek_say_so() -> None:
    readers = discover("topics.ingest.readers", "READER")
    assert readers["parquet"].seekable
    assert readers["xlsx"].seekable
    assert not readers["text"].seekable


SHEET = make_xlsx(("News", ROWS))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(0, 10_000), st.integers(0, 30))
def test_any_bytes_end_in_records_and_rejections(table: Path, noise: bytes, at: int, cut: int) -> None:
    for reader, good in ((parquet.READER, table.read_bytes()), (xlsx.READER, SHEET)):
        where = at % len(good)
        for sample in (noise, good[:4] + noise, good[:where] + noise[:4] + good[where + cut :]):
            assert all(isinstance(item, RawRecord | Rejected) for item in read(reader, sample))
