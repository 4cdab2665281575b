"""Words of a topic or theme whose use changed between two spans of time, with a test in which a story counts once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from topics.core.matrices import Float64, Int64
from topics.core.series import is_finding
from topics.trends._sample import q_values
from topics.trends.observations import there_are

MIN_STORIES = 30  # of the series in each span
MIN_WITH_WORD = 10  # stories of both spans that must hold a word
NAN = math.nan


@dataclass(frozen=True, slots=True)
class ChangedWord:
    """How much likelier a word became: `log_odds` after less before, shrunk by a prior; `z` and `p` of the change, `q` over the words.

    `before` and `after` are uses in 10,000 words, one vote a story; `n_stories` those with the word.
    """

    series: str
    language: str
    term: str
    before: float
    after: float
    log_odds: float
    z: float
    p: float
    q: float
    n_stories: int
    decision: str


@dataclass(frozen=True, eq=False)
class Words:
    """The words of the articles of a language.

    Args:
        counts: (n_docs, n_terms).
        terms: their names.
        late: (n_docs,) 0 in the first span, 1 in the second.
        stories: (n_docs,) number of the story.
    """

    counts: sparse.csr_array
    terms: tuple[str, ...]
    late: Int64
    stories: Int64


def by_story(words: Words, weights: Float64) -> tuple[sparse.csr_array, Int64, Float64]:
    """Return the words (n_stories, n_terms) of each story in each span, the mean of its copies, its span and its weight (n_stories,).

    Args:
        words: of the articles.
        weights: (n_docs,) how much of each article belongs to the series; articles with nothing are left out.
    """
    inside = np.flatnonzero(weights > 0)
    keys, votes, copies = np.unique(words.stories[inside] * 2 + words.late[inside], return_inverse=True, return_counts=True)
    join = sparse.csr_array((weights[inside] / copies[votes], (votes, inside)), shape=(len(keys), words.counts.shape[0]))
    return sparse.csr_array(join @ words.counts), np.asarray(keys % 2, dtype=np.int64), np.asarray(join.sum(axis=1), dtype=np.float64)


def effective(weights: Float64) -> float:
    """Return how many equal stories tell as much as these weights (Kish): of a hundred that hold next to nothing of a topic, few."""
    return float(weights.sum() ** 2 / (weights**2).sum()) if weights.any() else 0.0


def log_odds(early: Float64, late: Float64, prior: Float64) -> Float64:
    """Return (n_terms,) the difference of the log-odds of each word under a Dirichlet prior.

    Source: Monroe, Colaresi and Quinn 2008, equation 16.

    Args:
        early: (n_terms,) uses before.
        late: (n_terms,) uses after.
        prior: (n_terms,) pseudo-counts.
    """
    sides = [np.log((uses + prior) / (uses.sum() + prior.sum() - uses - prior)) for uses in (late, early)]
    return np.asarray(sides[0] - sides[1])


def _scores(rows: sparse.csr_array, late: Int64) -> Float64:
    """Return (n_terms,) the change of each word's rate in standard errors, stories being drawn and not words.

    The score test of equal rates: the variance is that of (uses - expected uses) between stories at the rate of both spans together, so a
    word that was never used before has one too.
    """
    lengths = np.asarray(rows.sum(axis=1))
    total = np.asarray(rows.sum(axis=0)) / lengths.sum()
    squared = sparse.csr_array((rows.data**2, rows.indices, rows.indptr), shape=rows.shape)
    change, variance = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    for span, sign in ((0, -1), (1, 1)):
        own, size = (late == span).astype(np.float64), float(lengths[late == span].sum())
        change += sign * (own @ rows) / size
        spread = own @ squared - 2 * total * ((own * lengths) @ rows) + total**2 * float((own * lengths**2).sum())
        n = float(own.sum())
        variance += spread / size**2 * n / (n - 1)
    return np.asarray(change / np.sqrt(np.maximum(variance, 1e-300)))


def changed_words(words: Words, weights: Float64, series: str, language: str) -> tuple[ChangedWord, ...]:
    """Return every word that enough stories hold, the clearest change first; one row that says why where there is too little.

    The prior is the words of both spans together, as many as a story has; q-values (Benjamini and Hochberg) over the words.

    Args:
        words: of the articles of one language in both spans.
        weights: (n_docs,) how much of each article belongs to the series.
        series: its name.
        language: the code.
    """
    from scipy.stats import norm

    rows, late, held = by_story(words, weights)
    few = min(effective(held[late == span]) for span in (0, 1))
    if few < MIN_STORIES:
        reason = f"not tested: {MIN_STORIES} stories of it in each span are needed, {there_are(round(few))}"
        return (ChangedWord(series, language, "", NAN, NAN, NAN, NAN, NAN, NAN, 0, reason),)
    holding = np.bincount(rows.indices[rows.data > 0], minlength=rows.shape[1])
    kept = np.flatnonzero(holding >= MIN_WITH_WORD)
    early_uses, late_uses = (np.asarray((late == span).astype(np.float64) @ rows) for span in (0, 1))
    prior = (early_uses + late_uses) / rows.shape[0]
    used = prior > 0
    odds = np.zeros(rows.shape[1])
    odds[used] = log_odds(early_uses[used], late_uses[used], prior[used])
    z = _scores(rows, late)
    p = np.asarray(2 * norm.sf(np.abs(z[kept])))
    found: list[ChangedWord] = []
    for column, q, chance in zip(map(int, kept), q_values(p.tolist()), map(float, p), strict=True):
        rates = (float(1e4 * early_uses[column] / early_uses.sum()), float(1e4 * late_uses[column] / late_uses.sum()))
        decision = "no clear change" if not is_finding(q) else "more used" if z[column] > 0 else "less used"
        tested = (float(odds[column]), float(z[column]), chance, q)
        found.append(ChangedWord(series, language, words.terms[column], *rates, *tested, int(holding[column]), decision))
    return tuple(sorted(found, key=lambda word: (word.p, -abs(word.z), word.term)))
