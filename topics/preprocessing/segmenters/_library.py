"""Puts the words that a library found onto our tokens, by their place in the text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version

from topics.core.errors import MissingPartError
from topics.preprocessing.tokenise import BREAK, token_places


def installed(package: str) -> str:
    """Return name and version of an optional package.

    Raises:
        MissingPartError: it is not installed.
    """
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError as error:
        what = f"the segmenter {package!r} needs the package {package}, which is not installed."
        raise MissingPartError(what, where="[preprocessing] segmenter", hint=f"pip install {package}") from error


def _word_places(text: str, found: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words of more than one syllable stand; a word that the library spelt anew is looked for in vain and left out."""
    places: list[tuple[int, int]] = []
    at = 0
    for word in found:
        start = text.find(word, at)
        if start >= 0:
            at = start + len(word)
            if " " in word:
                places.append((start, at))
    return places


def cut_by(segment: Callable[[str], Iterable[str]], text: str, tokens: Sequence[str]) -> list[int]:
    """Return the number of tokens of the word that starts at each token, 0 inside a word; no word holds a break.

    Args:
        segment: a line of text to its words, in order.
        text: as written.
        tokens: `tokens(text)`, some of them perhaps replaced by breaks.
    """
    lengths = [1] * len(tokens)
    text = text if len(text) == len(text.lower()) else text.lower()  # a few capitals are two small letters long
    starts = [start for start, _ in token_places(text)]
    base = 0
    for line in text.split("\n"):
        for start, end in _word_places(line, segment(line)) if " " in line else ():
            first, after = bisect_left(starts, base + start), bisect_left(starts, base + end)
            if after - first > 1 and BREAK not in tokens[first:after]:
                lengths[first:after] = [after - first] + [0] * (after - first - 1)
        base += len(line) + 1
    return lengths
