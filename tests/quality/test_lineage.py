"""What became of topics: planted splits and merges, the same fit twice, fits from other seeds, and nothing in common."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import hypergeom
from test_measures import result

from tests.models.planted import prepared
from topics.core.registry import discover
from topics.core.results import TopicResult
from topics.quality.lineage import LEVEL, trace
from topics.quality.word_agreement import word_agreement

N_DOCS, N_TOPICS = 400, 5
ROWS = np.arange(N_DOCS)


def clear(seed: int, noise: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Main topics, and weights around them."""
    generator = np.random.default_rng(seed)
    main = generator.integers(0, N_TOPICS, N_DOCS)
    weights = 0.7 * np.eye(N_TOPICS)[main] + 0.3 * generator.dirichlet(np.ones(N_TOPICS), N_DOCS)
    lost = generator.random(N_DOCS) < noise
    weights[lost] = generator.dirichlet(np.ones(N_TOPICS), int(lost.sum()))
    return main, weights


def of(weights: np.ndarray) -> TopicResult:
    return result(np.ones((weights.shape[1], 4)).tolist(), weights.tolist())


def split_in_two(weights: np.ndarray, topic: int, share: float, seed: int = 0) -> np.ndarray:
    """A part of a topic's documents hold it as a topic of its own, the last."""
    moved = np.random.default_rng(seed).random(len(weights)) < share
    wide = np.column_stack([weights, np.zeros(len(weights))])
    wide[moved, -1], wide[moved, topic] = wide[moved, topic], 0.0
    return wide


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_planted_split_is_found_and_no_other(share: float) -> None:
    _, weights = clear(1)
    found = trace(of(weights), of(split_in_two(weights, 2, share)), ROWS, 1)
    assert found.splits == {2: (2, N_TOPICS)}
    assert found.merges == {}
    heir = 2 if share < 0.5 else N_TOPICS if share > 0.5 else found.kept[2]
    assert found.kept == {topic: topic for topic in range(N_TOPICS) if topic != 2} | {2: heir}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_planted_merge_is_found_and_no_other(share: float) -> None:
    _, weights = clear(2)
    found = trace(of(split_in_two(weights, 3, share)), of(weights), ROWS, 1)
    assert found.merges == {3: (3, N_TOPICS)}
    assert found.splits == {}


def test_a_split_in_three_and_a_merge_at_once() -> None:
    _, weights = clear(3)
    parts = split_in_two(split_in_two(weights, 0, 0.4), 0, 0.5, 1)
    merged = np.column_stack([parts[:, [0, 1]], parts[:, 2] + parts[:, 3], parts[:, 4:]])
    found = trace(of(weights), of(merged), ROWS, 1)
    assert found.splits == {0: (0, 4, 5)}
    assert found.merges == {2: (2, 3)}


@pytest.mark.parametrize("seed", range(10))
def test_noise_that_leaves_topics_the_same_makes_no_split(seed: int) -> None:
    _, weights = clear(seed)
    _, other = clear(seed, 0.3)
    found = trace(of(weights), of(other), ROWS, seed)
    assert (found.splits, found.merges) == ({}, {})
    assert found.kept == {topic: topic for topic in range(N_TOPICS)}


def test_unrelated_results_share_more_than_the_null_as_often_as_it_says() -> None:
    runs, above = 200, 0
    for seed in range(runs):
        _, weights = clear(seed)
        _, other = clear(1000 + seed)
        found = trace(of(weights), of(other), ROWS, seed)
        above += bool((found.shared > found.null).any())
        assert (found.splits, found.merges, found.kept) == ({}, {}, {})
    assert above <= runs * LEVEL + 3 * np.sqrt(runs * LEVEL)


def test_the_null_is_the_quantile_of_draws_without_replacement() -> None:
    _, weights = clear(4)
    _, other = clear(5)
    found = trace(of(weights), of(other), ROWS, 1)
    chance = hypergeom.sf(found.null, N_DOCS, found.n_left[:, None], found.n_right[None, :])
    tighter = hypergeom.sf(found.null - 1, N_DOCS, found.n_left[:, None], found.n_right[None, :])
    assert (chance <= LEVEL / found.null.size).all()
    assert (tighter > LEVEL / found.null.size).all()


def test_documents_without_a_topic_and_empty_topics_go_nowhere() -> None:
    _, weights = clear(6)
    weights = np.column_stack([weights, np.zeros(N_DOCS)])
    weights[:50] = 0
    found = trace(of(weights), of(weights), ROWS, 1)
    assert int(found.n_left.sum()) == N_DOCS - 50
    assert (found.n_left[N_TOPICS], found.of_left[N_TOPICS].max()) == (0, 0)
    assert found.kept == {topic: topic for topic in range(N_TOPICS)}


@pytest.mark.parametrize("seed", [1, 2])
def test_fits_of_one_corpus_from_other_seeds_invent_no_split(seed: int) -> None:
    kind = discover("topics.models", "MODEL")["lda"]
    _, data = prepared("english")
    one, two = (kind.fit(data, kind.config(topics=4), (), number).result for number in (seed, seed + 100))
    found = trace(one, two, np.arange(len(data.corpus)), 1)
    assert (found.splits, found.merges) == ({}, {})
    assert len(found.kept) == 4


def test_words_agree_where_topics_are_permuted_and_not_where_they_are_drawn_anew() -> None:
    generator = np.random.default_rng(7)
    topics = generator.dirichlet(np.full(60, 0.1), 4)
    one, same, other = (result(rows.tolist()).topics for rows in (topics, topics[[2, 0, 3, 1]], generator.dirichlet(np.full(60, 0.1), 4)))
    words, null = word_agreement(one, same, 1)
    assert words.argmax(axis=1).tolist() == [1, 3, 0, 2]
    assert (words.max(axis=1) > null).all()
    assert 0 < null < 1
    assert (word_agreement(one, other, 1)[0] > null).sum() <= 1


def test_words_decide_nothing_without_shared_terms() -> None:
    one, other = result([[1.0, 2.0, 3.0]]).topics, result(np.ones((2, 8)).tolist()).topics
    words, null = word_agreement(one, other, 1)
    assert (words.tolist(), null) == ([[0.0, 0.0]], 1.0)
