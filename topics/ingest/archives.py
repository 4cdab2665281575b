"""Zip archives, read member by member: nothing is unpacked to disk, nothing is trusted, everything is accounted for."""

from __future__ import annotations

import fnmatch
import io
import lzma
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, cast

from topics.core.contracts import RawRecord, Reader, ReadOptions, Rejected
from topics.ingest.limits import BROKEN, MIB, Budget, copied, limited, rejection, unpacked
from topics.ingest.names import member_name, parts, unsafe

SUFFIX = ".zip"
MAX_MEMBERS = 100_000
MAX_DIRECTORY = 64 * MIB
_NESTED = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar", ".bz2", ".xz", ".zst", ".tar.gz", ".zip.gz")
_MEMBER_BROKEN = (*BROKEN, zipfile.BadZipFile, lzma.LZMAError)
_ARCHIVE_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, struct.error, ValueError, OverflowError)
_UTF8_NAME = 0x800
_ENCRYPTED = 0x41
_ENTRY = b"PK\x01\x02"
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
Choose = Callable[[str], Reader | None]


def archive_reader(choose: Choose, exclude: tuple[str, ...] = ()) -> Reader:
    """Return the reader of zip archives.

    Args:
        choose: the reader of a member by its name.
        exclude: file-name patterns of members that are left out.
    """
    return Reader("zip", (SUFFIX,), partial(_read, choose=choose, exclude=exclude), seekable=True)


def _read(stream: BinaryIO, name: str, options: ReadOptions, *, choose: Choose, exclude: tuple[str, ...]) -> Iterator[RawRecord | Rejected]:
    try:
        too_many = _directory_problem(stream)
        archive = None if too_many else zipfile.ZipFile(stream)
    except _ARCHIVE_BROKEN as error:
        yield Rejected(name, 1, 0, 0, "unreadable", f"not a zip archive that can be read: {error}", "Pack it again, or unpack it yourself.")
        return
    if archive is None:
        yield Rejected(name, 1, 0, 0, "too_large", too_many, "Split it, or unpack it yourself and read that.")
        return
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if not infos:
            yield Rejected(name, 1, 0, 0, "empty", "the archive holds no files", "Leave it out, or fetch it again.")
        current = {info.filename: info for info in infos}  # of two with one name the later stands, as in every unpacking tool
        budget = Budget()
        for info in sorted(infos, key=lambda item: (item.filename, item.header_offset)):
            shown = member_name(name, _own_name(info))
            problem = _problem(info, current, exclude)
            reader = None if problem else choose(parts(_own_name(info))[-1])
            if problem or reader is None:
                code, message, hint = problem or ("no_reader", "no reader for this kind of file", "Leave it out, or convert it.")
                yield Rejected(shown, 1, 0, 0, code, message, hint)
            else:
                yield from _member(archive, info, reader, (shown, options, budget))


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, reader: Reader, how: tuple[str, ReadOptions, Budget]
) -> Iterator[RawRecord | Rejected]:
    """What one member holds; damage ends this member alone."""
    name, options, budget = how
    last, end = 0, 0
    try:
        with _opened(archive, info) as packed:
            stream = limited(packed, info.compress_size, budget)
            if info.filename.lower().endswith(".gz"):
                stream = unpacked(stream, info.compress_size, budget)
            if reader.seekable:
                stream = copied(stream)
            for record in reader.read(stream, name, options):
                last, end = record.record, record.byte_end
                yield record
    except _MEMBER_BROKEN as error:
        yield rejection(error, name, last, end)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> io.BufferedIOBase:
    """A member's stream; whatever zipfile finds wrong with its header is one error."""
    try:
        return cast("io.BufferedIOBase", archive.open(info))
    except _ARCHIVE_BROKEN as error:
        raise zipfile.BadZipFile(str(error)) from error


def _problem(info: zipfile.ZipInfo, current: dict[str, zipfile.ZipInfo], exclude: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Why a member is not read: code, message and hint."""
    name = _own_name(info)
    kind = stat.S_IFMT(info.external_attr >> 16)
    path = parts(name) or [""]
    reason = unsafe(name)
    hidden = path[0] in {"", "__MACOSX"} or any(part.startswith(".") for part in path)
    excluded = any(fnmatch.fnmatch(path[-1], pattern) for pattern in exclude)
    checks = (
        (bool(reason), "unsafe_name", f"the member {reason}", "Pack it again with names relative to the archive."),
        (kind == stat.S_IFLNK, "symlink", "the member is a symbolic link; links are not followed", "Pack the file itself."),
        (kind not in {0, stat.S_IFREG}, "not_a_file", "the member is a device or pipe", "Leave it out."),
        (bool(info.flag_bits & _ENCRYPTED), "encrypted", "the member is encrypted", "Unpack it with its password and read that."),
        (hidden, "left_out", "excluded by name", "Hidden files are not read."),
        (excluded, "left_out", "excluded by name", "Change `exclude` of the source to read it."),
        (name.lower().endswith(_NESTED), "nested_archive", "an archive inside an archive is not opened", "Unpack the outer one first."),
        (current[info.filename] is not info, "replaced_member", "a later member has the same name; that was read", "Pack it again."),
    )
    return next(((code, message, hint) for applies, code, message, hint in checks if applies), None)


def _own_name(info: zipfile.ZipInfo) -> str:
    """A member's name; many packers write UTF-8 without saying so, which zipfile reads as code page 437."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _directory_problem(stream: BinaryIO) -> str:
    """Why an archive's directory is too large to be held, counted before zipfile makes an object of each entry; empty if it is not."""
    size = stream.seek(0, io.SEEK_END)
    tail_at = max(0, size - (1 << 16) - _END.size - _LOCATOR.size - _END64.size)
    stream.seek(tail_at)
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + _END.size:
        raise zipfile.BadZipFile("its directory is missing; was it cut?")
    length = _END.unpack_from(tail, at)[5]
    end = tail_at + at
    if length == 0xFFFFFFFF and at >= _LOCATOR.size:
        record = tail.rfind(b"PK\x06\x06", 0, at)
        if record < 0 or len(tail) < record + _END64.size:
            raise zipfile.BadZipFile("its directory is missing; was it cut?")
        length, end = _END64.unpack_from(tail, record)[8], tail_at + record
    if length > MAX_DIRECTORY:
        return f"the archive's directory has {length:,} bytes, the limit is {MAX_DIRECTORY:,}"
    stream.seek(max(0, end - length))
    count = stream.read(min(length, size)).count(_ENTRY)
    stream.seek(0)
    return f"the archive has {count:,} members, the limit is {MAX_MEMBERS:,}" if count > MAX_MEMBERS else ""
