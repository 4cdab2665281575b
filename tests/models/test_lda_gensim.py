"""From and to gensim: the same topics, and the tools of that world take them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import planted
import pytest
from gensim.corpora import Dictionary
from gensim.matutils import Sparse2Corpus
from gensim.models import CoherenceModel, LdaModel, TfidfModel
from gensim.similarities import MatrixSimilarity
from scipy import sparse
from scipy.special import digamma, gammaln, logsumexp

from topics.core.errors import DataError, UsageError
from topics.core.matrices import PreparedCorpus, TopicDistribution, TopicTermMatrix
from topics.core.registry import get
from topics.models import _inference
from topics.models._consensus import combine, consensus, refine
from topics.models._cvb0_settings import Settings
from topics.models._estimate import Estimate
from topics.models._fold_in import fold_in
from topics.models.lda import LdaConfig, LdaTopicModel, fit, from_gensim
from topics.quality.completion import background, log_likelihoods
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


# --- gensim's own figures of our topics -------------------------------------------------------------------------------------------------


def bound_by_hand(bags: list[list[tuple[int, int]]], live: LdaModel, counts: np.ndarray, priors: tuple[np.ndarray, float]) -> float:
    """The variational bound a word (Hoffman, Blei and Bach 2010, equation 1), with lambda and eta as ours and gensim's gamma."""
    alpha, eta = priors
    gamma, _ = live.inference(bags)
    theta, beta = (digamma(each) - digamma(each.sum(axis=1, keepdims=True)) for each in (gamma, counts))
    score = sum(n * logsumexp(theta[row] + beta[:, term]) for row, bag in enumerate(bags) for term, n in bag)
    score += ((alpha - gamma) * theta).sum() + (gammaln(gamma) - gammaln(alpha)).sum()
    score += (gammaln(alpha.sum()) - gammaln(gamma.sum(axis=1))).sum()
    score += ((eta - counts) * beta).sum() + (gammaln(counts) - gammaln(eta)).sum()
    score += (gammaln(eta * counts.shape[1]) - gammaln(counts.sum(axis=1))).sum()
    return float(score / sum(n for bag in bags for _, n in bag))


def bags_of(data: PreparedCorpus) -> list[list[tuple[int, int]]]:
    return [[(int(term), int(n)) for term, n in bag] for bag in Sparse2Corpus(sparse.csc_matrix(data.dtm.counts), documents_columns=False)]


@pytest.mark.parametrize("eta", [None, 0.4, "learned"])
def test_gensims_bound_of_our_topics_is_that_of_its_formula_and_near_that_of_its_own_fit(eta: float | str | None) -> None:
    ours = fit(DATA, LdaConfig(topics=8, eta=eta), (), 1)  # type: ignore[arg-type]
    live, bags = ours.to_gensim()[0], bags_of(DATA)
    assert isinstance(ours.eta, float)
    by_hand = bound_by_hand(bags, live, ours.topic_counts, (ours.alpha, ours.eta))
    assert live.log_perplexity(bags) == pytest.approx(by_hand, rel=1e-3)
    assert live.eta == pytest.approx(ours.eta)
    assert live.get_topics() == pytest.approx(ours.result.topics.weights, abs=1e-6)
    own = LdaModel(bags, num_topics=8, id2word=dict(enumerate(DATA.dtm.vocabulary.terms)), passes=30, random_state=1, eta=ours.eta)
    assert live.log_perplexity(bags) == pytest.approx(own.log_perplexity(bags), rel=0.1)


def test_a_matrix_prior_goes_to_gensim_with_a_floor_and_changes_no_topic() -> None:
    eta = np.full((8, len(DATA.dtm.vocabulary)), 0.05)
    eta[0, :10], eta[1, 10:20] = 0.0, 5.0
    ours = fit(DATA, LdaConfig(topics=8), (), 1, eta=eta)
    live, _ = ours.to_gensim()
    assert np.array_equal(ours.eta, eta)
    assert live.eta == pytest.approx(np.maximum(eta, 1e-12), rel=1e-12)
    assert live.get_topics() == pytest.approx(ours.result.topics.weights, abs=1e-6)
    assert np.isfinite(live.log_perplexity(bags_of(DATA)))


@pytest.mark.parametrize("eta", [0.7, "auto", "matrix"])
def test_the_prior_of_a_gensim_model_is_taken_over_saved_and_given_back(eta: object, tmp_path: Path) -> None:
    terms = sorted(DATA.dtm.vocabulary.terms, key=lambda term: term[::-1])
    dictionary = Dictionary([[term] for term in terms])
    columns = [dictionary.token2id[term] for term in DATA.dtm.vocabulary.terms]
    prior = np.random.default_rng(0).gamma(1.0, 1.0, (5, len(terms))) if eta == "matrix" else eta
    bags = [[(columns[term], n) for term, n in bag] for bag in bags_of(DATA)]
    live = LdaModel(bags, id2word=dictionary, num_topics=5, random_state=1, eta=prior, dtype=np.float64)
    found = from_gensim(live, dictionary, DATA)
    found.save(tmp_path)
    again = get("topics.models", "MODEL", "lda").load(tmp_path)
    assert np.array_equal(again.eta, found.eta)
    assert np.broadcast_to(found.eta, found.topic_counts.shape) == pytest.approx(np.broadcast_to(live.eta, (5, len(terms)))[:, columns])
    assert isinstance(found.eta, float) is (eta == 0.7)
    assert again.to_gensim()[0].eta.shape == live.eta.shape
    assert again.to_gensim()[0].log_perplexity(bags_of(DATA)) == pytest.approx(live.log_perplexity(bags), rel=1e-3)


def test_a_dictionary_of_documents_counts_what_gensims_own_does(model: LdaTopicModel, texts: list[list[str]]) -> None:
    _, found = model.to_gensim(DATA)
    own = Dictionary(texts)
    names = {column: own.token2id[term] for term, column in found.token2id.items()}
    assert (found.num_docs, found.num_pos, found.num_nnz) == (own.num_docs, own.num_pos, own.num_nnz)
    assert {names[column]: n for column, n in found.dfs.items()} == own.dfs
    assert {names[column]: n for column, n in found.cfs.items()} == own.cfs
    bag = found.doc2bow(texts[0])
    weights = {names[column]: weight for column, weight in TfidfModel(dictionary=found)[bag]}
    assert weights == pytest.approx(dict(TfidfModel(dictionary=own)[own.doc2bow(texts[0])]))
    assert weights
    assert model.to_gensim()[1].num_docs == 0


def test_documents_of_another_preparation_are_not_counted(model: LdaTopicModel) -> None:
    with pytest.raises(DataError, match="prepared with another vocabulary"):
        model.to_gensim(planted.prepared("english")[1])


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
        ("samples", -1, "0 to 10000"),
    ],
)
def test_a_setting_out_of_range_is_named_with_value_and_range(option: str, value: float, allowed: str) -> None:
    with pytest.raises(ValueError, match=rf"^{option} is {value}, allowed are .*{allowed}"):
        LdaConfig(**{option: value})
    with pytest.raises(ValueError, match=rf"{option} is {value}, allowed are .*{allowed}"):
        msgspec.convert({option: value}, LdaConfig)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"inference": "vb"}, "inference is 'vb', allowed are 'cvb0' and 'gensim'"),
        ({"start": "x"}, "start is 'x', allowed are 'nmf' and 'random'"),
        ({"topics": "5"}, "topics is '5', allowed are whole numbers of 2 to 5000"),
        ({"topics": 5.0}, "topics is 5.0, allowed are whole numbers of 2 to 5000"),
        ({"topics": True}, "topics is True"),
        ({"topics": None}, "topics is None"),
        ({"eta": 0}, "eta is 0, allowed are"),
        ({"eta": "auto"}, "eta is 'auto', allowed are"),
        ({"alpha": "learned"}, "alpha is 'learned', allowed are"),
        ({"tolerance": None}, "tolerance is None"),
        ({"inference": "gensim", "samples": 5}, "samples is 5, which inference 'gensim' does not know"),
        ({"inference": "gensim", "starts": 3}, "starts is 3, which inference 'gensim' does not know"),
        ({"inference": "gensim", "start": "random"}, "start is 'random', which inference 'gensim' does not know"),
        ({"inference": "gensim", "tolerance": 0.1}, "tolerance is 0.1, which inference 'gensim' does not know"),
    ],
    ids=str,
)
def test_a_setting_that_is_not_legal_in_python_is_named(options: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        LdaConfig(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("inference", ["cvb0", "gensim"])
@pytest.mark.parametrize("seed", [None, -1, 1.5])
def test_a_seed_that_is_none_is_refused(inference: str, seed: object) -> None:
    with pytest.raises(UsageError, match=f"seed is {seed}. Give a whole number of at least 0"):
        fit(DATA, LdaConfig(topics=4, inference=inference), (), seed)  # type: ignore[arg-type]


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


def estimates(tables: list[np.ndarray], alphas: list[np.ndarray], eta: float | np.ndarray = 0.1) -> list[Estimate]:
    return [Estimate(table, alpha, eta) for table, alpha in zip(tables, alphas, strict=True)]


def test_combined_runs_are_medians_whatever_the_order_of_topics() -> None:
    base = np.array([[8.0, 1.0, 1.0], [1.0, 1.0, 8.0]])
    runs = [base, base[::-1] * 1.0, base + np.array([[0.0, 0.5, 0.0], [0.5, 0.0, 0.0]])]
    found = combine(estimates(runs, [np.array([0.1, 0.2]), np.array([0.2, 0.1]), np.array([0.1, 0.2])]))
    expected = base / base.sum(axis=1, keepdims=True)
    topics = found.topic_counts / found.topic_counts.sum(axis=1, keepdims=True)
    order = [0, 1] if topics[0, 0] > 0.5 else [1, 0]
    assert topics[order] == pytest.approx(expected, abs=1e-6)
    assert found.alpha[order] == pytest.approx([0.1, 0.2])
    assert found.eta == pytest.approx(0.1)
    assert "3 fits" in found.notes[0]


def test_priors_of_runs_are_matched_like_their_topics() -> None:
    base, prior = np.array([[8.0, 1.0, 1.0], [1.0, 1.0, 8.0]]), np.array([[0.3, 0.1, 0.1], [0.1, 0.1, 0.5]])
    runs = [Estimate(base, np.full(2, 0.1), prior), Estimate(base[::-1] * 1.0, np.full(2, 0.1), prior[::-1] * 1.0)]
    found = combine(runs)
    order = [0, 1] if found.topic_counts[0, 0] > 2 else [1, 0]
    assert found.eta[order] == pytest.approx(prior)  # type: ignore[index]
    learned = combine([Estimate(base, np.full(2, 0.1), value) for value in (0.2, 0.9, 0.4)])
    assert learned.eta == 0.4


def test_a_prior_that_names_the_topics_leaves_nothing_to_match() -> None:
    base, prior = np.array([[8.0, 1.0, 1.0], [1.0, 1.0, 8.0]]), np.array([[0.3, 0.1, 0.1], [0.1, 0.1, 0.5]])
    found = combine(estimates([base, base[::-1] * 1.0, base], [np.full(2, 0.1)] * 3, prior))
    assert found.topic_counts[0, 0] > found.topic_counts[1, 0]
    assert np.array_equal(found.eta, prior)


def test_a_round_counts_words_by_the_topic_they_come_from() -> None:
    """Words of one topic alone all go to it; a word of both goes to each by its share in the document."""
    counts = sparse.csr_array(np.array([[40, 0, 10], [0, 60, 0]], dtype=np.int32))
    start = np.array([[8.0, 0.0, 2.0], [0.0, 9.0, 1.0]]) + 1e-9
    found = refine(counts, start, np.array([0.01, 0.01]), 0.5)
    assert found.sum() == pytest.approx(110 + 6 * 0.5)
    assert found[0] == pytest.approx([40.5, 0.5, 10.5], abs=0.1)
    assert found[1] == pytest.approx([0.5, 60.5, 0.5], abs=0.1)


def test_refined_consensus_explains_its_documents_better_than_the_medians() -> None:
    data = planted.generated(6, seed=2)
    runs = [fit(data, LdaConfig(topics=6), (), seed) for seed in range(3)]
    combined = combine([Estimate(run.topic_counts, run.alpha, run.eta) for run in runs])
    medians, alpha = combined.topic_counts, combined.alpha
    refined = refine(data.dtm.counts, medians, alpha, 0.05)

    def likelihood(counts: np.ndarray) -> float:
        topics = TopicTermMatrix(counts / counts.sum(axis=1, keepdims=True), data.dtm.vocabulary, "probability")
        documents = TopicDistribution(fold_in(data.dtm.counts, topics.weights, alpha), data.dtm.doc_ids)
        return float(log_likelihoods(data.dtm.counts, documents, topics, background(data.dtm.counts)).sum())

    assert likelihood(refined) > likelihood(medians)


def test_no_two_fits_of_a_consensus_start_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four fits of four starts each, from two seeds in a row: 32 starts and as many seeds."""
    seeds: list[int] = []
    fit_lda = _inference.fit_lda

    def noted(counts: sparse.csr_array, settings: Settings, **options: object) -> object:
        if settings.topics is None:  # a start, and not the fit that goes on from the best one
            seeds.append(settings.seed)
        return fit_lda(counts, settings, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(_inference, "fit_lda", noted)
    data = planted.generated(3, n_docs=40)
    for seed in (3, 4):
        fit(data, LdaConfig(topics=3, passes=1, samples=0, starts=4, consensus=4), (), seed)
    assert len(seeds) == len(set(seeds)) == 32


@pytest.mark.parametrize("eta", [1, 0.5, "learned"])
def test_a_consensus_keeps_the_prior_of_its_runs(eta: float | str) -> None:
    data = planted.generated(4)
    options = {"topics": 4, "eta": eta, "samples": 0}
    found = fit(data, LdaConfig(**options, consensus=2), (), 3)  # type: ignore[arg-type]
    tokens = data.dtm.counts.sum()
    assert (found.topic_counts.sum() - tokens) / found.topic_counts.size == pytest.approx(found.eta, abs=1e-3)
    if eta == "learned":
        assert found.eta != 0.03
        assert found.eta == pytest.approx(fit(data, LdaConfig(**options), (), 3).eta, rel=0.2)  # type: ignore[arg-type]
    else:
        assert found.eta == eta


def test_a_run_of_a_consensus_that_had_not_settled_is_named() -> None:
    data = planted.generated(4)
    notes = fit(data, LdaConfig(topics=4, consensus=2, passes=5, samples=6), (), 3).result.card.notes
    assert [note[:7] for note in notes if "had not settled" in note] == ["Fit 1: ", "Fit 2: "]
    assert sum("6 sweeps of Gibbs sampling followed" in note for note in notes) == 2
    assert "had not settled" not in " ".join(fit(data, LdaConfig(topics=4, consensus=2), (), 3).result.card.notes)
    run = Estimate(np.ones((2, 3)) + np.eye(2, 3), np.full(2, 0.1), 0.1)
    matrix = sparse.csr_array(np.ones((4, 3), dtype=np.int32))
    assert consensus(matrix, [run, run]).settled
    assert not consensus(matrix, [run, Estimate(run.topic_counts, run.alpha, run.eta, settled=False)]).settled


def test_a_consensus_of_gensims_fits_is_one_too() -> None:
    found = fit(planted.generated(3), LdaConfig(topics=3, inference="gensim", consensus=2), (), 3)
    assert "medians of 2 fits" in found.result.card.notes[0]
    assert np.shape(found.eta) == found.topic_counts.shape  # gensim learns one for each term


def test_refining_does_not_depend_on_the_order_of_documents() -> None:
    random = np.random.default_rng(3)
    counts = sparse.csr_array(random.poisson(0.4, (300, 40)).astype(np.int32))
    start, alpha = random.random((5, 40)) + 0.1, np.full(5, 0.2)
    found = {refine(counts[random.permutation(300)], start, alpha, 0.05).tobytes() for _ in range(4)}
    assert len(found) == 1


@pytest.mark.parametrize("name", ["topics", "passes", "starts"])
def test_whole_numbers_of_numpy_are_whole_numbers(name: str) -> None:
    value = getattr(LdaConfig(**{name: np.int64(7)}), name)
    assert (value, type(value)) == (7, int)


@pytest.mark.parametrize("name", ["alpha", "eta"])
def test_a_matrix_in_place_of_a_number_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is .*allowed are 1e-09 to 1000000.0"):
        LdaConfig(**{name: np.ones(3)})
