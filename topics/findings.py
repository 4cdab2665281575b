"""What the scorers of themes find in a corpus, with the sentences that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from topics.core.documents import Corpus
from topics.core.themes import ThemeEvidence, Themes, ThemeScores
from topics.preprocessing.prepare import Preparation
from topics.progress import track
from topics.themes.evidence import Odds, Sentences
from topics.themes.hits import TermPlaces, ThemeDocuments
from topics.themes.selection import just_failed
from topics.themes.weighted_terms import learn_weights
from topics.theming import COMBINED, TERMS, Presence, Scored, ThemeModel, theme_documents

BLOCK = 20_000  # documents scored at a time


@dataclass(frozen=True, eq=False)
class Findings:
    """What the scorers find in a corpus.

    Args:
        results: scorer to scores with evidence, the combined one first.
        failed: for each theme the rows that come nearest to it without having it, one a language, and their sentences.
    """

    results: dict[str, ThemeScores]
    failed: tuple[dict[int, ThemeEvidence], ...] = ()


def find_themes(corpus: Corpus, model: ThemeModel, documents: ThemeDocuments, preparation: Preparation | None) -> Findings:
    """Return every scorer's scores with evidence: the best sentence of each document in which it finds a theme.

    Args:
        corpus: the documents.
        model: fitted scorers.
        documents: what they see of the whole corpus.
        preparation: makes terms of sentences; None where terms of themes alone are looked at.
    """
    if documents.places is None:
        raise ValueError("documents of a whole corpus are wanted")
    scored = _scored(model, documents)
    keys = tuple(theme.key for theme in model.themes)
    nothing = ((None,) * len(keys),) * len(corpus)

    def result(name: str, evidence: tuple[tuple[ThemeEvidence | None, ...], ...]) -> ThemeScores:
        scores, present = scored[name]
        return ThemeScores(keys, corpus.ids, name, scores.astype(np.float32), np.asarray(present, dtype=bool), evidence)

    near = [just_failed(corpus.infos, result(COMBINED, nothing), column) for column in range(len(keys))]
    wanted = np.any([present for _, present in scored.values()], axis=0)
    for column, rows in enumerate(near):
        wanted[rows, column] = True
    sentences = _sentences(corpus, documents.places, wanted, _odds(model, preparation), preparation)
    results = {
        name: result(name, tuple(_kept(items, row) for items, row in zip(sentences, scored[name][1].tolist(), strict=True)))
        for name in model.scorers
        if name in scored
    }
    failed = tuple({row: item for row in rows if (item := sentences[row][column])} for column, rows in enumerate(near))
    return Findings(results, failed)


def _scored(model: ThemeModel, documents: ThemeDocuments) -> Scored:
    """Scores and presence by every scorer, some documents at a time: each is scored by itself, and memory is bounded."""
    blocks = [model.score(documents.rows(rows)) for rows in np.split(np.arange(len(documents)), range(BLOCK, len(documents), BLOCK))]
    return {
        name: (np.concatenate([block[name][0] for block in blocks]), np.concatenate([block[name][1] for block in blocks]))
        for name in blocks[0]
    }


def _sentences(
    corpus: Corpus, places: TermPlaces, wanted: Presence, odds: Sequence[Odds], preparation: Preparation | None
) -> list[tuple[ThemeEvidence | None, ...]]:
    """The best sentence of each document for each theme where it is wanted (n_docs, n_themes)."""
    none: tuple[ThemeEvidence | None, ...] = (None,) * wanted.shape[1]
    shown: list[tuple[ThemeEvidence | None, ...]] = []
    for row, document in enumerate(track(corpus, "reading for themes", len(corpus))):
        if not wanted[row].any():
            shown.append(none)
            continue
        terms_of = partial(preparation.words.terms_of, language=document.info.language) if preparation else None
        sentences, spans = Sentences(document, terms_of), places.spans(row)
        best = (
            sentences.best(spans.get(theme, ()), odds[theme] if odds else None) if asked else None
            for theme, asked in enumerate(wanted[row].tolist())
        )
        shown.append(tuple(best))
    return shown


def _kept(items: tuple[ThemeEvidence | None, ...], present: list[bool]) -> tuple[ThemeEvidence | None, ...]:
    return tuple(item if there else None for item, there in zip(items, present, strict=True))


def score_terms(corpus: Corpus, themes: Themes) -> ThemeScores:
    """Return what the themes' terms alone find in a corpus, with evidence; nothing else is needed."""
    documents = theme_documents(corpus, themes, None)
    return find_themes(corpus, ThemeModel(themes, learn_weights(documents)), documents, None).results[TERMS]


def _odds(model: ThemeModel, preparation: Preparation | None) -> Sequence[Odds]:
    """Log-odds of the terms of the vocabulary for each theme; nothing where there are none."""
    if model.odds is None or preparation is None:
        return ()
    return [dict(zip(preparation.vocabulary.terms, listed, strict=True)) for listed in model.odds.tolist()]
