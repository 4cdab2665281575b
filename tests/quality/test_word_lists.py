"""Word lists: MMR as BERTopic computes it, likeness as scikit-learn does, and the languages of a topic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bertopic.representation._mmr import mmr as theirs
from sklearn.metrics.pairwise import cosine_similarity
from test_measures import matrix, result

from topics.core.matrices import DocTermMatrix, TopicTermMatrix, Vocabulary
from topics.core.results import TopicResult
from topics.quality.word_lists import by_language, diverse_terms, languages_held, likeness, mmr


@pytest.mark.parametrize("balance", [1.0, 0.7, 0.5, 0.2, 0.0])
@pytest.mark.parametrize("seed", range(5))
def test_mmr_is_bertopics(seed: int, balance: float) -> None:
    random = np.random.default_rng(seed)
    words, topic = random.random((15, 4)), random.random((1, 4))
    names = [f"t{number}" for number in range(15)]
    expected = theirs(topic, words, names, diversity=1 - balance, top_n=6)
    chosen = mmr(cosine_similarity(words, topic)[:, 0], cosine_similarity(words), 6, balance)
    if balance:
        assert [names[place] for place in chosen] == expected
    else:  # theirs begins with the best, ours with the first of equal ones
        assert len(set(chosen)) == 6


def test_mmr_by_hand() -> None:
    """The second is the first's twin: at .5 it counts .9 / 2 - 1 / 2, the third .4 / 2."""
    alike = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    scores = np.array([1.0, 0.9, 0.4])
    assert mmr(scores, alike, 3, 0.5) == [0, 2, 1]
    assert mmr(scores, alike, 2, 1.0) == [0, 1]
    assert mmr(scores, alike, 9, 0.5) == [0, 2, 1]
    assert mmr(np.zeros(0), np.zeros((0, 0)), 3) == []


def test_likeness_is_the_cosine_of_presence_in_the_given_documents() -> None:
    counts = np.random.default_rng(3).poisson(0.8, (40, 6))
    counts[:, 5] = 0
    rows = np.arange(5, 35)
    found = likeness(matrix(counts.tolist()), [4, 0, 5], rows)
    assert found == pytest.approx(cosine_similarity((counts[rows][:, [4, 0, 5]] > 0).T.astype(float)))
    assert not np.allclose(found, likeness(matrix(counts.tolist()), [4, 0, 5], np.arange(40)))


def planted() -> tuple[TopicResult, DocTermMatrix]:
    """The two heaviest terms stand in the same documents, the third in others."""
    return result([[5.0, 4.5, 3.0, 0.0], [0.0, 0.0, 1.0, 5.0]]), matrix([[1, 1, 0, 0]] * 4 + [[0, 0, 1, 0]] * 3 + [[0, 0, 0, 1]])


def test_terms_that_say_the_same_come_later() -> None:
    found, dtm = planted()
    rows = np.arange(8)
    assert diverse_terms(found, dtm, rows, 3) == [[0, 2, 1], [3, 2]]
    assert diverse_terms(found, dtm, rows, 3, 1.0) == [[0, 1, 2], [3, 2]], "the balance is heeded"
    assert diverse_terms(found, dtm, rows, 1) == [[0], [3]], "as many as asked for"
    assert diverse_terms(found, dtm, np.arange(4, 8), 3)[0] == [0, 1, 2], "in these documents the first two never stand"


def test_languages_of_a_topic_are_those_of_its_documents() -> None:
    found = result([[1.0, 1.0]] * 4, [[0.9, 0.1, 0.0, 0.0], [0.8, 0.2, 0.0, 0.0], [0.1, 0.5, 0.4, 0.0]])
    codes = ["vi", "vi", "en"]
    assert languages_held(found, codes, np.arange(3)) == [("vi",), ("en", "vi"), ("en",), ()]
    assert languages_held(found, codes, np.array([0, 1])) == [("vi",), ("vi",), (), ()], "only the given documents count"


def test_words_of_one_language_by_weight() -> None:
    found = result([[1.0, 5.0, 2.0, 0.0]])
    vocabulary = Vocabulary(found.topics.vocabulary.terms, ("en", "vi", "en", "en"))
    found = replace(found, topics=TopicTermMatrix(found.topics.weights, vocabulary, "probability"))
    assert by_language(found, 0, "en", 5) == [2, 0]
    assert by_language(found, 0, "en", 1) == [2]
    assert by_language(found, 0, "vi", 5) == [1]
    assert by_language(found, 0, "fr", 5) == []
