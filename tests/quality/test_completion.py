"""Document completion: how documents are cut, and the likelihood of the words left out, by hand and by scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import multinomial
from test_measures import result

from topics.quality.completion import background, halve, log_likelihoods


def rows(*documents: list[int]) -> sparse.csr_array:
    return sparse.csr_array(np.array(documents, dtype=np.int32))


@pytest.mark.parametrize(
    ("document", "observed"),
    [
        ([4, 0, 0], [2, 0, 0]),
        ([1, 1, 1], [1, 0, 1]),
        ([3, 3, 0], [2, 1, 0]),
        ([1, 2, 2], [1, 1, 1]),
        ([1, 0, 0], [1, 0, 0]),
        ([0, 0, 0], [0, 0, 0]),
    ],
)
def test_every_second_word_is_left_out(document: list[int], observed: list[int]) -> None:
    first, second = halve(rows(document))
    assert first.toarray()[0].tolist() == observed
    assert (first + second).toarray()[0].tolist() == document
    assert first.dtype == second.dtype == np.int32


def test_a_document_is_cut_the_same_among_others() -> None:
    counts = np.random.default_rng(1).poisson(0.8, (50, 9)).astype(np.int32)
    together = halve(sparse.csr_array(counts))
    for number, row in enumerate(counts):
        alone = halve(sparse.csr_array(row[None, :]))
        assert [half.toarray()[0].tolist() for half in alone] == [half.toarray()[number].tolist() for half in together]


def test_log_likelihood_is_scipys_multinomial_without_its_coefficient() -> None:
    generator = np.random.default_rng(2)
    counts = generator.poisson(1.5, (20, 6)).astype(np.int32)
    found = result(generator.random((3, 6)).tolist(), generator.dirichlet(np.ones(3), 20).tolist())
    values = log_likelihoods(sparse.csr_array(counts), found.documents, found.topics, np.full(6, 1 / 6))
    for row, theta, value in zip(counts, found.documents.weights.astype(float), values, strict=True):
        mixture = theta @ found.topics.weights
        n_orders = multinomial.logpmf(row, row.sum(), np.full(6, 1 / 6)) - row.sum() * np.log(1 / 6)
        assert value == pytest.approx(multinomial.logpmf(row, row.sum(), mixture / mixture.sum()) - n_orders, rel=1e-5)


def test_words_of_no_topic_are_judged_by_the_corpus() -> None:
    found = result([[1, 1, 0], [0, 1, 1]], [[0.0, 0.0], [0.5, 0.0]])
    rest = np.array([0.2, 0.3, 0.5])
    values = log_likelihoods(rows([0, 1, 2], [0, 0, 1]), found.documents, found.topics, rest)
    assert values == pytest.approx([np.log(0.3) + 2 * np.log(0.5), np.log(0.5 * 0.5)])


def test_background_counts_each_term_once_more() -> None:
    assert background(rows([1, 0, 3], [0, 0, 2])) == pytest.approx(np.array([2, 1, 6]) / 9)
