"""CVB0: sweeps by hand, planted topics, priors, both ways of keeping responsibilities, stopping, interrupting, the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linear_sum_assignment, minimize
from scipy.special import digamma, gammaln

from topics.core.errors import DataError, UsageError
from topics.models import _cvb0, _cvb0_priors, _running
from topics.models import _cvb0_blocks as blocks
from topics.models._cvb0_settings import Settings
from topics.models._fold_in import completion_perplexity
from topics.models._inference import Fitted, best_of, fit_lda
from topics.models._seeds import derived
from topics.models._state import Interrupted, State

SETTINGS = Settings(n_topics=3, passes=300, tolerance=1e-3, alpha=0.1, eta=0.05, seed=1)
FREE = {"max_stored": 0}
BOTH = pytest.mark.parametrize("changes", [{}, FREE], ids=["stored", "free"])
TRUE = np.kron(np.eye(3), np.ones(10))


def planted_counts(n_docs: int = 120, seed: int = 5, length: int = 60) -> sparse.csr_array:
    """Counts (n_docs, 30) drawn from three topics of ten terms each."""
    generator = np.random.default_rng(seed)
    topics = np.kron(np.eye(3), np.full(10, 0.09)) + 0.1 / 30
    shares = generator.dirichlet([0.2] * 3, n_docs)
    counts = np.stack([generator.multinomial(length, row / row.sum()) for row in shares @ topics])
    return sparse.csr_array(counts.astype(np.int32))


def matched(found: np.ndarray, true: np.ndarray) -> float:
    """The smallest correlation of matched topics."""
    similarity = np.corrcoef(found, true)[: len(found), len(found) :]
    rows, columns = linear_sum_assignment(-similarity)
    return float(similarity[rows, columns].min())


def bytes_of(fitted: Fitted) -> bytes:
    return b"".join(np.asarray(part).tobytes() for part in (fitted.topic_counts, fitted.alpha, fitted.eta, fitted.perplexities))


class ByHand:
    """The published update, written plainly in float64, with the order of work that `_cvb0_blocks` describes."""

    def __init__(self, counts: np.ndarray, alpha: np.ndarray, eta: np.ndarray, seed: int) -> None:
        matrix = sparse.csr_array(counts)
        self.cut = blocks.cut(matrix)
        self.counts, self.alpha, self.eta = counts[self.cut.order][:, self.cut.columns], alpha, eta[:, self.cut.columns].T
        gamma = np.zeros((matrix.nnz, blocks.padded(len(alpha))), dtype=np.float32)
        start = np.uint64(np.random.default_rng(seed).integers(1 << 63))
        pairs = (self.cut.starts, self.cut.terms, self.cut.counts)
        chances = self.eta if np.ptp(eta) > 0 else np.ones((1, len(alpha)))
        blocks.draw(pairs, self.cut.docs, start, (np.ones((1, len(alpha))), np.ascontiguousarray(chances)), gamma)
        self.gamma = np.zeros((*self.counts.shape, len(alpha)))
        for part in range(blocks.PARTS):
            for doc in range(len(counts)):
                for at in range(self.cut.starts[part, doc], self.cut.starts[part, doc + 1]):
                    self.gamma[doc, self.cut.terms[at]] = gamma[at, : len(alpha)]

    def sweep(self) -> float:
        """One sweep; returns the perplexity of each token given all others."""
        docs = np.einsum("dw,dwk->dk", self.counts, self.gamma) + self.alpha
        terms = np.einsum("dw,dwk->wk", self.counts, self.gamma) + self.eta
        totals, log = terms.sum(axis=0), 0.0
        for turn in range(blocks.PARTS):
            before = totals.copy()
            for part in range(blocks.PARTS):
                other = (part + turn) % blocks.PARTS
                for doc in range(self.cut.docs[part], self.cut.docs[part + 1]):
                    for term in self.cut.terms[self.cut.starts[other, doc] : self.cut.starts[other, doc + 1]]:
                        n, own = self.counts[doc, term], self.gamma[doc, term].copy()
                        share = (docs[doc] - own) * (terms[term] - own) / before
                        log += n * np.log(share.sum() / (self.counts[doc].sum() - 1 + self.alpha.sum()))
                        self.gamma[doc, term] = share / share.sum()
                        change = n * (self.gamma[doc, term] - own)
                        docs[doc], terms[term], totals = docs[doc] + change, terms[term] + change, totals + change
        return float(np.exp(-log / self.counts.sum()))

    @property
    def topic_counts(self) -> np.ndarray:
        found = np.empty(self.eta.T.shape)
        found[:, self.cut.columns] = (np.einsum("dw,dwk->wk", self.counts, self.gamma) + self.eta).T
        return found


@pytest.mark.parametrize(
    "eta", [np.full((2, 12), 0.05), np.repeat([[0.3, 0.0, 0.1], [0.01, 0.2, 0.5]], 4, axis=1)], ids=["number", "matrix"]
)
def test_sweeps_follow_the_published_update(eta: np.ndarray) -> None:
    counts = np.random.default_rng(2).poisson(0.8, (20, 12)).astype(np.int32)
    counts = counts[counts.sum(axis=1) > 1]
    alpha = np.array([0.1, 0.4])
    plain = ByHand(counts, alpha, eta, seed=1)
    perplexities = [plain.sweep() for _ in range(3)]
    settings = replace(SETTINGS, n_topics=2, passes=3, alpha=alpha, eta=eta if np.ptp(eta) > 0 else 0.05)
    found = fit_lda(sparse.csr_array(counts), settings)
    assert found.passes == 3
    assert found.topic_counts == pytest.approx(plain.topic_counts, abs=1e-4)
    assert found.perplexities == pytest.approx(perplexities, rel=1e-5)


@BOTH
@pytest.mark.parametrize("alpha", [0.1, None])
@pytest.mark.parametrize("eta", [0.05, None])
def test_planted_topics_are_found(changes: dict[str, int], alpha: float | None, eta: float | None) -> None:
    counts = planted_counts()
    found = fit_lda(counts, replace(SETTINGS, alpha=alpha, eta=eta, **changes))
    assert matched(found.topic_counts, TRUE) > 0.98
    assert found.topic_counts.sum() == pytest.approx(counts.sum() + float(found.eta) * found.topic_counts.size, rel=1e-4)


@pytest.mark.parametrize("length", [5, 60])
def test_both_ends_of_the_memory_switch_agree(length: int) -> None:
    """On short documents too, where a token is a large part of its document and taking it out matters most."""
    counts, held = planted_counts(600, length=length), planted_counts(300, seed=6, length=length)
    one, two = (fit_lda(counts, replace(SETTINGS, alpha=None, **changes)) for changes in ({}, FREE))
    assert matched(one.topic_counts, two.topic_counts) > 0.99
    assert not np.array_equal(one.topic_counts, two.topic_counts), "the switch did nothing"
    stored, free = (
        completion_perplexity(held, found.topic_counts / found.topic_counts.sum(axis=1, keepdims=True), found.alpha) for found in (one, two)
    )
    assert free == pytest.approx(stored, rel=0.01)


def test_the_switch_is_the_size_of_the_responsibilities() -> None:
    counts = planted_counts()
    needed = counts.nnz * blocks.LANES * 4
    kept = [fit_lda(counts, replace(SETTINGS, passes=1, max_stored=limit)).state.gamma.shape[0] for limit in (needed, needed - 1)]
    assert kept == [counts.nnz, 0]


def hard_blocks(counts: sparse.csr_array, topics: np.ndarray) -> tuple[blocks.Blocks, np.ndarray]:
    """Blocks whose terms belong wholly to the topic that `topics` (n_terms,) names."""
    cut = blocks.cut(counts)
    gamma = np.zeros((counts.nnz, blocks.LANES), dtype=np.float32)
    gamma[np.arange(counts.nnz), topics[cut.columns[cut.terms]]] = 1.0
    return cut, gamma


def most_likely(masses: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The numerical maximum of the Dirichlet-multinomial likelihood."""

    def loss(logs: np.ndarray) -> float:
        prior = np.exp(logs) if logs.size > 1 else np.exp(np.repeat(logs, masses.shape[1]))
        each = gammaln(prior.sum()) - gammaln(masses.sum(axis=1) + prior.sum())
        return -float((each + (gammaln(masses + prior) - gammaln(prior)).sum(axis=1)).sum())

    return np.exp(minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8}).x)


def test_the_learned_document_prior_is_the_most_likely_one() -> None:
    """With sure responsibilities, where the likelihood can be written down."""
    generator = np.random.default_rng(3)
    masses = np.stack([generator.multinomial(80, generator.dirichlet([0.3, 1.2, 0.6])) for _ in range(400)])
    cut, gamma = hard_blocks(sparse.csr_array(masses.astype(np.int32)), np.arange(3))
    alpha = np.full(3, 0.1)
    for _ in range(500):
        alpha = _cvb0_priors.learn_alpha(cut, gamma, np.full(400, 80.0), alpha)
    assert alpha == pytest.approx(most_likely(masses.astype(float), np.zeros(3)), rel=1e-3)


def test_the_learned_topic_prior_is_the_most_likely_one() -> None:
    generator = np.random.default_rng(4)
    counts = np.kron(np.eye(2), np.ones((50, 20))) * generator.poisson(generator.gamma(0.4, 1.0, 40), (100, 40))
    matrix = sparse.csr_array(counts.astype(np.int32))
    cut, gamma = hard_blocks(matrix, np.repeat([0, 1], 20))
    masses = np.stack([np.where(np.arange(40) // 20 == topic, counts.sum(axis=0), 0.0) for topic in (0, 1)])
    eta = 0.1
    for _ in range(500):
        eta = _cvb0_priors.learn_eta(cut, gamma, masses.sum(axis=1), eta)
    assert eta == pytest.approx(most_likely(masses, np.zeros(1))[0], rel=1e-3)


def test_unsure_responsibilities_count_as_the_chance_of_a_token() -> None:
    """Against a simulation: the mean over draws of psi(a + n) - psi(a), for few and for many tokens."""
    generator = np.random.default_rng(1)
    for chances in ([0.02] * 8, [0.5, 0.3, 0.9], [0.6] * 30):
        draws = (generator.random((200_000, len(chances))) < chances).sum(axis=1)
        true = float((digamma(0.1 + draws) - digamma(0.1)).mean())
        found = _cvb0_priors.evidence(sum(chances), float(np.prod(1 - np.array(chances))), 0.1, float(digamma(0.1)))
        assert found == pytest.approx(true, rel=0.05)
        if max(chances) < 0.1:
            assert digamma(0.1 + sum(chances)) - digamma(0.1) > 2 * true, "expected counts alone would have done"


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9, 100])
def test_the_chance_of_no_occurrence_is_a_power(count: int) -> None:
    none = np.full(16, 0.5, dtype=np.float32)
    _cvb0_priors.times_absent(none, np.linspace(0, 0.3, 16, dtype=np.float32), float(count))
    assert none == pytest.approx(0.5 * (1 - np.linspace(0, 0.3, 16)) ** count, rel=1e-4, abs=1e-12)


def test_many_tokens_of_the_least_responsibility_are_no_error() -> None:
    """1 - 2e-8 is 1 in single precision; the chance that none of 60,000 such tokens is there is exp(-0.0012) all the same."""
    exact = -np.expm1(-1.2e-3) * (digamma(0.1 + 1.2e-3 / -np.expm1(-1.2e-3)) - digamma(0.1))
    assert _cvb0_priors.evidence(1.2e-3, 1.0, 0.1, float(digamma(0.1))) == pytest.approx(exact, rel=1e-6)
    counts = sparse.csr_array(np.random.default_rng(0).poisson(3, (40, 30)).astype(np.int32) * 3000)
    assert np.isfinite(fit_lda(counts, Settings(5, 30, 0.0003, None, None, 1)).alpha).all()


def test_a_learned_prior_is_near_the_planted_one_and_follows_the_topics_sizes() -> None:
    generator = np.random.default_rng(8)
    topics = np.kron(np.eye(2), np.full(10, 0.1))
    shares = generator.dirichlet([2.0, 0.2], 300)
    counts = sparse.csr_array(np.stack([generator.multinomial(50, row) for row in shares @ topics]).astype(np.int32))
    for changes in ({}, FREE):
        found = fit_lda(counts, replace(SETTINGS, n_topics=2, alpha=None, tolerance=-1.0, passes=200, **changes))
        assert sorted(found.alpha) == pytest.approx([0.2, 2.0], rel=0.3)
        sizes = found.topic_counts.sum(axis=1)
        assert sizes.argmax() == found.alpha.argmax()


@BOTH
def test_a_given_prior_is_kept(changes: dict[str, int]) -> None:
    alpha = np.array([0.1, 0.2, 0.4])
    found = fit_lda(planted_counts(), replace(SETTINGS, alpha=alpha, **changes))
    assert np.array_equal(found.alpha, alpha)
    assert found.eta == 0.05
    other = fit_lda(planted_counts(), replace(SETTINGS, alpha=alpha, eta=0.5, **changes))
    assert not np.array_equal(found.topic_counts - 0.05, other.topic_counts - 0.5)


@BOTH
def test_the_topic_prior_learned_in_a_fit_is_the_most_likely_one_for_its_topics(changes: dict[str, int]) -> None:
    found = fit_lda(planted_counts(600), replace(SETTINGS, alpha=None, eta=None, tolerance=1e-6, **changes))
    masses = np.maximum(found.topic_counts - found.eta, 0)
    assert found.eta == pytest.approx(most_likely(masses, np.zeros(1))[0], rel=0.01)
    assert abs(float(found.eta) - _cvb0.ETA) > 0.2  # far from where learning starts


@BOTH
def test_a_term_stays_out_of_topics_whose_eta_is_zero(changes: dict[str, int]) -> None:
    counts = planted_counts()
    eta = np.full((3, 30), 0.05)
    eta[:2, :10], eta[0, 10:20], eta[2, 10:] = 0.0, 0.0, 0.0
    found = fit_lda(counts, replace(SETTINGS, eta=eta, **changes))
    assert (found.topic_counts[eta == 0] == 0).all()
    assert found.topic_counts[2, :10].sum() == pytest.approx(counts[:, :10].sum() + 0.5, rel=1e-4)
    assert np.isfinite(found.perplexities).all()


@BOTH
def test_seed_terms_steer_topics(changes: dict[str, int]) -> None:
    """Two seed terms a topic decide which topic finds which theme, from any start."""
    eta = np.full((3, 30), 0.05)
    for topic, first in enumerate((20, 0, 10)):
        eta[topic, first : first + 2] += 20.0
    for seed in range(5):
        found = fit_lda(planted_counts(), replace(SETTINGS, eta=eta, seed=seed, **changes)).topic_counts
        assert [int(row[:10].sum() > row[10:20].sum()) for row in found][1] == 1
        assert [int(np.argmax(row.reshape(3, 10).sum(axis=1))) for row in found] == [2, 0, 1]


def test_it_stops_when_the_perplexity_settles_or_after_the_passes() -> None:
    counts = planted_counts()
    loose, tight = (fit_lda(counts, replace(SETTINGS, n_topics=8, tolerance=value, passes=2000)) for value in (0.05, 1e-6))
    assert loose.passes < tight.passes < 2000
    assert loose.settled
    assert tight.settled
    falls = 1 - tight.perplexities[_cvb0.WINDOW :] / tight.perplexities[: -_cvb0.WINDOW]
    assert falls[-1] < 1e-6 <= falls[_cvb0.MIN_SWEEPS - _cvb0.WINDOW - 1 : -1].min(initial=1.0)
    short = fit_lda(counts, replace(SETTINGS, passes=7))
    assert (short.passes, short.settled) == (7, False)


@BOTH
def test_any_number_of_threads_and_any_order_give_the_same_bytes(changes: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_running, "LEAST_WORK", 1)  # or there is too little work for two
    counts = planted_counts(400)
    settings = replace(SETTINGS, passes=60, alpha=None, eta=None, **changes)
    n_threads, found = numba.get_num_threads(), set()
    try:
        for threads in sorted({1, 2, 4, 8} & set(range(1, numba.config.NUMBA_NUM_THREADS + 1))):
            numba.set_num_threads(threads)
            found.add(bytes_of(fit_lda(counts, settings)))
    finally:
        numba.set_num_threads(n_threads)
    for seed in range(3):
        found.add(bytes_of(fit_lda(counts[np.random.default_rng(seed).permutation(400)], settings)))
    assert len(found) == 1
    assert bytes_of(fit_lda(counts, replace(settings, seed=2))) not in found


@pytest.mark.slow
@pytest.mark.parametrize("module", ["test_cvb0.py", "test_gibbs.py"])
def test_eight_threads_give_the_same_bytes_too(module: str) -> None:
    """numba takes no more threads than it began with: eight need a process of their own on a small machine."""
    environment = {**os.environ, "NUMBA_NUM_THREADS": "8"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "threads and not eight", str(Path(__file__).parent / module)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


@BOTH
def test_an_interrupted_fit_goes_on_from_its_saved_state_to_the_same_bytes(changes: dict[str, int], tmp_path: Path) -> None:
    counts, settings = planted_counts(), replace(SETTINGS, passes=60, alpha=None, eta=None, **changes)
    whole = fit_lda(counts, settings)
    seen: list[tuple[int, float]] = []
    before = signal.getsignal(signal.SIGINT)

    def report(number: int, perplexity: float) -> None:
        seen.append((number, perplexity))
        if number == 23:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted, match="after sweep 23") as caught:
        fit_lda(counts, settings, report=report)
    assert [number for number, _ in seen] == list(range(1, 24))
    assert [value for _, value in seen] == whole.perplexities[:23].tolist()
    assert signal.getsignal(signal.SIGINT) is before
    caught.value.state.save(tmp_path / "state.safetensors")
    assert bytes_of(fit_lda(counts, settings, state=State.load(tmp_path / "state.safetensors"))) == bytes_of(whole)


def test_a_callback_may_interrupt() -> None:
    def report(number: int, perplexity: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="after sweep 1"):
        fit_lda(planted_counts(), SETTINGS, report=report)


def interrupted(counts: sparse.csr_array, settings: Settings, after: int) -> State:
    def report(number: int, perplexity: float) -> None:
        if number == after:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        fit_lda(counts, settings, report=report)
    return caught.value.state


def moved(counts: sparse.csr_array) -> sparse.csr_array:
    """One token of the first document taken for another term: as many documents, terms and tokens as before."""
    table = counts.toarray()
    table[0, table[0].argmax()] -= 1
    table[0, table[0].argmin()] += 1
    return sparse.csr_array(table)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n_topics": 4}, "n_topics was 3, is 4"),  # both are padded to 16
        ({"alpha": 0.2}, "alpha was 0.1, is 0.2"),
        ({"alpha": None}, "alpha was 0.1, is learned"),
        ({"eta": np.full((3, 30), 0.05)}, r"eta was 0.05, is \(3, 30\) with sha256"),
        ({"seed": 2}, "seed was 1, is 2"),
        ({"start": "nmf"}, "start was random, is nmf"),
        ({"max_stored": 0}, "responsibilities was kept, is not kept"),
        ({"topics": np.full((3, 30), 1 / 30)}, "the topics to start from was not there"),
        ({"n_topics": 5, "seed": 4}, "n_topics was 3, is 5; seed was 1, is 4"),
    ],
    ids=lambda item: str(item)[:20],
)
def test_a_state_of_other_settings_is_refused(changes: dict[str, object], said: str) -> None:
    state = interrupted(planted_counts(), SETTINGS, 5)
    with pytest.raises(DataError, match=f"the saved state is of another fit: {said}"):
        fit_lda(planted_counts(), replace(SETTINGS, **changes), state=state)


@BOTH
def test_a_state_of_other_counts_is_refused_and_one_of_shuffled_documents_is_not(changes: dict[str, int]) -> None:
    counts, settings = planted_counts(), replace(SETTINGS, **changes)
    state = interrupted(counts, settings, 5)
    with pytest.raises(DataError, match="another fit: there were 120 documents, are 60; there were 7200 tokens, are 3600"):
        fit_lda(planted_counts(60), settings, state=state)
    with pytest.raises(DataError, match="the counts are others, of as many documents, terms and tokens"):
        fit_lda(moved(counts), settings, state=state)
    shuffled = fit_lda(counts[np.random.default_rng(0).permutation(120)], settings, state=state)
    assert bytes_of(shuffled) == bytes_of(fit_lda(counts, settings))


def test_how_long_a_fit_goes_on_may_change_when_it_is_taken_up_again() -> None:
    counts = planted_counts()
    state, settings = interrupted(counts, SETTINGS, 5), replace(SETTINGS, passes=70, tolerance=-1.0)
    assert bytes_of(fit_lda(counts, settings, state=state)) == bytes_of(fit_lda(counts, settings))


def test_a_saved_state_that_does_not_say_whose_it_is_is_refused(tmp_path: Path) -> None:
    counts, path = planted_counts(), tmp_path / "state.safetensors"
    state = interrupted(counts, SETTINGS, 5)
    state.save(path)
    assert State.load(path).origin == state.origin
    replace(state, origin=None).save(path)
    with pytest.raises(DataError, match="does not say which fit it is of"):
        State.load(path)
    with pytest.raises(DataError, match="does not say which fit it is of"):
        fit_lda(counts, SETTINGS, state=replace(state, origin=None))
    with pytest.raises(DataError, match="the saved state has arrays of"):  # damaged behind its own back
        fit_lda(counts, SETTINGS, state=replace(state, docs=state.docs[:-1]))


def test_the_best_of_several_starts_is_the_one_that_tells_held_out_words_best() -> None:
    counts, settings = planted_counts(), replace(SETTINGS, passes=8, n_topics=4)
    held = blocks.content_order(counts)[::10]
    rest = counts[np.setdiff1d(np.arange(counts.shape[0]), held)]
    values, topics, seeds = [], [], [derived(1, "start", number) for number in range(4)]
    for seed in seeds:
        found = fit_lda(rest, replace(settings, seed=seed))
        topics.append(found.topic_counts / found.topic_counts.sum(axis=1, keepdims=True))
        values.append(completion_perplexity(counts[held], topics[-1], found.alpha))
    best = best_of(counts, settings, 4)
    assert best.seed == seeds[int(np.argmin(values))]
    assert np.array_equal(best.topics, topics[int(np.argmin(values))])
    assert best_of(counts, settings, 1) == settings
    assert len(set(values)) == 4


@BOTH
def test_the_fit_to_all_documents_goes_on_from_the_topics_that_won(changes: dict[str, int]) -> None:
    """By its seed alone it would be another one, and the score of the start would say nothing of it."""
    generator = np.random.default_rng(4)
    topics = generator.dirichlet(np.full(200, 0.05), 20)
    counts = sparse.csr_array(np.stack([generator.multinomial(40, row) for row in generator.dirichlet([0.1] * 20, 300) @ topics]))
    settings = replace(SETTINGS, n_topics=20, passes=200, **changes)
    best = best_of(counts, settings, 3)
    assert best.topics is not None
    won, alone = (fit_lda(counts, each).topic_counts for each in (best, replace(best, topics=None)))

    def likeness(found: np.ndarray) -> float:
        similarity = np.corrcoef(found, best.topics)[:20, 20:]
        return float(similarity[linear_sum_assignment(-similarity)].mean())

    assert likeness(won) > 0.97
    assert likeness(won) > likeness(alone) + 0.05


def test_topics_to_start_from_keep_out_what_eta_keeps_out() -> None:
    eta = np.full((3, 30), 0.05)
    eta[0, :10] = 0.0
    settings = replace(SETTINGS, eta=eta, topics=np.full((3, 30), 1 / 30))
    assert (fit_lda(planted_counts(), settings).topic_counts[0, :10] == 0).all()
    nowhere = np.where(np.arange(30) < 10, [[1.0], [0.0], [0.0]], 1.0)
    with pytest.raises(UsageError, match="leave no topic to the term in column 0"):
        fit_lda(planted_counts(), replace(settings, topics=nowhere))
    with pytest.raises(UsageError, match=r"have the shape \(3, 29\).*Give \(3, 30\) of finite"):
        fit_lda(planted_counts(), replace(settings, topics=np.ones((3, 29))))


def test_fewer_documents_than_parts_and_empty_ones_are_fine() -> None:
    counts = planted_counts(n_docs=blocks.PARTS - 3).toarray()
    whole = fit_lda(sparse.csr_array(counts), SETTINGS)
    counts[2] = 0
    assert np.isfinite(whole.topic_counts).all()
    for changes in ({}, FREE):
        assert np.isfinite(fit_lda(sparse.csr_array(counts), replace(SETTINGS, alpha=None, **changes)).topic_counts).all()


@BOTH
def test_no_number_stops_with_its_sweep_and_partition_named(changes: dict[str, int]) -> None:
    counts, settings = planted_counts(), replace(SETTINGS, **changes)
    state = fit_lda(counts, replace(settings, passes=4)).state
    state.docs[-1, 0] = np.nan  # the last document is in the last part
    with pytest.raises(DataError, match="after sweep 5, partition 8 of 8"):
        fit_lda(counts, settings, state=state)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_topics": 1}, "topics is 1. Give a whole number of at least 2"),
        ({"n_topics": 2.5}, "topics is 2.5. Give a whole number of at least 2"),
        ({"passes": 0}, "passes is 0. Give a whole number of at least 1"),
        ({"seed": -1}, "seed is -1. Give a whole number of at least 0"),
        ({"seed": None}, "seed is None. Give a whole number of at least 0"),
        ({"seed": True}, "seed is True. Give a whole number of at least 0"),
        ({"samples": -1}, "samples is -1. Give a whole number of at least 0"),
        ({"start": "warm"}, "there is no start 'warm'.*There are"),
        ({"tolerance": float("nan")}, "tolerance is nan. Give a finite number"),
        ({"alpha": -0.1}, "alpha holds -0.1; every entry must be a number"),
        ({"alpha": float("nan")}, "alpha holds nan"),
        ({"alpha": "learned"}, "alpha is 'learned'; one number or an array"),
        ({"alpha": np.ones(4)}, r"alpha has the shape \(4,\); one number or \(3,\)"),
        ({"eta": 0.0}, "eta holds 0.0; every entry must be a number from 1e-12 to"),
        ({"eta": 0}, "eta holds 0.0; every entry must be a number from 1e-12 to"),
        ({"eta": np.ones((30, 3))}, r"eta has the shape \(30, 3\); one number or \(3, 30\)"),
        ({"eta": -np.ones((3, 30))}, "eta holds -1.0"),
        ({"eta": np.where(np.arange(30) == 7, 0.0, np.ones((3, 30)))}, "every topic for the term in column 7"),
        ({"eta": np.array([[1.0], [0.0], [1.0]]) * np.ones(30)}, "eta is 0 for every term of topic 1"),
    ],
)
def test_settings_that_are_not_legal_are_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        fit_lda(planted_counts(), replace(SETTINGS, **changes))


@pytest.mark.parametrize(("value", "words"), [(-1.0, "whole numbers"), (np.nan, "whole numbers"), (0.5, "whole numbers")])
def test_counts_that_are_not_legal_are_named(value: float, words: str) -> None:
    counts = planted_counts().astype(np.float64)
    counts.data[3] = value
    with pytest.raises(DataError, match=words):
        fit_lda(counts, SETTINGS)


@pytest.mark.parametrize(
    "change",
    [sparse.csc_array, sparse.csr_matrix, sparse.coo_array, lambda counts: counts.toarray(), lambda counts: counts.astype(np.float64)],
    ids=["csc", "csr_matrix", "coo", "dense", "float"],
)
def test_counts_in_any_form_give_the_same_bytes(change: object) -> None:
    counts = planted_counts()
    assert bytes_of(fit_lda(change(counts), SETTINGS)) == bytes_of(fit_lda(counts, SETTINGS))  # type: ignore[operator]


@BOTH
def test_zeros_that_are_stored_change_nothing(changes: dict[str, int]) -> None:
    counts, settings = planted_counts(), replace(SETTINGS, alpha=None, eta=None, **changes)
    table = counts.toarray()
    rows, columns = np.indices(table.shape).reshape(2, -1)
    zeros = sparse.csr_array(sparse.coo_array((table.ravel(), (rows, columns)), shape=table.shape))
    assert zeros.nnz == table.size > counts.nnz
    assert bytes_of(fit_lda(zeros, settings)) == bytes_of(fit_lda(counts, settings))
    assert zeros.nnz == table.size, "the given counts stay as they are"


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (np.ones(5, dtype=np.int32), r"counts are of shape \(5,\)"),
        (np.array([["a", "b"]]), "type <U1. Give a matrix"),
        (np.array([[1, 2**31]]), "a count is 2147483648, allowed are 0 to 2147483647"),
    ],
)
def test_what_is_no_matrix_of_counts_is_named(counts: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        fit_lda(counts, SETTINGS)


def test_no_terms_at_all_is_an_error() -> None:
    with pytest.raises(DataError, match="no document of 9 holds a term"):
        fit_lda(sparse.csr_array((9, 4), dtype=np.int32), SETTINGS)


def test_threads_get_enough_work_each(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, asked = planted_counts(), []
    monkeypatch.setattr(numba, "set_num_threads", asked.append)
    monkeypatch.setattr(numba, "get_num_threads", lambda: 8)
    for least in (1, counts.nnz * blocks.LANES // blocks.PARTS // 3, 10**9):
        monkeypatch.setattr(_running, "LEAST_WORK", least)
        fit_lda(counts, replace(SETTINGS, passes=1))
    assert asked == [8, 8, 3, 8, 1, 8]
