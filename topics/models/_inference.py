"""Fits LDA: CVB0 until it settles, then, where that is asked for, a sampler from there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import Float64
from topics.models import _cvb0_blocks as blocks
from topics.models._cvb0 import Run, has_settled
from topics.models._cvb0_settings import Settings, State, check
from topics.models._gibbs import Sampler
from topics.models._running import Interrupted, interrupts, threads
from topics.progress import stage

SHORT, SAMPLES = 60, 100  # mean tokens of a document below which a sampler follows (see `_gibbs.py`), and its sweeps

Report = Callable[[int, float], None]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Topics found.

    Args:
        topic_counts: (n_topics, n_terms) topic-term counts with their prior, columns as in the given counts.
        alpha: (n_topics,) document prior.
        eta: topic prior.
        perplexities: (n_sweeps,) of tokens given all others, after each sweep of CVB0.
        settled: whether these had settled.
        state: what a further sweep would depend on.
    """

    topic_counts: Float64
    alpha: Float64
    eta: float | Float64
    perplexities: Float64
    settled: bool
    state: State

    @property
    def passes(self) -> int:
        """Sweeps of CVB0."""
        return int(self.perplexities.size)


def default_samples(counts: sparse.csr_array) -> int:
    """Return how many sweeps of sampling counts (n_docs, n_terms) are worth: none where documents are long."""
    n_docs = np.count_nonzero(np.diff(counts.indptr))
    return SAMPLES if counts.sum() < SHORT * n_docs else 0


def fit_lda(counts: sparse.csr_array, settings: Settings, *, state: State | None = None, report: Report | None = None) -> Fitted:
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
    with threads(matrix.nnz * blocks.padded(settings.n_topics) // blocks.PARTS), interrupts() as asked:
        if state is None or not state.topics.size:
            run = Run(matrix, settings, state)
            while not run.done:
                _tell(report, len(run.perplexities) + 1, run.sweep(), asked, run.state)
            topic_counts, alpha, state = run.topic_counts(), run.alpha, run.state()
            del run
        elif not settings.samples:
            raise DataError("sampling had begun in the saved state, samples is 0.", where="models.lda.samples", hint="Start anew.")
        if settings.samples:
            topic_counts, alpha, state = _sampled(Sampler(matrix, settings, state), state.perplexities.size, report, asked)
    eta = state.eta if state.eta.ndim else float(state.eta)
    return Fitted(topic_counts, alpha, eta, state.perplexities, has_settled(state.perplexities.tolist(), settings.tolerance), state)


def _sampled(sampler: Sampler, before: int, report: Report | None, asked: threading.Event) -> tuple[Float64, Float64, State]:
    while not sampler.done:
        _tell(report, before + len(sampler.priors) + 1, sampler.sweep(), asked, sampler.state)
    return *sampler.means(), sampler.state()


def _tell(report: Report | None, number: int, perplexity: float, asked: threading.Event, state: Callable[[], State]) -> None:
    """Report a sweep; stop where an interrupt was asked for."""
    try:
        if report is not None:
            report(number, perplexity)
    except KeyboardInterrupt:
        asked.set()
    if asked.is_set():
        raise Interrupted(number, state())
    if number % 50 == 0:
        stage("LDA sweep %d: perplexity %.1f", number, perplexity)


def best_of(counts: sparse.csr_array, settings: Settings, starts: int) -> Settings:
    """Return the settings, of `starts` with seeds in a row, whose topics tell held-out words best; all but the first start by chance."""
    from topics.models._fold_in import completion_perplexity

    held = blocks.content_order(counts)[::10]
    rest = np.setdiff1d(np.arange(counts.shape[0]), held)
    tried = [settings] + [replace(settings, seed=settings.seed + number, start="random") for number in range(1, starts)]
    found: list[float] = []
    for number, each in enumerate(tried):
        fitted = fit_lda(counts[rest], each)
        topics = fitted.topic_counts / fitted.topic_counts.sum(axis=1, keepdims=True)
        found.append(completion_perplexity(counts[held], topics, fitted.alpha))
        stage("LDA start %d: held-out perplexity %.1f", number + 1, found[-1])
    return tried[int(np.argmin(found))]
