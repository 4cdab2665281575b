"""Readers: every record or a rejection with code, byte range and hint; nothing raises."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.core.registry import discover
from topics.ingest.files import InputFile
from topics.ingest.opening import read_file
from topics.ingest.readers import jsonl, text

GOOD = b'{"text": "good"}\n'
DEEP = 200_000
Write = Callable[[str, bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return put


def read_with(reader: Reader, path: Path, name: str, text_field: str = "text") -> list[RawRecord | Rejected]:
    return list(read_file(InputFile(path, name, reader, ""), ReadOptions({"text": text_field})))


def lines(path: Path, text_field: str = "text") -> list[RawRecord | Rejected]:
    return read_with(jsonl.READER, path, "a.jsonl", text_field)


def whole(path: Path) -> list[RawRecord | Rejected]:
    return read_with(text.READER, path, "a.txt")


def test_readers_are_found_by_suffix() -> None:
    readers = discover("topics.ingest.readers", "READER")
    expected = {"csv": (".csv",), "json": (".json",), "jsonl": (".jsonl", ".ndjson"), "text": (".txt", ".text"), "tsv": (".tsv", ".tab")}
    assert {name: readers[name].suffixes for name in expected} == expected


BAD_LINES = [
    pytest.param(b'{"text": "cut', "not_json", "not a JSON object", id="cut"),
    pytest.param(b"[1, 2]", "not_json", "found list", id="list"),
    pytest.param(b'"text"', "not_json", "found str", id="string"),
    pytest.param(b"3", "not_json", "found int", id="number"),
    pytest.param(b"null", "not_json", "found NoneType", id="null"),
    pytest.param(b"{}", "no_text", "no fields", id="empty object"),
    pytest.param(b'{"body": "x", "title": "y"}', "no_text", "body, title", id="other field"),
    pytest.param(b'{"text": 3}', "no_text", "found int", id="text is a number"),
    pytest.param(b'{"text": null}', "no_text", "found NoneType", id="text is null"),
    pytest.param(b'{"text": NaN}', "not_json", "byte", id="text is NaN"),
    pytest.param(b'{"text": "a", "n": NaN}', "not_json", "byte", id="NaN elsewhere"),
    pytest.param(b'{"text": "a", "n": 1e999}', "not_json", "out of range", id="infinite"),
    pytest.param(b'{"text": "a", "n": ' + b"9" * 5000 + b"}", "not_json", "out of range", id="5000 digits"),
    pytest.param(b"[" * DEEP, "not_json", "depth", id="deep open"),
    pytest.param(b'{"text": "a", "x": ' + b"[" * DEEP + b"]" * DEEP + b"}", "not_json", "depth", id="deep closed"),
    pytest.param(b'{"a":' * DEEP, "not_json", "depth", id="deep objects"),
    pytest.param(b'{"text": "first", "text": "last"}', "repeated_key", "'text' stands twice", id="repeated key"),
    pytest.param(rb'{"text": "\\", "text": "a\\"}', "repeated_key", "'text' stands twice", id="repeated key among backslashes"),
    pytest.param(rb'{"text": "a\u0022", "x": [{"k": "\"", "k": 1}]}', "repeated_key", "'k' stands twice", id="repeated key deep inside"),
    pytest.param(b'{"text": "a"} {"text": "b"}', "not_json", "trailing", id="two on a line"),
    pytest.param(b"%PDF-1.7", "not_json", "not a JSON object", id="pdf"),
    pytest.param(b'{"text": "caf\xe9"}', "encoding", "0xe9", id="latin-1"),
]


@pytest.mark.parametrize(("line", "code", "said"), BAD_LINES)
def test_a_bad_line_is_rejected_alone(write: Write, line: bytes, code: str, said: str) -> None:
    before, bad, after = lines(write("a.jsonl", GOOD + line + b"\n" + GOOD))
    assert isinstance(before, RawRecord)
    assert isinstance(bad, Rejected)
    assert isinstance(after, RawRecord)
    assert (bad.file, bad.record, bad.byte_start, bad.byte_end) == ("a.jsonl", 2, len(GOOD), len(GOOD) + len(line) + 1)
    assert (bad.code, after.record, after.byte_start) == (code, 3, bad.byte_end)
    assert said in bad.message
    assert bad.hint.endswith(".")
    assert bad.raw == (line + b"\n")[:200]


def test_a_cut_last_line_without_newline_is_rejected(write: Write) -> None:
    good, bad = lines(write("a.jsonl", GOOD + b'{"text": "tail"'))
    assert isinstance(good, RawRecord)
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.byte_start, bad.byte_end) == ("not_json", len(GOOD), len(GOOD) + 15)


def test_an_invalid_byte_is_named_by_its_offset_in_the_file(write: Write) -> None:
    data = GOOD + b'{"text": "caf\xe9"}\n'
    _, bad = lines(write("a.jsonl", data))
    assert f"byte {data.index(0xE9)} (0xe9)" in bad.message  # type: ignore[union-attr]


GOOD_LINES = [
    pytest.param('{"text": "Ngày 2/9 ở Huế"}'.encode(), {"text": "Ngày 2/9 ở Huế"}, id="utf-8"),
    pytest.param(rb'{"text": "\u0110\u00e0 N\u1eb5ng \ud83d\ude00"}', {"text": "Đà Nẵng 😀"}, id="escapes and a surrogate pair"),
    pytest.param(b"\xef\xbb\xbf" + b'{"text": "bom"}', {"text": "bom"}, id="bom"),
    pytest.param(rb'{"text": "\\", "x": "\"\\\""}', {"text": "\\", "x": '"\\"'}, id="backslashes and quotes are no repeated key"),
    pytest.param(rb'{"text": "a\ud800b"}', {"text": "a\ufffdb"}, id="lone high surrogate"),
    pytest.param(rb'{"text": "a\udc00"}', {"text": "a\ufffd"}, id="lone low surrogate"),
    pytest.param(rb'{"text": "a\\ud800 \ud800\u0041"}', {"text": "a\\ud800 \ufffdA"}, id="an escaped backslash is no escape"),
    pytest.param(rb'{"text": "a", "k\ud800": 1}', {"text": "a", "k\ufffd": "1"}, id="surrogate in a key"),
    pytest.param(b'{"text": "a", "n": 7, "x": 1.50}', {"text": "a", "n": "7", "x": "1.50"}, id="numbers become text as they are written"),
    pytest.param(b'{"text": "a", "n": 12345678901234567890123}', {"text": "a", "n": "12345678901234567890123"}, id="all digits"),
    pytest.param(b'{"text": "a", "b": true, "z": null, "l": [1]}', {"text": "a", "b": "true"}, id="no scalar, no field"),
    pytest.param(b'{"text": "a", "o": {"k": 1, "p": {"q": "r"}}}', {"text": "a", "o.k": "1", "o.p.q": "r"}, id="nested fields"),
    pytest.param(b'{"text": "a"}\r', {"text": "a"}, id="crlf"),
]


@pytest.mark.parametrize(("line", "fields"), GOOD_LINES)
def test_a_good_line_becomes_a_record(write: Write, line: bytes, fields: dict[str, str]) -> None:
    (record,) = lines(write("a.jsonl", line + b"\n"))
    assert isinstance(record, RawRecord)
    assert (record.text, record.fields) == (fields["text"], fields)
    assert (record.record, record.byte_start, record.byte_end) == (1, 0, len(line) + 1)


def test_blank_lines_are_no_records_but_count_in_positions(write: Write) -> None:
    found = lines(write("a.jsonl", b"\n  \t \n" + GOOD + b"\r\n\n" + GOOD))
    assert [(item.record, item.byte_start) for item in found] == [(3, 6), (6, 6 + len(GOOD) + 3)]
    assert [item.code for item in lines(write("b.jsonl", b"\n\n")) if isinstance(item, Rejected)] == ["empty"]


@pytest.mark.parametrize(
    ("line", "path", "text"),
    [
        (b'{"article": {"body": "hello"}}', "article.body", "hello"),
        (b'{"article": {"body": "hello"}, "article.body": "whole name"}', "article.body", "whole name"),
        (b'{"a": {"b": {"c": "deep"}}}', "a.b.c", "deep"),
    ],
)
def test_a_dotted_path_leads_into_objects(write: Write, line: bytes, path: str, text: str) -> None:
    (record,) = lines(write("a.jsonl", line), path)
    assert isinstance(record, RawRecord)
    assert record.text == text


@pytest.mark.parametrize(
    ("path", "said"), [("a.c", "it has a.b, x"), ("a", "found dict"), ("x.y", "it has a.b, x"), ("a.b.c", "it has a.b")]
)
def test_a_path_that_leads_nowhere_is_named(write: Write, path: str, said: str) -> None:
    (bad,) = lines(write("a.jsonl", b'{"a": {"b": "t"}, "x": 1}'), path)
    assert isinstance(bad, Rejected)
    assert (bad.code, repr(path) in bad.message, said in bad.message) == ("no_text", True, True)


@pytest.mark.parametrize("column", ["body", "nội dung"])
def test_the_text_field_can_have_another_name(write: Write, column: str) -> None:
    path = write("a.jsonl", f'{{"{column}": "hello", "text": "not this"}}\n'.encode())
    (record,) = lines(path, column)
    assert isinstance(record, RawRecord)
    assert record.text == "hello"


def test_a_line_over_the_limit_is_refused_and_the_limit_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", 40)
    exact = b'{"text": "' + b"x" * 27 + b'"}\n'
    assert len(exact) == 40
    fits, bad, good = lines(write("a.jsonl", exact + exact.replace(b"x", b"xx", 1) + GOOD))
    assert isinstance(fits, RawRecord)
    assert isinstance(bad, Rejected)
    assert isinstance(good, RawRecord)
    assert (bad.code, bad.byte_start, bad.byte_end) == ("too_large", 40, 81)
    assert "41" in bad.message
    assert "40" in bad.message


def test_a_huge_line_is_refused_without_being_held_in_memory(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", 1 << 16)
    path = write("a.jsonl.gz", gzip.compress(b" x" * (16 << 20) + b"\n", 1, mtime=0))
    tracemalloc.start()
    try:
        codes = [item.code for item in lines(path) if isinstance(item, Rejected)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert codes == ["too_large"]
    assert peak < 16 << 20, f"{peak:,} bytes held for a line that is refused"


def test_gzip_gives_the_same_records(write: Write) -> None:
    data = GOOD + b"\n" + GOOD + b"broken\n"
    assert lines(write("a.jsonl.gz", gzip.compress(data, mtime=0))) == lines(write("a.jsonl", data))


def test_gzip_is_recognised_in_capitals_too(write: Write) -> None:
    (record,) = lines(write("A.JSONL.GZ", gzip.compress(GOOD, mtime=0)))  # files.reader_for is case-blind
    assert isinstance(record, RawRecord)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


ZIPPED = gzip.compress(b"".join(b'{"text": "%d"}\n' % n for n in range(5000)), mtime=0)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(ZIPPED[:-30], id="cut"),
        pytest.param(_flipped(ZIPPED, len(ZIPPED) - 6), id="wrong checksum"),
        pytest.param(_flipped(ZIPPED, len(ZIPPED) // 2), id="flipped bits"),
        pytest.param(b"not gzip", id="no gzip"),
    ],
)
def test_a_damaged_gzip_file_ends_in_one_rejection(write: Write, data: bytes) -> None:
    found = lines(write("a.jsonl.gz", data))
    bad = found[-1]
    assert isinstance(bad, Rejected)
    assert bad.code == "unreadable"
    assert bad.hint
    assert bad.record == len(found)
    assert len(found) == 1 or f"after record {len(found) - 1}" in bad.message
    assert bad.byte_start == bad.byte_end == (found[-2].byte_end if len(found) > 1 else 0)
    assert all(isinstance(item, RawRecord) or item.code != "unreadable" for item in found[:-1])


def test_an_empty_gzip_file_holds_nothing(write: Write) -> None:
    (bad,) = lines(write("a.jsonl.gz", gzip.compress(b"", mtime=0)))
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.byte_start, bad.byte_end) == ("empty", 0, 0)


@pytest.mark.parametrize("reader", [jsonl.READER, text.READER], ids=["jsonl", "text"])
@pytest.mark.parametrize("name", ["missing", "."])
def test_what_cannot_be_opened_is_rejected(tmp_path: Path, reader: Reader, name: str) -> None:
    (bad,) = read_with(reader, tmp_path / name, "named")
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.file, bad.record) == ("unreadable", "named", 1)
    assert bad.hint


@pytest.mark.parametrize(
    ("data", "expected", "notes"),
    [
        (b"plain", "plain", ()),
        (b"", "", ()),
        ("Quân đội".encode("utf-8-sig"), "Quân đội", ()),
        ("Quân đội".encode("utf-16"), "Quân đội", ("encoding_utf-16",)),
        (b"\xfe\xff" + "đ".encode("utf-16-be"), "đ", ("encoding_utf-16",)),
        (b"a\r\nb", "a\r\nb", ()),
    ],
)
def test_a_text_file_is_one_record(write: Write, data: bytes, expected: str, notes: tuple[str, ...]) -> None:
    assert whole(write("a.txt", data)) == [RawRecord("a.txt", 1, 0, len(data), expected, notes=notes)]


@pytest.mark.parametrize(
    ("data", "code", "offset", "said"),
    [
        (b"abc\xe9d", "encoding", 3, "byte 3 (0xe9)"),
        ("Việt".encode("cp1258", "ignore") + b"\xff", "encoding", None, "UTF-8"),
        (b"\xff\xfea", "encoding", 2, "UTF-16"),
        (b"%PDF-1.4", "binary", 0, "PDF"),
        (b"\x89PNG\r\n", "binary", 0, "PNG"),
        (b"\xff\xd8\xff\xe0", "binary", 0, "JPEG"),
        (b"PK\x03\x04", "binary", 0, "zip"),
        (b"\x1f\x8b\x08", "binary", 0, "gzip"),
    ],
)
def test_bytes_that_are_no_text_are_rejected(write: Write, data: bytes, code: str, offset: int | None, said: str) -> None:
    (bad,) = whole(write("a.txt", data))
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.byte_end) == (code, len(data))
    assert offset is None or bad.byte_start == offset
    assert said in bad.message
    assert bad.hint
    assert bad.raw == data[bad.byte_start :][:64]


def test_a_text_file_over_the_limit_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_BYTES", 10)
    assert isinstance(whole(write("a.txt", b"x" * 10))[0], RawRecord)
    (bad,) = whole(write("a.txt", b"x" * 11))
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.byte_start, bad.byte_end) == ("too_large", 0, 11)
    assert "limit" in bad.message
    assert ".jsonl" in bad.hint
