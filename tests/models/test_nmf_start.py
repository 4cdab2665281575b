"""The start of LDA: nearly the same topics from every seed, from documents in any order, and planted ones found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from topics.models import _nmf_start
from topics.models._cvb0_settings import Settings
from topics.models._inference import best_of, fit_lda
from topics.models._nmf_start import start_topics

SETTINGS = Settings(n_topics=6, passes=300, tolerance=1e-3, alpha=None, eta=0.05, seed=1, start="nmf")
BOTH = pytest.mark.parametrize("changes", [{}, {"max_stored": 0}], ids=["stored", "free"])


def articles(n_docs: int = 300, n_topics: int = 6, seed: int = 2) -> tuple[sparse.csr_array, np.ndarray]:
    """Counts (n_docs, 120) and the topics (n_topics, 120) that they are drawn from: some terms are in all of them."""
    generator = np.random.default_rng(seed)
    topics = generator.dirichlet(np.full(120, 0.1), n_topics) * 0.8 + np.repeat([0.02, 0.0], [10, 110])
    shares = generator.dirichlet(np.full(n_topics, 0.2), n_docs)
    counts = np.stack([generator.multinomial(70, row / row.sum()) for row in shares @ topics])
    return sparse.csr_array(counts.astype(np.int32)), topics


def matched(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Correlations of matched rows."""
    similarity = np.corrcoef(first, second)[: len(first), len(first) :]
    return np.asarray(similarity[linear_sum_assignment(-similarity)])


def test_the_start_is_near_the_planted_topics() -> None:
    counts, topics = articles()
    found = start_topics(counts, 6)
    assert found.sum(axis=1) == pytest.approx(np.ones(6))
    assert (found > 0).all()
    assert matched(found, topics).min() > 0.8


def test_neither_order_nor_repetition_changes_the_start() -> None:
    counts, _ = articles()
    shuffled = counts[np.random.default_rng(0).permutation(300)]
    assert start_topics(shuffled, 6).tobytes() == start_topics(counts, 6).tobytes() == start_topics(counts, 6).tobytes()


def test_only_some_documents_of_a_large_corpus_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, topics = articles(2000)
    whole = start_topics(counts, 6)
    monkeypatch.setattr(_nmf_start, "MAX_PAIRS", 5000)
    part = start_topics(counts, 6)
    assert not np.array_equal(part, whole)
    assert matched(part, topics).min() > 0.7
    monkeypatch.setattr(_nmf_start, "MAX_PAIRS", 1)
    assert start_topics(counts, 6).shape == (6, 120)  # never fewer documents than topics


@BOTH
def test_seeds_end_in_the_same_topics(changes: dict[str, int]) -> None:
    counts, topics = articles()
    fits = [fit_lda(counts, replace(SETTINGS, seed=seed, **changes)).topic_counts for seed in (1, 2, 3)]
    assert min(matched(a, b).min() for a in fits for b in fits) > 0.95
    assert fits[0].tobytes() != fits[1].tobytes()
    assert matched(fits[0], topics).min() > 0.9


@BOTH
def test_order_changes_no_byte(changes: dict[str, int]) -> None:
    counts, _ = articles()
    settings = replace(SETTINGS, **changes)
    shuffled = fit_lda(counts[np.random.default_rng(1).permutation(300)], settings)
    assert shuffled.topic_counts.tobytes() == fit_lda(counts, settings).topic_counts.tobytes()
    assert fit_lda(counts, replace(settings, start="random")).topic_counts.tobytes() != shuffled.topic_counts.tobytes()


def test_a_full_topic_prior_says_which_topic_is_which() -> None:
    counts, topics = articles()
    eta = np.full((6, 120), 0.05)
    for topic, row in enumerate(topics):
        eta[topic, np.argsort(-row)[:4]] += 30.0
    found = fit_lda(counts, replace(SETTINGS, eta=eta)).topic_counts
    assert np.diag(np.corrcoef(found, topics)[:6, 6:]).min() > 0.5


def test_more_topics_than_terms_start_by_chance() -> None:
    counts, _ = articles(40)
    few = counts[:, :5]
    assert np.isfinite(fit_lda(few, replace(SETTINGS, passes=3)).topic_counts).all()


def test_of_several_starts_the_first_is_this_one() -> None:
    counts, _ = articles()
    assert best_of(counts, SETTINGS, 1) == SETTINGS
    best = best_of(counts, replace(SETTINGS, passes=1), 6)  # after one sweep, starts by chance have learned nothing
    assert replace(best, topics=None) == replace(SETTINGS, passes=1)
    late = best_of(counts, replace(SETTINGS, start="random", passes=20), 3)
    assert late.start == "random"
