"""Text to words: lower-cased, NFC, one-letter syllables and diacritics kept, phrases joined, stop words dropped last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from topics.core.vietnamese import fold_tones

Phrase = tuple[str, ...]
MAX_LENGTH = 40
BREAK = ""  # stands for punctuation and numbers: no word or phrase goes across
_TOKEN = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*|[^\w\s'’\-\u2010\u2011\u00ad]+")
_POSSESSIVE = re.compile(r"['’]s?$")


def _cleaned(token: str) -> str:
    """A token that is not of letters alone: without its possessive, or a break where it holds no letter."""
    token = _POSSESSIVE.sub("", token)
    return token if any(map(str.isalpha, token)) else BREAK


def tokens(text: str) -> list[str]:
    """Return the words of a text in order, with a `BREAK` for every run of punctuation and every token without a letter.

    "Dual-use" stays one word, "party's" becomes "party", "ý" and "ở" are words, "hoà" and "hòa" are one. Line ends are no breaks, since
    lines may be wrapped.
    """
    found = (token if token.isalpha() else _cleaned(token) for token in _TOKEN.findall(fold_tones(text.lower())))
    return [token if len(token) <= MAX_LENGTH else BREAK for token in found]


def token_places(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each of the `tokens` in the text, code points of its small-letter form."""
    return [found.span() for found in _TOKEN.finditer(text.lower())]


def words(text: str) -> list[str]:
    """Return the words of a text in order, without breaks."""
    return [token for token in tokens(text) if token]


def stretches(stream: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """Yield the runs of words between breaks."""
    for listed in stream:
        run: list[str] = []
        for token in listed:
            if token:
                run.append(token)
            elif run:
                yield run
                run = []
        if run:
            yield run


class PhraseJoiner:
    """Joins known phrases, the longest at each place, left to right; a joined phrase is its words with `glue` between."""

    def __init__(self, phrases: Iterable[Phrase], glue: str = " ") -> None:
        self._glue = glue
        self.phrases = tuple(sorted(set(phrases)))
        lengths: dict[str, set[int]] = {}
        for phrase in self.phrases:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
        self._known = frozenset(self.phrases)

    def lengths(self, tokens: Sequence[str]) -> list[tuple[int, int]]:
        """Return (place, number of tokens) of each phrase in the tokens."""
        found: list[tuple[int, int]] = []
        free = 0
        for at, token in enumerate(tokens):
            if at >= free and token in self._lengths:
                for length in self._lengths[token]:
                    if tuple(tokens[at : at + length]) in self._known:
                        found.append((at, length))
                        free = at + length
                        break
        return found

    def __call__(self, tokens: Sequence[str]) -> list[str]:
        """Return the tokens with phrases joined."""
        found = self.lengths(tokens)
        if not found:
            return list(tokens)
        joined: list[str] = []
        last = 0
        for at, length in found:
            joined += tokens[last:at]
            joined.append(self._glue.join(tokens[at : at + length]))
            last = at + length
        return [*joined, *tokens[last:]]
