"""Which sentences are shown: strong ones, one a story, over languages and dates, no two alike; and what just failed."""

from __future__ import annotations

from datetime import date

import numpy as np

from tests.conftest import corpus_from, make_document
from topics.core.documents import DocumentInfo
from topics.core.themes import ThemeEvidence, ThemeScores
from topics.themes.selection import choose, just_failed

Listed = list[tuple[str, float, str, date | None]]  # sentence, score, language, day


def scored(listed: Listed) -> tuple[tuple[DocumentInfo, ...], ThemeScores, dict[str, str]]:
    documents = [make_document(text, language=language, day=day, source=str(n)) for n, (text, _, language, day) in enumerate(listed)]
    corpus = corpus_from(documents)
    score_of = {document.info.id: score for document, (_, score, _, _) in zip(documents, listed, strict=True)}
    text_of = {document.info.id: document.text for document in documents}
    scores = np.array([[score_of[identifier]] for identifier in corpus.ids], dtype=np.float32)
    evidence = tuple((ThemeEvidence(0, len(text_of[each]), text_of[each]) if score_of[each] > 0.5 else None,) for each in corpus.ids)
    return corpus.infos, ThemeScores(("t",), corpus.ids, "combined", scores, scores > 0.5, evidence), text_of


def shown(listed: Listed, n: int) -> list[str]:
    infos, scores, texts = scored(listed)
    return [texts[infos[row].id] for row in choose(infos, scores, 0, n)]


def test_the_strongest_first_and_no_more_than_asked_for() -> None:
    listed: Listed = [("one two", 0.7, "en", None), ("three four", 0.9, "en", None), ("five six", 0.2, "en", None)]
    assert shown(listed, 1) == ["three four"]
    assert shown(listed, 5) == ["three four", "one two"]


def test_a_sentence_much_like_one_that_is_shown_waits() -> None:
    listed: Listed = [("a b c d", 0.95, "en", None), ("a b c e", 0.94, "en", None), ("f g h i", 0.6, "en", None)]
    assert shown(listed, 2) == ["a b c d", "f g h i"]


def test_languages_and_quarters_take_turns() -> None:
    listed: Listed = [("a b", 0.95, "en", None), ("c d", 0.94, "en", None), ("e f", 0.6, "vi", None)]
    assert shown(listed, 2) == ["a b", "e f"]
    winter, spring = date(2025, 1, 5), date(2025, 5, 5)
    listed = [("a b", 0.95, "en", winter), ("c d", 0.94, "en", winter), ("e f", 0.6, "en", spring)]
    assert shown(listed, 2) == ["a b", "e f"]


def test_copies_of_a_story_are_not_shown_twice() -> None:
    corpus = corpus_from(
        [
            make_document("a b", source="1", story="s", canonical=True),
            make_document("a b c", source="2", story="s", canonical=False),
        ]
    )
    scores = np.full((2, 1), 0.9, dtype=np.float32)
    evidence = ((ThemeEvidence(0, 1, "a"),), (ThemeEvidence(0, 1, "a"),))
    found = choose(corpus.infos, ThemeScores(("t",), corpus.ids, "combined", scores, scores > 0.5, evidence), 0, 5)
    assert [corpus.infos[row].canonical for row in found] == [True]


def test_what_just_failed_is_the_nearest_of_each_language() -> None:
    listed: Listed = [
        ("a", 0.49, "en", None),
        ("b", 0.3, "en", None),
        ("c", 0.1, "vi", None),
        ("d", 0.9, "vi", None),
        ("e", 0.0, "und", None),
    ]
    infos, scores, texts = scored(listed)
    assert [texts[infos[row].id] for row in just_failed(infos, scores, 0)] == ["a", "c"]
