"""What texts set in ABC fonts (TCVN3) have beyond the standard's table: Windows' quotes and dashes, and capitals that only a font made."""

from __future__ import annotations

import re

from topics.core.vietnamese import is_syllable
from topics.ingest.encodings.tables import TCVN, WINDOWS_1252

# Letters of TCVN 5712 (VN1) at the places where Windows has quotes, dashes and dots; as words of one letter they do not occur.
_SIGNS = {TCVN[code]: WINDOWS_1252[code] for code in (0x85, *range(0x91, 0x98))}
SIGN_BYTES = {sign: TCVN.index(letter) for letter, sign in _SIGNS.items()}
_MAY_BE_SIGN = re.compile(rf"[^\W\d_]*[{''.join(_SIGNS)}][^\W\d_]*")
_NEAR = 8
_SMALL = "".join(char for char in TCVN if char.islower() and not char.isascii())
_CAPITALS = re.compile(rf"[{_SMALL}][A-Z]|[A-Z]{{2}}[{_SMALL}]")  # inside a word; no spelling has these
_WORD = re.compile(r"[^\W\d_]+")


def _sign(found: re.Match[str]) -> str:
    """A word with letters that may be signs: they are letters only where a syllable needs them, or in a list of single letters."""
    word, text = found[0], found.string
    if len(word) > 1:
        return word if is_syllable(word) else "".join(_SIGNS.get(char, char) for char in word)
    near = text[max(0, found.start() - _NEAR) : found.start()].split()[-1:] + text[found.end() : found.end() + _NEAR].split()[:1]
    return word if any(len(other) == 1 and other.isupper() for other in near) else _SIGNS[word]


def _has_small_ascii(text: str) -> bool:
    return any("a" <= char <= "z" for char in text)


def _word(found: re.Match[str]) -> str:
    return found[0].upper() if _CAPITALS.search(found[0]) and not _has_small_ascii(found[0]) else found[0]


def _line(line: str) -> str:
    """A line of .VnTimeH: its capitals have the codes of small letters, so only ASCII letters show that they are capitals."""
    raised = _WORD.sub(_word, line)
    return raised if raised == line or _has_small_ascii(line) else line.upper()


def read_abc(text: str) -> str:
    """Return text decoded by the table VN1 with the signs and the capitals of the ABC fonts; its length stays the same.

    A word such as TæNG, whose ASCII letters are capitals, is TỔNG; in a line without small ASCII letters that has such a word, all
    letters are capitals. Where a heading was typed in small letters for a capitals font, nothing tells so, and it stays small.
    """
    if _MAY_BE_SIGN.search(text):
        text = _MAY_BE_SIGN.sub(_sign, text)
    if not _CAPITALS.search(text):
        return text
    return "\n".join(map(_line, text.split("\n")))
