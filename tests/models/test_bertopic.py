"""BERTopic: proposals and their merges, the live object, and nothing invented."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import planted
import pytest
from scipy.special import softmax
from sklearn.metrics import normalized_mutual_info_score

from tests.conftest import corpus_from, make_document
from topics.core.errors import DataError, MissingPartError, UsageError
from topics.core.sampling import stratified
from topics.models import _clusters, _compiled
from topics.models._bertopic_model import training_rows
from topics.models._clusters import MIN_GROUP, group_rows, propose, reduce_groups
from topics.models._ctfidf import topic_weights
from topics.models.bertopic import (
    BertopicConfig,
    BertopicTopicModel,
    _proposed,
    fit,
    from_bertopic,
    load,
    merge_topics,
    reduce_topics,
)


@pytest.fixture(scope="module")
def model() -> BertopicTopicModel:
    return fit(planted.prepared("mixed")[1], BertopicConfig(), (), 1)


def test_training_documents_follow_the_rule_too(model: BertopicTopicModel) -> None:
    _, data = planted.prepared("mixed")
    similarity = data.embeddings.vectors.astype(float) @ model.rule.centroids.T
    nearest = similarity.argmax(axis=1)
    near = similarity.max(axis=1) >= model.rule.thresholds[nearest]
    assert np.array_equal(model.result.documents.labels(), np.where(near, nearest, -1))
    assert np.array_equal(model.transform(data).weights, model.result.documents.weights)


def test_every_document_has_a_nearest_topic_and_how_sure_it_is(model: BertopicTopicModel) -> None:
    _, data = planted.prepared("mixed")
    topics, sure = model.nearest(data)
    similarity = data.embeddings.vectors.astype(float) @ model.rule.centroids.T
    assert np.array_equal(topics, similarity.argmax(axis=1))
    none = model.rule.thresholds[topics]
    shares = softmax(model.rule.sharpness * np.column_stack([similarity, none]), axis=1)[np.arange(len(topics)), topics]
    assert sure == pytest.approx(shares, abs=0.001 * model.result.n_topics)  # faint weights go to those that are kept
    labels = model.result.documents.labels()
    assert np.array_equal(topics[labels >= 0], labels[labels >= 0])


def test_a_document_without_words_has_no_nearest_topic(model: BertopicTopicModel) -> None:
    preparation, _ = planted.prepared("mixed")
    topics, sure = model.nearest(preparation.apply(corpus_from([make_document("qwzx vbnmk")])))
    assert (topics.tolist(), sure.tolist()) == ([-1], [0.0])


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


def test_a_merged_or_taken_model_does_not_say_that_it_was_loaded(model: BertopicTopicModel) -> None:
    data = planted.prepared("mixed")[1]
    for other in (merge_topics(model, data, [[0, 1]]), from_bertopic(model.bertopic, data)):
        with pytest.raises(DataError, match="only a model as it was fitted in this process has a live BERTopic object") as caught:
            _ = other.bertopic
        assert "a loaded model" not in str(caught.value)


def test_the_card_says_how_far_the_rule_agrees_with_hdbscan(model: BertopicTopicModel) -> None:
    agree, left, proposed = model.result.card.notes
    assert float(agree.split("gives ")[1].split("%")[0]) >= 90
    unassigned = float((model.result.documents.labels() < 0).mean())
    assert f"the rule leaves {unassigned:.1%}" in left
    leaves = [node for node in model.nodes if not node.children]
    assert f"proposed {len(leaves)} clusters of at least 5 documents; they were joined to {model.result.n_topics} topics, where" in proposed
    whole = fit(planted.prepared("mixed")[1], BertopicConfig(topics=len(leaves), min_topic_size=5), (), 1)
    assert "documents; each is a topic, within the" in whole.result.card.notes[2]


def test_the_live_object_has_the_same_topics_and_words(model: BertopicTopicModel) -> None:
    _, data = planted.prepared("mixed")
    live = model.bertopic
    assert live is model.bertopic
    assert np.array_equal(live.topics_, model.result.documents.labels())  # every planted document is its own story
    columns = [live.vectorizer_model.vocabulary_[term.replace(" ", "_")] for term in data.dtm.vocabulary.terms]
    theirs = live.c_tf_idf_.toarray()[-model.result.n_topics :, columns]
    assert model.result.topics.weights == pytest.approx(theirs / theirs.sum(axis=1, keepdims=True), abs=1e-12)
    outliers = int((model.result.documents.labels() < 0).any())  # a row of their own, where there are any
    assert len(live.get_topic_info()) == model.result.n_topics + outliers


def test_the_hierarchy_leads_from_clusters_over_topics_to_languages(model: BertopicTopicModel) -> None:
    leaves = [node for node in model.nodes if not node.children]
    assert [node.node for node in model.nodes] == list(range(len(model.nodes)))
    assert {node.topic for node in leaves} == set(range(model.result.n_topics))
    for node in model.nodes[len(leaves) :]:
        left, right = (model.nodes[child] for child in node.children)
        assert node.n_docs == left.n_docs + right.n_docs
        assert node.topic == (left.topic if left.topic == right.topic else -1)
    inner = {child for node in model.nodes for child in node.children}
    roots = [node for node in model.nodes if node.node not in inner]
    assert len(roots) == 2  # English and Vietnamese
    assert sum(node.n_docs for node in roots) == len(planted.prepared("mixed")[1].corpus)
    assert all(len(node.terms) == 10 for node in leaves)


@pytest.mark.parametrize("corpus", ["english", "mixed"])
def test_as_many_topics_as_asked_for(corpus: str) -> None:
    data = planted.prepared(corpus)[1]
    n_topics = [fit(data, BertopicConfig(topics=n), (), 1).result.n_topics for n in (2, 6)]
    assert n_topics == [2, 6]
    within = fit(data, BertopicConfig(topics=(9, 11)), (), 1)
    assert 9 <= within.result.n_topics <= 11
    assert "within the 9 to 11 asked for" in within.result.card.notes[2]


def test_more_topics_than_clusters_are_refused_with_both_numbers() -> None:
    with pytest.raises(DataError, match=r"topics is 40, but HDBSCAN finds only \d+ clusters of at least 6 documents.*Lower min_topic_size"):
        fit(planted.prepared("english")[1], BertopicConfig(topics=40, min_topic_size=6), (), 1)


@pytest.mark.parametrize(("config", "asked"), [(BertopicConfig(topics=5), [6, 3, 2]), (BertopicConfig(topics=5, min_topic_size=6), [6])])
def test_smaller_clusters_are_tried_where_topics_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, config: BertopicConfig, asked: list[int]
) -> None:
    sizes: list[int] = []

    def cluster(reduced: np.ndarray, smallest: int) -> np.ndarray:
        sizes.append(smallest)
        return np.arange(len(reduced)) % (12 // smallest)

    monkeypatch.setattr(_clusters, "reduce", lambda own, *_: np.ones((len(own), 5), dtype=np.float32))
    monkeypatch.setattr(_clusters, "cluster", cluster)
    vectors = np.random.default_rng(1).normal(size=(400, 8)).astype(np.float32)
    proposals, kept = _proposed(vectors, (np.arange(400),), config, 1)
    assert sizes == asked
    assert kept == asked[-1:]
    assert proposals.n_leaves == 12 // asked[-1]


@pytest.mark.parametrize("topics", [1, [5, 3], [1, 4], 0, [4], [4, 5, 6], []])
def test_impossible_numbers_of_topics_are_refused(topics: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"topics": topics}, BertopicConfig)


def test_merged_topics_are_one_with_words_learned_anew(model: BertopicTopicModel) -> None:
    _, data = planted.prepared("mixed")
    labels = model.result.documents.labels()
    merged = merge_topics(model, data, [[0, 2]])
    assert merged.result.n_topics == model.result.n_topics - 1
    assert merged.result.card.notes[-1] == "Topics 0, 2 were merged."
    target = merged.result.documents.labels()
    both = (labels == 0) | (labels == 2)
    home = np.bincount(target[both & (target >= 0)]).argmax()
    assert (target[both] == home).mean() > 0.9
    rows = target == home
    assert merged.result.topics.weights[home] == pytest.approx(topic_weights(data.dtm.counts, target, merged.result.n_topics)[home])
    assert rows.sum() == np.bincount(target[target >= 0]).max(), "the union is the largest topic now, so it comes first"
    assert home == 0
    assert {node.topic for node in merged.nodes if not node.children} == set(range(merged.result.n_topics))
    assert model.result.n_topics == merged.result.n_topics + 1, "the model itself stays"


def test_nodes_within_a_joined_topic_are_part_of_it(model: BertopicTopicModel) -> None:
    _, data = planted.prepared("mixed")
    reduced = reduce_topics(model, data, 2)
    assert [node.topic for node in model.nodes if node.topic < 0], "some node lies above the topics"
    assert {node.topic for node in reduced.nodes} == {0, 1}, "with a topic for each language, none does"
    for changed in (reduced, merge_topics(model, data, [[0, 2]])):
        for node in changed.nodes:
            below = {changed.nodes[child].topic for child in node.children} or {node.topic}
            assert node.topic == (below.pop() if len(below) == 1 else -1)


@pytest.mark.parametrize("groups", [[[0, 99]], [[0, 1], [1, 2]], [[0, 0]], [[-1, 2]], [[0, 0.5]]])
def test_topics_that_do_not_exist_are_not_merged(model: BertopicTopicModel, groups: list[list[float]]) -> None:
    with pytest.raises(UsageError, match="does not exist or is named twice"):
        merge_topics(model, planted.prepared("mixed")[1], groups)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([], "nothing is to be merged"),
        ([[0], [1]], "nothing is to be merged"),
        ([[]], "nothing is to be merged"),
        ([[0, 1], []], "a group is empty"),
        ([0, 1], r"groups is \[0, 1\], expected lists of topics in a list"),
        (["01"], "expected lists of topics"),
        ([list(range(99))], "leaves one topic, at least two"),
    ],
)
def test_a_merge_that_cannot_be_is_refused(model: BertopicTopicModel, groups: list[list[int]], said: str) -> None:
    n_topics = model.result.n_topics
    asked = [list(range(n_topics))] if "leaves" in said else groups
    with pytest.raises(UsageError, match=said):
        merge_topics(model, planted.prepared("mixed")[1], asked)


def test_as_many_topics_as_there_are_is_the_model_itself(model: BertopicTopicModel) -> None:
    assert reduce_topics(model, planted.prepared("mixed")[1], model.result.n_topics) is model


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_umap_does_not_take_is_refused(seed: int) -> None:
    with pytest.raises(UsageError, match=rf"the seed is {seed}, UMAP takes 0 to 4294967295"):
        fit(planted.prepared("english")[1], BertopicConfig(), (), seed)


def test_a_range_is_written_in_words() -> None:
    assert [BertopicConfig(topics=topics).asked for topics in (None, 4, (4, 4), (3, 9))] == ["", "4", "4", "3 to 9"]
    with pytest.raises(DataError, match="topics is 40 to 50, but HDBSCAN finds"):
        fit(planted.prepared("english")[1], BertopicConfig(topics=(40, 50), min_topic_size=6), (), 1)


def test_reduction_goes_on_with_the_merges_after_loading_too(model: BertopicTopicModel, tmp_path: Path) -> None:
    _, data = planted.prepared("mixed")
    model.save(tmp_path)
    reduced, loaded = reduce_topics(model, data, 3), reduce_topics(load(tmp_path), data, 3)
    assert reduced.result.n_topics == 3
    assert reduced.result.documents.weights.tobytes() == loaded.result.documents.weights.tobytes()
    languages = np.array([info.language for info in data.corpus.infos])
    labels = reduced.result.documents.labels()
    assert all((languages[labels == topic] == "vi").mean() in (0.0, 1.0) for topic in range(3))


def test_reduction_has_bounds_and_wants_the_training_documents(model: BertopicTopicModel) -> None:
    preparation, data = planted.prepared("mixed")
    for n_topics in (1, model.result.n_topics + 1):
        with pytest.raises(UsageError, match=f"allowed are 2 to {model.result.n_topics}"):
            reduce_topics(model, data, n_topics)
    with pytest.raises(DataError, match="not those that the model was fitted on"):
        reduce_topics(model, preparation.apply(corpus_from([make_document("flood rescue")])), 2)


def test_a_fitted_bertopic_is_taken_in(model: BertopicTopicModel) -> None:
    _, data = planted.prepared("mixed")
    taken = from_bertopic(model.bertopic, data)
    assert taken.result.n_topics == model.result.n_topics
    labels = model.result.documents.labels()
    assert (taken.result.documents.labels() == labels)[labels >= 0].mean() > 0.9
    assert np.array_equal(taken.transform(data).weights, taken.result.documents.weights)
    assert "% of its documents their topic" in taken.result.card.notes[0]


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


def test_languages_too_small_to_cluster_are_named_with_their_documents() -> None:
    few = planted.planted_documents("mixed", n=20)
    third = [make_document(d.text[::-1], language="xx") for d in planted.planted_documents("english", n=20, seed=8)]
    corpus = corpus_from([*few, *third])
    with pytest.raises(DataError, match=r"a language needs at least 30 distinct documents.* 20 en, 20 vi, \d+ xx.*Add documents") as caught:
        fit(planted.prepare(corpus).apply(corpus), BertopicConfig(), (), 1)
    assert "HDBSCAN" not in str(caught.value), "it was not asked"
    assert "min_topic_size" not in str(caught.value)


def test_a_language_whose_vectors_are_all_the_same_is_named() -> None:
    """UMAP would make clusters of nothing."""
    data = planted.prepared("mixed")[1]
    vietnamese = np.array([info.language == "vi" for info in data.corpus.infos])
    vectors = np.where(vietnamese[:, None], data.embeddings.vectors[vietnamese][:1], data.embeddings.vectors)
    with pytest.raises(DataError, match=rf"the vectors of all {vietnamese.sum()} documents \(vi\) are the same") as caught:
        fit(replace(data, embeddings=replace(data.embeddings, vectors=vectors)), BertopicConfig(), (), 1)
    assert "min_topic_size" not in str(caught.value)


def test_a_cluster_that_is_nearest_to_no_document_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.array([0, 0, 1, 1, 2, -1])
    monkeypatch.setattr(_clusters, "cluster", lambda *_: labels)
    vectors = np.eye(2, dtype=np.float32)[[0, 0, 0, 0, 1, 1]]  # two clusters have one centroid
    rows = (np.arange(6),)
    found = propose(vectors, vectors, rows, [2])
    assert found.leaves.tolist() == [0, 0, 1, 1, 2, 2]
    assert found.n_leaves == 3


def test_documents_of_a_small_language_are_still_placed() -> None:
    english = planted.planted_documents("english")
    few = [make_document(d.text + " !", language="xx", source=d.info.source) for d in english[: MIN_GROUP - 1]]
    corpus = corpus_from([*english, *few])
    data = planted.prepare(corpus).apply(corpus)
    labels = fit(data, BertopicConfig(), (), 1).result.documents.labels()
    assert (labels[[info.language == "xx" for info in corpus.infos]] >= 0).mean() > 0.8


def test_documents_of_another_language_too_few_to_cluster_are_in_none_and_move_no_threshold() -> None:
    english, vietnamese = planted.planted_documents("english"), planted.planted_documents("vietnamese")[: MIN_GROUP - 1]
    both = fit(planted.prepare(corpus := corpus_from([*english, *vietnamese])).apply(corpus), BertopicConfig(), (), 1)
    labels = both.result.documents.labels()
    of_language = np.array([info.language for info in corpus.infos])
    assert (labels[of_language == "vi"] == -1).all()
    assert (labels[of_language == "en"] >= 0).mean() > 0.9
    assert both.rule.thresholds.min() > 0.05
    merged = merge_topics(both, planted.prepare(corpus).apply(corpus), [[0, 1]])
    assert merged.rule.thresholds.min() > 0.05
    assert (merged.result.documents.labels()[of_language == "vi"] == -1).all()


def test_a_document_in_none_is_not_sure_of_its_nearest_topic() -> None:
    preparation, data = planted.prepared("english")
    model = fit(data, BertopicConfig(), (), 1)
    terms, random = data.dtm.vocabulary.terms, np.random.default_rng(1)
    mixed = [make_document(" ".join(random.choice(terms, n)) + f" {n}") for n in range(3, 43)]  # words of all topics
    new = preparation.apply(corpus_from(mixed))
    labels, (topics, sure) = model.transform(new).labels(), model.nearest(new)
    assert 5 < (labels < 0).sum() < 40
    assert (sure[labels < 0] <= 0.5).all()
    assert (topics >= 0).all()
    assert (topics[labels >= 0] == labels[labels >= 0]).all()
    assert model.nearest(data)[1].mean() > 0.7


def test_topics_of_documents_in_another_order_are_refused() -> None:
    prepared = planted.prepared("english")[1]
    live = fit(prepared, BertopicConfig(), (), 1).bertopic
    shuffled = SimpleNamespace(topics_=np.random.default_rng(1).permutation(live.topics_).tolist())
    with pytest.raises(DataError, match=r"topics do not go with these documents: the rule finds .*corpus\.ids"):
        from_bertopic(shuffled, prepared)


def test_vectors_are_needed() -> None:

    with pytest.raises(DataError, match="vectors"):
        fit(replace(planted.prepared("english")[1], embeddings=None), BertopicConfig(), (), 1)


@pytest.mark.parametrize(("module", "name"), [("umap", "UMAP"), ("hdbscan", "HDBSCAN")])
def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingPartError, match=rf"{name} cannot be imported.*requirements\.lock"):
        fit(planted.prepared("english")[1], BertopicConfig(), (), 1)


def test_bertopic_itself_is_needed_for_the_live_object_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = fit(planted.prepared("english")[1], BertopicConfig(), (), 1)
    monkeypatch.setitem(sys.modules, "bertopic", None)
    with pytest.raises(MissingPartError, match=r"BERTopic cannot be imported.*requirements\.lock"):
        _ = fitted.bertopic


@pytest.mark.parametrize(
    ("given", "n_docs", "expected"), [(0, 100, 5), (0, 2000, 30), (0, 40_000, 400), (0, 1_000_000, 2000), (12, 10_000, 12), (1, 100, 2)]
)
def test_the_least_topic_size_grows_with_the_corpus(given: int, n_docs: int, expected: int) -> None:
    assert BertopicConfig(min_topic_size=given).topic_size(n_docs) == expected


def test_many_topics_that_are_asked_for_make_clusters_smaller() -> None:
    assert BertopicConfig(topics=50).topic_size(2000) == 10
    assert BertopicConfig(topics=50).topic_size(1000, 2000) == 10, "half of the documents, half of the topics"
    assert BertopicConfig(topics=50, min_topic_size=30).topic_size(2000) == 30


def test_groups_are_the_languages_that_are_large_enough() -> None:
    languages = ["vi"] * MIN_GROUP + ["en"] * MIN_GROUP + ["fr"] * (MIN_GROUP - 1)
    groups = group_rows(languages)
    assert [rows.tolist() for rows in groups] == [list(range(MIN_GROUP, 2 * MIN_GROUP)), list(range(MIN_GROUP))]


def test_clusters_of_later_groups_follow_and_outliers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([np.array([0, -1, 1]), np.array([1, 0, -1]), np.array([-1, -1])])
    monkeypatch.setattr(_clusters, "reduce", lambda own, *_: np.ones((len(own), 2), dtype=np.float32))
    monkeypatch.setattr(_clusters, "cluster", lambda *_: next(answers))
    vectors = np.eye(9, dtype=np.float32)
    groups = (np.array([0, 2, 4]), np.array([1, 3, 5]), np.array([6, 7]))
    found = propose(vectors, reduce_groups(vectors, groups, (5, 2), 1), groups, [2, 2, 2])
    assert found.found.tolist() == [0, 3, -1, 2, 1, -1, -1, -1, -1]
    assert found.leaves[[0, 1, 3, 4]].tolist() == [0, 3, 2, 1]
    assert found.leaves[6:].tolist() == [-1, -1, -1]
    assert [tree.n_leaves for tree in found.trees] == [2, 2]
    assert found.topics_at([1, 2]).tolist() == [0, 0, 1, 2]


def reduced_twice(folder: Path, n_docs: int) -> list[tuple[int, str, set[str]]]:
    """Two processes that run UMAP: how many compiled kernels of its layout each found, what it said, and what lies on disk after it."""
    program = "from topics.models._clusters import reduce; import numpy as np, umap.layouts as l, warnings\n"
    program += "from numba.core.errors import NumbaWarning; from topics.progress import show_progress\n"
    program += "warnings.simplefilter('error', NumbaWarning); show_progress()\n"
    program += f"reduce(np.random.default_rng(0).normal(size=({n_docs}, 8)).astype('f4'), 5, 2, 1)\n"
    program += "print(sum(l._nb_optimize_layout_euclidean_single_epoch.stats.cache_hits.values()))"
    found = []
    for _ in range(2):
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        found.append((int(done.stdout), done.stderr, {path.name for path in folder.rglob("*.nb*")}))
    return found


@pytest.mark.slow
def test_umap_kernels_are_kept_between_processes_and_the_first_says_that_it_compiles(tmp_path: Path) -> None:
    """They compile for 18 seconds; that shall not be so in every process, nor unsaid in the first."""
    first, second = reduced_twice(tmp_path, 40)
    assert first[0] == 0 < second[0]
    assert "topics: compiling, once on this machine: about a minute" in first[1]
    assert "compiling" not in second[1]


@pytest.mark.slow
def test_large_corpora_leave_no_kernels_that_are_never_found_again(tmp_path: Path) -> None:
    """From 4,096 documents on, UMAP asks pynndescent, whose kernels take a distance function; its type is another in each process."""
    first, second = reduced_twice(tmp_path, 4200)
    assert first[0] == 0 < second[0]
    assert second[2] == first[2]


def test_kernels_that_take_a_function_are_not_kept() -> None:
    from numba.core.caching import NullCache
    from pynndescent import pynndescent_, utils

    assert _compiled.keep_compiled() > 100
    for kernel in (pynndescent_.init_rp_tree, pynndescent_.init_random, pynndescent_.nn_descent, utils.generate_graph_update_array):
        assert isinstance(kernel._cache, NullCache)


def test_where_nothing_can_be_kept_the_wait_is_said_too(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(_compiled, "CACHE", False)
    with caplog.at_level("INFO", logger="topics"):
        assert _compiled.keep_compiled.__wrapped__() == 0
    assert "compiling, in every process" in caplog.text


@pytest.mark.parametrize("n_docs", [30, 40, 51])
def test_more_components_than_documents_are_as_many_as_there_is_room_for(n_docs: int) -> None:
    vectors = np.abs(np.random.default_rng(2).normal(size=(n_docs, 60))).astype(np.float32)
    assert _clusters.reduce(vectors, 200, 50, 1).shape == (n_docs, min(50, n_docs - 2))


def test_settings_too_large_for_a_small_language_are_limited_and_the_card_says_so() -> None:
    corpus = corpus_from(planted.planted_documents("mixed", n=40))
    data = planted.prepare(corpus).apply(corpus)
    notes = fit(data, BertopicConfig(n_components=50, n_neighbors=60), (), 1).result.card.notes
    said = "UMAP took n_neighbors 39 instead of 60 and n_components 38 instead of 50 for 40 documents of one language: they allow no more."
    assert notes[3:] == (said,)
    assert len(fit(data, BertopicConfig(n_components=38, n_neighbors=39), (), 1).result.card.notes) == 3


def test_languages_share_topics_where_their_vectors_are_comparable() -> None:
    """Vectors of the planted theme, whatever the language: a topic then holds both."""
    _, data = planted.prepared("mixed")
    themes = sorted({info.source for info in data.corpus.infos})
    generator = np.random.default_rng(0)
    directions = generator.normal(size=(len(themes), 30))
    rows = np.array([directions[themes.index(info.source)] for info in data.corpus.infos]) + generator.normal(size=(len(data.corpus), 30))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    languages = np.array([info.language for info in data.corpus.infos])

    def shared(*, aligned: bool) -> list[bool]:
        embeddings = replace(data.embeddings, vectors=vectors, aligned=aligned)
        found = fit(replace(data, embeddings=embeddings), BertopicConfig(), (), 1)
        clusters = found.nodes
        labels = found.result.documents.labels()
        assert sum(node.n_docs for node in clusters if not node.children) == len(languages)
        return [len({languages[row] for row in np.flatnonzero(labels == topic)}) == 2 for topic in range(found.result.n_topics)]

    together = shared(aligned=True)
    assert len(together) == len(themes)
    assert all(together)
    assert len(shared(aligned=False)) > len(themes), "each language has clusters of its own"


def test_a_large_corpus_is_fitted_on_a_sample_and_placed_as_a_whole() -> None:
    _, data = planted.prepared("mixed")
    whole = fit(data, BertopicConfig(), (), 1)
    part = fit(data, BertopicConfig(sample=100), (), 1)
    rows = training_rows(data)
    chosen = rows[stratified([data.corpus.infos[row] for row in rows], 100)]
    assert part.bertopic.umap_model is not None
    assert len(part.trained.ids) == 100 < len(rows)  # type: ignore[union-attr]
    assert part.trained.ids == tuple(data.corpus.ids[row] for row in chosen)  # type: ignore[union-attr]
    assert np.array_equal(part.transform(data).weights, part.result.documents.weights)
    assert f"Fitted on 100 of {len(rows)} distinct articles" in " ".join(part.result.card.notes)
    assert "Fitted on" not in " ".join(whole.result.card.notes)
    counted = topic_weights(data.dtm.counts[rows], part.result.documents.labels()[rows], part.result.n_topics)
    assert np.array_equal(part.result.topics.weights, counted)  # words come from all articles
    agree = normalized_mutual_info_score(whole.result.documents.labels(), part.result.documents.labels())
    assert agree > 0.8
