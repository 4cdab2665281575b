"""The sentence of a document that shows a theme best; its text is the document's own, letter by letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from topics.core.documents import Document
from topics.core.themes import ThemeEvidence
from topics.themes.sentences import sentences

TermsOf = Callable[[str], Sequence[str]]
Odds = Mapping[str, float]  # term to its log-odds in documents of a theme against all others
Piece = tuple[int, int]
_CLOSING = "\"'”’)"
_ENDS = (".", "!", "?", "…")


class Sentences:
    """The sentences of a document, read once for all themes.

    Args:
        document: what was removed from its text is no evidence.
        terms_of: the terms of a text; without it, no words but those of a theme's own terms count.
    """

    def __init__(self, document: Document, terms_of: TermsOf | None = None) -> None:
        self._text = document.text
        self._pieces: list[Piece] = list(sentences(document.kept()))
        self._is_prose = [self._text[start:end].rstrip(_CLOSING).endswith(_ENDS) for start, end in self._pieces]
        self._terms_of = terms_of
        self._terms: dict[Piece, Sequence[str]] = {}

    def best(self, spans: Sequence[Piece], odds: Odds | None = None) -> ThemeEvidence | None:
        """Return the best sentence: a whole one before a heading, then more terms, then words that speak more, then the earlier.

        Args:
            spans: (start, end) of the theme's terms.
            odds: of the theme, for documents without a term, and among sentences with as many; without them, no term means no evidence.
        """
        can_speak = odds is not None and self._terms_of is not None
        found: list[tuple[bool, int]] = []
        for (start, end), prose in zip(self._pieces, self._is_prose, strict=True):
            found.append((prose, sum(start <= at and stop <= end for at, stop in spans)))
        ranked = [(prose, hits) for prose, hits in found if hits or not spans]
        if not ranked or not (spans or can_speak):
            return self._touched(spans)
        first = max(ranked)
        tied = [piece for piece, rank in zip(self._pieces, found, strict=True) if rank == first]
        chosen = max(tied, key=lambda piece: self._speaks(piece, odds)) if odds is not None and can_speak and len(tied) > 1 else tied[0]
        return self._quoted(*chosen)

    def _touched(self, spans: Sequence[Piece]) -> ThemeEvidence | None:
        """Where every occurrence runs over a line end: the sentences that the first one touches."""
        touched = [(start, end) for start, end in self._pieces if spans and start < spans[0][1] and spans[0][0] < end]
        return self._quoted(touched[0][0], touched[-1][1]) if touched else None

    def _speaks(self, piece: Piece, odds: Odds) -> float:
        """How much the words of a sentence speak for a theme: the sum of their log-odds, by the root of its length."""
        if piece not in self._terms and self._terms_of is not None:
            self._terms[piece] = self._terms_of(self._text[slice(*piece)])
        terms = self._terms[piece]
        return float(sum(odds.get(term, 0.0) for term in terms) / max(len(terms), 1) ** 0.5)

    def _quoted(self, start: int, end: int) -> ThemeEvidence:
        return ThemeEvidence(start, end, self._text[start:end])
