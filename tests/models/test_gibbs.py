"""Sampling after CVB0: the published chances, better prediction of short documents, priors, the same bytes, going on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import numba
import numpy as np
import pytest
from scipy import sparse
from scipy.special import gammaln

from topics.core.errors import DataError
from topics.models import _running
from topics.models._cvb0_settings import Settings, as_counts, origin
from topics.models._fold_in import completion_perplexity
from topics.models._gibbs import BURN_IN, Sampler
from topics.models._inference import SHORT, default_samples, fit_lda
from topics.models._state import Interrupted, State

SETTINGS = Settings(n_topics=4, passes=60, tolerance=1e-3, alpha=None, eta=0.05, seed=1, samples=30)


def titles(n_docs: int, length: int = 5, seed: int = 3, n_topics: int = 12, noise: float = 0.15) -> sparse.csr_array:
    """Counts (n_docs, 240) drawn from topics of twenty terms each."""
    generator = np.random.default_rng(seed)
    topics = (1 - noise) * np.kron(np.eye(n_topics), np.full(20, 0.05)) + noise / (20 * n_topics)
    shares = generator.dirichlet([0.08] * n_topics, n_docs)
    return sparse.csr_array(np.stack([generator.multinomial(length, row / row.sum()) for row in shares @ topics]).astype(np.int32))


def posterior(row: np.ndarray, alpha: float, eta: float, n_topics: int) -> dict[tuple[int, ...], float]:
    """The exact chance of all assignments of topics to the tokens of one document (n_terms,), from its first term on."""
    terms_of, chances = np.repeat(np.arange(len(row)), row), {}
    for topics in product(range(n_topics), repeat=len(terms_of)):
        counts = np.zeros((n_topics, len(row)))
        np.add.at(counts, (np.array(topics), terms_of), 1)
        sizes = counts.sum(axis=1)
        chances[topics] = float(np.exp(gammaln(sizes + alpha).sum() + gammaln(counts + eta).sum() - gammaln(sizes + eta * len(row)).sum()))
    whole = sum(chances.values())
    return {topics: chance / whole for topics, chance in chances.items()}


def test_assignments_come_as_often_as_the_posterior_says() -> None:
    row = np.array([2, 1, 2], dtype=np.int32)
    matrix = sparse.csr_array(row[None])
    settings = replace(SETTINGS, n_topics=2, alpha=0.8, eta=1.1, passes=1, samples=20_000)
    sampler = Sampler(matrix, settings, fit_lda(matrix, replace(settings, samples=0)).state)
    order = np.argsort(sampler.cut.columns[sampler.tokens[1]], kind="stable")
    seen: Counter[tuple[int, ...]] = Counter()
    while not sampler.done:
        sampler.sweep()
        seen[tuple(sampler.topics[order].tolist())] += 1
    for topics, chance in posterior(row, 0.8, 1.1, 2).items():
        assert seen[topics] / seen.total() == pytest.approx(chance, abs=0.01)


def test_the_result_is_the_mean_of_the_sampled_counts() -> None:
    counts, settings = titles(200), replace(SETTINGS, samples=7)
    sampler = Sampler(counts, settings, fit_lda(counts, replace(settings, samples=0)).state)
    masses, priors = [], []
    while not sampler.done:
        before = sampler.sums.copy()
        sampler.sweep()
        if len(sampler.priors) > BURN_IN:
            masses.append(sampler.sums - before)
            priors.append(sampler.priors[-1])
    found = fit_lda(counts, settings)
    expected = np.empty((240, 4))
    expected[sampler.cut.columns] = np.mean(masses, axis=0)[:, :4]
    assert np.allclose(found.topic_counts, expected.T, rtol=1e-9)
    assert np.allclose(found.alpha, np.mean(priors, axis=0))
    assert found.topic_counts.sum() == pytest.approx(counts.sum() + 4 * 240 * 0.05, rel=1e-4)
    assert len(masses) == 7


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_short_documents_are_told_better_for_it(seed: int) -> None:
    counts, held = titles(3000, seed=seed), titles(600, length=8, seed=seed + 50)
    settings = replace(SETTINGS, n_topics=12, passes=300, samples=60)
    values = [
        completion_perplexity(held, fit.topic_counts / fit.topic_counts.sum(axis=1, keepdims=True), fit.alpha)
        for fit in (fit_lda(counts, replace(settings, samples=0)), fit_lda(counts, settings))
    ]
    assert values[1] < values[0]


def test_the_document_prior_is_learned_unless_it_is_given() -> None:
    counts = titles(2000, n_topics=4, noise=0.0)
    settings = replace(SETTINGS, passes=300, samples=100)
    assert fit_lda(counts, settings).alpha.sum() == pytest.approx(0.32, rel=0.15)  # drawn with 0.08 for each topic
    assert (fit_lda(counts, replace(settings, alpha=0.7)).alpha == 0.7).all()


def test_terms_stay_out_of_topics_in_which_their_prior_is_zero() -> None:
    eta = np.full((4, 240), 0.05)
    eta[1:, :20] = 0.0
    found = fit_lda(titles(400), replace(SETTINGS, eta=eta)).topic_counts
    assert (found[1:, :20] == 0).all()
    assert (found[0, :20] > 0.05).all()


@pytest.mark.parametrize("changes", [{}, {"max_stored": 0}], ids=["stored", "free"])
def test_threads_and_order_change_no_byte(changes: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_running, "LEAST_WORK", 1)
    counts, settings = titles(500), replace(SETTINGS, **changes)
    n_threads, found = numba.get_num_threads(), set()
    try:
        for threads in sorted({1, 2, 4, 8} & set(range(1, numba.config.NUMBA_NUM_THREADS + 1))):
            numba.set_num_threads(threads)
            found.add(fit_lda(counts, settings).topic_counts.tobytes())
    finally:
        numba.set_num_threads(n_threads)
    found.add(fit_lda(counts[np.random.default_rng(0).permutation(500)], settings).topic_counts.tobytes())
    assert len(found) == 1
    assert fit_lda(counts, replace(settings, seed=2)).topic_counts.tobytes() not in found
    assert fit_lda(counts, replace(settings, samples=31)).topic_counts.tobytes() not in found


@pytest.mark.parametrize("changes", [{}, {"max_stored": 0}], ids=["stored", "free"])
@pytest.mark.parametrize("stop", [1, 17], ids=["burning in", "averaging"])
def test_interrupted_while_sampling_it_goes_on_to_the_same_bytes(changes: dict[str, int], stop: int, tmp_path: Path) -> None:
    counts, settings = titles(300), replace(SETTINGS, **changes)
    whole, last = fit_lda(counts, settings), len(fit_lda(counts, replace(settings, samples=0)).perplexities) + stop

    def report(number: int, perplexity: float) -> None:
        assert np.isfinite(perplexity)
        if number == last:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=f"after sweep {last}") as caught:
        fit_lda(counts, settings, report=report)
    caught.value.state.save(tmp_path / "state.safetensors")
    state = State.load(tmp_path / "state.safetensors")
    again = fit_lda(counts, settings, state=state)
    assert again.topic_counts.tobytes() == whole.topic_counts.tobytes()
    assert (again.alpha.tobytes(), again.passes, again.settled) == (whole.alpha.tobytes(), whole.passes, whole.settled)
    with pytest.raises(DataError, match="there were 300 documents, are 301; there were 1500 tokens, are 1505"):
        fit_lda(titles(301), settings, state=state)
    with pytest.raises(DataError, match="the counts are others"):
        fit_lda(titles(300, seed=4), settings, state=state)
    with pytest.raises(DataError, match="the saved state is of 1500 tokens"):  # damaged behind its own back
        fit_lda(titles(301), settings, state=replace(state, origin=origin(as_counts(titles(301)), settings)))
    longer = replace(settings, samples=settings.samples + 5)
    assert fit_lda(counts, longer, state=state).topic_counts.tobytes() == fit_lda(counts, longer).topic_counts.tobytes()
    if stop > 15:
        with pytest.raises(DataError, match=f"has sampled {stop - BURN_IN} sweeps, samples is 3"):
            fit_lda(counts, replace(settings, samples=3), state=state)
    with pytest.raises(DataError, match="sampling had begun"):
        fit_lda(counts, replace(settings, samples=0), state=state)


@pytest.mark.parametrize(("length", "samples"), [(5, 100), (SHORT - 1, 100), (SHORT, 0), (200, 0)])
def test_short_documents_are_sampled_by_default(length: int, samples: int) -> None:
    counts = titles(40, length=length)
    assert default_samples(counts) == samples
    empty = sparse.csr_array((400, 240), dtype=np.int32)
    assert default_samples(sparse.vstack([counts, empty], format="csr")) == samples  # documents without terms say nothing
