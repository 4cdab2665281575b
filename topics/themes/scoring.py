"""The transparent scorer: how often a document uses a theme's terms, and the sentence that shows it best."""

from __future__ import annotations

import numpy as np

from topics.core.documents import Corpus, Document
from topics.core.themes import ThemeEvidence, Themes, ThemeScores
from topics.themes.matching import ThemeMatcher, sentences

SCORER = "terms"
HALF = 1.0  # occurrences at which the score is one half
PRESENT = 0.5


def score_of(n_occurrences: int) -> float:
    """Return n / (n + 1): 0 without a term, 0.5 at one, towards 1 with more."""
    return n_occurrences / (n_occurrences + HALF)


def best_sentence(document: Document, spans: list[tuple[int, int]]) -> ThemeEvidence | None:
    """Return the sentence that shows a theme best; its text is the document's own, letter by letter.

    A whole sentence goes before a heading (no full stop), then the one with more occurrences, then the earlier.
    """
    pieces = list(sentences(document.kept()))
    best: tuple[bool, int, int, int] | None = None
    for start, end in pieces:
        hits = sum(start <= at and stop <= end for at, stop in spans)
        is_prose = document.text[start:end].rstrip("\"'”’)").endswith((".", "!", "?", "…"))
        if hits and (best is None or (is_prose, hits) > best[:2]):
            best = (is_prose, hits, start, end)
    if best is None and spans:  # every occurrence runs over a line end: the pieces that it touches
        touched = [(start, end) for start, end in pieces if start < spans[0][1] and spans[0][0] < end]
        best = (False, 1, touched[0][0], touched[-1][1]) if touched else None
    return ThemeEvidence(best[2], best[3], document.text[best[2] : best[3]]) if best else None


def score_themes(corpus: Corpus, themes: Themes) -> ThemeScores:
    """Score every document for every theme by the theme's terms in its kept text."""
    matchers = [ThemeMatcher(theme) for theme in themes]
    scores = np.zeros((len(corpus), len(themes)), dtype=np.float32)
    evidence: list[tuple[ThemeEvidence | None, ...]] = []
    for row, document in enumerate(corpus):
        kept = document.kept()
        found: list[ThemeEvidence | None] = []
        for column, matcher in enumerate(matchers):
            spans = matcher.spans(kept, document.info.language)
            scores[row, column] = score_of(len(spans))
            found.append(best_sentence(document, spans) if spans else None)
        evidence.append(tuple(found))
    return ThemeScores(tuple(theme.key for theme in themes), corpus.ids, SCORER, scores, scores >= PRESENT, tuple(evidence))
