"""What the scorers of themes find in a corpus, with the sentences that show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from topics.core.documents import Corpus
from topics.core.themes import ThemeEvidence, Themes, ThemeScores
from topics.preprocessing.prepare import Preparation
from topics.themes.evidence import Speaks, best_sentence, speaker
from topics.themes.hits import ThemeDocuments
from topics.themes.matching import ThemeMatcher
from topics.themes.selection import just_failed
from topics.themes.weighted_terms import learn_weights
from topics.theming import COMBINED, TERMS, Presence, ThemeModel, theme_documents


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
    """Return every scorer's scores with evidence: the best sentence of each document in which it finds a theme."""
    scored = model.score(documents)
    keys = tuple(theme.key for theme in model.themes)
    nothing = ((None,) * len(keys),) * len(corpus)

    def result(name: str, evidence: tuple[tuple[ThemeEvidence | None, ...], ...]) -> ThemeScores:
        scores, present = scored[name]
        return ThemeScores(keys, corpus.ids, name, scores.astype(np.float32), np.asarray(present, dtype=bool), evidence)

    near = [just_failed(corpus.infos, result(COMBINED, nothing), column) for column in range(len(keys))]
    wanted = np.any([present for _, present in scored.values()], axis=0)
    for column, rows in enumerate(near):
        wanted[rows, column] = True
    sentences = _sentences(corpus, model, wanted, preparation)
    results = {
        name: result(name, tuple(_kept(items, row) for items, row in zip(sentences, scored[name][1].tolist(), strict=True)))
        for name in model.scorers
        if name in scored
    }
    failed = tuple({row: item for row in rows if (item := sentences[row][column])} for column, rows in enumerate(near))
    return Findings(results, failed)


def _sentences(
    corpus: Corpus, model: ThemeModel, wanted: Presence, preparation: Preparation | None
) -> list[tuple[ThemeEvidence | None, ...]]:
    """The best sentence of each document for each theme where it is wanted (n_docs, n_themes)."""
    matchers = [ThemeMatcher(theme) for theme in model.themes]
    speaks = _speakers(model, preparation)
    shown: list[tuple[ThemeEvidence | None, ...]] = []
    for row, document in enumerate(corpus):
        kept, language = (document.kept(), document.info.language) if wanted[row].any() else ("", "")
        shown.append(
            tuple(
                best_sentence(document, matcher.spans(kept, language), speaks(number, language)) if wanted[row, number] else None
                for number, matcher in enumerate(matchers)
            )
        )
    return shown


def _kept(items: tuple[ThemeEvidence | None, ...], present: list[bool]) -> tuple[ThemeEvidence | None, ...]:
    return tuple(item if there else None for item, there in zip(items, present, strict=True))


def score_terms(corpus: Corpus, themes: Themes) -> ThemeScores:
    """Return what the themes' terms alone find in a corpus, with evidence; nothing else is needed."""
    documents = theme_documents(corpus, themes, None)
    return find_themes(corpus, ThemeModel(themes, learn_weights(documents)), documents, None).results[TERMS]


def _speakers(model: ThemeModel, preparation: Preparation | None) -> Callable[[int, str], Speaks | None]:
    made: dict[tuple[int, str], Speaks | None] = {}

    def of(theme: int, language: str) -> Speaks | None:
        if model.odds is None or preparation is None:
            return None
        if (theme, language) not in made:
            odds = dict(zip(preparation.vocabulary.terms, model.odds[theme].tolist(), strict=True))
            made[theme, language] = speaker(lambda text: preparation.words.terms_of(text, language), odds)
        return made[theme, language]

    return of
