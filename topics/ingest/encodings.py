"""Bytes to text without guessing, and text to the one form that the rest relies on."""

from __future__ import annotations

import re
import unicodedata

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_MAGIC = ((b"%PDF", "a PDF"), (b"\xff\xd8\xff", "a JPEG image"), (b"\x89PNG", "a PNG image"), (b"PK\x03\x04", "a zip or Office file"))
MAX_NUL = 0.1
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


class Undecodable(Exception):  # noqa: N818 - an outcome that the reader turns into a quarantine line
    """Bytes that are no text: the reason code, the byte offset, and sentences for the user."""

    def __init__(self, code: str, offset: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset
        self.message = message
        self.hint = hint


def decode(data: bytes, base: int = 0) -> str:
    """Return the text of bytes: a byte-order mark decides, else strict UTF-8. `base` is where they begin in their file.

    Raises:
        Undecodable: the bytes are binary or not UTF-8; nothing is guessed.
    """
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise Undecodable("binary", base, f"looks like {name}, not text", "Convert it to text first, or leave it out.")
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and data.count(0) > MAX_NUL * len(data):
        hint = "Save the file as UTF-8, or as UTF-16 with a byte-order mark."
        raise Undecodable("encoding", base + data.index(0), "many NUL bytes: UTF-16 without a byte-order mark?", hint)
    encoding, start = next(((name, len(bom)) for bom, name in _BOMS if data.startswith(bom)), ("utf-8", 0))
    try:
        return data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        at = start + error.start
        found = f"byte {base + at} (0x{data[at]:02x}) is not valid {encoding.upper()}"
        raise Undecodable(
            "encoding",
            base + at,
            found,
            "Save the file as UTF-8; a legacy Vietnamese encoding (TCVN3, VNI, VISCII, windows-1258) must be converted first.",
        ) from error


def normalise(text: str) -> str:
    """Return text in the form that all offsets refer to: NFC, LF, no surrogates, control or invisible characters (blanked)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SURROGATE.sub("\ufffd", text)
    text = _CONTROL.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    return unicodedata.normalize("NFC", text.replace("\u00a0", " "))
