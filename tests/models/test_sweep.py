"""How many topics: planted numbers are found, folds are really held out, and what is measured is what the records say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import planted
import pytest

from topics.core.errors import DataError
from topics.core.matrices import PreparedCorpus
from topics.models.lda import LdaConfig, LdaTopicModel, fit
from topics.quality.completion import background, halve, log_likelihoods
from topics.quality.measures import c_v_of, coherences, diversity, npmi_of
from topics.quality.proposal import propose
from topics.quality.stability import stability
from topics.quality.sweep import Measures, Plan, measure, without

SMALL = Plan(seeds=2, folds=3, seed=5)


def fitted(prepared: PreparedCorpus, n_topics: int, seed: int) -> LdaTopicModel:
    return fit(prepared, LdaConfig(topics=n_topics), (), seed)


def swept(prepared: PreparedCorpus, n_topics: int, plan: Plan) -> Measures:
    return measure(prepared, lambda data, seed: fitted(data, n_topics, seed), n_topics, plan)


@cache
def corpus() -> PreparedCorpus:
    return planted.generated(3, n_docs=120, length=40)


@cache
def small() -> Measures:
    return swept(corpus(), 3, SMALL)


@pytest.mark.parametrize(("planted_topics", "numbers"), [(3, (2, 3, 5)), (5, (3, 5, 8)), (9, (5, 9, 16))])
def test_the_planted_number_of_topics_is_proposed(planted_topics: int, numbers: tuple[int, ...]) -> None:
    data = planted.generated(planted_topics)
    found = propose([swept(data, number, Plan(seeds=3, folds=4)) for number in numbers])
    assert found.n_topics == planted_topics, found.sentences


def test_there_is_one_number_a_fit() -> None:
    found = small()
    assert len(found.npmi) == len(found.c_v) == len(found.diversity) == 5
    assert len(found.log_likelihood) == len(found.words) == 3
    assert (len(found.over_seeds.pairs), len(found.over_resamples.pairs)) == (1, 3)


def test_the_measures_are_those_of_the_fits() -> None:
    data, found = corpus(), small()
    runs = [fitted(data, 3, 5 + number).result for number in range(2)]
    assert found.npmi[:2] == pytest.approx([np.mean(coherences(data.dtm, run, npmi_of)) for run in runs])
    assert found.c_v[:2] == pytest.approx([np.mean(coherences(data.dtm, run, c_v_of)) for run in runs])
    assert found.diversity[:2] == tuple(diversity(run) for run in runs)
    assert found.over_seeds == stability([run.documents.weights for run in runs], 5)


def test_held_out_words_are_those_of_documents_that_the_fit_has_not_seen() -> None:
    data, found = corpus(), small()
    folds = [np.sort(part) for part in np.array_split(np.random.default_rng(5).permutation(np.arange(120)), 3)]
    observed, target = halve(data.dtm.counts)
    for number, rows in enumerate(folds):
        model = fitted(without(data, rows), 3, 5 + 2 + number)
        theta = model.transform(replace(data, dtm=replace(data.dtm, counts=observed)))
        rest = background(data.dtm.counts[np.setdiff1d(np.arange(120), rows)])
        total = log_likelihoods(target, theta, model.result.topics, rest)[rows].sum()
        assert found.words[number] == target[rows].sum()
        assert found.log_likelihood[number] == pytest.approx(total / target[rows].sum())
    assert found.perplexity == pytest.approx(np.exp(-np.dot(found.log_likelihood, found.words) / sum(found.words)))


def test_left_out_documents_do_not_change_the_topics_but_are_in_the_result() -> None:
    data, rows = corpus(), np.arange(40)
    counts = data.dtm.counts.toarray()
    counts[rows] = counts[rows][:, ::-1]
    other = replace(data, dtm=replace(data.dtm, counts=type(data.dtm.counts)(counts)))
    one, two = fitted(without(data, rows), 3, 1), fitted(without(other, rows), 3, 1)
    assert np.array_equal(one.result.topics.weights, two.result.topics.weights)
    assert one.result.documents.doc_ids == data.corpus.ids


@pytest.mark.parametrize("option", ["seeds", "folds", "seed"])
def test_each_setting_of_the_plan_changes_what_is_measured(option: str) -> None:
    values = {"seeds": 3, "folds": 4, "seed": 6}
    changed = swept(corpus(), 3, Plan(**{"seeds": 2, "folds": 3, "seed": 5, option: values[option]}))
    assert changed != small()
    assert len(changed.npmi) == {"seeds": 6, "folds": 6, "seed": 5}[option]


def test_the_same_plan_gives_the_same_measures() -> None:
    assert swept(corpus(), 3, SMALL) == small()


def test_documents_of_one_word_cannot_be_completed() -> None:
    data = planted.prepared_of(np.eye(60, dtype=np.int32)[np.arange(60) % 12][:, :12])
    with pytest.raises(DataError, match="none of 20 held-out documents has a second known word"):
        swept(data, 2, SMALL)
