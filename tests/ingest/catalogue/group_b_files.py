"""Rows 21-35: files, folders and archives."""

from __future__ import annotations

import errno
import gzip
import io
import os
import socket
import stat
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from catalogue.rows import ARTICLE, BAI_BAO, Found, Row, read_folder
from topics.ingest import limits
from topics.ingest.readers import text

OTHER = "A storm hit the coast at night and the soldiers of the division carried more than two hundred people from their homes."
LINE = b'{"text": "' + ARTICLE.encode() + b'"}\n'
ZEROS = b" " * (limits.RATIO_FLOOR + (1 << 20))


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], flags: int = 0) -> bytes:
    """A zip archive; `flags` are set on every member after packing."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    packed = bytearray(stream.getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = packed.find(mark)
        while flags and start >= 0:
            packed[start + at] |= flags
            start = packed.find(mark, start + 4)
    return bytes(packed)


def special(name: str, mode: int) -> zipfile.ZipInfo:
    """A member that is a link or a device."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def says(*words: str) -> Callable[[Found], None]:
    """Check that the messages and hints of the quarantine hold these words."""

    def check(found: Found) -> None:
        told = " ".join(f"{item.file} {item.message} {item.hint}" for item in found.report.quarantined)
        assert all(word in told for word in words), told

    return check


def unreadable(folder: Path) -> None:
    """The superuser may read all, so the refusal is played."""
    (folder / "a.txt").write_text(ARTICLE)
    (folder / "b.txt").write_text(BAI_BAO)
    real = os.open

    def refuse(path: str, *args: object, **values: object) -> int:
        if str(path).endswith("b.txt"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *args, **values)  # type: ignore[arg-type]

    with mock.patch.object(limits.os, "open", refuse):
        found = read_folder(folder)
    assert [item.code for item in found.report.quarantined] == ["unreadable"]
    assert "Permission denied" in found.report.quarantined[0].message
    assert found.report.accepted == 1


def changing(change: Callable[[Path], None], said: str) -> Callable[[Path], None]:
    """Something happens to the file when its second record is asked for."""

    def check(folder: Path) -> None:
        path = folder / "a.jsonl"
        path.write_bytes(LINE + LINE.replace(b"ministry", b"minister"))
        real = limits.SteadyFile.readinto
        done: list[bool] = []

        def read(self: limits.SteadyFile, buffer: bytearray) -> int | None:
            n = real(self, buffer)
            if not n and not done:
                done.append(True)
                change(path)
            return n

        with mock.patch.object(limits.SteadyFile, "readinto", read):
            found = read_folder(folder)
        assert [item.code for item in found.report.quarantined] == ["changed"]
        assert said in found.report.quarantined[0].message
        assert found.report.accepted == 2

    return check


def grow(path: Path) -> None:
    with path.open("ab") as handle:
        handle.write(LINE)


def replace(path: Path) -> None:
    new = path.with_name("new.tmp")
    new.write_bytes(LINE)
    new.replace(path)


def failing(times: int) -> Callable[[Path], None]:
    """A file system that answers with EIO so many times in a row, in the middle of the file."""

    def check(folder: Path) -> None:
        path = folder / "a.jsonl"
        n = 30_000
        path.write_bytes(b"".join(LINE.replace(b"ministry", b"ministry %d" % number) for number in range(n)))
        left = [times]
        real = limits.SteadyFile._read

        def read(self: limits.SteadyFile, buffer: bytearray) -> int | None:
            if self.tell() > 2 << 20 and left[0]:
                left[0] -= 1
                raise OSError(errno.EIO, "Input/output error")
            return real(self, buffer)

        with mock.patch.object(limits.SteadyFile, "_read", read):
            found = list(_raw(path))
        bad = [item for item in found if hasattr(item, "code")]
        if times == 1:
            assert not bad
            assert len(found) == n
        else:
            assert len(bad) == 1
            assert (bad[0].code, len(found) < n) == ("unreadable", True)
            assert "tried twice" in bad[0].message
            assert f"at byte {3 << 20:,}" in bad[0].message

    return check


def _raw(path: Path) -> list[object]:
    from topics.core.contracts import ReadOptions
    from topics.ingest.files import InputFile
    from topics.ingest.opening import read_file
    from topics.ingest.readers.jsonl import READER

    return list(read_file(InputFile(path, path.name, READER, ""), ReadOptions()))


def links(folder: Path) -> None:
    (folder / "a.txt").write_text(ARTICLE)
    (folder / "loop").symlink_to(folder)
    (folder / "out.txt").symlink_to("/etc/hostname")
    (folder / "nowhere.txt").symlink_to(folder / "gone")


def pipes(folder: Path) -> None:
    (folder / "a.txt").write_text(ARTICLE)
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path is short
        try:
            server.bind("s.txt")
        finally:
            os.chdir(here)


def odd_names(folder: Path) -> None:
    for number, name in enumerate((b"two\nlines.txt", "rtl\u202egpj.txt".encode(), b"caf\xe9.txt", b"n" * 251 + b".txt")):
        path = os.fsencode(folder) + b"/" + name
        with open(path, "wb") as handle:  # noqa: PTH123 - pathlib takes no bytes
            handle.write(ARTICLE.replace("ministry", f"ministry {number}").encode())


def shown_escaped(found: Found) -> None:
    files = {document.info.file for document in found.documents}
    assert {"two\\nlines.txt", "rtl\\u202egpj.txt", "caf\\xe9.txt"} <= files
    assert len({document.info.id for document in found.documents}) == 4


def like_names(folder: Path) -> None:
    for number, name in enumerate(("Bao.txt", "bao.txt", unicodedata.normalize("NFC", "báo.txt"), unicodedata.normalize("NFD", "báo.txt"))):
        (folder / name).write_text(ARTICLE.replace("ministry", f"ministry {number}"))


def same_text_from_all(found: Found) -> None:
    assert len({document.text for document in found.documents}) == 1, [document.text for document in found.documents]


def small_text_limit(folder: Path) -> None:
    (folder / "big.txt").write_text(ARTICLE)
    (folder / "b.txt").write_text("A short text of few words.")
    with mock.patch.object(text, "MAX_BYTES", 100):
        found = read_folder(folder)
    assert [item.code for item in found.report.quarantined] == ["too_large"]
    assert "limit" in found.report.quarantined[0].message
    assert found.report.accepted == 1


def never_written(found: Found) -> None:
    assert {path.name for path in found.folder.rglob("*")} == {"a.zip"}
    assert not (found.folder.parent / "evil.txt").exists()


NEWLINES = {
    "lf.csv": f"text,n\n{ARTICLE}\n\n{OTHER},2\n".replace(f"{ARTICLE}\n\n", f"{ARTICLE},1\n"),
    "crlf.csv": f"text,n\r\n{ARTICLE},1\r\n{OTHER},2\r\n",
    "cr.csv": f"text,n\r{ARTICLE},1\r{OTHER},2\r",
    "mixed.csv": f"text,n\r{ARTICLE},1\r\n{OTHER},2\n",
}


def zip_bomb(folder: Path) -> None:
    line = b'{"text": "' + ARTICLE.encode() + b'"}\n'
    floor = 1 << 20
    data = zipped(("b.jsonl", line * (2 * floor // len(line))), ("c.txt", ARTICLE.encode()))
    path = folder / "a.zip"
    path.write_bytes(data)
    from topics.core.contracts import RawRecord, ReadOptions
    from topics.core.registry import discover
    from topics.ingest.files import InputFile, reader_for
    from topics.ingest.opening import read_file

    reader = reader_for(path, "auto", discover("topics.ingest.readers", "READER"))
    assert reader
    last: list[object] = []
    n = 0
    with mock.patch.object(limits, "RATIO_FLOOR", floor):
        for item in read_file(InputFile(path, "a.zip", reader, ""), ReadOptions()):
            n += 1
            last = [*last[-1:], item]
    bomb, text_member = last
    assert getattr(bomb, "code", "") == "bomb"
    assert isinstance(text_member, RawRecord)
    assert text_member.file == "a.zip/c.txt"
    assert n > 1000


def newlines(folder: Path) -> None:
    for name, content in NEWLINES.items():
        (folder / name).write_bytes(content.encode())
    found = read_folder(folder)
    assert (found.report.accepted, found.report.duplicates, found.report.quarantined) == (2, 6, ())


JPEG, PDF, DOCX = b"\xff\xd8\xff\xe0" + b"\0" * 40, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", zipped(("word/document.xml", b"<w/>"))
ELSE = {
    "e.txt": b"\x1f\x8b\x08\0\0\0\0\0\0\3",
    "f.txt": b"SQLite format 3\0" + b"\0" * 80,
    "g.txt": b"\x7fELF\2\1\1" + b"\0" * 40,
    "h.txt": b"MZ\x90\0\3\0",
}

ROWS = (
    Row(
        21,
        "empty files, and files of white space",
        "Quarantined as empty, one line each.",
        {
            "a.txt": b"",
            "b.txt": b" \n\t\n",
            "c.csv": b"",
            "d.jsonl": b"\n",
            "e.json": b"",
            "f.zip": zipped(),
            "g.json": b"[]",
            "h.csv": b"text\n",
        },
        quarantined=("empty",) * 8,
    ),
    Row(
        22,
        "a folder without a file that can be read",
        "An error that names the folder and the suffixes.",
        {"a.odt": b"x"},
        error="nothing to read here",
    ),
    Row(23, "a file that may not be read", "Quarantined; the other files are read.", check=unreadable),
    Row(
        24,
        "a file that grows while it is read",
        "What was there is read; a line says that it changed.",
        check=changing(grow, f"from {2 * len(LINE)} to {3 * len(LINE)} bytes"),
    ),
    Row(24, "a file that is removed while it is read", "As above.", check=changing(Path.unlink, "removed")),
    Row(24, "a file that is replaced while it is read", "As above.", check=changing(replace, "replaced")),
    Row(
        25,
        "links: to their own folder, to a file outside, to nothing",
        "Left out and named; never followed.",
        links,
        accepted=1,
        left_out=3,
    ),
    Row(26, "a FIFO and a socket", "Left out and named; reading never waits for them.", pipes, accepted=1, left_out=2),
    Row(
        27,
        "a text file over the limit",
        "Quarantined with the limit, without being held whole; the other files are read (one large file should not stop the rest).",
        check=small_text_limit,
    ),
    Row(
        28,
        "a gzip bomb",
        "Quarantined while it unpacks, with the ratio; nothing reaches the disk.",
        {"a.txt.gz": gzip.compress(ZEROS * 2, 9, mtime=0), "b.jsonl.gz": gzip.compress(ZEROS, 9, mtime=0)},
        quarantined=("bomb", "too_large"),
        also=says("100:1", "limit"),
    ),
    Row(
        28,
        "a zip bomb",
        "As above; the other members are read.",
        check=zip_bomb,
    ),
    Row(
        28,
        "archives inside an archive",
        "Quarantined; a gzipped member is read, with the limits of both.",
        {"a.zip": zipped(("in.zip", zipped(("a.txt", b"x"))), ("in.tar.gz", b"x"), ("ok.jsonl.gz", gzip.compress(LINE, mtime=0)))},
        accepted=1,
        quarantined=("nested_archive",) * 2,
    ),
    Row(
        28,
        "an encrypted member",
        "Quarantined.",
        {"a.zip": zipped(("a.txt", b"x" * 99), flags=1)},
        quarantined=("encrypted",),
        also=says("password"),
    ),
    Row(
        28,
        "a damaged archive",
        "Quarantined.",
        {"a.zip": zipped(("a.txt", b"x"))[:-30], "b.zip": b"no archive"},
        quarantined=("unreadable",) * 2,
    ),
    Row(
        29,
        "members with absolute names, '..', drives, links and devices",
        "Each is quarantined with its reason; nothing is written.",
        {
            "a.zip": zipped(
                ("/etc/evil.txt", b"x"),
                ("../evil.txt", b"x"),
                ("a\\..\\evil.txt", b"x"),
                ("C:\\evil.txt", b"x"),
                (special("link.txt", stat.S_IFLNK | 0o777), b"/etc/passwd"),
                (special("pipe.txt", stat.S_IFIFO | 0o600), b""),
                ("fine.txt", ARTICLE.encode()),
            )
        },
        accepted=1,
        quarantined=("not_a_file", "symlink", "unsafe_name", "unsafe_name", "unsafe_name", "unsafe_name"),
        also=never_written,
    ),
    Row(
        30,
        "names with a line end, a right-to-left mark, bytes that are no UTF-8, 255 bytes",
        "Read; shown escaped.",
        odd_names,
        accepted=4,
        also=shown_escaped,
    ),
    Row(31, "names that differ only in case, or NFC and NFD", "All kept apart.", like_names, accepted=4),
    Row(
        32,
        "binary files named .txt, .csv, .jsonl",
        "Quarantined with what they look like.",
        {"a.txt": JPEG, "b.txt": PDF, "c.txt": DOCX, "d.csv": PDF, "d.jsonl": DOCX, "d.json": JPEG, **ELSE},
        quarantined=("binary",) * 10,
        also=says("a PDF", "a JPEG image", "Office file", "gzip", "SQLite", "program (ELF)", "program (Windows)"),
    ),
    Row(
        34,
        "line ends LF, CRLF, CR and mixed",
        "The same articles: all but the first file are repeats.",
        check=newlines,
    ),
    Row(35, "one read error (EIO) in the middle of a file", "The read is tried again; nothing is lost.", check=failing(1)),
    Row(35, "read errors that stay", "What came before is kept; one line names the byte.", check=failing(9)),
)
