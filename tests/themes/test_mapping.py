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
from topics.themes.mapping import above_chance, map_topics, project

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
    found = above_chance(result, scores)
    split = present / np.maximum(present.sum(axis=1, keepdims=True), 1)
    used = result.documents.weights.astype(float)
    drawn = np.stack([used.T @ split[random.permutation(60)] for _ in range(4000)])
    np.testing.assert_allclose(found, (used.T @ split - drawn.mean(axis=0)) / drawn.std(axis=0), atol=0.1)
    assert found[1, 1] > found[1, 0]
    assert not above_chance(result, make_scores(np.ones((60, 2), dtype=bool))).any()
    with pytest.raises(ContractError, match="other documents"):
        above_chance(make_result(weights[:5], TERMS), scores)
