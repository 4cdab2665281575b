"""What the terms of themes find in a corpus: where each occurs, which carry a theme alone, and what examples they miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from topics.core.documents import Corpus, Document
from topics.core.errors import require
from topics.core.registry import discover
from topics.core.terms import GAP, alternatives, term_words
from topics.core.themes import Theme, Themes
from topics.themes.matching import UNSURE, ThemeMatcher, wanted

COVERAGE = ("theme", "term_language", "term", "by", "value", "n_docs", "n_occurrences", "n_only")
DOMINATES = 0.5  # of a theme's documents hang on one term
MIN_DOCS = 5  # of fewer documents most hang on one term by chance
ALL = "all"


class Term(NamedTuple):
    """A term of a theme; empty language and text stand for the theme as a whole."""

    language: str
    text: str


WHOLE = Term("", "")


def hangs(n_alone: int, n_docs: int) -> bool:
    """Return whether a theme hangs on one term: more than half of its documents, of five at least, hold no other."""
    return n_docs >= MIN_DOCS and n_alone > DOMINATES * n_docs


class Place(NamedTuple):
    """Where documents are counted: `by` all, language, source or period, and its value."""

    by: str
    value: str


class Count(NamedTuple):
    """Documents with a term, its occurrences, and documents that would not show the theme without it (a theme: without one term)."""

    n_docs: int
    n_occurrences: int
    n_only: int


@dataclass(frozen=True, slots=True)
class ThemeCoverage:
    """What the terms of one theme find.

    Args:
        key: of the theme.
        counts: place and term to what was found there; every term has an entry for all documents, at 0 too.
        missed: examples, as (language, sentence), that no term finds.
        wrongly_found: counterexamples, as (language, sentence, terms), that terms find.
        rows: of the documents that show the theme.
    """

    key: str
    counts: dict[tuple[Place, Term], Count]
    missed: tuple[tuple[str, str], ...]
    wrongly_found: tuple[tuple[str, str, tuple[str, ...]], ...]
    rows: tuple[int, ...]

    def total(self, term: Term = WHOLE, language: str = "") -> Count:
        """Return what a term, or the theme as a whole, finds in all documents or in those of one language."""
        place = Place("language", language) if language else Place(ALL, "")
        return self.counts.get((place, term), Count(0, 0, 0))

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms, in the theme's order."""
        return tuple(term for place, term in self.counts if place.by == ALL and term != WHOLE)

    @property
    def silent(self) -> tuple[Term, ...]:
        """Terms that are found nowhere."""
        return tuple(term for term in self.terms if not self.total(term).n_docs)

    def dominant(self, language: str = "") -> tuple[Term, Count, int] | None:
        """Return the term on which more than half of a theme's documents hang alone, its count, and the number of these documents."""
        n_docs = self.total(WHOLE, language).n_docs
        best = max(self.terms, key=lambda term: self.total(term, language).n_only, default=WHOLE)
        found = self.total(best, language)
        return (best, found, n_docs) if hangs(found.n_only, n_docs) else None


class _Tally:
    """Counts one theme document by document."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.rows: list[int] = []
        self._seen: dict[Place, None] = {}
        self._matcher = ThemeMatcher(theme)
        self._without: dict[Term, ThemeMatcher | None] = {}
        self._docs: Counter[tuple[Place, Term]] = Counter()
        self._occurrences: Counter[tuple[Place, Term]] = Counter()
        self._only: Counter[tuple[Place, Term]] = Counter()

    def add(self, row: int, document: Document, text: str, places: Sequence[Place]) -> None:
        """Count a document in each of the places that it belongs to."""
        language = document.info.language
        self._seen.update(dict.fromkeys(place for place in places if place.by == "language"))
        found = Counter(Term(hit.language, hit.term) for hit in self._matcher.find(text, language))
        if not found:
            return
        self.rows.append(row)
        only = self._alone(found, text, language)
        for place in places:
            for term, n in ((WHOLE, found.total()), *found.items()):
                self._docs[place, term] += 1
                self._occurrences[place, term] += n
            for term in (WHOLE, only) if only else ():
                self._only[place, term] += 1

    def _alone(self, found: Counter[Term], text: str, language: str) -> Term | None:
        """The term without which a document would not show the theme; another term may lie hidden inside its occurrences."""
        if len(found) > 1:
            return None
        (term,) = found
        if term not in self._without:
            self._without[term] = _matcher_without(self.theme, term)
        others = self._without[term]
        return None if others and others.find(text, language) else term

    def result(self) -> ThemeCoverage:
        """Return what was counted."""
        all_terms = [Term(code, term) for code, listed in self.theme.terms.items() for term in dict.fromkeys(listed)]
        keys = [(Place(ALL, ""), term) for term in (WHOLE, *all_terms)]
        keys += sorted({*(key for key in self._docs if key[0].by != ALL), *((place, WHOLE) for place in self._seen)})
        counts = {key: Count(self._docs[key], self._occurrences[key], self._only[key]) for key in keys}
        missed = [(code, text) for code, text in _sentences(self.theme.examples) if not self._matcher.find(text, code)]
        wrong = [(code, text, self._matcher.find(text, code)) for code, text in _sentences(self.theme.counterexamples)]
        wrongly = ((code, text, tuple(dict.fromkeys(hit.term for hit in hits))) for code, text, hits in wrong if hits)
        return ThemeCoverage(self.theme.key, counts, tuple(missed), tuple(wrongly), tuple(self.rows))


def _sentences(listed: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((code, text) for code, texts in listed.items() for text in texts)


def _matcher_without(theme: Theme, term: Term) -> ThemeMatcher | None:
    """Finds a theme by its other terms; None where it has no other."""
    left = {code: [item for item in listed if Term(code, item) != term] for code, listed in theme.terms.items()}
    if not any(item.strip() for listed in left.values() for item in listed):
        return None
    return ThemeMatcher(Theme(theme.key, theme.label, left, theme.exclude))


def cover(corpus: Corpus, themes: Themes, periods: Sequence[str]) -> tuple[ThemeCoverage, ...]:
    """Return what the terms of each theme find in the kept texts of a corpus.

    Args:
        corpus: the documents.
        themes: what is looked for.
        periods: (n_docs,) label of the period that each document lies in, empty where its date does not say.
    """
    require(len(periods) == len(corpus), "periods and documents differ in number", where="cover")
    tallies = [_Tally(theme) for theme in themes]
    for row, (document, period) in enumerate(zip(corpus, periods, strict=True)):
        text, info = document.kept(), document.info
        places = (Place(ALL, ""), Place("language", info.language), Place("source", info.source), Place("period", period))
        for tally in tallies:
            tally.add(row, document, text, places)
    return tuple(tally.result() for tally in tallies)


def coverage_rows(found: Sequence[ThemeCoverage]) -> Iterator[tuple[str, str, str, str, str, int, int, int]]:
    """Yield the rows of theme_coverage.csv: each theme and each of its terms, over all documents and by language, source and period."""
    for theme in found:
        for (place, term), count in theme.counts.items():
            yield (theme.key, term.language, term.text, place.by, place.value, *count)


def warnings(found: Sequence[ThemeCoverage], themes: Themes, corpus: Corpus, known: Sequence[str]) -> list[str]:
    """Return what an analyst should look at, in sentences.

    Args:
        found: what the terms find.
        themes: the same themes.
        corpus: the same documents.
        known: codes of the languages that themes can have terms in.
    """
    languages = Counter(info.language for info in corpus.infos)
    sentences = [sentence for theme, own in zip(themes, found, strict=True) for sentence in _warnings(theme, own, languages, known)]
    beyond = {code: n for code, n in sorted(languages.items()) if code not in known and code not in UNSURE}
    if beyond and themes:
        listed = ", ".join(f"{code} {n:,}" for code, n in beyond.items())
        sentences.append(f"no theme can be found in documents of languages without a module: {listed}.")
    return sentences


def _warnings(theme: Theme, found: ThemeCoverage, languages: Counter[str], known: Sequence[str]) -> Iterator[str]:
    spoken = {code for code, listed in theme.terms.items() if any(term.strip() for term in listed)}
    for code in sorted(set(languages) & set(known) - spoken):
        yield f"theme {theme.key!r} has no terms in {code}, which {languages[code]:,} documents are in."
    for code in sorted(spoken - set(languages)):
        yield f"theme {theme.key!r} has terms in {code}, which no document is in."
    if not found.rows:
        yield f"theme {theme.key!r} is found in no document."
    codes = sorted(spoken & set(languages))
    for code in codes if len(codes) == 1 else ["", *codes]:
        heavy = found.dominant(code)
        if heavy:
            term, count, n_docs = heavy
            whose = f" in {code}" if code else ""
            yield f"theme {theme.key!r} hangs on {term.text!r}: {count.n_only:,} of its {n_docs:,} documents{whose} have no other term."
    for code, text, other in _repeated(theme):
        yield f"theme {theme.key!r} names {text!r} and {other!r} ({code}), which find the same; what they find counts for one of them."
    for code, text in _swallowed(theme):
        yield f"theme {theme.key!r} never finds its term {text!r} ({code}): an excluded phrase covers it wherever it stands."
    for code, text in found.missed:
        yield f"theme {theme.key!r} misses its example ({code}): {text}"
    for code, text, terms in found.wrongly_found:
        yield f"theme {theme.key!r} finds its counterexample ({code}) by {', '.join(map(repr, terms))}: {text}"


def _repeated(theme: Theme) -> Iterator[tuple[str, str, str]]:
    """Terms all of whose forms are those of an earlier one."""
    languages = discover("topics.preprocessing.languages", "LANGUAGE")
    for code, listed in theme.terms.items():
        before: dict[tuple[object, ...], str] = {}
        for term in dict.fromkeys(listed):
            forms = tuple((item.words, item.cased) for item in wanted(term, code, languages.get(code)))
            if forms in before:
                yield code, before[forms], term
            before.setdefault(forms, term)


def _swallowed(theme: Theme) -> Iterator[tuple[str, str]]:
    """Terms that lie inside an excluded phrase by themselves."""
    if not theme.exclude:
        return
    matcher, free = ThemeMatcher(theme), ThemeMatcher(msgspec.structs.replace(theme, exclude={}))
    for code, listed in theme.terms.items():
        for term in listed:
            said = [" ".join(word for word in term_words(one) if word != GAP).replace("*", "") for one in alternatives(term)]
            if any(free.find(text, code) for text in said) and not any(matcher.find(text, code) for text in said):
                yield code, term
