"""Descriptions of topics: relevance by pyLDAvis, FREX by hand and by statsmodels' distribution function, labels, typical documents."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyLDAvis
import pytest
from statsmodels.distributions.empirical_distribution import ECDF
from test_measures import matrix, result

from topics.core.matrices import TopicTermMatrix, Vocabulary
from topics.core.results import TopicResult
from topics.quality.descriptions import frex, labels, ranked, relevance, term_shares, typical_documents
from topics.quality.measures import exclusivity


def topics_of(n_topics: int, n_terms: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(n_terms, 0.2), n_topics)


# --- relevance ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [1.0, 0.6, 0.3, 0.0])
def test_relevance_ranks_terms_as_pyldavis_does(weight: float) -> None:
    generator = np.random.default_rng(2)
    phi, theta = generator.dirichlet(np.full(40, 0.3), 4), generator.dirichlet(np.full(4, 0.4), 80)
    lengths = generator.integers(20, 60, 80)
    sizes = (theta * lengths[:, None]).sum(axis=0)
    shares = (phi * sizes[:, None]).sum(axis=0) / sizes.sum()
    terms = [f"t{number:02d}" for number in range(40)]
    shown = pyLDAvis.prepare(phi, theta, lengths, terms, (shares * lengths.sum()), R=8, lambda_step=0.1, n_jobs=1, sort_topics=False)
    info: pd.DataFrame = shown.topic_info
    ours = ranked(relevance(phi, shares, weight), 8)
    for topic in range(4):
        theirs = info[info["Category"] == f"Topic{topic + 1}"].copy()
        theirs["relevance"] = weight * theirs["logprob"] + (1 - weight) * theirs["loglift"]
        assert [terms[column] for column in ours[topic]] == theirs.nlargest(8, "relevance")["Term"].tolist()


def test_relevance_by_hand() -> None:
    found = relevance(np.array([[0.5, 0.5, 0.0]]), np.array([0.25, 0.5, 0.25]), 0.6)
    assert found[0] == pytest.approx([0.6 * np.log(0.5) + 0.4 * np.log(2), 0.6 * np.log(0.5), -np.inf])


def test_term_shares_are_of_the_given_documents() -> None:
    dtm = matrix([[3, 1, 0], [0, 4, 0], [9, 9, 9]])
    assert term_shares(dtm, np.array([0, 1])) == pytest.approx(np.array([3, 5, 0.5]) / 8.5)


# --- FREX -----------------------------------------------------------------------------------------------------------------------------


def test_frex_by_hand() -> None:
    """Two topics, three terms. Exclusivity in the first: 0.6/0.7, 0.3/0.6, 0.1/0.7, so ranks 3, 2, 1; frequency ranks 3, 2, 1 too.

    In the second topic the frequencies are 0.1, 0.3, 0.6 and the exclusivities 1/7, 1/2, 6/7.
    """
    found = frex(np.array([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]]))
    assert found == pytest.approx(np.array([[1, 2 / 3, 1 / 3], [1 / 3, 2 / 3, 1]]))
    mixed = frex(np.array([[0.5, 0.4, 0.1], [0.5, 0.1, 0.4]]), 0.25)
    # first topic: frequency ranks 3, 2, 1; exclusivities 0.5, 0.8, 0.2, so ranks 2, 3, 1
    assert mixed[0] == pytest.approx([1 / (0.25 / (2 / 3) + 0.75 / 1), 1 / (0.25 / 1 + 0.75 / (2 / 3)), 1 / 3])


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5, 1.0])
def test_frex_is_the_harmonic_mean_of_distribution_functions(weight: float) -> None:
    phi = np.round(topics_of(3, 30), 2) + 0.01  # with ties
    own = phi / phi.sum(axis=0)
    for row, alone, found in zip(phi, own, frex(phi, weight), strict=True):
        expected = 1 / (weight / ECDF(alone)(alone) + (1 - weight) / ECDF(row)(row))
        assert found == pytest.approx(expected)


def test_frex_between_frequency_and_exclusivity() -> None:
    found = result(topics_of(4, 25).tolist())
    phi = found.topics.weights
    assert ranked(frex(phi, 0.0), 5) == ranked(phi, 5)
    own = exclusivity(found)
    assert ranked(frex(phi, 1.0), 5) == ranked(own, 5)


# --- labels ---------------------------------------------------------------------------------------------------------------------------


def named(weights: list[list[float]], terms: tuple[str, ...]) -> TopicResult:
    plain = result(weights)
    array = np.array(weights) / np.sum(weights, axis=1, keepdims=True)
    matrix_of = TopicTermMatrix(array, Vocabulary(terms, ("vi",) * len(terms)), "probability")
    return TopicResult(matrix_of, plain.documents, plain.card)


TERMS = ("chuyển đổi", "chuyển đổi số", "hồ sơ", "số", "trực tuyến", "và")


def test_a_label_is_the_most_relevant_terms_and_a_phrase_stands_for_its_words() -> None:
    found = named([[30, 25, 10, 20, 8, 7], [1, 1, 1, 1, 1, 60]], TERMS)
    shares = np.full(6, 1 / 6)
    assert labels(found, shares)[0] == "chuyển đổi số, hồ sơ, trực tuyến"
    assert labels(found, shares)[1].startswith("và, ")


def test_what_is_common_everywhere_makes_no_label() -> None:
    found = named([[0.1, 0.1, 20, 0.1, 20, 25], [20, 0.1, 0.1, 20, 0.1, 25]], TERMS)
    first = labels(found, np.array([0.04, 0.04, 0.04, 0.04, 0.04, 0.8]))
    assert first[0].split(", ")[:2] == ["hồ sơ", "trực tuyến"]


def test_a_theme_that_a_topic_carries_leads_its_label() -> None:
    found = named([[30, 25, 10, 20, 8, 7], [1, 1, 20, 1, 30, 5]], TERMS)
    shares = np.full(6, 1 / 6)
    plain = labels(found, shares)
    assert labels(found, shares, ("Digital", "")) == ("Digital: chuyển đổi số, hồ sơ, trực tuyến", plain[1])
    assert labels(found, shares, ("", "")) == plain


def test_terms_without_weight_are_in_no_label() -> None:
    found = named([[1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 1, 0]], TERMS)
    assert labels(found, np.full(6, 1 / 6)) == ("chuyển đổi", "hồ sơ, trực tuyến")


# --- typical documents ----------------------------------------------------------------------------------------------------------------


def test_typical_documents_hold_the_topic_and_fit_it() -> None:
    found = result([[1, 1], [1, 2]], [[0.9, 0.1], [0.8, 0.2], [1.0, 0.0], [0.0, 1.0], [0.9, 0.1]])
    fit = np.array([0.5, 0.9, 0.1, 1.0, 0.5])
    assert typical_documents(found, 0, fit, np.arange(5), 3) == [1, 0, 4]
    assert typical_documents(found, 0, fit, np.array([0, 2, 3]), 3) == [0, 2]
    assert typical_documents(found, 1, fit, np.arange(5), 1) == [3]
