"""BERTopic: the live object, the one assignment rule, and nothing invented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import planted
import pytest

from tests.conftest import corpus_from, make_document
from topics.core.errors import DataError, MissingPartError
from topics.models._assignment import TAIL, AssignmentRule, learn_rule
from topics.models._clusters import MIN_GROUP, GroupedClusterer, group_rows
from topics.models.bertopic import BertopicConfig, BertopicTopicModel, fit, load

RULE = AssignmentRule(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.9, 0.5]))


@pytest.fixture(scope="module")
def model() -> BertopicTopicModel:
    return fit(planted.prepared("mixed")[1], BertopicConfig(), (), 1)


@pytest.mark.parametrize(
    ("vector", "expected"),
    [
        ([1.0, 0.0], [1, 0]),
        ([0.0, 1.0], [0, 1]),
        ([0.6, 0.8], [0, 1]),  # nearest is the second, and near enough
        ([0.8, 0.6], [0, 0]),  # nearest is the first, which asks for 0.9: the second is no way out
        ([0.9, np.sqrt(1 - 0.81)], [1, 0]),  # the threshold itself is near enough
        ([-1.0, 0.0], [0, 0]),
        ([0.0, 0.0], [0, 0]),
    ],
)
def test_the_rule_takes_the_nearest_topic_if_it_is_near_enough(vector: list[float], expected: list[int]) -> None:
    rule = AssignmentRule(RULE.centroids, RULE.thresholds - 1e-6)
    assert rule.assign(np.array([vector], dtype=np.float32)).tolist() == [expected]


def test_a_vector_unlike_every_topic_is_in_none_whatever_the_threshold() -> None:
    rule = AssignmentRule(RULE.centroids, np.array([-1.0, -1.0]))
    assert not rule.assign(np.array([[0.0, 0.0], [-0.6, -0.8]], dtype=np.float32)).any()


def test_without_topics_every_row_is_empty() -> None:
    assert AssignmentRule(np.zeros((0, 2)), np.zeros(0)).assign(np.ones((3, 2), dtype=np.float32)).shape == (3, 0)


def test_thresholds_are_learned_from_all_documents_near_a_topic() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, 1], [-1, 0], [0.96, -0.28]], dtype=np.float32)
    rule = learn_rule(vectors, np.array([0, 0, 1, 1, -1, -1]))
    center = np.array([1.6, 0.8]) / np.hypot(1.6, 0.8)
    assert rule.centroids == pytest.approx(np.array([center, [0.0, 1.0]]), abs=1e-6)
    near = [center @ [1, 0], center @ [0.6, 0.8], center @ [0.96, -0.28]]  # the last was in no cluster, but is nearest to the first
    assert rule.thresholds == pytest.approx([np.quantile(near, TAIL), 1.0], abs=1e-6)


@pytest.mark.parametrize("n_topics", [2, 20, 150])
def test_about_as_many_are_left_out_however_many_topics_there_are(n_topics: int) -> None:
    generator = np.random.default_rng(n_topics)
    centers = generator.normal(size=(n_topics, 60))
    labels = np.repeat(np.arange(n_topics), 40)
    vectors = centers[labels] + 0.8 * generator.normal(size=(len(labels), 60))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    rule = learn_rule(vectors, np.where(np.arange(len(labels)) % 5 == 0, -1, labels))
    unlike = generator.normal(size=(500, 60))
    unlike = (unlike / np.linalg.norm(unlike, axis=1, keepdims=True)).astype(np.float32)
    assert 0.03 < (rule.assign(vectors).sum(axis=1) == 0).mean() < 0.09
    assert (rule.assign(unlike).sum(axis=1) == 0).mean() > 0.9


def test_training_documents_follow_the_rule_too(model: BertopicTopicModel) -> None:
    _, data = planted.prepared("mixed")
    weights = model.result.documents.weights
    similarity = data.embeddings.vectors.astype(float) @ model.rule.centroids.T
    nearest = similarity.argmax(axis=1)
    near = similarity.max(axis=1) >= model.rule.thresholds[nearest]
    assert np.array_equal(weights.argmax(axis=1)[near], nearest[near])
    assert np.array_equal(weights.sum(axis=1) > 0, near)
    assert set(np.unique(weights)) <= {0.0, 1.0}


def test_the_live_object_is_an_ordinary_bertopic(model: BertopicTopicModel) -> None:
    from bertopic import BERTopic

    live = model.bertopic
    assert isinstance(live, BERTopic)
    assert sum(topic >= 0 for topic in live.get_topics()) == model.result.n_topics
    for topic in range(model.result.n_topics):
        first = [term.replace("_", " ") for term, _ in live.get_topic(topic)[:3]]
        assert first == [term for term, _ in model.result.top_terms(topic, 3)]


def test_a_loaded_model_has_no_live_object(model: BertopicTopicModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    with pytest.raises(DataError, match="live"):
        _ = load(tmp_path).bertopic


def test_the_card_says_how_far_the_rule_agrees_with_hdbscan(model: BertopicTopicModel) -> None:
    agree, left = model.result.card.notes
    assert float(agree.split("gives ")[1].split("%")[0]) >= 90
    unassigned = float((model.result.documents.labels() < 0).mean())
    assert f"the rule leaves {unassigned:.1%}" in left


def test_topics_stay_within_a_language(model: BertopicTopicModel) -> None:
    languages = np.array([info.language for info in planted.prepared("mixed")[1].corpus.infos])
    labels = model.result.documents.labels()
    shares = [(languages[labels == topic] == "vi").mean() for topic in range(model.result.n_topics)]
    assert all(share in (0.0, 1.0) for share in shares)
    assert {0.0, 1.0} == set(shares)


@pytest.mark.parametrize("size", [60, 500])
def test_where_everything_is_an_outlier_nothing_is_invented(size: int) -> None:
    with pytest.raises(DataError, match="found 0 topic") as caught:
        fit(planted.prepared("mixed")[1], BertopicConfig(min_topic_size=size), (), 1)
    assert str(size) in caught.value.hint


def test_languages_too_small_to_cluster_give_no_topics() -> None:
    few = planted.planted_documents("mixed", n=20)
    third = [make_document(d.text[::-1], language="xx") for d in planted.planted_documents("english", n=20, seed=8)]
    corpus = corpus_from([*few, *third])
    with pytest.raises(DataError, match="found 0 topic"):
        fit(planted.prepare(corpus).apply(corpus), BertopicConfig(), (), 1)


def test_documents_of_a_small_language_are_still_placed() -> None:
    english = planted.planted_documents("english")
    few = [make_document(d.text + " !", language="xx", source=d.info.source) for d in english[: MIN_GROUP - 1]]
    corpus = corpus_from([*english, *few])
    data = planted.prepare(corpus).apply(corpus)
    labels = fit(data, BertopicConfig(), (), 1).result.documents.labels()
    assert (labels[[info.language == "xx" for info in corpus.infos]] >= 0).mean() > 0.8


def test_vectors_are_needed() -> None:
    from dataclasses import replace

    with pytest.raises(DataError, match="vectors"):
        fit(replace(planted.prepared("english")[1], embeddings=None), BertopicConfig(), (), 1)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "bertopic", None)
    with pytest.raises(MissingPartError, match=r"BERTopic cannot be imported.*requirements\.lock"):
        fit(planted.prepared("english")[1], BertopicConfig(), (), 1)


@pytest.mark.parametrize(("given", "n_docs", "expected"), [(0, 100, 5), (0, 10_000, 35), (0, 400, 7), (12, 10_000, 12)])
def test_the_least_topic_size_grows_with_the_corpus(given: int, n_docs: int, expected: int) -> None:
    assert BertopicConfig(min_topic_size=given).topic_size(n_docs) == expected


def test_groups_are_the_languages_that_are_large_enough() -> None:
    languages = ["vi"] * MIN_GROUP + ["en"] * MIN_GROUP + ["fr"] * (MIN_GROUP - 1)
    groups = group_rows(languages)
    assert [rows.tolist() for rows in groups] == [list(range(MIN_GROUP, 2 * MIN_GROUP)), list(range(MIN_GROUP))]


def test_labels_of_later_groups_follow_and_outliers_stay() -> None:
    class Fixed:
        def __init__(self, labels: list[int]) -> None:
            self.labels = labels

        def fit_predict(self, reduced: np.ndarray) -> list[int]:
            return self.labels

    answers = iter([Fixed([0, -1, 1]), Fixed([1, 0, -1])])
    groups = (np.array([0, 2, 4]), np.array([1, 3, 5]))
    found = GroupedClusterer(groups, lambda _: next(answers)).fit(np.zeros((7, 2), dtype=np.float32))
    assert found.labels_.tolist() == [0, 3, -1, 2, 1, -1, -1]
