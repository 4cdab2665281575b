"""Text in the one form that the rest relies on, with the codes of what that took."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from topics.ingest.encodings.lost import letters_lost
from topics.ingest.encodings.mojibake import TELLING, mend
from topics.ingest.encodings.tables import REPLACEMENT, TCVN

MAX_MARKS = 8  # combining marks on one letter
MAX_PRIVATE = 0.01  # of the characters
_ORDERED_MARKS = 1000  # of a run of marks: putting them in order takes the square of their number

# Clean English and Vietnamese is made of these, each composed and in its own right: such a text stays as it is.
_LETTERS = "".join(sorted({char for char in TCVN if char.isalpha() and not char.isascii()}))
_UNCLEAN = re.compile(f"[^ -~\t\n“”‘’–—…•→°€£{_LETTERS}]")
_ASCII_CONTROLS = bytes(code for code in range(128) if (code < 32 and code not in b"\t\n") or code == 127)


def _span(*spans: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(code) for low, high in spans for code in range(low, high + 1))


_SURROGATES = _span((0xD800, 0xDFFF))
_REMOVED = {  # what goes, under which code, and what stands there instead
    "control_characters": (_span((0, 8), (0xB, 0xC), (0xE, 0x1F), (0x7F, 0x9F)), " "),
    "bidi_controls": (_span((0x202A, 0x202E), (0x2066, 0x2069)), ""),
    "invisible_characters": (frozenset("\u00ad\u061c\u180e\ufeff") | _span((0x200B, 0x200F), (0x2060, 0x2064), (0x206A, 0x206F)), ""),
    "special_spaces": (frozenset("\u00a0\u1680\u202f\u205f\u3000") | _span((0x2000, 0x200A)), " "),
    "line_separators": (frozenset("\u2028\u2029"), "\n"),
}
_FULL_WIDTH = _span((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
_FULL_WIDTH_OFFSET = 0xFEE0
_MARK_RUN = re.compile(r"\w?[^\w\s\x00-\x7f]{6,}")  # marks are neither letters nor ASCII; a letter may bring two more
_LONG_RUN = re.compile(rf"[^\w\s\x00-\x7f]{{{_ORDERED_MARKS},}}")
_TWO_SCRIPTS = re.compile(r"[^\W\d_]*[A-Za-z][^\W\d_]*")
_LOOK_LATIN = frozenset("аеорсухіјѕһԁӏАВЕЗКМНОРСТУХІЈЅοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")  # Cyrillic and Greek


_MARK_CATEGORIES = frozenset({"Mn", "Me"})


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text with the sorted codes of what was done to it or found in it."""

    text: str
    notes: tuple[str, ...] = ()


def normalise(text: str, *, repair: bool = False) -> Normalised:
    """Return text in the form that all offsets refer to, with notes.

    NFC; line ends LF; lone surrogates U+FFFD; control characters and special spaces blanks; invisible characters and bidi controls gone;
    full-width letters and digits plain; at most 8 marks on a letter. Letters of two scripts in a word, private characters, letters lost
    as `?` and signs of wrong decoding are named, not changed.

    Args:
        text: as the reader gave it.
        repair: whether text that was decoded wrongly upstream is read again.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        if len(text.encode().translate(None, _ASCII_CONTROLS)) == len(text):
            return Normalised(text, _lost(text))
    elif not _UNCLEAN.search(text):
        return Normalised(text, _lost(text))
    return _worked_over(text, repair)


def _lost(text: str) -> tuple[str, ...]:
    return ("letters_lost",) if letters_lost(text) else ()


def _worked_over(text: str, repair: bool) -> Normalised:
    """The text whose characters are not all clean: what it has of others decides what is done."""
    notes: set[str] = set()
    odd = set(_UNCLEAN.findall(text))
    if REPLACEMENT in odd:
        notes.add("replacement_characters")
    if odd & _SURROGATES:
        text = _without_surrogates(text, notes)
    text = _composed(text, notes)
    if odd & TELLING:
        text = _mended(text, repair, notes)
        odd = set(_UNCLEAN.findall(text)) if repair else odd
    instead: dict[str, str] = {}
    for code, (chars, put) in _REMOVED.items():
        if found := odd & chars:
            instead |= dict.fromkeys(found, put)
            notes.add(code)
    if wide := odd & _FULL_WIDTH:
        instead |= {char: chr(ord(char) - _FULL_WIDTH_OFFSET) for char in wide}
        notes.add("full_width")
    if instead:
        for char, put in instead.items():
            text = text.replace(char, put)
        text = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(char) in _MARK_CATEGORIES for char in odd):
        text = _capped(text, notes)
    _look(text, odd, notes)
    notes.update(_lost(text))
    return Normalised(text, tuple(sorted(notes)))


def _without_surrogates(text: str, notes: set[str]) -> str:
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # two halves that belong together are a character
    if joined.count(REPLACEMENT) > text.count(REPLACEMENT):
        notes.add("lone_surrogates")
    return joined


def _composed(text: str, notes: set[str]) -> str:
    text = _LONG_RUN.sub(lambda found: _limited(found[0], _ORDERED_MARKS), text)
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        notes.add("not_nfc")
    return composed


def _mended(text: str, repair: bool, notes: set[str]) -> str:
    mended = mend(text)
    done = "repaired" if repair else "suspected"
    notes.update(f"mojibake_{done}_{kind}" for kind in mended.kinds)
    return mended.text if repair else text


def _limited(text: str, limit: int) -> str:
    """The text with at most `limit` combining marks in a row."""
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in _MARK_CATEGORIES else 0
        if marks <= limit:
            kept.append(char)
    return "".join(kept)


def _capped(text: str, notes: set[str]) -> str:
    def cap(found: re.Match[str]) -> str:
        apart = unicodedata.normalize("NFD", found[0])  # so that composed and decomposed letters count alike
        return found[0] if (kept := _limited(apart, MAX_MARKS)) == apart else kept

    capped = _MARK_RUN.sub(cap, text)
    if capped != text:
        notes.add("combining_marks")
    return unicodedata.normalize("NFC", capped)


def _look(text: str, odd: set[str], notes: set[str]) -> None:
    """Note what is odd but stays."""
    private = [char for char in odd if unicodedata.category(char) in {"Co", "Cn"}]
    if private and sum(map(text.count, private)) > MAX_PRIVATE * len(text):
        notes.add("private_characters")
    if odd & _LOOK_LATIN and any(not _LOOK_LATIN.isdisjoint(word) for word in _TWO_SCRIPTS.findall(text)):
        notes.add("homoglyphs")
