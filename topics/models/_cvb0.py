"""LDA by zero-order collapsed variational Bayes.

Source: Asuncion, Welling, Smyth and Teh 2009, "On smoothing and inference for topic models". Every (document, term) pair holds a
responsibility vector gamma over topics; a sweep sets, with the pair's own share taken out of the counts,

    gamma_k  ~  (n_dk + alpha_k) (n_wk + eta_kw) / (n_k + sum_w eta_kw).

The sum over topics, divided by the document's mass, is the chance of a token given all the others. The perplexity that it makes costs
nothing, and inference stops when it settles. Two ways, chosen by size alone: `_cvb0_blocks.py` keeps responsibilities and changes counts in
place; `_cvb0_stream.py` makes them anew at each sweep. Documents are taken in the order of a digest of their counts, in a fixed number of
parts, so the same documents give the same bytes in any order and on any number of threads.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numba
import numpy as np
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import Float64
from topics.models import _cvb0_blocks as blocks
from topics.models import _cvb0_stream as stream
from topics.models._cvb0_priors import learn_alpha, learn_eta, step
from topics.models._cvb0_settings import Settings, State, check
from topics.progress import stage

MAX_FRESH = 1 << 30  # bytes of topic-term counts that the parts of a sweep without responsibilities may take together
BURN_IN, EVERY = 10, 5  # sweeps before priors are first learned, and between two times
WINDOW, MIN_SWEEPS = 10, 40  # sweeps over which the perplexity must settle, and those that are always made
ALPHA_SUM, ETA = 5.0, 0.05  # where learning starts

LEAST_WORK = 250_000  # numbers that a thread must get between two meetings, or waiting for each other takes longer than the work

Report = Callable[[int, float], None]


class Interrupted(KeyboardInterrupt):
    """An interrupt between two sweeps; `state` goes into `fit_cvb0` to go on from there."""

    def __init__(self, state: State) -> None:
        super().__init__(f"interrupted after sweep {state.perplexities.size}")
        self.state = state


@dataclass(frozen=True, eq=False)
class Fitted:
    """Topic-term counts with their prior (n_topics, n_terms), priors, perplexity of tokens given all others after each sweep."""

    topic_counts: Float64
    alpha: Float64
    eta: float | Float64
    perplexities: Float64
    settled: bool
    state: State

    @property
    def passes(self) -> int:
        """Sweeps made."""
        return int(self.perplexities.size)


class _Run:
    """The arrays of a fit under way and what can be done with them."""

    def __init__(self, counts: sparse.csr_array, settings: Settings, state: State | None) -> None:
        self.settings, self.n_lanes = settings, blocks.padded(settings.n_topics)
        self.matrix = (counts.indptr.astype(np.int64), counts.indices, counts.data)
        self.stored = counts.nnz * self.n_lanes * 4 <= settings.max_stored
        self.n_terms = counts.shape[1]
        sums = np.zeros(counts.shape[0], dtype=np.float64)
        np.add.at(sums, np.flatnonzero(np.diff(counts.indptr)), np.add.reduceat(counts.data, self._begins(counts), dtype=np.float64))
        if self.stored:
            self.cut = blocks.cut(counts)
            self.order, self.columns, self.borders = self.cut.order, self.cut.columns, self.cut.docs
            self.pairs = (self.cut.starts, self.cut.terms, self.cut.counts)
        else:
            self.order, self.columns = blocks.content_order(counts), np.arange(self.n_terms)
            parts = int(np.clip(MAX_FRESH // (self.n_terms * self.n_lanes * 4), 1, blocks.PARTS))
            self.borders = blocks.even_borders(np.diff(counts.indptr)[self.order].astype(np.int64), parts)
        self.lengths = sums[self.order]
        if state is None:
            self._start()
        else:
            self._take(state, counts.nnz)

    @staticmethod
    def _begins(counts: sparse.csr_array) -> np.ndarray:
        return counts.indptr[:-1][np.diff(counts.indptr) > 0]

    def _start(self) -> None:
        settings, k = self.settings, self.settings.n_topics
        self.alpha = np.broadcast_to(np.float64(ALPHA_SUM / k) if settings.alpha is None else settings.alpha, (k,)).astype(np.float64)
        self.eta = np.asarray(ETA if settings.eta is None else settings.eta, dtype=np.float64)
        self.perplexities: list[float] = []
        prior = self.eta.T[self.columns] if self.eta.ndim else np.ones((1, k))
        seed, chances = np.uint64(np.random.default_rng(settings.seed).integers(1 << 63)), np.cumsum(prior, axis=1)
        self._priors()
        if self.stored:
            self.gamma = np.zeros((self.pairs[1].size, self.n_lanes), dtype=np.float32)
            blocks.draw(self.pairs, self.borders, seed, chances, self.gamma)
            self._rebuild()
        else:
            self.gamma = np.empty((0, self.n_lanes), dtype=np.float32)
            stream.draw((*self.matrix, self.order), seed, chances, self.docs, self.terms)
            self._sum()

    def _take(self, state: State, n_pairs: int) -> None:
        shapes = (state.gamma.shape, state.docs.shape, state.terms.shape)
        wanted = ((n_pairs * self.stored, self.n_lanes), (self.order.size, self.n_lanes), (self.n_terms, self.n_lanes))
        if shapes != wanted:
            raise DataError(f"the saved state has arrays of {shapes}, this fit of {wanted}.", where="models.lda", hint="Start anew.")
        self.gamma, self.docs, self.terms, self.totals = (
            np.array(getattr(state, name), dtype=np.float32) for name in ("gamma", "docs", "terms", "totals")
        )
        self.alpha, self.eta, self.perplexities = state.alpha.copy(), state.eta.copy(), state.perplexities.tolist()

    def state(self) -> State:
        """What the next sweep depends on; no copy, for the run ends here."""
        return State(self.gamma, self.docs, self.terms, self.totals, self.alpha, self.eta, np.array(self.perplexities))

    def _priors(self) -> None:
        """Set the masses to their priors alone."""
        k = self.settings.n_topics
        self.docs = np.zeros((self.order.size, self.n_lanes), dtype=np.float32)
        self.docs[:, :k] = self.alpha
        self._term_priors()

    def _term_priors(self) -> None:
        self.terms = np.zeros((self.n_terms, self.n_lanes), dtype=np.float32)
        self.terms[:, : self.settings.n_topics] = self.eta.T[self.columns] if self.eta.ndim else self.eta

    def _sum(self) -> None:
        self.totals = self.terms.sum(axis=0, dtype=np.float64).astype(np.float32)
        self.totals[self.settings.n_topics :] = 1.0  # of no topic; divided by

    def _rebuild(self) -> None:
        self._priors()
        blocks.rebuild(self.pairs, self.gamma, self.docs, self.terms, (self.borders, self.cut.term_parts))
        self._sum()

    def sweep(self) -> None:
        """One sweep, and the priors learned where it is time to.

        Raises:
            DataError: a mass is no number any more; the message names sweep and partition.
        """
        number, lengths = len(self.perplexities) + 1, self.lengths
        learns = number >= BURN_IN and number % EVERY == 0
        whole = np.maximum(lengths - 1, 0) + self.alpha.sum()
        logs = (self._sweep_blocks if self.stored else self._sweep_stream)(learns=learns)
        bad = np.flatnonzero(~np.isfinite(logs))  # the first: in later rounds it has spread
        if bad.size:
            what = (
                f"the topic masses are no numbers any more after sweep {number}, partition {bad[0] % logs.shape[1] + 1} of {logs.shape[1]}."
            )
            raise DataError(what, where="models.lda", hint="Check alpha and eta, and the counts.")
        self.perplexities.append(float(np.exp(((lengths * np.log(whole)).sum() - logs.sum()) / lengths.sum())))

    def _sweep_blocks(self, *, learns: bool) -> Float64:
        logs: Float64 = blocks.sweep(self.pairs, self.gamma, self.docs, self.terms, self.totals, self.borders)
        if learns and np.isfinite(logs).all():
            if self.settings.alpha is None:
                self.alpha = learn_alpha(self.cut, self.gamma, self.lengths, self.alpha)
            if self.settings.eta is None:
                sizes = self.totals[: self.settings.n_topics].astype(np.float64) - self.n_terms * float(self.eta)
                self.eta = np.asarray(learn_eta(self.cut, self.gamma, np.maximum(sizes, 0.0), float(self.eta)))
            self._rebuild()
        return logs

    def _sweep_stream(self, *, learns: bool) -> Float64:
        matrix = (*self.matrix, self.order)
        fresh, found, logs = stream.sweep(matrix, self.borders, self.docs, self.terms, self.totals, self.alpha)
        self._term_priors()
        stream.gather(fresh, self.terms)
        self._sum()
        if learns and self.settings.alpha is None and np.isfinite(logs).all():
            alpha = step(self.alpha, found.sum(axis=0), self.lengths)
            self.docs[:, : alpha.size] += (alpha - self.alpha).astype(np.float32)
            self.alpha = alpha
        return np.asarray(logs)

    def settled(self) -> bool:
        """Whether the perplexity has."""
        n = len(self.perplexities)
        if n < MIN_SWEEPS:
            return False
        return 1 - self.perplexities[-1] / self.perplexities[-1 - WINDOW] < self.settings.tolerance

    def fitted(self, *, settled: bool) -> Fitted:
        """The topics, with columns as in the given counts."""
        counts = np.empty((self.settings.n_topics, self.n_terms))
        counts[:, self.columns] = np.maximum(self.terms[:, : self.settings.n_topics].T, 0.0)
        eta = self.eta if self.eta.ndim else float(self.eta)
        counts = np.where(np.asarray(eta) > 0, np.maximum(counts, eta), 0.0)
        return Fitted(counts, self.alpha, eta, np.array(self.perplexities), settled, self.state())


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Keep an interrupt until the sweep is done."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    previous = signal.signal(signal.SIGINT, lambda *_: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def _threads(work: int) -> Iterator[None]:
    """Use no more threads than there is work for."""
    before = numba.get_num_threads()
    numba.set_num_threads(int(np.clip(work // LEAST_WORK, 1, before)))
    try:
        yield
    finally:
        numba.set_num_threads(before)


def fit_cvb0(counts: sparse.csr_array, settings: Settings, *, state: State | None = None, report: Report | None = None) -> Fitted:
    """Fit topics to counts (n_docs, n_terms) of int.

    Args:
        counts: documents in any order.
        settings: see there.
        state: of an interrupted fit of the same counts and settings, to go on from; the bytes are those of a fit in one go.
        report: called after each sweep with its number and the perplexity of tokens given all others.

    Raises:
        UsageError: a setting or prior that is not legal.
        DataError: counts that are not legal, a state of another fit, or masses that are no numbers any more.
        Interrupted: by the user, between two sweeps.
    """
    check(counts, settings)
    matrix = counts.copy() if not counts.has_sorted_indices else counts
    matrix.sort_indices()
    matrix = sparse.csr_array((matrix.data.astype(np.int32), matrix.indices.astype(np.int32), matrix.indptr), shape=matrix.shape)
    work = matrix.nnz * blocks.padded(settings.n_topics) // blocks.PARTS
    with _threads(work), _interrupts() as asked:
        run, settled = _Run(matrix, settings, state), False
        while len(run.perplexities) < settings.passes and not settled:
            run.sweep()
            number = len(run.perplexities)
            try:
                if report is not None:
                    report(number, run.perplexities[-1])
            except KeyboardInterrupt:
                asked.set()
            if asked.is_set():
                raise Interrupted(run.state())
            settled = run.settled()
            if number % 50 == 0:
                stage("LDA sweep %d: perplexity %.1f", number, run.perplexities[-1])
    return run.fitted(settled=settled)


def best_of(counts: sparse.csr_array, settings: Settings, starts: int) -> Settings:
    """Return the settings with the seed, of `starts` in a row, whose topics tell held-out words best."""
    from topics.models._fold_in import completion_perplexity

    held = blocks.content_order(counts)[::10]
    rest = np.setdiff1d(np.arange(counts.shape[0]), held)
    found: list[float] = []
    for number in range(starts):
        fitted = fit_cvb0(counts[rest], replace(settings, seed=settings.seed + number))
        topics = fitted.topic_counts / fitted.topic_counts.sum(axis=1, keepdims=True)
        found.append(completion_perplexity(counts[held], topics, fitted.alpha))
        stage("LDA start %d: held-out perplexity %.1f", number + 1, found[-1])
    return replace(settings, seed=settings.seed + int(np.argmin(found)))
