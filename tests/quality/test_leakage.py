"""Language leakage: mutual information as the reference has it, against tables drawn by chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus
from topics.core.errors import ContractError
from topics.core.matrices import TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import ModelCard, TopicResult
from topics.quality.leakage import LanguageLeakage, divergences, language_leakage

CARD = ModelCard("test", "{}", 1, (), "p", "c")


def fitted(labels: list[int], languages: list[str], n_topics: int) -> tuple[TopicResult, Corpus]:
    """Documents whose heaviest topic is given; -1 is none."""
    corpus = corpus_from(make_document(f"text {n}", language=name) for n, name in enumerate(languages))
    order = {document.text: row for row, document in enumerate(corpus)}
    weights = np.zeros((len(labels), n_topics), dtype=np.float32)
    for number, label in enumerate(labels):
        if label >= 0:
            weights[order[f"text {number}"], label] = 0.9
    topics = TopicTermMatrix(np.full((n_topics, 1), 1.0), Vocabulary(("w",), ("en",)), "probability")
    return TopicResult(topics, TopicDistribution(weights, corpus.ids), CARD), corpus


def leakage(labels: list[int], languages: list[str], n_topics: int, seed: int = 1, n_permutations: int = 199) -> LanguageLeakage:
    result, corpus = fitted(labels, languages, n_topics)
    return language_leakage(result, corpus, np.arange(len(labels)), seed, n_permutations=n_permutations)


PAIRS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["en", "vi", "und"])), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_mutual_information_is_that_of_the_reference(pairs: list[tuple[int, str]]) -> None:
    labels, languages = [topic for topic, _ in pairs], [name for _, name in pairs]
    found = leakage(labels, languages, 4, n_permutations=9)
    assert found.mutual_information == pytest.approx(mutual_info_score(labels, languages), abs=1e-12)
    weighted = sum(topic.divergence * topic.n_docs for topic in found.topics) / len(labels)
    assert weighted == pytest.approx(found.mutual_information, abs=1e-12)
    if len(set(languages)) > 1:
        assert found.share == pytest.approx(found.mutual_information / mutual_info_score(languages, languages), abs=1e-9)
    else:
        assert math.isnan(found.share)


def test_the_null_is_that_of_shuffled_languages() -> None:
    rng = np.random.default_rng(5)
    labels, languages = rng.integers(0, 4, 60).tolist(), rng.choice(["en", "vi"], 60, p=[0.3, 0.7]).tolist()
    found = leakage(labels, languages, 4, n_permutations=3000)
    shuffled = [mutual_info_score(labels, rng.permutation(languages)) for _ in range(1500)]
    error = np.std(shuffled) * math.sqrt(1 / 1500 + 1 / 3000)
    assert abs(found.null_mean - np.mean(shuffled)) < 4 * error
    assert found.null_high == pytest.approx(np.quantile(shuffled, 0.95), rel=0.15)
    beaten = np.mean(np.array(shuffled) >= found.mutual_information)
    assert abs(found.p - beaten) < 4 * math.sqrt(0.25 * (1 / 1500 + 1 / 3000))


def test_topics_of_one_language_are_named() -> None:
    labels = [0] * 20 + [1] * 20 + [2] * 20
    languages = ["en"] * 20 + ["vi"] * 20 + ["en", "vi"] * 10
    found = leakage(labels, languages, 4)
    assert found.single == (0, 1)
    assert [(topic.language, topic.share, topic.n_docs) for topic in found.topics[:2]] == [("en", 1.0, 20), ("vi", 1.0, 20)]
    assert (found.topics[3].n_docs, found.topics[3].language, found.topics[3].p) == (0, "", 1.0)
    assert math.isnan(found.topics[3].share)
    assert found.p == pytest.approx(1 / 200)
    assert found.share == pytest.approx(2 / 3)
    assert found.mutual_information > found.null_high > found.null_mean > 0


def test_topics_that_both_languages_share_leak_nothing() -> None:
    found = leakage([0, 0, 1, 1] * 10, ["en", "vi"] * 20, 2)
    assert (found.mutual_information, found.p, found.single) == (pytest.approx(0.0), 1.0, ())


def test_one_document_in_a_language_is_chance() -> None:
    found = leakage([0, *[1] * 30], ["en", *["en", "vi"] * 15], 2)
    assert found.topics[0].share == 1.0
    assert not found.topics[0].is_single


def test_one_language_is_no_leakage() -> None:
    found = leakage([0, 0, 1], ["en"] * 3, 2)
    assert (found.mutual_information, found.p, found.single) == (0.0, 1.0, ())


@pytest.mark.parametrize(("labels", "n_topics"), [([-1, -1], 2), ([-1, -1], 0)])
def test_no_topic_no_leakage(labels: list[int], n_topics: int) -> None:
    found = leakage(labels, ["en", "vi"], n_topics)
    assert (found.n_docs, found.mutual_information, found.p, len(found.topics)) == (0, 0.0, 1.0, n_topics)


def test_seed_rows_and_permutations_count() -> None:
    rng = np.random.default_rng(3)
    labels, languages = rng.integers(0, 5, 80).tolist(), rng.choice(["en", "vi"], 80).tolist()
    assert leakage(labels, languages, 5) == leakage(labels, languages, 5)
    assert leakage(labels, languages, 5).null_mean != leakage(labels, languages, 5, seed=2).null_mean
    assert leakage(labels, languages, 5).null_mean != leakage(labels, languages, 5, n_permutations=50).null_mean
    result, corpus = fitted(labels, languages, 5)
    assert language_leakage(result, corpus, np.arange(30), 1).n_docs == 30


def test_documents_without_a_topic_are_left_out() -> None:
    assert leakage([0, 1, -1, -1], ["en", "vi", "en", "vi"], 2).n_docs == 2


def test_other_documents_are_refused() -> None:
    result, _ = fitted([0], ["en"], 1)
    with pytest.raises(ContractError, match="other documents"):
        language_leakage(result, corpus_from([make_document("x"), make_document("y")]), np.arange(1), 1)


def test_divergences_of_empty_tables_are_zero() -> None:
    assert divergences(np.zeros((2, 3))).tolist() == [0.0, 0.0]
