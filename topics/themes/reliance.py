"""Leave one term out: which documents a theme would lose without it, and whether the theme hangs on one word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np

from topics.core.documents import Corpus
from topics.core.themes import Theme, Themes
from topics.themes.coverage import hangs
from topics.themes.evaluation import Judged, decision_measures
from topics.themes.matching import ThemeMatcher


class TermReliance(msgspec.Struct, frozen=True):
    """What one term of a theme does.

    Args:
        theme: key.
        language: of the term.
        term: as the theme file writes it.
        n_found: stories of that language with the term.
        n_lost: of these, stories with no other term of the theme.
        n_theme: stories of that language with any term of the theme.
        f1: of the theme in that language; nan without labels.
        f1_without: the same where the lost stories no longer count as present.
        hangs: whether more than half of the theme's stories in that language, of five at least, would be lost.
    """

    theme: str
    language: str
    term: str
    n_found: int
    n_lost: int
    n_theme: int
    f1: float
    f1_without: float
    hangs: bool


@dataclass(frozen=True)
class TermHits:
    """The terms of a theme that stand in each of its documents: document id to (language, term)s; documents without any are left out."""

    theme: str
    language_of: dict[str, str] = field(default_factory=dict)
    terms_of: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def _single(theme: Theme, language: str, term: str) -> ThemeMatcher:
    return ThemeMatcher(msgspec.structs.replace(theme, terms={language: [term]}))


def term_hits(corpus: Corpus, themes: Themes) -> tuple[TermHits, ...]:
    """Look for each term by itself, in one copy of each story; exclusions hold as they do in scoring.

    Each term is searched alone: in a search for all, a longer term hides the shorter one inside it, which would stay if the longer
    one were taken out.
    """
    found = tuple(TermHits(theme.key) for theme in themes)
    whole = [ThemeMatcher(theme) for theme in themes]
    singles = [
        [(code, term, _single(theme, code, term)) for code, terms in theme.terms.items() for term in dict.fromkeys(terms) if term.strip()]
        for theme in themes
    ]
    for document in corpus:
        if not document.info.canonical:
            continue
        text, language = document.kept(), document.info.language
        for hits, matcher, terms in zip(found, whole, singles, strict=True):
            if not matcher.spans(text, language):
                continue
            hits.language_of[document.info.id] = language
            hits.terms_of[document.info.id] = tuple((code, term) for code, term, one in terms if one.spans(text, language))
    return found


def _f1(judged: Judged) -> float:
    return float(decision_measures(judged, judged.weights[None])["f1"][0])


def rely(theme: Theme, hits: TermHits, judged: Mapping[str, Judged], ids: Mapping[str, tuple[str, ...]]) -> list[TermReliance]:
    """Return one record a term, in the theme's order.

    Where another scorer than the terms decides, `f1_without` takes a document that no other term holds for lost, though that scorer might
    keep it: it is the worst case.

    Args:
        theme: the theme.
        hits: its `term_hits`.
        judged: language to labels; without it the F1 are nan.
        ids: language to the documents of those labels, row by row.
    """
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for identifier, terms in hits.terms_of.items():
        for pair in terms:
            holders[pair].append(identifier)
    found: list[TermReliance] = []
    for language, listed in theme.terms.items():
        inside = {identifier for identifier, code in hits.language_of.items() if code == language}
        for term in dict.fromkeys(term for term in listed if term.strip()):
            with_term = [identifier for identifier in holders[language, term] if identifier in inside]
            lost = {identifier for identifier in with_term if hits.terms_of[identifier] == ((language, term),)}
            before = after = float("nan")
            if language in judged:
                here = judged[language]
                kept = here.present & ~np.array([identifier in lost for identifier in ids[language]], dtype=np.bool_)
                before, after = _f1(here), _f1(Judged(here.truth, kept, here.scores, here.weights))
            numbers = (len(with_term), len(lost), len(inside))
            found.append(TermReliance(theme.key, language, term, *numbers, before, after, hangs(len(lost), len(inside))))
    return found
