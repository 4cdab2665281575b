"""LDA: our inference against hand-made cases, and the way back to gensim."""

from __future__ import annotations

import numpy as np
import planted
import pytest
from scipy import sparse

from topics.core.registry import get
from topics.models._fold_in import TOLERANCE, completion_perplexity, fold_in, log_probability
from topics.models._inference import SHORT
from topics.models.lda import ETA, LdaConfig, LdaTopicModel

PHI = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
ALPHA = np.array([0.5, 0.25])


@pytest.fixture(scope="module")
def model() -> LdaTopicModel:
    return get("topics.models", "MODEL", "lda").fit(planted.prepared("mixed")[1], LdaConfig(topics=8), (), 1)


def rows(*documents: list[int]) -> sparse.csr_array:
    return sparse.csr_array(np.array(documents, dtype=np.int32))


def by_hand(document: list[int], phi: np.ndarray, alpha: np.ndarray, tolerance: float) -> list[float]:
    """The same iteration, written plainly: expected topic counts under fixed topics, from the prior."""
    total = float(sum(document))
    mass = [a / sum(alpha) * total for a in alpha]
    change, n_updates = total, 0
    while change > tolerance * total and n_updates < 100_000:
        fresh = [0.0] * len(alpha)
        for term, n in enumerate(document):
            share = [(mass[k] + alpha[k]) * phi[k][term] for k in range(len(alpha))]
            for k, value in enumerate(share):
                fresh[k] += n * value / sum(share)
        change, mass, n_updates = max(abs(a - b) for a, b in zip(fresh, mass, strict=True)), fresh, n_updates + 1
    return [(mass[k] + alpha[k]) / (total + sum(alpha)) for k in range(len(alpha))]


@pytest.mark.parametrize("document", [[4, 1, 0], [0, 0, 3], [1, 1, 1], [9, 9, 90]])
def test_fold_in_comes_as_near_to_the_end_of_the_iteration_as_that_does_by_hand(document: list[int]) -> None:
    end, stopped = by_hand(document, PHI, ALPHA, 1e-13), by_hand(document, PHI, ALPHA, TOLERANCE)
    apart = np.abs(fold_in(rows(document), PHI, ALPHA)[0] - end).max()
    assert apart <= max(np.abs(np.array(stopped) - end).max(), 2e-5)
    assert apart < 1e-3


def test_fold_in_of_words_of_one_topic_alone_is_exact() -> None:
    topics = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    assert fold_in(rows([3, 1, 0]), topics, ALPHA)[0] == pytest.approx([4.5 / 4.75, 0.25 / 4.75], abs=1e-6)


def test_fold_in_under_equal_topics_gives_the_prior() -> None:
    assert fold_in(rows([5, 2, 1]), np.array([PHI[0], PHI[0]]), ALPHA)[0] == pytest.approx([2 / 3, 1 / 3], abs=1e-6)


def test_fold_in_of_nothing_is_nothing() -> None:
    assert not fold_in(rows([0, 0, 0]), PHI, ALPHA).any()


def test_fold_in_maximises_what_it_claims() -> None:
    """At the end, every topic's expected count is what the topic's share explains of the words."""
    document = np.array([7, 3, 5])
    found = fold_in(rows(document.tolist()), PHI, ALPHA)[0] * (document.sum() + ALPHA.sum())
    share = found[:, None] * PHI
    expected = (share / share.sum(axis=0) * document).sum(axis=1) + ALPHA
    assert found == pytest.approx(expected, abs=2 * TOLERANCE * document.sum())


def test_topics_are_lambda_normalised(model: LdaTopicModel) -> None:
    counts = model.topic_counts
    assert np.allclose(counts / counts.sum(axis=1, keepdims=True), model.result.topics.weights)
    assert model.alpha.shape == (8,)


def test_to_gensim_has_the_same_topics_and_terms(model: LdaTopicModel) -> None:
    live, dictionary = model.to_gensim()
    assert np.allclose(live.get_topics(), model.result.topics.weights, atol=1e-6)
    assert [dictionary[column] for column in range(len(dictionary.token2id))] == list(model.result.topics.vocabulary.terms)
    shown = [term for term, _ in live.show_topic(0, topn=5)]
    assert shown == [term for term, _ in model.result.top_terms(0, 5)]


@pytest.mark.parametrize("measure", ["c_npmi", "u_mass"])
def test_gensim_measures_the_coherence_of_our_model(model: LdaTopicModel, measure: str) -> None:
    from gensim.models import CoherenceModel

    live, dictionary = model.to_gensim()
    preparation, data = planted.prepared("mixed")
    texts = [[term for term in preparation.terms(document) if term in dictionary.token2id] for document in data.corpus]
    corpus = [dictionary.doc2bow(text) for text in texts]
    found = CoherenceModel(model=live, texts=texts, corpus=corpus, dictionary=dictionary, coherence=measure, topn=5, processes=1)
    assert len(found.get_coherence_per_topic()) == 8
    assert np.isfinite(found.get_coherence())


def test_to_gensim_after_loading_is_the_same(model: LdaTopicModel, tmp_path: object) -> None:
    model.save(tmp_path)  # type: ignore[arg-type]
    loaded = get("topics.models", "MODEL", "lda").load(tmp_path)
    assert np.array_equal(loaded.to_gensim()[0].get_topics(), model.to_gensim()[0].get_topics())


def test_the_number_of_topics_is_the_one_asked_for(model: LdaTopicModel) -> None:
    assert model.result.n_topics == 8


def test_a_fixed_alpha_is_kept_and_a_learned_one_is_not_flat(model: LdaTopicModel) -> None:
    fixed = get("topics.models", "MODEL", "lda").fit(planted.prepared("english")[1], LdaConfig(topics=4, alpha=0.3), (), 1)
    assert fixed.alpha == pytest.approx([0.3] * 4)
    assert np.ptp(model.alpha) > 1e-3


def fitted(**options: object) -> LdaTopicModel:
    return get("topics.models", "MODEL", "lda").fit(planted.prepared("english")[1], LdaConfig(topics=4, **options), (), 1)


@pytest.mark.parametrize(
    "options",
    [{"eta": "learned"}, {"eta": 0.5}, {"tolerance": 0.5}, {"passes": 5}, {"starts": 3}, {"start": "random"}, {"samples": 3}],
    ids=str,
)
def test_every_option_of_inference_changes_the_topics(options: dict[str, object]) -> None:
    assert not np.array_equal(fitted(**options).topic_counts, fitted().topic_counts)


def test_the_topic_prior_is_what_was_asked_for() -> None:
    """Each topic's pseudo-counts hold the prior once for every term."""
    counts = {name: fitted(eta=name).topic_counts for name in (None, 0.5, "learned")}
    tokens = counts[None].sum() - ETA * counts[None].size
    assert (counts[0.5].sum() - tokens) / counts[0.5].size == pytest.approx(0.5, abs=1e-3)
    assert abs((counts["learned"].sum() - tokens) / counts["learned"].size - ETA) > 2e-3


def test_the_card_says_whether_inference_settled() -> None:
    assert "had not settled" in fitted(passes=5).result.card.notes[0]
    assert "had not settled" not in fitted().result.card.notes[0]


def test_short_documents_are_sampled_unless_told_otherwise() -> None:
    lengths = planted.prepared("english")[1].dtm.counts.sum(axis=1)
    short = lengths.mean() < SHORT
    assert any("sampling followed" in note for note in fitted().result.card.notes) is bool(short)
    assert "7 sweeps of Gibbs sampling followed" in fitted(samples=7).result.card.notes[1]
    assert not np.array_equal(fitted(samples=0).topic_counts, fitted(samples=7).topic_counts)


def test_held_out_perplexity_is_that_by_hand_and_that_of_gensims_own_inference() -> None:
    """Topics that share no term leave no doubt: shares are (n_k + alpha_k) / (n + sum of alpha), in gensim as here."""
    from gensim.models import LdaModel

    topics = np.array([[0.5, 0.25, 0.25, 0.0, 0.0], [0.0, 0.0, 0.0, 0.75, 0.25]])
    held = rows([2, 2, 0, 2, 0], [0, 0, 0, 2, 2])  # every second token: terms 0, 1, 3 of the first, 3, 4 of the second
    first, second = np.array([2.5, 1.25]) / 3.75, np.array([0.5, 2.25]) / 2.75
    chances = [first[0] * 0.5, first[0] * 0.25, first[1] * 0.75, second[1] * 0.75, second[1] * 0.25]
    by_hand = float(np.exp(-np.log(chances).mean()))
    assert completion_perplexity(held, topics, ALPHA) == pytest.approx(by_hand, rel=1e-5)
    live = LdaModel(num_topics=2, id2word=dict(enumerate("abcde")), alpha=ALPHA, eta=1e-12, dtype=np.float64)
    live.state.sstats = topics * 1e6
    live.sync_state()
    gamma, _ = live.inference([[(0, 1), (1, 1), (3, 1)], [(3, 1), (4, 1)]])
    shares = gamma / gamma.sum(axis=1, keepdims=True)
    assert shares == pytest.approx(np.stack([first, second]), abs=1e-4)
    theirs = -log_probability(rows([1, 1, 0, 1, 0], [0, 0, 0, 1, 1]), shares, topics) / 5
    assert np.exp(theirs) == pytest.approx(by_hand, rel=1e-3)
