"""Undoes hard line wrapping, so that a sentence is one line again, and hyphens at line ends, so that a word is one word."""

from __future__ import annotations

import itertools
import re
import statistics

MIN_LINES = 6
WIDTHS = (40, 110)  # columns of terminals, e-mails and scanned pages
MIN_SHARE = 0.75
_SPLIT = re.compile(r"\b([^\W\d_]{2,40}+)-\n([^\W\d_]{2,40}+)(?!\w|-) ?")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*+")


def _goes_on(line: str, following: str) -> bool:
    """Whether a line ends inside a sentence that the next line continues."""
    return bool(line.strip()) and following[:1].islower() and not line.rstrip().endswith((".", "!", "?", ":", "…"))


def unwrap(text: str) -> str:
    """Return the text with the line ends inside its paragraphs turned into spaces, where it was wrapped at a fixed width.

    It was, where most lines but the last of each paragraph are about as long as the longest, and many sentences run over line ends.
    """
    lines = text.split("\n")
    inner = [len(line) for line, following in itertools.pairwise(lines) if line.strip() and following.strip()]
    if len(inner) < MIN_LINES or not WIDTHS[0] <= (width := statistics.quantiles(inner, n=20)[-1]) <= WIDTHS[1]:
        return text
    full = sum(length >= 0.8 * width for length in inner)
    running = sum(_goes_on(line, following) for line, following in itertools.pairwise(lines))
    if full < MIN_SHARE * len(inner) or 2 * running < len(inner):
        return text
    pieces = [lines[0]]
    for line, following in itertools.pairwise(lines):
        joined = line.strip() and following.strip() and len(line) >= 0.6 * width
        pieces.append((" " if joined else "\n") + following)
    return "".join(pieces)


def join_hyphens(text: str) -> str:
    """Return the text with words whole again that were split at a line end by a hyphen ("agen-" and "cies").

    The text's own words decide: the whole word stands elsewhere, and the word with its hyphen does not. The rest of the line moves up,
    so the lines stay as many as they were.
    """
    if "-\n" not in text:
        return text
    words = {word.lower() for word in _WORD.findall(_SPLIT.sub(" ", text))}

    def joined(found: re.Match[str]) -> str:
        head, tail = found.groups()
        is_one = (head + tail).lower() in words and f"{head}-{tail}".lower() not in words and tail.islower()
        return f"{head}{tail}\n" if is_one else found[0]

    return _SPLIT.sub(joined, text)
