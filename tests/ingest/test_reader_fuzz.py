"""Readers over arbitrary bytes and over spoilt good files: nothing raises, nothing is counted twice, nothing is passed over in silence."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.core.registry import discover
from topics.ingest.files import InputFile, reader_for
from topics.ingest.opening import read_file

READERS: dict[str, Reader] = discover("topics.ingest.readers", "READER")
OURS = ("csv", "json", "jsonl", "text", "tsv")
Found = RawRecord | Rejected

OBJECTS = [{"id": f"00{n}", "text": f'Bài "số" {n}\nxuống dòng', "date": "2025-01-14", "tags": ["a", {"b": n}]} for n in range(4)]
TABLE = 'id,text,date\n1,"Bài ""một"", dòng\nhai",2025-01-14\n2,plain,2025-01-15\r\n3,"",\n'
GOOD = {
    "csv": TABLE.encode(),
    "tsv": TABLE.replace(",", "\t").encode(),
    "jsonl": "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in OBJECTS).encode(),
    "json": json.dumps({"status": "ok", "articles": OBJECTS}, ensure_ascii=False, indent=1).encode(),
    "text": "Bài báo đầu tiên.\nHết.\n".encode(),
}
SIGNS = st.sampled_from(
    [b'"', b"'", b",", b"\n", b"\r", b"\r\n", b"\0", b"{", b"}", b"[", b"]", b"\\", b":", b"\t", b"\xff", b"\xe1\xbb", b"\xef\xbb\xbf"]
)
SOUP = st.lists(SIGNS | st.sampled_from([b"text", b'"text"', b'{"text":"a"}', b"id", b" ", b"1", b"NaN", b"\\ud800"]), max_size=40).map(
    b"".join
)
OPTIONS = st.sampled_from([ReadOptions(), ReadOptions({"text": "id"}), ReadOptions({"text": "a.b"}), ReadOptions(bad_bytes="replace")])


def spoilt(data: bytes) -> st.SearchStrategy[bytes]:
    """Good bytes with pieces cut out, put in, doubled, or in UTF-16."""

    def spoil(steps: list[tuple[int, int, bytes]]) -> bytes:
        result = data
        for place, cut, put in steps:
            at = place % (len(result) + 1)
            result = result[:at] + put + result[at + cut :]
        return result

    steps = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from([0, 0, 1, 3, 40]), SIGNS | SOUP | st.binary(max_size=4)), max_size=4)
    return steps.map(spoil)


def accounted(data: bytes, found: list[Found]) -> None:
    """Ranges are inside the input, in order, and apart."""
    end = 0
    for item in found:
        assert end <= item.byte_start <= item.byte_end <= len(data), (item, len(data))
        end = item.byte_end
        if isinstance(item, Rejected):
            assert item.code
            assert item.message
            assert item.hint


def check(name: str, data: bytes, options: ReadOptions) -> list[Found]:
    found = list(READERS[name].read(io.BytesIO(data), "f", options))
    accounted(data, found)
    assert found or name == "text"
    return found


def uncovered(data: bytes, found: list[Found]) -> bytes:
    """The bytes that belong to no record and no rejection."""
    kept = bytearray(data)
    for item in reversed(found):
        del kept[item.byte_start : item.byte_end]
    return bytes(kept)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(OURS), data=st.binary(max_size=200) | SOUP, options=OPTIONS)
@example(name="json", data=b'{"a" ', options=ReadOptions())
@example(name="json", data=b'[{"text":"a"},{"text":"\\', options=ReadOptions())
def test_any_bytes(name: str, data: bytes, options: ReadOptions) -> None:
    check(name, data, options)


@pytest.mark.parametrize("name", OURS)
@settings(max_examples=100, deadline=None)
@given(source=st.data(), options=OPTIONS)
def test_good_files_spoilt(name: str, source: st.DataObject, options: ReadOptions) -> None:
    data = source.draw(spoilt(GOOD[name]))
    found = check(name, data, options)
    whole = any(isinstance(item, Rejected) and item.code in {"binary", "encoding", "html"} and item.byte_end == len(data) for item in found)
    if name == "jsonl" and not whole:
        assert not uncovered(data, found).strip(b"\xef\xbb\xbf \t\r\n\x0b\x0c")


@settings(max_examples=60, deadline=None)
@given(data=spoilt(GOOD["csv"].removeprefix(b"id,text,date\n")))
def test_every_row_of_a_table_is_a_record_or_a_rejection(data: bytes) -> None:
    data = b"id,text,date\n" + data
    found = check("csv", data, ReadOptions())
    if not any(isinstance(item, Rejected) and item.byte_start == 0 for item in found):
        assert uncovered(data, found).strip(b"\r\n") == b"id,text,date"


@settings(max_examples=60, deadline=None)
@given(data=spoilt(json.dumps(OBJECTS, ensure_ascii=False).encode()))
def test_every_value_of_an_array_is_a_record_or_a_rejection(data: bytes) -> None:
    found = check("json", data, ReadOptions())
    if not data.startswith((b"\xff", b"\xfe")):
        assert not uncovered(data, found).strip(b"\xef\xbb\xbf \t\r\n[],"), found


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(["csv", "json", "jsonl"]), source=st.data(), order=st.sampled_from(["le", "be"]))
def test_wide_encodings_keep_places_right(name: str, source: st.DataObject, order: str) -> None:
    text = source.draw(spoilt(GOOD[name])).decode("utf-8", "ignore").replace("\ufeff", "")
    narrow = check(name, text.encode(), ReadOptions())
    wide = ("\ufeff" + text).encode(f"utf-16-{order}", "surrogatepass")
    found = check(name, wide, ReadOptions())
    if "\0" in text or any(isinstance(item, Rejected) and item.code == "binary" for item in narrow):
        return
    assert [type(item) for item in found] == [type(item) for item in narrow]
    for one, other in zip(narrow, found, strict=True):
        before = text.encode()[: one.byte_start].decode("utf-8", "ignore")
        if one.byte_start and one.byte_end > one.byte_start:
            assert other.byte_start == 2 + len(before.encode("utf-16-le"))


@pytest.mark.parametrize("name", ["csv", "json", "jsonl"])
@settings(max_examples=40, deadline=None)
@given(source=st.data(), size=st.integers(1, 9))
def test_pieces_of_any_size_give_the_same(name: str, source: st.DataObject, size: int) -> None:
    """The end of a block may fall anywhere: inside a character, a quote, a line end, an escape."""
    from topics.ingest.readers import _source

    data = source.draw(spoilt(GOOD[name]))
    expected = check(name, data, ReadOptions())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_source, "BLOCK", size)
        patch.setattr(_source, "HEAD", max(size, len(data) - 50))  # the head decides the encoding: it must see most of the file
        found = list(READERS[name].read(io.BytesIO(data), "f", ReadOptions()))
    if [type(item) for item in expected if isinstance(item, RawRecord)]:
        assert [item for item in found if isinstance(item, RawRecord)] == [item for item in expected if isinstance(item, RawRecord)]


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in OURS:
            archive.writestr(f"{name}.{READERS[name].suffixes[0].removeprefix('.')}", GOOD[name])
        archive.writestr("báo/inner.jsonl.gz", gzip.compress(GOOD["jsonl"], mtime=0))
    return stream.getvalue()


ZIPPED = zipped()


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, len(ZIPPED) - 1), st.integers(0, 255)), max_size=6), cut=st.integers(0, len(ZIPPED)))
def test_a_spoilt_archive_ends_in_rejections(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(ZIPPED)
    for at, value in steps:
        data[at] = value
    path = tmp_path_factory.mktemp("z") / "a.zip"
    path.write_bytes(data if cut % 3 else data[:cut])
    reader = reader_for(Path("a.zip"), "auto", READERS)
    assert reader
    found = list(read_file(InputFile(path, "a.zip", reader, ""), ReadOptions()))
    assert found
    assert all(item.file.startswith("a.zip") for item in found)


@settings(max_examples=80, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_spoilt_gzip_file_ends_in_a_rejection_or_is_read(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]) -> None:
    data = bytearray(gzip.compress(GOOD["jsonl"], mtime=0))
    for at, value in steps:
        data[at % len(data)] = value
    path = tmp_path_factory.mktemp("g") / "a.jsonl.gz"
    path.write_bytes(data)
    assert list(read_file(InputFile(path, "a.jsonl.gz", READERS["jsonl"], ""), ReadOptions()))


def test_the_good_files_are_good() -> None:
    """Otherwise spoiling them would show nothing."""
    for name, data in GOOD.items():
        assert all(isinstance(item, RawRecord) for item in check(name, data, ReadOptions())), name
    assert zlib.crc32(ZIPPED)
    assert struct.calcsize("<4s4H2LH") == 22
