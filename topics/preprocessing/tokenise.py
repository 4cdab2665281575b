"""Text to words: lower-cased, NFC, one-letter syllables and diacritics kept, phrases joined, stop words dropped last."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

Phrase = tuple[str, ...]
MAX_LENGTH = 40
_TOKEN = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")


def words(text: str) -> list[str]:
    """Return the words of a text in order; tokens without any letter (numbers) are left out.

    "Dual-use" stays one word, "party's" becomes "party", "ý" and "ở" are words.
    """
    found = (_POSSESSIVE.sub("", token) for token in _TOKEN.findall(text.lower()))
    return [token for token in found if len(token) <= MAX_LENGTH and any(char.isalpha() for char in token)]


class PhraseJoiner:
    """Joins known phrases, the longest at each place, left to right; a joined phrase is its words with one space between.

    `whole` phrases are joined first, so no other phrase that overlaps one can break it.
    """

    def __init__(self, phrases: Iterable[Phrase], whole: Iterable[Phrase] = ()) -> None:
        self.phrases = tuple(sorted(set(phrases)))
        self.whole = tuple(sorted(set(whole)))
        self._tables = tuple(_by_first(listed) for listed in (self.whole, self.phrases) if listed)

    def __call__(self, tokens: list[str]) -> list[str]:
        """Return the tokens with phrases joined."""
        for table in self._tables:
            tokens = _join(tokens, table)
        return tokens


def _by_first(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    table: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in sorted(phrases, key=len, reverse=True):
        table[phrase[0]].append(phrase)
    return dict(table)


def _join(tokens: list[str], table: dict[str, list[Phrase]]) -> list[str]:
    joined: list[str] = []
    at = 0
    while at < len(tokens):
        match = next((phrase for phrase in table.get(tokens[at], ()) if tuple(tokens[at : at + len(phrase)]) == phrase), None)
        joined.append(" ".join(match) if match else tokens[at])
        at += len(match) if match else 1
    return joined
