"""Columns of many values as short text: numbers in base 88, ascending rows by their gaps, strings by the words that they share.

The letters are those of ASCII that JSON and HTML leave as they are. `columns.js` reads what is written here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

LETTERS = "".join(chr(code) for code in range(33, 127) if chr(code) not in "\"&'<>\\")
BASE = len(LETTERS)
GAP_LEADS = 4  # letters that say how many letters of a long gap follow
ONE, TWO = 52, 84  # words of one letter; leads of two letters, those of three up to the last, which begins letters as they are
LONGEST = 40  # code points that stand as they are after one length; two UTF-16 units each at most
SEPARATOR, PLACE = "~", "\x01"  # between words; where the slug of a title stands in a link
_TOKEN = re.compile(r" ?[^\W_]+|[\W_]")
_MARKS = re.compile("[\u0300-\u036f]")
_OTHER = re.compile("[^a-z0-9]+")
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZđĐ", "abcdefghijklmnopqrstuvwxyzdd")


def width_of(highest: int) -> int:
    """Return how many letters a number up to `highest` needs."""
    width = 1
    while BASE**width <= highest:
        width += 1
    return width


def number(value: int, width: int) -> str:
    """Return a number of 0 or more as that many letters, the highest first."""
    found = ""
    for _ in range(width):
        value, digit = divmod(value, BASE)
        found = LETTERS[digit] + found
    return found


def packed(values: Iterable[int], highest: int) -> dict[str, object]:
    """Return numbers from -1 to `highest`, -1 for none: all of the same width, one more than they are."""
    width = width_of(highest + 1)
    return {"width": width, "text": "".join(number(value + 1, width) for value in values)}


def gaps(rows: Iterable[int]) -> str:
    """Return ascending numbers by the distances between them: one letter, or a lead that says how many follow."""
    pieces: list[str] = []
    last = -1
    for row in rows:
        gap = row - last - 1
        if gap < BASE - GAP_LEADS:
            pieces.append(LETTERS[gap])
        else:
            width = width_of(gap)
            pieces.append(LETTERS[BASE - GAP_LEADS - 1 + width] + number(gap, width))
        last = row
    return "".join(pieces)


def worded(strings: Sequence[str]) -> dict[str, str]:
    """Return strings as the words that occur twice or more, the most frequent first, and codes of one to three letters."""
    tokens = [_TOKEN.findall(string) for string in strings]
    counts = Counter(token for found in tokens for token in found)
    shared = [token for token, n in counts.items() if n > 1 and SEPARATOR not in token]
    words = sorted(shared, key=lambda token: (-counts[token], token))[: ONE + (TWO - ONE) * BASE + (BASE - 1 - TWO) * BASE**2]
    codes = {word: _word_code(place) for place, word in enumerate(words)}
    return {"words": SEPARATOR.join(words), "text": " ".join(_coded(found, codes) for found in tokens)}


def _word_code(place: int) -> str:
    if place < ONE:
        return LETTERS[place]
    place -= ONE
    if place < (TWO - ONE) * BASE:
        return LETTERS[ONE + place // BASE] + LETTERS[place % BASE]
    place -= (TWO - ONE) * BASE
    return LETTERS[TWO + place // BASE**2] + number(place % BASE**2, 2)


def _coded(tokens: Sequence[str], codes: dict[str, str]) -> str:
    pieces: list[str] = []
    plain = ""
    for token in tokens:
        if token in codes:
            pieces += [_as_written(plain), codes[token]]
            plain = ""
        else:
            plain += token
    return "".join([*pieces, _as_written(plain)])


def _as_written(text: str) -> str:
    parts = [text[start : start + LONGEST] for start in range(0, len(text), LONGEST)]
    return "".join(LETTERS[-1] + LETTERS[len(part.encode("utf-16-le")) // 2] + part for part in parts)


def slug(title: str) -> str:
    """Return a title as many papers write it into links: small letters without marks, joined by hyphens."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", title)).translate(_SMALL)
    return _OTHER.sub("-", plain).strip("-")


def shortened(link: str, title: str) -> str:
    """Return a link with the slug of its title taken out; `PLACE` stands where it was."""
    found = slug(title)
    return link.replace(found, PLACE, 1) if found else link
