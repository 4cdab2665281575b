"""Files that are packed, large, hostile or changing: limits are named, nothing is written, nothing is lost in silence."""

from __future__ import annotations

import gzip
import io
import pickle
import random
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.core.registry import discover
from topics.ingest import archives, limits
from topics.ingest.files import DEFAULT_EXCLUDE, InputFile, SourceConfig, list_files, reader_for
from topics.ingest.magic import binary_kind
from topics.ingest.names import member_name, parts, printable, unsafe
from topics.ingest.opening import read_file

READERS: dict[str, Reader] = discover("topics.ingest.readers", "READER")
LINE = b'{"text": "news"}\n'
Found = RawRecord | Rejected


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def read(folder: Path, name: str, data: bytes, **source: object) -> list[Found]:
    (folder / name).write_bytes(data)
    files, _ = list_files(SourceConfig(name, **source), folder, READERS)  # type: ignore[arg-type]
    return [item for file in files for item in read_file(file, ReadOptions())]


def codes(found: list[Found]) -> dict[str, str]:
    return {item.file: item.code if isinstance(item, Rejected) else item.text for item in found}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_are_read_by_their_own_readers_in_order_of_name(tmp_path: Path, method: int) -> None:
    data = packed(
        ("z.txt", b"last"),
        ("báo/a.csv", b"text\nrow\n"),
        ("m.jsonl.gz", gzip.compress(LINE, mtime=0)),
        ("x.odt", b"?"),
        ("d/", b""),
        method=method,
    )
    found = read(tmp_path, "A.ZIP", data)
    expected = [("A.ZIP/báo/a.csv", 2), ("A.ZIP/m.jsonl.gz", 1), ("A.ZIP/x.odt", 1), ("A.ZIP/z.txt", 1)]
    assert [(item.file, item.record) for item in found] == sorted(expected)
    assert codes(found) == {"A.ZIP/báo/a.csv": "row", "A.ZIP/m.jsonl.gz": "news", "A.ZIP/x.odt": "no_reader", "A.ZIP/z.txt": "last"}
    assert [path.name for path in tmp_path.iterdir()] == ["A.ZIP"]


def test_a_named_format_reads_every_member(tmp_path: Path) -> None:
    assert codes(read(tmp_path, "a.zip", packed(("x.odt", b"as text")), format="text")) == {"a.zip/x.odt": "as text"}


def test_hidden_and_excluded_members_are_left_out_by_name(tmp_path: Path) -> None:
    data = packed(("__MACOSX/._a.txt", b"x"), (".git/a.txt", b"x"), ("README.txt", b"x"), ("a.txt", b"x"))
    left_out = ("a.zip/.git/a.txt", "a.zip/README.txt", "a.zip/__MACOSX/._a.txt")
    assert codes(read(tmp_path, "a.zip", data)) == {**dict.fromkeys(left_out, "left_out"), "a.zip/a.txt": "x"}
    assert codes(read(tmp_path, "a.zip", data, exclude=("a.*",)))["a.zip/README.txt"] == "x"
    assert "README*" in DEFAULT_EXCLUDE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_with_one_name_the_later_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, "a.zip", packed(("a.txt", b"old"), ("a.txt", b"new")))
    assert [item.text if isinstance(item, RawRecord) else item.code for item in found] == ["replaced_member", "new"]


def test_names_in_utf8_without_the_flag_are_read_as_utf8(tmp_path: Path) -> None:
    data = packed(("bao.txt", b"x")).replace(b"bao.txt", b"b\xc3\xa1.txt")
    assert codes(read(tmp_path, "a.zip", data)) == {"a.zip/bá.txt": "x"}
    odd = packed(("bao.txt", b"x")).replace(b"bao.txt", b"b\xe1\xff.txt")
    assert list(codes(read(tmp_path, "a.zip", odd)).values()) == ["x"]


def test_a_damaged_member_ends_alone(tmp_path: Path) -> None:
    data = bytearray(packed(("a.txt", b"first"), ("b.txt", b"second"), method=zipfile.ZIP_STORED))
    data[data.index(b"first")] ^= 1
    assert codes(read(tmp_path, "a.zip", bytes(data))) == {"a.zip/a.txt": "unreadable", "a.zip/b.txt": "second"}


def test_too_many_members_are_counted_before_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(*((f"{n}.txt", b"x") for n in range(11)))
    assert len(read(tmp_path, "a.zip", data)) == 11
    monkeypatch.setattr(archives, "MAX_MEMBERS", 10)
    (bad,) = read(tmp_path, "a.zip", data)
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.message) == ("too_large", "the archive has 11 members, the limit is 10")
    monkeypatch.setattr(archives, "MAX_MEMBERS", 20)
    monkeypatch.setattr(archives, "MAX_DIRECTORY", 100)
    (bad,) = read(tmp_path, "a.zip", data)
    assert isinstance(bad, Rejected)
    assert "the limit is 100" in bad.message


def test_large_archives_have_another_directory_which_is_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
        data = packed(*((f"{n}.txt", b"x") for n in range(5)))
    assert b"PK\x06\x06" in data
    assert len(read(tmp_path, "a.zip", data)) == 5


def test_the_limit_of_the_whole_archive_holds_over_its_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNPACKED", 2_500)
    data = packed(*((f"{n}.txt", b"%d" % n * 1_000) for n in range(4)))
    found = read(tmp_path, "a.zip", data)
    assert [item.code if isinstance(item, Rejected) else "" for item in found] == ["", "", "too_large", "too_large"]
    assert "2,500 bytes, the limit" in found[2].message  # type: ignore[union-attr]


def test_records_before_the_cut_of_a_packed_file_are_kept(tmp_path: Path) -> None:
    rng = random.Random(1)
    lines = [b'{"text": "%d news of the day"}\n' % rng.getrandbits(200) for _ in range(3000)]
    found = read(tmp_path, "a.jsonl.gz", gzip.compress(b"".join(lines), mtime=0)[:-200])
    assert len(found) > 2900
    assert [type(item) for item in found[-2:]] == [RawRecord, Rejected]
    assert f"reading stopped after record {len(found) - 1}" in found[-1].message


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.zip"])
def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(limits, "RATIO_FLOOR", 1 << 20)
    lines = LINE.replace(b"news", b"news " * 200) * (32 << 10)
    data = gzip.compress(lines, 9, mtime=0) if name.endswith(".gz") else packed(("a.jsonl", lines))
    (tmp_path / name).write_bytes(data)
    reader = reader_for(Path(name), "auto", READERS)
    assert reader
    size = len(lines)
    del lines
    tracemalloc.start()
    try:
        n = 0
        for item in read_file(InputFile(tmp_path / name, name, reader, ""), ReadOptions()):
            n, last = n + 1, item
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(last, Rejected)
    assert (last.code, last.record) == ("bomb", n)
    assert "100:1" in last.message
    assert f"{len(data):,} packed bytes" in last.message or name == "a.zip"
    assert last.byte_start < size / 2
    assert peak < size / 3, peak


def test_small_files_may_repeat_themselves(tmp_path: Path) -> None:
    data = gzip.compress(LINE * 20_000, 9, mtime=0)
    assert len(LINE) * 20_000 > limits.MAX_RATIO * len(data)
    assert len(read(tmp_path, "a.jsonl.gz", data)) == 20_000


def test_a_reader_that_must_seek_gets_a_copy_in_memory_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tail_first(stream: io.BytesIO, name: str, options: ReadOptions) -> object:
        stream.seek(-3, io.SEEK_END)
        text = stream.read().decode()
        stream.seek(0)
        yield RawRecord(name, 1, 0, 3, text + stream.read(3).decode())

    reader = Reader("seeking", (".bin",), tail_first, seekable=True)  # type: ignore[arg-type]
    monkeypatch.setitem(READERS, "seeking", reader)
    for name, data in (("a.bin", b"abcdef"), ("a.bin.gz", gzip.compress(b"abcdef", mtime=0)), ("a.zip", packed(("a.bin", b"abcdef")))):
        assert list(codes(read(tmp_path, name, data)).values()) == ["defabc"]
    monkeypatch.setattr(limits, "MAX_COPY", 5)
    assert list(codes(read(tmp_path, "a.bin", b"abcdef")).values()) == ["defabc"]  # a plain file needs no copy
    for name, data in (("a.bin.gz", gzip.compress(b"abcdef", mtime=0)), ("a.zip", packed(("a.bin", b"abcdef")))):
        (bad,) = read(tmp_path, name, data)
        assert isinstance(bad, Rejected)
        assert bad.code == "too_large"
        assert "more than 5 bytes, the limit" in bad.message


def test_what_becomes_a_pipe_or_a_link_after_listing_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "to.txt").write_text("secret")
    (tmp_path / "b.txt").symlink_to(tmp_path / "to.txt")
    for name in ("a.txt", "b.txt"):
        (bad,) = read_file(InputFile(tmp_path / name, name, READERS["text"], ""), ReadOptions())
        assert isinstance(bad, Rejected)
        assert bad.code == "unreadable"


def test_files_travel_to_other_processes() -> None:
    """Chunks of records do, each with its file."""
    reader = reader_for(Path("a.zip"), "auto", READERS, ("x",))
    assert pickle.loads(pickle.dumps(InputFile(Path("a.zip"), "a.zip", reader, ""))).reader.name == "zip"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("báo.txt", "báo.txt"),
        ("a\nb", "a\\nb"),
        ("a\\nb", "a\\\\nb"),
        ("a\u202eb", "a\\u202eb"),
        ("caf\udce9", "caf\\xe9"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u2028b", "a\\u2028b"),
    ],
)
def test_names_are_shown_on_one_line_and_stay_apart(name: str, shown: str) -> None:
    assert printable(name) == shown


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("a/b.txt", False),
        ("/a", True),
        ("\\a", True),
        ("../a", True),
        ("a/../b", True),
        ("a\\..\\b", True),
        ("C:a", True),
        ("a..b", False),
        ("..a/b", False),
    ],
)
def test_names_that_lead_out_of_an_archive(name: str, bad: bool) -> None:
    assert bool(unsafe(name)) is bad


def test_parts_and_names_of_members() -> None:
    assert parts("a\\b/./c.txt") == ["a", "b", "c.txt"]
    assert member_name("x.zip", "ba\u0301o\n.txt") == "x.zip/báo\\n.txt"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\n\n%PDF-1.4", "PDF"),
        (b"The mark %PDF-1.4 begins a file.", None),
        (b"BZh91AY&SY\x00\x01", "bzip2"),
        (b"BZh is how the name begins", None),
        (b"PAR1 is a course", None),
        (b"PAR1\x15\x04\x15\x00", "Parquet"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "RIFF"),
        (b"\0\0\0\x18ftypmp42", "video"),
        (b"a" * 257 + b"ustar", None),
        (b"name" + b"\0" * 253 + b"ustar", "tar"),
        ("Bài báo".encode(), None),
        ("Bài báo".encode("utf-16"), None),
        (b"", None),
    ],
)
def test_what_a_file_is_by_its_beginning(head: bytes, kind: str | None) -> None:
    found = binary_kind(head)
    assert (kind in found) if kind and found else (found is kind), found
