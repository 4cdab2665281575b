"""Named themes: what the analyst asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from topics.core.errors import UsageError, require
from topics.core.matrices import Float32, Float64
from topics.core.registry import nearest
from topics.core.series import UNASSIGNED
from topics.core.terms import EXACT, GAP, alternatives, fault, is_exact, normal_term
from topics.core.vietnamese import fold_tones

if TYPE_CHECKING:  # contracts name themes
    from topics.core.contracts import Language

_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A theme: key, labels and seed terms per language. Every table goes from a language code to what is said in that language.

    Args:
        key: `[a-z][a-z0-9_]*`, unique in a study.
        label: its name.
        terms: seed terms; a `*` at the end of a word stands for any ending, `...` between two words for up to five others, `(a|b)` for
            either, a term that begins with `=` is not inflected.
        exclude: phrases inside which a term does not count ("dual-use visa").
        definition: what the theme is, for readers of the report.
        examples: sentences that show the theme.
        counterexamples: sentences that do not, though they may look so.
    """

    key: str
    label: dict[str, str]
    terms: dict[str, list[str]]
    exclude: dict[str, list[str]] = {}
    definition: dict[str, str] = {}
    examples: dict[str, list[str]] = {}
    counterexamples: dict[str, list[str]] = {}

    def __post_init__(self) -> None:
        if not _KEY.match(self.key):
            raise ValueError(f"theme key {self.key!r} must look like digital_transformation")
        if self.key == UNASSIGNED:
            raise ValueError(f"theme key {self.key!r} is what tables call the rest; give the theme another")
        if not any(term.strip() for terms in self.terms.values() for term in terms):
            raise ValueError(f"theme {self.key!r} has no terms")

    def name(self, language: str) -> str:
        """Return the label in a language, else in any other, else the key."""
        return self.label.get(language) or next(iter(self.label.values()), self.key)

    def defined(self, language: str) -> str:
        """Return the definition in a language, else in any other, else nothing."""
        return self.definition.get(language) or next(iter(self.definition.values()), "")


Themes = tuple[Theme, ...]


def check_themes(themes: Mapping[str, Themes], languages: Mapping[str, Language]) -> None:
    """Raise `UsageError` for themes that share a key or that cannot be looked for.

    Args:
        themes: file, as messages name it, to the themes that stand in it.
        languages: the installed languages by code.
    """
    homes: dict[str, str] = {}
    for where, listed in themes.items():
        for theme in listed:
            if theme.key in homes:
                other = "" if homes[theme.key] == where else f": one stands in {homes[theme.key]}"
                raise UsageError(f"two themes have the key {theme.key!r}{other}.", where=where, hint="Give each theme its own key.")
            homes[theme.key] = where
            _check_languages(theme, where, languages)
            _check_terms(theme, where, languages)


def _check_languages(theme: Theme, where: str, languages: Mapping[str, Language]) -> None:
    for field in ("label", "terms", "exclude", "definition", "examples", "counterexamples"):
        for code in getattr(theme, field):
            if code not in languages:
                raise UsageError(
                    f"theme {theme.key!r} has {field} in {code!r}, which is no installed language.",
                    where=where,
                    hint=nearest(code, languages),
                )


def _check_terms(theme: Theme, where: str, languages: Mapping[str, Language]) -> None:
    for code in dict.fromkeys((*theme.terms, *theme.exclude)):
        asked, barred = theme.terms.get(code, []), theme.exclude.get(code, [])
        for does, listed in (("asks for", asked), ("excludes", barred)):
            for term in listed:
                if fault(term):
                    what = f"theme {theme.key!r} {does} {term!r} ({code}), {fault(term)}."
                    raise UsageError(what, where=where, hint="Write a word or a phrase, or leave it out.")
        both = set.intersection(*({normal_term(one) for term in listed for one in alternatives(term)} for listed in (asked, barred)))
        if both:
            raise UsageError(f"theme {theme.key!r} both asks for and excludes {sorted(both)}.", where=where, hint="Keep one of the two.")
        plain = [term for term in asked if not is_exact(term)]
        stop_words = {fold_tones(word) for word in languages[code].stop_words()} if plain else set()
        for term in (term for term in plain if any(_is_empty(one, stop_words) for one in alternatives(term))):
            what = f"the term {term!r} of theme {theme.key!r} holds nothing but stop words of {languages[code].name}."
            raise UsageError(what, where=where, hint=f"Leave it out, name a phrase, or write {EXACT + term!r} to count it all the same.")


def _is_empty(term: str, stop_words: set[str]) -> bool:
    normal = normal_term(term)
    return normal in stop_words or {*normal.split()} <= {*stop_words, GAP}


@dataclass(frozen=True, slots=True)
class ThemeEvidence:
    """The sentence of a document that shows a theme best; offsets are code points of the text as read."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class ThemeScores:
    """Scores of every document for every theme by one scorer.

    Args:
        keys: theme keys; every theme of the study is here, also at no documents.
        doc_ids: rows.
        scorer: name of the scorer.
        scores: (n_docs, n_themes), 0 to 1.
        present: (n_docs, n_themes) decisions.
        evidence: per document and theme the sentence, or None.
    """

    keys: tuple[str, ...]
    doc_ids: tuple[str, ...]
    scorer: str
    scores: Float32
    present: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    evidence: tuple[tuple[ThemeEvidence | None, ...], ...]

    def __post_init__(self) -> None:
        shape = (len(self.doc_ids), len(self.keys))
        require(self.scores.shape == shape == self.present.shape, "scores and labels differ in size", where="ThemeScores")
        require(bool(((self.scores >= 0) & (self.scores <= 1)).all()), "a score is outside 0 to 1", where="ThemeScores")
        require(len(self.evidence) == len(self.doc_ids), "evidence rows and documents differ in number", where="ThemeScores")

    def __repr__(self) -> str:
        found = ", ".join(f"{key} in {n:,}" for key, n in zip(self.keys, self.present.sum(axis=0).tolist(), strict=True))
        return f"ThemeScores({self.scorer}: {found or 'no theme'} of {len(self.doc_ids):,} documents)"


@dataclass(frozen=True, eq=False)
class ThemeMap:
    """How a model's topics carry the themes: weights (n_topics, n_themes), rows sum to at most 1."""

    keys: tuple[str, ...]
    weights: Float64

    def __post_init__(self) -> None:
        require(self.weights.ndim == 2 and self.weights.shape[1] == len(self.keys), "columns are not themes", where="ThemeMap")
        require(bool((self.weights >= 0).all()), "negative weight", where="ThemeMap")
        require(bool((self.weights.sum(axis=1) <= 1 + 1e-9).all()), "a row sums to more than 1", where="ThemeMap")
