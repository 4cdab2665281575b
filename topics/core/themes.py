"""Named themes: what the analyst asks for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import msgspec
import numpy as np

from topics.core.errors import UsageError, require
from topics.core.matrices import Float32, Float64

_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A theme: key, labels and seed terms per language.

    Args:
        key: `[a-z][a-z0-9_]*`, unique in a study.
        label: language code to label.
        terms: language code to seed terms; a `*` at the end of a word stands for any ending.
        exclude: language code to phrases inside which a term does not count ("dual-use visa").
        description: what the theme is, for the reader of the report.
    """

    key: str
    label: dict[str, str]
    terms: dict[str, list[str]]
    exclude: dict[str, list[str]] = {}
    description: str = ""

    def __post_init__(self) -> None:
        if not _KEY.match(self.key):
            raise ValueError(f"theme key {self.key!r} must look like digital_transformation")
        if not any(term.strip() for terms in self.terms.values() for term in terms):
            raise ValueError(f"theme {self.key!r} has no terms")

    def name(self, language: str) -> str:
        """Return the label in a language, else in any other, else the key."""
        return self.label.get(language) or next(iter(self.label.values()), self.key)


Themes = tuple[Theme, ...]


def check_themes(themes: Themes, where: str) -> None:
    """Raise `UsageError` where two themes share a key or a term stands on both sides."""
    seen: set[str] = set()
    for theme in themes:
        if theme.key in seen:
            raise UsageError(f"two themes have the key {theme.key!r}.", where=where, hint="Give each theme its own key.")
        seen.add(theme.key)
        for language, terms in theme.terms.items():
            both = {unicodedata.normalize("NFC", t).lower() for t in terms} & {
                unicodedata.normalize("NFC", t).lower() for t in theme.exclude.get(language, [])
            }
            if both:
                raise UsageError(
                    f"theme {theme.key!r} both asks for and excludes {sorted(both)}.", where=where, hint="Keep one of the two."
                )


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


@dataclass(frozen=True, eq=False)
class ThemeMap:
    """How a model's topics carry the themes: weights (n_topics, n_themes), rows sum to at most 1."""

    keys: tuple[str, ...]
    weights: Float64

    def __post_init__(self) -> None:
        require(self.weights.ndim == 2 and self.weights.shape[1] == len(self.keys), "columns are not themes", where="ThemeMap")
        require(bool((self.weights >= 0).all()), "negative weight", where="ThemeMap")
        require(bool((self.weights.sum(axis=1) <= 1 + 1e-9).all()), "a row sums to more than 1", where="ThemeMap")
