"""The one assignment rule: weights, thresholds, sharpness, and what is learned from training documents."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.cluster import KMeans

from topics.core.matrices import TopicDistribution
from topics.models import _assignment
from topics.models._assignment import (
    FAINT,
    SHARPEST,
    AssignmentRule,
    agreement,
    calibrate,
    centroids_of,
    learn_rule,
    nearest,
    refine,
    without_own,
)

RULE = AssignmentRule(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.9, 0.5]), 10.0)


def clouds(n_topics: int, *, spread: float = 0.8, per_topic: int = 40, n_dims: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around random directions, and the direction of each."""
    generator = np.random.default_rng(n_topics)
    labels = np.repeat(np.arange(n_topics), per_topic)
    vectors = generator.normal(size=(n_topics, n_dims))[labels] + spread * generator.normal(size=(len(labels), n_dims))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), labels


@pytest.mark.parametrize("vector", [[1.0, 0.0], [0.6, 0.8], [0.8, 0.6], [0.995, -0.0998749]])
def test_weights_are_shares_of_topics_and_of_none(vector: list[float]) -> None:
    """By scipy: none speaks with the threshold of the nearest topic."""
    weights = RULE.assign(np.array([vector], dtype=np.float32))[0]
    similar = np.array(vector)
    none = RULE.thresholds[similar.argmax()]
    expected = softmax(10.0 * np.array([*similar, none]))[:2]
    kept = np.where(expected >= FAINT, expected, 0.0)
    assert weights == pytest.approx(kept * (expected.sum() / kept.sum()), abs=1e-6)


@pytest.mark.parametrize(
    ("vector", "label"),
    [
        ([1.0, 0.0], 0),
        ([0.0, 1.0], 1),
        ([0.6, 0.8], 1),  # nearest is the second, and near enough
        ([0.8, 0.6], -1),  # nearest is the first, which asks for 0.9: the second is no way out
        ([0.9001, 0.4357], 0),
        ([-1.0, 0.0], -1),
        ([0.0, 0.0], -1),
    ],
)
def test_the_label_is_the_nearest_topic_where_its_threshold_is_reached(vector: list[float], label: int) -> None:
    weights = RULE.assign(np.array([vector], dtype=np.float32))
    assert TopicDistribution(weights, ("a",)).labels().tolist() == [label]


def test_a_vector_unlike_every_topic_is_in_none_whatever_the_threshold() -> None:
    rule = AssignmentRule(RULE.centroids, np.array([-1.0, -1.0]), 1.0)
    assert not rule.assign(np.array([[0.0, 0.0], [-0.6, -0.8]], dtype=np.float32)).any()


def test_without_topics_every_row_is_empty() -> None:
    assert AssignmentRule(np.zeros((0, 2)), np.zeros(0), 1.0).assign(np.ones((3, 2), dtype=np.float32)).shape == (3, 0)


def test_rows_are_independent_of_their_batch() -> None:
    vectors, labels = clouds(7)
    rule = learn_rule(vectors, labels, 12.0)
    whole = rule.assign(vectors)
    assert all(np.array_equal(rule.assign(vectors[row : row + 1])[0], whole[row]) for row in range(0, len(vectors), 13))


def test_faint_weights_go_to_the_topics_that_are_kept() -> None:
    weights = AssignmentRule(RULE.centroids, np.zeros(2), 20.0).assign(np.array([[0.9, 0.436], [0.707, 0.707]], dtype=np.float32))
    assert (weights > 0).tolist() == [[True, False], [True, True]]
    assert weights[0, 0] == pytest.approx(1 - softmax([18.0, 8.72, 0.0])[2], abs=1e-6)


def test_near_enough_is_enough_among_a_thousand_topics() -> None:
    """Weights are thin where there are many topics; those that are dropped must not let none outweigh the nearest."""
    vectors, labels = clouds(1000, per_topic=6, n_dims=30)
    rule = learn_rule(vectors, labels, 3.0)
    topics, similarity = nearest(vectors, rule.centroids)
    found = TopicDistribution(rule.assign(vectors), tuple(map(str, range(len(vectors))))).labels()
    reached = similarity >= rule.thresholds[topics] + 1e-6
    assert np.array_equal(found[reached], topics[reached])
    assert 0.9 < reached.mean() < 1.0


def test_sharpness_makes_weights_decided() -> None:
    vector = np.array([[0.9, 0.436]], dtype=np.float32)
    soft, sharp = (AssignmentRule(RULE.centroids, np.zeros(2), value).assign(vector)[0, 0] for value in (1.0, 50.0))
    assert soft < 0.6 < 0.99 < sharp


def test_thresholds_are_learned_from_all_documents_near_a_topic() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, 1], [-1, 0], [0.96, -0.28]], dtype=np.float32)
    rule = learn_rule(vectors, np.array([0, 0, 1, 1, -1, -1]), 1.0)
    center = np.array([1.6, 0.8]) / np.hypot(1.6, 0.8)
    assert rule.centroids == pytest.approx(np.array([center, [0.0, 1.0]]), abs=1e-6)
    near = [0.6, 0.6, center @ [0.96, -0.28]]  # two without their own share; the last was in no cluster, but is nearest to the first
    second = [1.0, 1.0, 0.0]  # [-1, 0] is nearest to the second, at a right angle
    assert rule.thresholds == pytest.approx([min(near), min(second)], abs=1e-6)  # of so few, the least


def test_similarity_without_a_documents_own_share_is_that_to_the_others() -> None:
    vectors, labels = clouds(4, per_topic=5)
    labels = np.where(np.arange(len(labels)) % 7 == 0, -1, labels)
    labels[19] = 3  # some topic keeps few
    rows = np.arange(0, len(labels), 2)
    found = without_own(vectors, labels, rows)
    for place, row in enumerate(rows):
        others = np.arange(len(labels)) != row
        assert found[place] == pytest.approx(vectors[row].astype(float) @ centroids_of(vectors[others], labels[others]).T, abs=1e-6)
    alone = without_own(np.eye(3, dtype=np.float32), np.array([0, 1, 1]), np.array([0]))
    assert alone.tolist() == [[0.0, 0.0]]  # nothing is left of a topic of one document


@pytest.mark.parametrize("spread", [0.5, 1.5])
def test_as_many_new_documents_are_left_out_as_is_said(spread: float) -> None:
    """Thresholds from documents that helped to make the centroids leave out more of new ones: .14 where topics have thirty."""
    vectors, labels = clouds(12, spread=spread, per_topic=430)
    taught = np.arange(len(labels)) % 430 < 30
    rule = learn_rule(vectors[taught], labels[taught], 20.0)
    new = rule.assign(vectors[~taught])
    left_out = float((TopicDistribution(new, tuple(map(str, range(len(new))))).labels() < 0).mean())
    assert 0.03 < left_out < 0.07


def test_agreement_of_noise_is_that_of_chance() -> None:
    generator = np.random.default_rng(5)
    vectors = generator.normal(size=(240, 200))
    noise = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels = generator.integers(0, 8, 240)
    assert calibrate(noise, labels, labels) < 3.0  # 39 where documents are judged by what they made themselves
    assert agreement(learn_rule(noise, labels, 1.0), noise, labels, labels) < 0.25
    near, own = clouds(8)
    assert agreement(learn_rule(near, own, 1.0), near, own, own) > 0.9
    assert agreement(learn_rule(near, own, 1.0), near, own, np.full(len(own), -1)) == 0.0


@pytest.mark.parametrize("n_topics", [2, 20, 150])
def test_about_as_many_are_left_out_however_many_topics_there_are(n_topics: int) -> None:
    vectors, labels = clouds(n_topics, per_topic=120)
    taught = np.arange(len(labels)) % 120 < 40
    rule = learn_rule(vectors[taught], np.where(np.arange(len(labels)) % 5 == 0, -1, labels)[taught], 20.0)
    unlike = np.random.default_rng(0).normal(size=(500, 60))
    unlike = (unlike / np.linalg.norm(unlike, axis=1, keepdims=True)).astype(np.float32)

    def left_out(found: np.ndarray) -> float:
        return float((TopicDistribution(rule.assign(found), tuple(map(str, range(len(found))))).labels() < 0).mean())

    assert 0.03 < left_out(vectors[~taught]) < 0.075
    assert left_out(vectors[taught]) < 0.05
    assert left_out(unlike) > 0.9


def test_calibration_is_the_most_likely_temperature() -> None:
    """Labels are drawn with a known sharpness; it is found again."""
    generator = np.random.default_rng(3)
    vectors, _ = clouds(6, spread=2.0, per_topic=2000)
    centroids = centroids_of(vectors, clouds(6, spread=2.0, per_topic=2000)[1])
    chances = softmax(9.0 * vectors @ centroids.T, axis=1)
    drawn = (chances.cumsum(axis=1) < generator.random((len(vectors), 1))).sum(axis=1).clip(0, 5)
    labels = clouds(6, spread=2.0, per_topic=2000)[1]
    assert calibrate(vectors, labels, drawn) == pytest.approx(9.0, rel=0.1)
    assert calibrate(vectors, labels, np.where(np.arange(len(drawn)) % 2, drawn, -1)) == pytest.approx(9.0, rel=0.15)


def test_nothing_to_calibrate_on_or_no_doubt_gives_the_sharpest() -> None:
    vectors, labels = clouds(3, spread=0.05)
    assert calibrate(vectors, labels, np.full(len(labels), -1)) == SHARPEST
    assert calibrate(vectors, labels, labels) > 0.3 * SHARPEST


def test_refinement_ends_where_kmeans_does() -> None:
    """Against scikit-learn's k-means from the same start; on unit vectors of well-parted clouds both have one end."""
    vectors, labels = clouds(5, spread=0.9)
    shaken = labels.copy()
    shaken[::7] = (shaken[::7] + 1) % 5
    theirs = KMeans(5, init=centroids_of(vectors, shaken), n_init=1).fit(vectors.astype(np.float64)).labels_
    assert np.array_equal(refine(vectors, shaken), theirs)
    assert not np.array_equal(shaken, theirs)


def test_refinement_loses_no_topic() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert sorted(set(refine(vectors, np.array([0, 1, 2])).tolist())) == [0, 1, 2]


def test_the_nearest_topic_is_that_of_numpy() -> None:
    vectors, labels = clouds(9)
    centroids = centroids_of(vectors, labels)
    topics, similarity = nearest(vectors, centroids)
    expected = vectors.astype(float) @ centroids.T
    assert np.array_equal(topics, expected.argmax(axis=1))
    assert similarity == pytest.approx(expected.max(axis=1))


def test_documents_are_placed_some_at_a_time_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, labels = clouds(5)
    rule = learn_rule(vectors, labels, 20.0)
    whole, near = rule.assign(vectors), nearest(vectors, rule.centroids)
    seen: list[int] = []
    exact = _assignment._exact
    monkeypatch.setattr(_assignment, "BLOCK", 33)
    monkeypatch.setattr(_assignment, "_exact", lambda some: seen.append(len(some)) or exact(some))
    assert rule.assign(vectors).tobytes() == whole.tobytes()
    assert seen == [33] * 6 + [2]
    for found, expected in zip(nearest(vectors, rule.centroids), near, strict=True):
        assert found.tobytes() == expected.tobytes()
