"""Opens input files for their readers: plain, gzipped or a zip archive; what the file system says becomes a rejection."""

from __future__ import annotations

import io
import os
import stat
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO, cast

from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.ingest.files import InputFile
from topics.ingest.limits import BROKEN, BUFFER, Budget, SteadyFile, copied, rejection, unpacked

COMPRESSED = ".gz"


def read_file(file: InputFile, options: ReadOptions) -> Iterator[RawRecord | Rejected]:
    """Yield what a file holds; a file that cannot be read, not to its end, or that changed meanwhile, ends in a rejection."""
    name = unicodedata.normalize("NFC", file.name)
    last, end = 0, 0
    raw: SteadyFile | None = None
    try:
        with SteadyFile(file.path) as raw:
            before = os.fstat(raw.fileno())
            if not stat.S_ISREG(before.st_mode):
                yield Rejected(name, 1, 0, 0, "unreadable", "is not a plain file", "Folders, links, pipes and devices are not read.")
                return
            stream = cast("BinaryIO", io.BufferedReader(raw, BUFFER))
            if file.path.suffix.lower() == COMPRESSED:
                stream = unpacked(stream, before.st_size, Budget())
                stream = copied(stream) if file.reader.seekable else stream
            for record in file.reader.read(stream, name, options):
                last, end = record.record, record.byte_end
                yield record
            changed = _changed(file, before)
    except BROKEN as error:
        yield rejection(error, name, last, end, raw.failed_at if raw is not None else None)
        return
    if changed:
        hint = "Read it again when nothing writes to it any more; the records above are of the file as it was met."
        yield Rejected(name, last + 1, end, end, "changed", changed, hint)


def _changed(file: InputFile, before: os.stat_result) -> str:
    """What happened to a file while it was read; empty if nothing."""
    try:
        after = file.path.lstat()
    except FileNotFoundError:
        return "the file was removed while it was read"
    if (after.st_ino, after.st_dev) != (before.st_ino, before.st_dev):
        return "the file was replaced by another while it was read"
    if after.st_size != before.st_size:
        return f"the file changed while it was read, from {before.st_size:,} to {after.st_size:,} bytes"
    return "the file was written to while it was read" if after.st_mtime_ns != before.st_mtime_ns else ""
