"""Coherence, diversity, exclusivity, fit: hand-made cases and gensim."""

from __future__ import annotations

import numpy as np
import pytest
from gensim.corpora import Dictionary
from gensim.models import CoherenceModel
from scipy import sparse

from topics.core.matrices import DocTermMatrix, TopicDistribution, TopicTermMatrix, Vocabulary
from topics.core.results import ModelCard, TopicResult
from topics.quality.fit import fit_scores
from topics.quality.measures import c_v_of, coherences, diversity, exclusivity, meetings, npmi, npmi_of, top_columns

CARD = ModelCard("hand", "{}", 1, (), "p", "c")
TERMS = ("bay", "cat", "dog", "elk", "fox", "ý")


def matrix(rows: list[list[int]]) -> DocTermMatrix:
    counts = sparse.csr_array(np.array(rows, dtype=np.int32).reshape(len(rows), -1))
    n_terms = counts.shape[1]
    return DocTermMatrix(counts, tuple(map(str, range(len(rows)))), Vocabulary(TERMS[:n_terms], ("en",) * n_terms))


def result(topics: list[list[float]], documents: list[list[float]] | None = None) -> TopicResult:
    weights = np.array(topics, dtype=np.float64)
    weights /= weights.sum(axis=1, keepdims=True)
    n_terms = weights.shape[1]
    vocabulary = Vocabulary(TERMS[:n_terms] if n_terms <= 6 else tuple(f"t{n:03d}" for n in range(n_terms)), ("en",) * n_terms)
    shares = np.array(documents if documents is not None else np.zeros((1, len(topics))), dtype=np.float32)
    return TopicResult(
        TopicTermMatrix(weights, vocabulary, "probability"), TopicDistribution(shares, tuple(map(str, range(len(shares))))), CARD
    )


# --- coherence ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        ([[1, 1], [1, 0], [0, 1], [0, 0]], [0, 1], 0.0),  # meet as often as chance says
        ([[1, 1], [2, 5], [0, 0], [0, 0]], [0, 1], 1.0),  # never apart
        ([[1, 0], [0, 1], [0, 0], [0, 0]], [0, 1], -1.0),  # never meet
        ([[1, 1], [1, 1]], [0, 1], 1.0),  # in every document
        ([[1, 1], [1, 1], [1, 0], [0, 0]], [0, 1], np.log(0.5 / (0.75 * 0.5)) / -np.log(0.5)),
    ],
)
def test_npmi_by_hand(rows: list[list[int]], columns: list[int], expected: float) -> None:
    assert npmi(matrix(rows), columns) == pytest.approx(expected)


def test_npmi_of_a_single_term_is_not_a_number() -> None:
    assert np.isnan(npmi(matrix([[1, 1]]), [0]))


@pytest.mark.parametrize("density", [0.9, 0.45])
def test_npmi_is_gensims_over_whole_documents(density: float) -> None:
    """A window longer than every document makes gensim count documents too.

    gensim adds 1e-12 to every joint share; pairs that never meet so get log(1e-12 / (p q)) / -log(1e-12), which it is -1 for us.
    The expected mean is gensim's with just those pairs put to -1.
    """
    rows = (np.random.default_rng(2).random((40, 6)) < density * np.linspace(0.3, 1, 6)).astype(np.int32)
    rows[:, 5] &= 1 - rows[:, 0]  # one pair never meets
    texts = [[TERMS[column] for column in np.flatnonzero(row)] for row in rows]
    dictionary = Dictionary([list(TERMS)])
    share = rows.mean(axis=0)
    theirs: list[float] = []
    for a in range(6):
        for b in range(a):
            if (rows[:, a] & rows[:, b]).any():
                pair = CoherenceModel(
                    topics=[[TERMS[a], TERMS[b]]], texts=texts, dictionary=dictionary, coherence="c_npmi", window_size=99, processes=1
                )
                theirs.append(pair.get_coherence())
            else:
                assert share[a] > 0 < share[b]
                theirs.append(-1.0)
    assert theirs.count(-1.0) >= 1
    assert npmi(matrix(rows.tolist()), list(range(6))) == pytest.approx(np.mean(theirs), abs=1e-9)


def test_npmi_of_a_topic_whose_words_all_meet_is_gensims_own_number() -> None:
    rows = (np.random.default_rng(4).random((60, 5)) < 0.6).astype(np.int32)
    assert ((rows.T @ rows) > 0).all()
    texts = [[TERMS[column] for column in np.flatnonzero(row)] for row in rows]
    found = CoherenceModel(
        topics=[list(TERMS[:5])], texts=texts, dictionary=Dictionary([list(TERMS)]), coherence="c_npmi", window_size=99, processes=1
    )
    assert npmi(matrix(rows.tolist()), list(range(5))) == pytest.approx(found.get_coherence(), abs=1e-9)


def test_npmi_counts_documents_not_occurrences() -> None:
    rows = [[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]]
    assert npmi(matrix(rows), [0, 1, 2]) == npmi(matrix((np.array(rows) * 7).tolist()), [0, 1, 2])


@pytest.mark.parametrize(("seed", "density"), [(3, 0.9), (4, 0.45), (5, 0.2)])
def test_c_v_is_gensims_over_whole_documents(seed: int, density: float) -> None:
    rows = (np.random.default_rng(seed).random((60, 6)) < density * np.linspace(0.4, 1, 6)).astype(np.int32)
    rows[:, 5] &= 1 - rows[:, 0]  # one pair never meets
    texts = [[TERMS[column] for column in np.flatnonzero(row)] for row in rows]
    dictionary = Dictionary([list(TERMS)])
    theirs = CoherenceModel(topics=[list(TERMS)], texts=texts, dictionary=dictionary, coherence="c_v", window_size=99, processes=1)
    assert c_v_of(meetings(matrix(rows.tolist()), list(range(6)))) == pytest.approx(theirs.get_coherence(), abs=1e-9)


def test_coherences_are_those_of_each_topics_heaviest_terms() -> None:
    dtm = matrix((np.random.default_rng(6).random((40, 6)) < 0.5).astype(int).tolist())
    found = result([[6, 5, 4, 1, 1, 1], [1, 1, 1, 4, 5, 6]])
    for measure in (npmi_of, c_v_of):
        expected = [measure(meetings(dtm, columns)) for columns in ([0, 1, 2], [5, 4, 3])]
        assert coherences(dtm, found, measure, 3) == pytest.approx(expected)
    assert coherences(dtm, found, npmi_of, 3)[0] == npmi(dtm, [0, 1, 2])


# --- diversity and exclusivity --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topics", "n", "expected"),
    [
        ([[5, 4, 0, 0], [0, 0, 5, 4]], 2, 1.0),
        ([[5, 4, 0, 0], [5, 4, 0, 0]], 2, 0.5),
        ([[5, 4, 3, 0], [0, 4, 5, 3]], 2, 0.75),
        ([[5, 4, 3, 0], [0, 4, 5, 3]], 1, 1.0),
        ([[5, 4, 3, 0], [0, 4, 5, 3]], 25, 4 / 6),  # terms of weight 0 are no top terms
    ],
)
def test_diversity_by_hand(topics: list[list[float]], n: int, expected: float) -> None:
    assert diversity(result(topics), n) == pytest.approx(expected)


def test_diversity_looks_at_25_terms() -> None:
    one, other = [26.0 - n for n in range(25)] + [0] * 25, [0] * 24 + [26.0 - n for n in range(26)]
    assert diversity(result([one, other])) == pytest.approx(49 / 50)


def test_exclusivity_is_a_topics_share_of_a_term() -> None:
    own = exclusivity(result([[1, 1, 2, 0], [3, 1, 0, 0]]))
    assert own == pytest.approx(np.array([[0.25, 0.5, 1.0, 0.0], [0.75, 0.5, 0.0, 0.0]]))


def test_top_columns_follow_weight_then_alphabet() -> None:
    assert top_columns(result([[1, 5, 5, 0, 2, 0]]), 0, 3) == [1, 2, 4]
    assert top_columns(result([[1, 5, 5, 0, 2, 0]]), 0) == [1, 2, 4, 0]


# --- fit ------------------------------------------------------------------------------------------------------------------

TOPICS = [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 3.0, 1.0]]


@pytest.mark.parametrize(
    ("counts", "weights", "expected"),
    [
        ([2, 2, 0, 0], [1.0, 0.0], 1.0),
        ([0, 0, 3, 1], [1.0, 0.0], 0.0),
        ([0, 0, 3, 1], [0.0, 1.0], 1.0),
        ([1, 0, 0, 0], [1.0, 0.0], np.sqrt(0.5)),
        ([1, 0, 0, 0], [0.2, 0.0], np.sqrt(0.5)),  # how much is unassigned does not matter
        ([0, 0, 0, 0], [1.0, 0.0], 0.0),
        ([1, 1, 1, 1], [0.0, 0.0], 0.0),
        ([1, 1, 0, 1], [0.5, 0.5], (0.25 + 0.25 + 0.125) / np.sqrt(3 * (0.25**2 * 2 + 0.375**2 + 0.125**2))),
    ],
)
def test_fit_is_the_cosine_with_the_expected_words(counts: list[int], weights: list[float], expected: float) -> None:
    found = result(TOPICS, [weights])
    assert fit_scores(matrix([counts]), found.documents, found.topics)[0] == pytest.approx(expected, abs=1e-6)


def test_fit_does_not_depend_on_the_batch() -> None:
    rng = np.random.default_rng(1)
    weights, topics = rng.dirichlet(np.ones(7), 50), rng.dirichlet(np.ones(6), 7)
    found, dtm = result(topics.tolist(), weights.tolist()), matrix(rng.poisson(1.0, (50, 6)).tolist())
    batch = fit_scores(dtm, found.documents, found.topics)
    for row in range(50):
        one = TopicDistribution(found.documents.weights[[row]], ("x",))
        assert fit_scores(DocTermMatrix(dtm.counts[[row]], ("x",), dtm.vocabulary), one, found.topics)[0] == batch[row]
