"""Finds a theme's terms in running text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from topics.core.themes import Theme
from topics.core.vietnamese import fold_tones

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n+")
_GAP = r"[\s\-\u2010\u2011]+"  # between the words of a term: white space and hyphens are one


def _pattern(term: str) -> str:
    """A term as a regular expression: any white space, hyphen or space alike, `*` any ending."""
    words = re.split(_GAP, fold_tones(unicodedata.normalize("NFC", term)).strip())
    return _GAP.join(re.escape(word).replace(r"\*", r"\w*") for word in words if word)


def compile_terms(terms: Iterable[str]) -> re.Pattern[str] | None:
    """Return one case-blind pattern for whole-word occurrences of any of the terms, None without terms; it matches `fold_tones` text."""
    patterns = sorted({_pattern(term) for term in terms} - {""}, key=lambda item: (-len(item), item))
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE) if patterns else None


class ThemeMatcher:
    """Finds one theme in texts of any language: a language's own terms, all terms where the language is mixed or unknown."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._terms = {code: compile_terms(terms) for code, terms in theme.terms.items()}
        self._exclude = {code: compile_terms(terms) for code, terms in theme.exclude.items()}
        self._any = compile_terms(term for terms in theme.terms.values() for term in terms)
        self._exclude_any = compile_terms(term for terms in theme.exclude.values() for term in terms)

    def hits(self, text: str, language: str) -> list[tuple[int, int, str]]:
        """Temporary."""
        found = []
        for start, end in self.spans(text, language):
            piece = fold_tones(text[start:end])
            for terms in self.theme.terms.values():
                term = next((t for t in terms if (p := compile_terms([t])) and p.fullmatch(piece)), None)
                if term:
                    found.append((start, end, term))
                    break
        return found

    def spans(self, text: str, language: str) -> list[tuple[int, int]]:
        """Return the (start, end) of every term that no excluded phrase covers."""
        known = language in self._terms
        pattern = self._terms[language] if known else (self._any if language in {"und", "mixed"} else None)
        if pattern is None:
            return []
        text = fold_tones(text)  # hòa and hoà are one; offsets stay
        exclude = self._exclude.get(language) if known else self._exclude_any
        barred = [found.span() for found in exclude.finditer(text)] if exclude else []
        spans = (found.span() for found in pattern.finditer(text))
        return [span for span in spans if not any(start <= span[0] and span[1] <= end for start, end in barred)]


def _ends(text: str, found: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: what follows is a new line or does not begin with a small letter."""
    rest = text[found.end() : found.end() + 20].lstrip(" \t\"'“‘([")
    return found[0].startswith("\n") or not rest[:1].islower()


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence, white space trimmed; lines end sentences."""
    start = 0
    ends = [found.end() for found in _SENTENCE_END.finditer(text) if _ends(text, found)]
    for end in [*ends, len(text)]:
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            yield start + lead, start + len(piece.rstrip())
        start = end
