"""The sentence of a document that shows a theme best; its text is the document's own, letter by letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from topics.core.documents import Document
from topics.core.themes import ThemeEvidence
from topics.themes.matching import sentences

Speaks = Callable[[str], float]  # a sentence to how much its words speak for a theme


def best_sentence(document: Document, spans: Sequence[tuple[int, int]], speaks: Speaks | None = None) -> ThemeEvidence | None:
    """Return the best sentence: a whole one before a heading, then more terms, then words that speak more for the theme, then the earlier.

    Args:
        document: the document; what was removed from its text is no evidence.
        spans: (start, end) of the theme's terms.
        speaks: for documents without a term, and among sentences with as many; without it, no term means no evidence.
    """
    pieces = list(sentences(document.kept()))
    best: tuple[tuple[bool, bool, int, float], int, int] | None = None
    for start, end in pieces:
        hits = sum(start <= at and stop <= end for at, stop in spans)
        if not hits and (spans or speaks is None):
            continue
        text = document.text[start:end]
        prose = text.rstrip("\"'”’)").endswith((".", "!", "?", "…"))
        rank = (bool(hits), prose, hits, speaks(text) if speaks else 0.0)
        if best is None or rank > best[0]:
            best = (rank, start, end)
    if best is None and spans:  # every occurrence runs over a line end: the pieces that it touches
        touched = [(start, end) for start, end in pieces if start < spans[0][1] and spans[0][0] < end]
        if touched:
            best = ((True, False, 1, 0.0), touched[0][0], touched[-1][1])
    return ThemeEvidence(best[1], best[2], document.text[best[1] : best[2]]) if best else None


def speaker(terms_of: Callable[[str], Sequence[str]], odds: Mapping[str, float]) -> Speaks:
    """Return what tells how much a sentence speaks for a theme: the sum of its terms' log-odds, by the root of its length.

    Args:
        terms_of: the terms of a text.
        odds: log-odds of each term in documents of the theme against all others.
    """

    def speaks(text: str) -> float:
        terms = terms_of(text)
        return float(sum(odds.get(term, 0.0) for term in terms) / max(len(terms), 1) ** 0.5)

    return speaks
