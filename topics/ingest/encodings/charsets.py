"""The encodings that files without a mark may be in: each decodes bytes with the offset of what is not valid, and encodes back."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from topics.ingest.encodings.abc_fonts import SIGN_BYTES, read_abc
from topics.ingest.encodings.tables import NONE, REPLACEMENT, TCVN, VISCII, VNI_BYTES, VNI_LETTERS, VNI_UNIT, WINDOWS_1252, WINDOWS_1258


@dataclass(frozen=True, eq=False)
class Charset:
    """One encoding.

    Args:
        name: how it is declared.
        title: how messages call it.
        table: 256 characters.
        join: what makes letters of the characters; each character comes from one byte.
        bytes_of: characters that are not in the table alone, with their bytes.
    """

    name: str
    title: str
    table: str
    join: Callable[[str, str], str] = lambda text, errors: text
    bytes_of: Mapping[str, bytes] = field(default_factory=dict)

    def decode(self, data: bytes, errors: str = "strict") -> str:
        """Return the text in NFC.

        Raises:
            UnicodeDecodeError: a byte means nothing here, and `errors` is strict.
        """
        try:
            text, _ = codecs.charmap_decode(data, errors, self.table)
            return unicodedata.normalize("NFC", self.join(text, errors))
        except UnicodeDecodeError as error:
            raise UnicodeDecodeError(self.name, data, error.start, error.start + 1, error.reason) from error

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text.

        Raises:
            UnicodeEncodeError: a character does not exist here.
        """
        made = bytearray()
        places = {char: bytes([code]) for code, char in enumerate(self.table) if char != NONE} | dict(self.bytes_of)
        composed = unicodedata.normalize("NFC", text)
        for at, char in enumerate(composed):
            found = places.get(char) or self._apart(char, places)
            if found is None:
                raise UnicodeEncodeError(self.name, composed, at, at + 1, "no such character")
            made += found
        return bytes(made)

    def _apart(self, char: str, places: Mapping[str, bytes]) -> bytes | None:
        """A letter as its base and a tone mark, where the encoding has it so."""
        marks = unicodedata.normalize("NFD", char)
        for tone in marks[1:]:
            base = places.get(unicodedata.normalize("NFC", marks.replace(tone, "", 1)))
            if base and tone in places:
                return base + places[tone]
        return None


def _join_vni(text: str, errors: str) -> str:
    def unit(found: re.Match[str]) -> str:
        letter = VNI_LETTERS.get(found[0])
        if letter is None and errors == "strict":
            raise UnicodeDecodeError("vni", text.encode(), found.start(), found.start() + 1, "a mark without its letter")
        return letter or REPLACEMENT

    return VNI_UNIT.sub(unit, text)


def _vni_bytes() -> dict[str, bytes]:
    places = {char: code for code, char in enumerate(VNI_BYTES) if char != NONE}
    return {letter: bytes(places[sign] for sign in signs) for signs, letter in VNI_LETTERS.items()}


WINDOWS_1258_SET = Charset("windows-1258", "windows-1258", WINDOWS_1258)
VISCII_SET = Charset("viscii", "VISCII", VISCII)
TCVN3_SET = Charset(
    "tcvn3", "TCVN3 (ABC)", TCVN, lambda text, errors: read_abc(text), {sign: bytes([code]) for sign, code in SIGN_BYTES.items()}
)
VNI_SET = Charset("vni", "VNI-Windows", VNI_BYTES, _join_vni, _vni_bytes())
WINDOWS_1252_SET = Charset("windows-1252", "windows-1252", WINDOWS_1252)
VIETNAMESE_SETS = (WINDOWS_1258_SET, VISCII_SET, TCVN3_SET, VNI_SET)
CHARSETS = {charset.name: charset for charset in (*VIETNAMESE_SETS, WINDOWS_1252_SET)}
