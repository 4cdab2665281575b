"""From and to gensim: the same topics, and the tools of that world take them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import planted
import pytest
from gensim.corpora import Dictionary
from gensim.matutils import Sparse2Corpus
from gensim.models import CoherenceModel, LdaModel
from gensim.similarities import MatrixSimilarity
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import PreparedCorpus, TopicDistribution, TopicTermMatrix
from topics.core.registry import get
from topics.models._fold_in import fold_in
from topics.models.lda import LdaConfig, LdaTopicModel, fit, from_gensim
from topics.quality.measures import c_v_of, coherences

PREPARATION, DATA = planted.prepared("mixed")


@pytest.fixture(scope="module")
def model() -> LdaTopicModel:
    return fit(DATA, LdaConfig(topics=8), (), 1)


@pytest.fixture(scope="module")
def texts() -> list[list[str]]:
    return [[term for term in PREPARATION.terms(document) if term in DATA.dtm.vocabulary.index] for document in DATA.corpus]


def trained(data: PreparedCorpus, terms: list[str]) -> tuple[LdaModel, Dictionary]:
    """A gensim model of the counts with its columns in another order."""
    dictionary = Dictionary([[term] for term in terms])  # numbered as they come
    order = [data.dtm.vocabulary.index[dictionary[column]] for column in range(len(terms))]
    corpus = list(Sparse2Corpus(sparse.csc_matrix(data.dtm.counts[:, order]), documents_columns=False))
    return LdaModel(corpus, id2word=dictionary, num_topics=5, passes=5, random_state=1, alpha="auto", dtype=np.float64), dictionary


def test_topics_taken_over_are_those_of_gensim() -> None:
    live, dictionary = trained(DATA, sorted(DATA.dtm.vocabulary.terms, key=lambda term: term[::-1]))
    found = from_gensim(live, dictionary, DATA)
    columns = [dictionary.token2id[term] for term in DATA.dtm.vocabulary.terms]
    assert columns != sorted(columns)
    assert found.result.topics.weights == pytest.approx(live.get_topics()[:, columns], abs=1e-6)
    assert found.alpha == pytest.approx(live.alpha)
    again, dictionary_again = found.to_gensim()
    assert again.get_topics() == pytest.approx(live.get_topics()[:, columns], abs=1e-6)
    assert list(dictionary_again.token2id) == list(DATA.dtm.vocabulary.terms)


def test_documents_of_a_model_taken_over_are_like_gensims_own() -> None:
    live, dictionary = trained(DATA, list(DATA.dtm.vocabulary.terms))
    found = from_gensim(live, dictionary, DATA)
    bags = list(Sparse2Corpus(sparse.csc_matrix(DATA.dtm.counts), documents_columns=False))
    gamma, _ = live.inference(bags)
    theirs = gamma / gamma.sum(axis=1, keepdims=True)
    assert (found.result.documents.labels() == theirs.argmax(axis=1)).mean() > 0.9


def test_a_model_taken_over_transforms_and_is_saved_like_ours(tmp_path: Path) -> None:
    found = from_gensim(*trained(DATA, list(DATA.dtm.vocabulary.terms)), DATA)
    assert np.array_equal(found.transform(DATA).weights, found.result.documents.weights)
    found.save(tmp_path)
    loaded = get("topics.models", "MODEL", "lda").load(tmp_path)
    assert np.array_equal(loaded.transform(DATA).weights, found.result.documents.weights)
    assert "gensim" in " ".join(loaded.result.card.notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda terms: terms[:-2], "2 lacking"),
        (lambda terms: [*terms, "zzz"], "1 unknown ('zzz')"),
        (lambda terms: [*terms[1:], "zzz"], "1 lacking"),
    ],
)
def test_another_dictionary_is_refused(change: object, said: str) -> None:
    terms = list(DATA.dtm.vocabulary.terms)
    live, _ = trained(DATA, terms)
    with pytest.raises(DataError) as caught:
        from_gensim(live, Dictionary([change(terms)]), DATA)  # type: ignore[operator]
    assert said in str(caught.value)
    assert str(len(terms)) in str(caught.value)


def test_a_dictionary_of_another_model_is_refused() -> None:
    terms = list(DATA.dtm.vocabulary.terms)
    live, _ = trained(DATA, terms)
    wrong = Dictionary([terms])
    wrong.token2id = {term: column + 1 for term, column in wrong.token2id.items()}
    with pytest.raises(DataError, match="Give the dictionary that the model was trained with"):
        from_gensim(live, wrong, DATA)


def test_topics_without_a_number_are_refused() -> None:
    live, dictionary = trained(DATA, list(DATA.dtm.vocabulary.terms))
    live.state.sstats = live.state.sstats * np.nan
    with pytest.raises(DataError, match="NaN"):
        from_gensim(live, dictionary, DATA)


def test_gensims_c_v_of_our_model_is_ours(model: LdaTopicModel, texts: list[list[str]]) -> None:
    live, dictionary = model.to_gensim()
    found = CoherenceModel(model=live, texts=texts, dictionary=dictionary, coherence="c_v", window_size=10_000, topn=10, processes=1)
    assert found.get_coherence_per_topic() == pytest.approx(coherences(DATA.dtm, model.result, c_v_of), abs=1e-6)


def test_a_live_model_drops_no_topic_and_repeats_itself(model: LdaTopicModel, texts: list[list[str]]) -> None:
    live, dictionary = model.to_gensim()
    bag = dictionary.doc2bow(texts[0])
    assert len(live[bag]) == 8
    assert sum(share for _, share in live[bag]) == pytest.approx(1.0, abs=1e-5)
    assert model.to_gensim()[0][bag] == model.to_gensim()[0][bag]


def test_similarity_index_finds_a_document_itself(model: LdaTopicModel, texts: list[list[str]]) -> None:
    live, dictionary = model.to_gensim()
    bags = [dictionary.doc2bow(text) for text in texts]
    index = MatrixSimilarity(live[bags], num_features=8)
    similarity = index[live[bags[3]]]
    assert similarity[3] == pytest.approx(1.0, abs=0.01)
    assert similarity[3] >= np.quantile(similarity, 0.9)


def test_pyldavis_takes_a_live_model(model: LdaTopicModel, texts: list[list[str]]) -> None:
    from pyLDAvis import gensim_models

    live, dictionary = model.to_gensim()
    shown = gensim_models.prepare(live, [dictionary.doc2bow(text) for text in texts], dictionary, mds="mmds", n_jobs=1)
    assert len(shown.topic_coordinates) == 8
    assert set(shown.topic_info["Term"]) <= set(DATA.dtm.vocabulary.terms)
    order = shown.topic_order
    first = shown.topic_info[shown.topic_info["Category"] == "Topic1"].sort_values("logprob", ascending=False)
    assert first["Term"].iloc[0] == model.result.top_terms(order[0] - 1, 1)[0][0]


# --- what is refused --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("topics", 1, "2 to 5000"),
        ("topics", -3, "2 to 5000"),
        ("topics", 5001, "2 to 5000"),
        ("passes", 0, "1 to 10000"),
        ("tolerance", 0.0, "to 1"),
        ("alpha", float("nan"), "to 1000000"),
        ("alpha", -0.1, "to 1000000"),
        ("alpha", float("inf"), "to 1000000"),
        ("eta", float("nan"), "to 1000000"),
        ("eta", -1.0, "to 1000000"),
        ("eta", 0.0, "to 1000000"),
        ("consensus", 0, "1 to 100"),
    ],
)
def test_a_setting_out_of_range_is_named_with_value_and_range(option: str, value: float, allowed: str) -> None:
    with pytest.raises(ValueError, match=rf"^{option} is {value}, allowed are .*{allowed}"):
        LdaConfig(**{option: value})
    with pytest.raises(ValueError, match=rf"{option} is {value}, allowed are .*{allowed}"):
        msgspec.convert({option: value}, LdaConfig)


def counts(n_docs: int, n_terms: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(1.0, (n_docs, n_terms))


@pytest.mark.parametrize(
    ("table", "topics", "said"),
    [
        (counts(40, 60), 41, ["models.lda.topics", "40 distinct documents", "41 topics", "2 to 40"]),
        (counts(60, 12), 13, ["models.lda.topics", "topics is 13", "12 terms", "2 to 12"]),
        (counts(40, 12) * 0, 5, ["models.lda.topics", "0 distinct documents with known terms"]),
        (np.tile(counts(1, 12), (40, 1)), 5, ["models.lda.topics", "all 40 documents hold the same words"]),
        (np.zeros((40, 0)), 5, ["preprocessing", "vocabulary is empty", "min_df"]),
    ],
    ids=["more topics than documents", "more topics than terms", "empty documents", "identical documents", "no terms"],
)
@pytest.mark.parametrize("inference", ["cvb0", "gensim"])
def test_documents_that_hold_no_such_topics_are_refused(table: np.ndarray, topics: int, said: list[str], inference: str) -> None:
    with pytest.raises(DataError) as caught:
        fit(planted.prepared_of(table), LdaConfig(topics=topics, inference=inference), (), 1)  # type: ignore[arg-type]
    assert [part for part in said if part not in str(caught.value)] == []


def test_documents_alike_but_for_one_are_taken() -> None:
    table = np.tile(counts(1, 12), (40, 1))
    table[7, 3] += 1
    assert fit(planted.prepared_of(table), LdaConfig(topics=2), (), 1).result.n_topics == 2


# --- several fits in one ----------------------------------------------------------------------------------------------------------------


def test_consensus_of_one_corpus_is_matched_and_said() -> None:
    data = planted.generated(5)
    single, found = fit(data, LdaConfig(topics=5), (), 3), fit(data, LdaConfig(topics=5, consensus=4), (), 3)
    assert "medians of 4 fits" in found.result.card.notes[0]
    assert found.result.topics.weights.shape == single.result.topics.weights.shape
    assert np.array_equal(found.transform(data).weights, found.result.documents.weights)
    assert '"consensus":4' in found.result.card.config


def test_combined_runs_are_medians_whatever_the_order_of_topics() -> None:
    from topics.models._consensus import combine

    base = np.array([[8.0, 1.0, 1.0], [1.0, 1.0, 8.0]])
    runs = [base, base[::-1] * 1.0, base + np.array([[0.0, 0.5, 0.0], [0.5, 0.0, 0.0]])]
    alphas = [np.array([0.1, 0.2]), np.array([0.2, 0.1]), np.array([0.1, 0.2])]
    combined, alpha, note = combine(runs, alphas)
    expected = base / base.sum(axis=1, keepdims=True)
    found = combined / combined.sum(axis=1, keepdims=True)
    order = [0, 1] if found[0, 0] > 0.5 else [1, 0]
    assert found[order] == pytest.approx(expected, abs=1e-6)
    assert alpha[order] == pytest.approx([0.1, 0.2])
    assert "3 fits" in note


def test_a_round_counts_words_by_the_topic_they_come_from() -> None:
    """Words of one topic alone all go to it; a word of both goes to each by its share in the document."""
    from topics.models._consensus import refine

    counts = sparse.csr_array(np.array([[40, 0, 10], [0, 60, 0]], dtype=np.int32))
    start = np.array([[8.0, 0.0, 2.0], [0.0, 9.0, 1.0]]) + 1e-9
    found = refine(counts, start, np.array([0.01, 0.01]), 0.5)
    assert found.sum() == pytest.approx(110 + 6 * 0.5)
    assert found[0] == pytest.approx([40.5, 0.5, 10.5], abs=0.1)
    assert found[1] == pytest.approx([0.5, 60.5, 0.5], abs=0.1)


def test_refined_consensus_explains_its_documents_better_than_the_medians() -> None:
    from topics.models._consensus import combine, refine
    from topics.quality.completion import background, log_likelihoods

    data = planted.generated(6, seed=2)
    runs = [fit(data, LdaConfig(topics=6), (), seed) for seed in range(3)]
    medians, alpha, _ = combine([run.topic_counts for run in runs], [run.alpha for run in runs])
    refined = refine(data.dtm.counts, medians, alpha, 0.05)

    def likelihood(counts: np.ndarray) -> float:
        topics = TopicTermMatrix(counts / counts.sum(axis=1, keepdims=True), data.dtm.vocabulary, "probability")
        documents = TopicDistribution(fold_in(data.dtm.counts, topics.weights, alpha), data.dtm.doc_ids)
        return float(log_likelihoods(data.dtm.counts, documents, topics, background(data.dtm.counts)).sum())

    assert likelihood(refined) > likelihood(medians)
