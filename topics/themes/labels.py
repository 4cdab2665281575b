"""Which articles a reader should judge: a sample with known inclusion probabilities, blind to score and date.

One article is judged for all themes. Each theme spreads an equal share of the sample over its own score strata, and within
a stratum over period halves and languages; an article's inclusion probability is the sum over themes, at most 1. Articles
are then drawn with exactly these probabilities by the pivotal method (Deville and Tillé 1998), which goes through them in
the order of language, half and stratum, so that each of these is met almost exactly in proportion (Chauvet 2012).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
import numpy as np
import numpy.typing as npt

from topics.core.documents import Corpus, DateEstimate, Document
from topics.core.errors import UsageError, require
from topics.core.hashing import digest
from topics.core.matrices import Float64, Int64
from topics.core.themes import ThemeScores

FORMAT = 1
STRATA = ("far", "near", "low", "high")  # of a theme, by score: absent, absent but in the nearest tenth, present below and above the median
HALVES = ("first", "second", "undated")
NEAREST = 0.9
SHOWN = 8_000  # characters of an article in the sheet; a cell of a spreadsheet holds 32,767
Bools = npt.NDArray[np.bool_]


class SampledDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A drawn article.

    Args:
        id: of the document.
        text_hash: of its whole kept text, as it stands in the sheet.
        language: its language code.
        half: of the period: `first`, `second` or `undated`.
        strata: its score stratum for each theme.
        probability: with which the design draws it, above 0 and at most 1.
    """

    id: str
    text_hash: str
    language: str
    half: str
    strata: dict[str, str]
    probability: float

    def __post_init__(self) -> None:
        if not 0 < self.probability <= 1:
            raise ValueError(f"probability {self.probability} of {self.id!r} is not above 0 and at most 1")


class Stratum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many stories a cell holds, how many the design draws on average, and how many were drawn."""

    theme: str
    score: str
    half: str
    language: str
    n_stories: int
    n_expected: float
    n_drawn: int


class Design(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a label sheet and is not shown to the reader who fills it.

    Args:
        study: name of the study.
        corpus: fingerprint of the corpus.
        seed: that drew the sample and its order.
        themes: keys, in the order of the columns.
        n_stories: size of the population, one copy a story.
        first_half_ends: last day of the first half; None where no article has a day.
        strata: every cell of every theme.
        documents: the sample, in the order of the sheet.
    """

    study: str
    corpus: str
    seed: int
    themes: tuple[str, ...]
    n_stories: int
    first_half_ends: date | None
    strata: tuple[Stratum, ...]
    documents: tuple[SampledDocument, ...]
    format: int = FORMAT


def shown_text(document: Document) -> str:
    """Return the kept text as a reader sees it: gaps closed, lines kept; of a very long article the start and a note."""
    lines = (" ".join(line.split()) for line in document.kept().splitlines())
    text = "\n".join(line for line in lines if line)
    if len(text) <= SHOWN:
        return text
    start = text[:SHOWN]
    cut = start.rfind(" ") if " " in start else SHOWN
    return f"{start[:cut]}\n[the article goes on: {cut:,} of {len(text):,} characters are shown]"


def text_hash(document: Document) -> str:
    """Return the name of the kept text; the letters in front keep a spreadsheet from reading it as a number."""
    return f"sha256-{digest([document.kept()])[:16]}"


def middle_day(dates: Sequence[DateEstimate]) -> date | None:
    """Return the median publication day, the last of the first half; None without any day."""
    days = sorted(item.point for item in dates if item.point)
    return days[(len(days) - 1) // 2] if days else None


def half_of(estimate: DateEstimate, first_half_ends: date | None) -> str:
    """Return the half that holds a date wholly, `undated` where it may lie in both."""
    if first_half_ends is None or estimate.earliest is None or estimate.latest is None:
        return "undated"
    if estimate.latest <= first_half_ends:
        return "first"
    return "second" if estimate.earliest > first_half_ends else "undated"


def score_strata(scores: Float64, present: Bools) -> Int64:
    """Return the stratum of each document for one theme, as a number of `STRATA`; equal scores stay together.

    Args:
        scores: (n_docs,).
        present: (n_docs,) decisions.
    """
    strata = np.where(present, 2, 0).astype(np.int64)
    for decided, share, above in ((True, 0.5, 3), (False, NEAREST, 1)):
        rows = present == decided
        if rows.any():
            strata[rows & (scores > np.quantile(scores[rows], share, method="lower"))] = above
    return strata


def allotment(strata: Int64, cells: Int64) -> Float64:
    """Return how a sample of one is spread over documents for one theme; sums to 1.

    Score strata get alike; cells within one get by the square root of their size (power allocation, Bankier 1988): a small
    language is seen and a large one is not lost.

    Args:
        strata: (n_docs,) score strata.
        cells: (n_docs,) numbers of the cells of half and language.
    """
    share = np.zeros(len(strata))
    there = np.unique(strata)
    for stratum in there:
        rows = np.flatnonzero(strata == stratum)
        _, cell, sizes = np.unique(cells[rows], return_inverse=True, return_counts=True)
        roots = np.sqrt(sizes)
        share[rows] = (roots / roots.sum() / sizes)[cell] / len(there)
    return share


def inclusion_probabilities(shares: Float64, n: int) -> Float64:
    """Return probabilities proportional to the shares, none above 1, that sum to n (all 1 where n reaches their number).

    Args:
        shares: (n_docs,), above 0.
        n: size of the sample.
    """
    if n >= len(shares):
        return np.ones(len(shares))
    certain = np.zeros(len(shares), dtype=np.bool_)
    while True:
        scale = (n - certain.sum()) / shares[~certain].sum()
        over = ~certain & (shares * scale >= 1)
        if not over.any():
            return np.where(certain, 1.0, shares * scale)
        certain |= over


def pivotal_sample(probabilities: Float64, generator: np.random.Generator) -> Int64:
    """Return rows drawn with exactly the given probabilities; as many as these sum to.

    Two neighbours at a time settle their probabilities between them: one is drawn or dropped, the other carries the rest on.
    Source: Deville and Tillé 1998, Unequal probability sampling without replacement through a splitting method.

    Args:
        probabilities: (n_docs,), in the order in which the sample should be spread.
        generator: draws.
    """
    drawn = np.zeros(len(probabilities), dtype=np.bool_)
    luck = generator.random(len(probabilities) + 1)
    held, carried = -1, 0.0
    for row, probability in enumerate(probabilities.tolist()):
        if held < 0:
            held, carried = row, probability
            continue
        both = carried + probability
        if both < 1:
            held, carried = (row, both) if luck[row] * both < probability else (held, both)
        elif luck[row] * (2 - both) < 1 - probability:
            drawn[held], held, carried = True, row, both - 1
        else:
            drawn[row], carried = True, both - 1
    if held >= 0:
        drawn[held] = luck[-1] < carried
    return np.flatnonzero(drawn).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Population:
    """One copy of each story: rows in the corpus, codes of half and language, strata and shares (n_stories, n_themes)."""

    rows: Int64
    halves: tuple[str, ...]
    languages: tuple[str, ...]
    strata: Int64
    shares: Float64


def _population(corpus: Corpus, scores: ThemeScores, first_half_ends: date | None) -> _Population:
    rows = np.array([row for row, info in enumerate(corpus.infos) if info.canonical], dtype=np.int64)
    infos = [corpus.infos[row] for row in rows]
    halves = tuple(half_of(info.date, first_half_ends) for info in infos)
    languages = tuple(info.language for info in infos)
    names = {pair: number for number, pair in enumerate(sorted(set(zip(languages, halves, strict=True))))}
    cells = np.array([names[pair] for pair in zip(languages, halves, strict=True)], dtype=np.int64)
    values, present = scores.scores[rows].astype(np.float64), scores.present[rows]
    strata = np.stack([score_strata(values[:, k], present[:, k]) for k in range(len(scores.keys))], axis=1)
    shares = np.stack([allotment(strata[:, k], cells) for k in range(len(scores.keys))], axis=1) / len(scores.keys)
    return _Population(rows, halves, languages, strata, shares)


def _order(found: _Population, generator: np.random.Generator) -> Int64:
    """Language, half, the theme that asks most for the document, its stratum there; by chance within."""
    theme = found.shares.argmax(axis=1)
    stratum = np.take_along_axis(found.strata, theme[:, None], axis=1)[:, 0]
    chance = generator.permutation(len(theme))
    return np.lexsort((chance, stratum, theme, np.array(found.halves), np.array(found.languages))).astype(np.int64)


def _cells(keys: Sequence[str], found: _Population, probabilities: Float64, drawn: Int64) -> tuple[Stratum, ...]:
    there: Counter[tuple[str, str, str, str]] = Counter()
    expected: dict[tuple[str, str, str, str], float] = {}
    sampled: Counter[tuple[str, str, str, str]] = Counter()
    chosen = set(drawn.tolist())
    for column, key in enumerate(keys):
        for row, (half, language) in enumerate(zip(found.halves, found.languages, strict=True)):
            cell = (key, STRATA[found.strata[row, column]], half, language)
            there[cell] += 1
            expected[cell] = expected.get(cell, 0.0) + float(probabilities[row])
            sampled[cell] += row in chosen
    return tuple(Stratum(*cell, there[cell], round(expected[cell], 6), sampled[cell]) for cell in sorted(there))


def draw_sample(corpus: Corpus, scores: ThemeScores, n: int, *, study: str, seed: int) -> Design:
    """Draw articles to be judged, one of each story, with known inclusion probabilities.

    Args:
        corpus: the documents.
        scores: of the same documents, by any scorer; one column a theme.
        n: articles to draw; all where there are no more.
        study: name of the study, for the record.
        seed: draws articles and their order.

    Raises:
        UsageError: no themes, n below 1, or no documents.
    """
    require(scores.doc_ids == corpus.ids, "scores belong to other documents", where="draw_sample")
    if not scores.keys:
        raise UsageError("the study has no themes to judge articles for.", where=study, hint="Add [[themes]] to the study file.")
    if n < 1:
        raise UsageError(f"this is {n}, allowed is 1 or more.", where="--n", hint="100 to 200 labels tell a good deal.")
    ends = middle_day([info.date for info in corpus.infos if info.canonical])
    found = _population(corpus, scores, ends)
    probabilities = inclusion_probabilities(found.shares.sum(axis=1), n)
    generator = np.random.default_rng(seed)
    order = _order(found, generator)
    drawn = order[pivotal_sample(probabilities[order], generator)]
    shown = generator.permutation(np.sort(drawn))
    wanted = {corpus.ids[found.rows[row]] for row in shown}
    hashes = {document.info.id: text_hash(document) for document in corpus if document.info.id in wanted}
    sampled = []
    for row in shown:
        identifier = corpus.ids[found.rows[row]]
        strata = {key: STRATA[found.strata[row, column]] for column, key in enumerate(scores.keys)}
        place = (found.languages[row], found.halves[row], strata)
        sampled.append(SampledDocument(identifier, hashes[identifier], *place, float(probabilities[row])))
    cells = _cells(scores.keys, found, probabilities, drawn)
    return Design(study, corpus.fingerprint, seed, scores.keys, len(found.rows), ends, cells, tuple(sampled))
