"""From topics to themes: shares, and a projection that is a result like any other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.errors import ContractError
from topics.core.matrices import TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import ModelCard, TopicResult
from topics.core.themes import ThemeMap, ThemeScores
from topics.themes.mapping import above_chance, carried_themes, map_topics, project, topic_themes

CARD = ModelCard("test", "{}", 1, (), "p", "c")


def make_result(weights: np.ndarray, terms: np.ndarray) -> TopicResult:
    vocabulary = Vocabulary(tuple(f"w{n}" for n in range(terms.shape[1])), ("en",) * terms.shape[1])
    ids = tuple(f"d{n}" for n in range(len(weights)))
    return TopicResult(TopicTermMatrix(terms, vocabulary, "probability"), TopicDistribution(weights.astype(np.float32), ids), CARD)


def make_scores(present: np.ndarray) -> ThemeScores:
    n_docs, n_themes = present.shape
    ids, keys = tuple(f"d{n}" for n in range(n_docs)), tuple(f"t{n}" for n in range(n_themes))
    return ThemeScores(keys, ids, "test", present.astype(np.float32), present, ((None,) * n_themes,) * n_docs)


TERMS = np.array([[0.5, 0.5, 0.0], [0.0, 0.25, 0.75]])


def test_shares_are_the_weight_in_documents_that_show_the_theme() -> None:
    result = make_result(np.array([[1.0, 0.0], [0.5, 0.25], [0.0, 0.75]]), TERMS)
    present = np.array([[True, False], [True, True], [False, False]])
    found = map_topics(result, make_scores(present))
    np.testing.assert_allclose(found.weights, [[1.25 / 1.5, 0.25 / 1.5], [0.125, 0.125]])


def test_projection_follows_topics_and_keeps_what_is_unassigned() -> None:
    result = make_result(np.array([[0.5, 0.25], [0.0, 0.0]]), TERMS)
    found = project(result, ThemeMap(("a", "b"), np.array([[1.0, 0.0], [0.5, 0.25]])))
    np.testing.assert_allclose(found.documents.weights, [[0.625, 0.0625], [0.0, 0.0]])
    np.testing.assert_allclose(found.topics.weights, [[1 / 3, 5 / 12, 1 / 4], [0.0, 0.25, 0.75]])
    np.testing.assert_allclose(found.documents.unassigned, [0.3125, 1.0])
    assert (found.documents.doc_ids, found.topics.vocabulary, found.card) == (
        result.documents.doc_ids,
        result.topics.vocabulary,
        result.card,
    )


def test_a_topic_without_documents_and_a_theme_without_topics() -> None:
    result = make_result(np.array([[1.0, 0.0]]), TERMS)
    found = map_topics(result, make_scores(np.array([[True, False]])))
    np.testing.assert_array_equal(found.weights, [[1.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(project(result, found).topics.weights[1], np.full(3, 1 / 3))


@pytest.mark.parametrize("n_topics", [0, 2])
@pytest.mark.parametrize("n_themes", [0, 2])
def test_empty_sides_are_legal(n_topics: int, n_themes: int) -> None:
    result = make_result(np.zeros((3, n_topics)), TERMS[:n_topics])
    found = map_topics(result, make_scores(np.zeros((3, n_themes), dtype=bool)))
    assert found.weights.shape == (n_topics, n_themes)
    assert project(result, found).documents.weights.shape == (3, n_themes)


def test_scores_of_other_documents_are_refused() -> None:
    with pytest.raises(ContractError, match="other documents"):
        map_topics(make_result(np.array([[1.0, 0.0]]), TERMS), make_scores(np.zeros((2, 1), dtype=bool)))


SIZES = st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))


@settings(max_examples=100)
@given(SIZES)
def test_rows_stay_legal(sizes: tuple[int, int, int, int]) -> None:
    n_docs, n_topics, n_themes, seed = sizes
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.ones(n_topics + 1), n_docs)[:, :n_topics] * random.integers(0, 2, (n_docs, 1))
    result = make_result(weights, random.dirichlet(np.ones(3), n_topics))
    found = map_topics(result, make_scores(random.random((n_docs, n_themes)) < 0.5))
    assert (found.weights >= 0).all()
    assert (found.weights.sum(axis=1) <= 1 + 1e-9).all()
    themed = project(result, found)  # TopicResult and its parts check themselves
    assert themed.n_topics == n_themes
    assert (themed.documents.weights.sum(axis=1) <= weights.sum(axis=1) + 1e-5).all()


def test_above_chance_is_what_shuffling_gives() -> None:
    random = np.random.default_rng(1)
    weights = random.dirichlet(np.ones(3), 60)[:, :2]
    present = random.random((60, 2)) < 0.4
    present[:, 1] |= weights[:, 1] > 0.5  # topic 1 does speak of theme 1
    result, scores = make_result(weights, TERMS), make_scores(present)
    rows = np.arange(60)
    found = above_chance(result, scores, rows)
    split = present / np.maximum(present.sum(axis=1, keepdims=True), 1)
    used = result.documents.weights.astype(float)
    drawn = np.stack([used.T @ split[random.permutation(60)] for _ in range(4000)])
    np.testing.assert_allclose(found, (used.T @ split - drawn.mean(axis=0)) / drawn.std(axis=0), atol=0.1)
    assert found[1, 1] > found[1, 0]
    assert not above_chance(result, make_scores(np.ones((60, 2), dtype=bool)), rows).any()
    with pytest.raises(ContractError, match="other documents"):
        above_chance(make_result(weights[:5], TERMS), scores, rows)


def test_copies_are_no_evidence_for_a_topics_theme() -> None:
    weights, present = np.tile([[0.9, 0.1], [0.1, 0.9]], (20, 1)), np.tile([[True], [False]], (20, 1))
    result, scores = make_result(weights, TERMS), make_scores(present)
    once = above_chance(make_result(weights[:4], TERMS), make_scores(present[:4]), np.arange(4))
    np.testing.assert_allclose(above_chance(result, scores, np.arange(4)), once)
    assert above_chance(result, scores, np.arange(40))[0, 0] > once[0, 0]


def test_a_topic_carries_a_theme_of_most_of_its_documents_beyond_chance() -> None:
    shares = np.array([[0.7, 0.2], [0.6, 0.3], [0.4, 0.3], [0.1, 0.9]])
    above = np.array([[4.0, 0.0], [2.0, 0.0], [9.0, 0.0], [0.0, 2.6]])
    assert carried_themes(shares, above).tolist() == [0, -1, -1, 1]  # of eight pairs 1 in 160 each is left: 2.50
    assert carried_themes(np.vstack([shares] * 9), np.vstack([above] * 9))[:4].tolist() == [0, -1, -1, -1]  # 3.20
    assert carried_themes(np.zeros((3, 0)), np.zeros((3, 0))).tolist() == [-1, -1, -1]


def test_topics_and_themes_meet_in_one_place() -> None:
    weights = np.repeat([[0.9, 0.1], [0.1, 0.9]], 40, axis=0)
    present = np.repeat([[True], [False]], 40, axis=0)
    found = topic_themes(make_result(weights, TERMS), make_scores(present), np.arange(80))
    assert found.carried.tolist() == [0, -1]
    np.testing.assert_allclose(found.shares, [[0.9], [0.1]], atol=1e-6)
    assert found.above[0, 0] == -found.above[1, 0] > 5
