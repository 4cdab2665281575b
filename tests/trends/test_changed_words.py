"""Words that changed: Monroe's log-odds by hand, the test against a permutation of stories, copies that are no witnesses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse

from topics.trends.changed_words import Words, _scores, by_story, changed_words, log_odds


def test_the_log_odds_are_monroes_by_hand() -> None:
    early, late, prior = np.array([10.0, 0.0, 30.0]), np.array([5.0, 6.0, 9.0]), np.array([1.5, 0.5, 2.0])
    found = log_odds(early, late, prior)
    assert found[1] == pytest.approx(math.log(6.5 / (20 + 4 - 6.5)) - math.log(0.5 / (40 + 4 - 0.5)))
    assert found[0] == pytest.approx(math.log(6.5 / (20 + 4 - 6.5)) - math.log(11.5 / (40 + 4 - 11.5)))


def drawn(rng: np.random.Generator, n_stories: int, n_terms: int = 300, new: int = 0) -> Words:
    """Stories of bursty words (gamma-Poisson); in the later half `new` words are used five times as much."""
    rates = rng.permutation(1 / np.arange(1, n_terms + 1)) * 40
    rates[:new] = 0.3
    late = np.arange(n_stories) % 2
    rate = np.broadcast_to(rates, (n_stories, n_terms)).copy()
    rate[late == 1, :new] *= 5
    counts = rng.poisson(rate * rng.gamma(0.3, 1 / 0.3, rate.shape))
    return Words(sparse.csr_array(counts), tuple(f"w{i:03d}" for i in range(n_terms)), late, np.arange(n_stories))


def copied(words: Words, times: np.ndarray) -> Words:
    rows = np.repeat(np.arange(len(times)), times)
    return Words(sparse.csr_array(words.counts[rows]), words.terms, words.late[rows], words.stories[rows])


def test_the_test_is_that_of_permuted_stories() -> None:
    words = drawn(np.random.default_rng(1), 120, 60, 5)
    observed = _scores(words.counts, words.late)
    rng = np.random.default_rng(2)
    null = np.stack([_scores(words.counts, rng.permutation(words.late)) for _ in range(400)])
    often = np.asarray(words.counts.sum(axis=0)) > 30
    assert null[:, often].std(axis=0) == pytest.approx(np.ones(often.sum()), abs=0.15)
    assert (np.abs(null[:, often]) > 1.96).mean() == pytest.approx(0.05, abs=0.02)
    assert np.median(np.abs(observed[:5])) > np.quantile(np.abs(null), 0.97)


def test_planted_words_are_found_and_hardly_any_other() -> None:
    found = changed_words(drawn(np.random.default_rng(3), 300, 300, 8), np.ones(300), "x", "en")
    more = {word.term for word in found if word.decision == "more used"}
    assert {f"w{i:03d}" for i in range(8)} <= more
    assert len(more) <= 10
    assert all(word.after > 3 * word.before for word in found if word.term in {"w000", "w007"})
    assert all(word.log_odds > 0 for word in found if word.decision == "more used")
    assert [word.p for word in found] == sorted(word.p for word in found)


def test_where_nothing_changed_nothing_is_called() -> None:
    """Bursty words: taking every word for a draw calls many of them."""
    calls = []
    for seed in range(40):
        words = drawn(np.random.default_rng(100 + seed), 80)
        calls.append(sum(word.decision != "no clear change" for word in changed_words(words, np.ones(80), "x", "en")))
    assert sum(bool(n) for n in calls) <= 4


def test_copies_are_no_witnesses() -> None:
    words = drawn(np.random.default_rng(4), 100)
    times = np.ones(100, dtype=int)
    times[:4] = 30
    alone, often = changed_words(words, np.ones(100), "x", "en"), changed_words(copied(words, times), np.ones(times.sum()), "x", "en")
    assert [word.term for word in alone] == [word.term for word in often]
    assert [word.z for word in alone] == pytest.approx([word.z for word in often])


def test_a_story_is_the_mean_of_its_copies_in_each_span() -> None:
    counts = sparse.csr_array(np.array([[2, 0], [4, 0], [0, 6], [1, 1], [9, 9]]))
    rows, late, held = by_story(
        Words(counts, ("a", "b"), np.array([0, 0, 0, 1, 1]), np.array([7, 7, 8, 7, 9])), np.array([1, 1, 0.5, 1, 0])
    )
    assert rows.toarray().tolist() == [[3, 0], [1, 1], [0, 3]]
    assert late.tolist() == [0, 1, 0]
    assert held.tolist() == [1, 1, 0.5]


def test_a_word_that_was_never_used_before_is_found() -> None:
    words = drawn(np.random.default_rng(5), 200)
    counts = words.counts.toarray()
    counts[:, 0] = np.where((words.late == 1) & (np.arange(200) % 6 == 1), 1, 0)
    found = changed_words(Words(sparse.csr_array(counts), words.terms, words.late, words.stories), np.ones(200), "x", "en")
    (word,) = [word for word in found if word.term == "w000"]
    assert (word.before, word.decision) == (0.0, "more used")


def test_words_of_few_stories_are_not_tested_and_few_stories_are_said() -> None:
    found = changed_words(drawn(np.random.default_rng(6), 100), np.ones(100), "x", "en")
    assert min(word.n_stories for word in found) >= 10
    (only,) = changed_words(drawn(np.random.default_rng(6), 50), np.ones(50), "x", "vi")
    assert only.decision == "not tested: 30 stories of it in each span are needed, there are 25"
    assert math.isnan(only.p)
    (none,) = changed_words(drawn(np.random.default_rng(6), 100), np.zeros(100), "x", "vi")
    assert none.decision.endswith("there are 0")


def test_a_little_of_a_topic_in_every_story_is_not_many_stories() -> None:
    """A model that gives each article a hundredth of every topic leaves few articles that tell of one."""
    weights = np.full(100, 0.01)
    weights[:20] = 0.9
    (only,) = changed_words(drawn(np.random.default_rng(6), 100), weights, "x", "en")
    assert only.decision == "not tested: 30 stories of it in each span are needed, there are 11"
