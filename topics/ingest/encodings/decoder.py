"""The decoder of a file: bytes to text with the offset of what is wrong, record by record."""

from __future__ import annotations

from dataclasses import dataclass

from topics.core.contracts import BadBytes
from topics.ingest.encodings.charsets import CHARSETS, VISCII_SET, WINDOWS_1252_SET
from topics.ingest.encodings.lost import letters_lost
from topics.ingest.encodings.ranking import LIKELY_SHARE, Ranking, rank
from topics.ingest.encodings.scoring import english_words, vietnamese_score, words_beyond_ascii
from topics.ingest.encodings.tables import REPLACEMENT

BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
MAX_REPLACED = 0.1  # of the characters: with more, the text is in another encoding
AS_UTF8 = "Save the file as UTF-8"


class Undecodable(Exception):  # noqa: N818 - an outcome that the reader turns into a quarantine line
    """Bytes that are no text: the reason code, the byte offset, and sentences for the user."""

    def __init__(self, code: str, offset: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with what reading it took: codes, and how many bytes were replaced."""

    text: str
    notes: tuple[str, ...] = ()
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class Decoder:
    """How the bytes of one file become text: chosen once a file, then the same for each of its records.

    Args:
        encoding: its name.
        bad_bytes: what becomes of bytes that are not valid in it.
        notes: codes for each document of the file.
        ranking: the scores, where the encoding was recognised and not stated.
    """

    encoding: str
    bad_bytes: BadBytes = "quarantine"
    notes: tuple[str, ...] = ()
    ranking: Ranking | None = None

    def decode(self, data: bytes, base: int = 0) -> str:
        """Return the text of bytes that begin at `base` in their file; see `read`."""
        return self.read(data, base).text

    def read(self, data: bytes, base: int = 0) -> Decoded:
        """Return the text of bytes that begin at `base` in their file, with the codes of this record.

        A record that is UTF-8 is read as UTF-8 whatever the rest of its file is in.

        Raises:
            Undecodable: a byte is not valid in the encoding, and bad bytes are not to be replaced; or the record does not fit the
                encoding that was recognised in the file.
        """
        start = next((len(bom) for bom, name in BOMS if base == 0 and name == self.encoding and data.startswith(bom)), 0)
        body = data[start:] if start else data
        if self.encoding in CHARSETS and _is_utf8(body, self.encoding):
            return Decoded(body.decode())
        try:
            text = CHARSETS[self.encoding].decode(body) if self.encoding in CHARSETS else body.decode(self.encoding)
        except UnicodeDecodeError as error:
            if self.bad_bytes == "replace":
                return self._replaced(body, base + start)
            raise self._invalid(body, base + start, error) from error
        if self.ranking:
            self._check(body, base + start)
        says_nothing = self.encoding in CHARSETS and body.isascii() and text == body.decode("ascii")
        return Decoded(text, () if says_nothing else self.notes)

    def _replaced(self, body: bytes, base: int) -> Decoded:
        charset = CHARSETS.get(self.encoding)
        text = charset.decode(body, "replace") if charset else body.decode(self.encoding, "replace")
        replaced = text.count(REPLACEMENT)
        if replaced > max(1, MAX_REPLACED * len(text)):
            found = f"{replaced} of {len(text)} characters are not valid {self.encoding}, too many to replace{_likely(rank(body))}"
            raise Undecodable("encoding", base, found, f"{AS_UTF8}, or declare its encoding for this source.")
        return Decoded(text, (*self.notes, "bad_bytes_replaced"), replaced)

    def _invalid(self, body: bytes, base: int, error: UnicodeDecodeError) -> Undecodable:
        at = base + error.start
        if error.end >= len(body) and error.reason in {"unexpected end of data", "truncated data"}:
            found = f"truncated at byte {at}: the file ends in the middle of a character ({self.encoding.upper()})"
            return Undecodable("encoding", at, found, 'Fetch the file again, or set bad_bytes = "replace" for this source.')
        found = f"byte {at} (0x{body[error.start]:02x}) is not valid {self.encoding.upper()}"
        if self.encoding != "utf-8":
            return Undecodable("encoding", at, found, f"Declare the right encoding for this source, or none and {AS_UTF8.lower()}.")
        if letters_lost(body.decode("latin-1")):
            hint = "Fetch the text again: the lost letters cannot be had back. To read it as it is, declare its encoding for this source."
            return Undecodable("encoding", at, f"{found}, and letters of its words were lost as '?'", hint)
        ranking = rank(body)
        hint = f'{AS_UTF8}, or set bad_bytes = "replace" for this source.'
        if ranking.likely and not mostly_utf8(body):
            hint = f'If that is its encoding, put encoding = "{ranking.best[0]}" into this source; else {AS_UTF8.lower()}.'
            return Undecodable("encoding", at, found + _likely(ranking), hint)
        return Undecodable("encoding", at, found, hint)

    def _check(self, body: bytes, base: int) -> None:
        """Refuse a record that does not fit what was recognised in its file."""
        words = words_beyond_ascii(body)
        if self.encoding == WINDOWS_1252_SET.name:
            valid, total = english_words(words).valid, sum(words.values())
        else:
            score = vietnamese_score(words, CHARSETS[self.encoding])
            valid, total = score.valid, score.words
        if total and valid < LIKELY_SHARE * total:
            title = CHARSETS[self.encoding].title
            found = f"the file was recognised as {title}, but only {valid} of {total} words beyond ASCII fit it here"
            raise Undecodable("encoding", base, found, f"{AS_UTF8}, or declare its encoding for this source.")


def _likely(ranking: Ranking) -> str:
    return f"; it looks like {ranking.sentence}" if ranking.likely else ""


def mostly_utf8(data: bytes) -> bool:
    """Whether most bytes beyond ASCII form UTF-8 characters: then it is damaged UTF-8, no other encoding."""
    text = data.decode("utf-8", "replace")
    bad = text.count(REPLACEMENT)
    return sum(not char.isascii() for char in text) - bad >= bad


def _is_utf8(data: bytes, encoding: str) -> bool:
    """Whether a record is UTF-8 in a file that is not: it decodes, and is no word of VISCII that looks like UTF-8 (Đất is Фt)."""
    if data.isascii():
        return False
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    if encoding != VISCII_SET.name or not all(char.isascii() or "\u0250" <= char < "\u0800" for char in text):
        return True
    return vietnamese_score(words_beyond_ascii(data), VISCII_SET).share < 1
