"""What bytes are that are no text: told by how they begin."""

from __future__ import annotations

import re

_PDF_WITHIN = 1024  # readers of PDF look that far for its mark
_TAR_MARK = (b"ustar", 257)
_KINDS = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"PK\x03\x04", "a zip or Office file (DOCX, XLSX)"),
    (b"PK\x05\x06", "an empty zip file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstandard file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip file"),
    (b"Rar!\x1a\x07", "a RAR file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (DOC, XLS)"),
    (b"{\\rtf", "an RTF file"),
    (b"\x7fELF", "a program (ELF)"),
    (b"MZ\x90\x00", "a program (Windows)"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1\x00", "an Arrow file"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"bplist0", "a binary property list"),
    (b"\xca\xfe\xba\xbe", "a program (Java or macOS)"),
)
_NEEDS_BINARY = {b"BZh", b"ID3", b"OggS", b"PAR1"}  # marks that are letters alone: a text could begin with them
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_HEAD = 4096


def binary_kind(head: bytes) -> str | None:
    """Return what a file is that begins so, where it is surely no text; else None."""
    if b"%PDF-" in head[:_PDF_WITHIN] and _is_pdf(head[:_PDF_WITHIN]):
        return "a PDF"
    for mark, name in _KINDS:
        if head.startswith(mark) and (mark not in _NEEDS_BINARY or _BINARY.search(head[:_HEAD])):
            return name
    mark, at = _TAR_MARK
    if head[at : at + len(mark)] == mark and b"\x00" in head[:at]:
        return "a tar archive"
    if head[4:8] == b"ftyp" and b"\x00" in head[:4]:
        return "a video or HEIC image"
    if head[:4] == b"RIFF" and head[8:12] in {b"WEBP", b"WAVE", b"AVI "}:
        return "an image, sound or video (RIFF)"
    return None


def _is_pdf(head: bytes) -> bool:
    """A PDF's mark stands first, or behind bytes that are no article."""
    at = head.find(b"%PDF-")
    return at == 0 or not head[:at].strip() or _BINARY.search(head[:at]) is not None
