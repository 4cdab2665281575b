"""Terms that keep company with a theme: log-odds ratios with an informative Dirichlet prior."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from topics.core.errors import require
from topics.core.matrices import Float64, Int64, PreparedCorpus
from topics.core.themes import Theme, Themes
from topics.themes.coverage import ThemeCoverage
from topics.themes.matching import ThemeMatcher

CANDIDATES = ("theme", "language", "rank", "term", "log_odds", "z", "n_docs", "n_docs_elsewhere")
N_CANDIDATES = 20
MIN_Z = 1.96
MIN_DOCS = 2  # a word of one document says nothing of the theme


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term that occurs more in a theme's documents than in the others of the same language.

    Args:
        theme: key.
        language: of the documents and of the term.
        rank: from 1.
        term: of the vocabulary.
        log_odds: ratio of its odds there to those elsewhere, natural logarithm.
        z: the same in standard errors.
        n_docs: documents of the theme that have it.
        n_docs_elsewhere: other documents that have it, which it would add to the theme.
    """

    theme: str
    language: str
    rank: int
    term: str
    log_odds: float
    z: float
    n_docs: int
    n_docs_elsewhere: int


def log_odds(within: Float64, elsewhere: Float64) -> tuple[Float64, Float64]:
    """Return the log-odds ratio of each term between two groups of documents, and its z-score; both (n_terms,).

    The prior holds what is known of each term beforehand: its count in both groups together. It draws rare terms towards 0.

    Args:
        within: (n_terms,) counts in one group.
        elsewhere: (n_terms,) counts in the other.

    Source: Monroe, Colaresi and Quinn 2008, "Fightin' Words", equations 16 and 20 to 22, with the whole corpus as prior.
    """
    prior = within + elsewhere
    total = prior.sum()
    one, other = within + prior, elsewhere + prior
    seen = prior > 0

    def log_odds_of(counts: Float64, n: float) -> Float64:
        return np.asarray(np.log(counts[seen]) - np.log(np.maximum(n + total - counts[seen], 1e-12)))

    delta, z = np.zeros(len(prior)), np.zeros(len(prior))
    delta[seen] = log_odds_of(one, float(within.sum())) - log_odds_of(other, float(elsewhere.sum()))
    z[seen] = delta[seen] / np.sqrt(1.0 / one[seen] + 1.0 / other[seen])
    return delta, z


def candidates(prepared: PreparedCorpus, themes: Themes, found: Sequence[ThemeCoverage], rows: Int64) -> tuple[Candidate, ...]:
    """Return for each theme and language the terms that stand out most in its documents and are not found by its terms already.

    Args:
        prepared: the corpus as counts.
        themes: what was looked for.
        found: in which documents.
        rows: of one copy of each story; copies would count a word again and again.
    """
    languages = np.array([info.language for info in prepared.corpus.infos])
    made: list[Candidate] = []
    for theme, own in zip(themes, found, strict=True):
        require(theme.key == own.key, "coverage belongs to another theme", where="candidates")
        shows = np.zeros(len(languages), dtype=bool)
        shows[list(own.rows)] = True
        matcher = ThemeMatcher(theme)
        for language in sorted(set(prepared.dtm.vocabulary.languages)):
            chosen = rows[languages[rows] == language]
            made += _of_language(prepared, (theme, matcher), language, (chosen[shows[chosen]], chosen[~shows[chosen]]))
    return tuple(made)


def _of_language(
    prepared: PreparedCorpus, sought: tuple[Theme, ThemeMatcher], language: str, groups: tuple[Int64, Int64]
) -> Iterator[Candidate]:
    if not (len(groups[0]) and len(groups[1])):
        return
    vocabulary = prepared.dtm.vocabulary
    counts = [prepared.dtm.counts[group] for group in groups]
    delta, z = log_odds(*(np.asarray(group.sum(axis=0), dtype=np.float64).ravel() for group in counts))
    n_docs = [np.bincount(group.indices, minlength=len(vocabulary)) for group in counts]
    theme, matcher = sought
    rank = 0
    for column in np.lexsort((np.arange(len(z)), -z)).tolist():
        if rank == N_CANDIDATES or z[column] < MIN_Z:
            return
        term = vocabulary.terms[column]
        if vocabulary.languages[column] != language or n_docs[0][column] < MIN_DOCS or matcher.find(term, language):
            continue
        rank += 1
        numbers = (float(delta[column]), float(z[column]), int(n_docs[0][column]), int(n_docs[1][column]))
        yield Candidate(theme.key, language, rank, term, *numbers)


def candidate_rows(found: Sequence[Candidate]) -> Iterator[tuple[str, str, int, str, float, float, int, int]]:
    """Yield the rows of theme_candidates.csv."""
    for item in found:
        numbers = (item.log_odds, item.z, item.n_docs, item.n_docs_elsewhere)
        yield (item.theme, item.language, item.rank, item.term, *numbers)
