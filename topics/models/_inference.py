"""Fits LDA: CVB0 until it settles, then, where that is asked for, a sampler from there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import Float64
from topics.models import _cvb0_blocks as blocks
from topics.models._cvb0 import Run, has_settled
from topics.models._cvb0_settings import Settings, as_counts, check, origin
from topics.models._gibbs import BURN_IN, Sampler
from topics.models._running import interrupts, threads
from topics.models._seeds import derived
from topics.models._state import Interrupted, State
from topics.progress import stage

SHORT, SAMPLES = 60, 100  # mean tokens of a document below which a sampler follows (see `_gibbs.py`), and its sweeps

Report = Callable[[int, float], None]
Tell = Callable[[int, float, Callable[[], State]], None]


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


def fit_lda(counts: object, settings: Settings, *, state: State | None = None, report: Report | None = None) -> Fitted:
    """Fit topics to counts (n_docs, n_terms) of whole numbers.

    Args:
        counts: documents in any order; a sparse matrix of any format, or an array.
        settings: see there.
        state: of an interrupted fit of the same counts and settings, to go on from; the bytes are those of a fit in one go. `passes`,
            `tolerance` and `samples` may be others.
        report: called after each sweep with its number and the perplexity of tokens given all others.

    Raises:
        UsageError: a setting or prior that is not legal.
        DataError: counts that are not legal, a state of another fit, or masses that are no numbers any more.
        Interrupted: by the user, between two sweeps.
    """
    matrix = as_counts(counts)
    check(settings, matrix.shape[1])
    if state is not None:
        _check_state(state, matrix, settings)
    with threads(matrix.nnz * blocks.padded(settings.n_topics) // blocks.PARTS), interrupts() as asked:
        try:
            fitted = _fitted(matrix, settings, state, partial(_tell, report, asked))
        except Interrupted as stopped:
            stopped.state = replace(stopped.state, origin=origin(matrix, settings))
            raise
    return replace(fitted, state=replace(fitted.state, origin=origin(matrix, settings)))


def _check_state(state: State, matrix: sparse.csr_array, settings: Settings) -> None:
    hint = "Start anew."
    if state.origin is None:
        raise DataError("the saved state does not say which fit it is of.", where="models.lda.state", hint=hint)
    state.origin.check(origin(matrix, settings))
    made = len(state.priors) - BURN_IN
    if state.topics.size and not settings.samples:
        raise DataError("sampling had begun in the saved state, samples is 0.", where="models.lda.samples", hint=hint)
    if made > settings.samples:
        what = f"the saved state has sampled {made} sweeps, samples is {settings.samples}."
        raise DataError(what, where="models.lda.samples", hint=hint)


def _fitted(matrix: sparse.csr_array, settings: Settings, state: State | None, tell: Tell) -> Fitted:
    if state is None or not state.topics.size:
        run = Run(matrix, settings, state)
        while not run.done:
            tell(len(run.perplexities) + 1, run.sweep(), run.state)
        topic_counts, alpha, state = run.topic_counts(), run.alpha, run.state()
        del run
    if settings.samples:
        topic_counts, alpha, state = _sampled(Sampler(matrix, settings, state), state.perplexities.size, tell)
    eta = state.eta if state.eta.ndim else float(state.eta)
    return Fitted(topic_counts, alpha, eta, state.perplexities, has_settled(state.perplexities.tolist(), settings.tolerance), state)


def _sampled(sampler: Sampler, before: int, tell: Tell) -> tuple[Float64, Float64, State]:
    while not sampler.done:
        tell(before + len(sampler.priors) + 1, sampler.sweep(), sampler.state)
    return *sampler.means(), sampler.state()


def _tell(report: Report | None, asked: threading.Event, number: int, perplexity: float, state: Callable[[], State]) -> None:
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


def best_of(counts: object, settings: Settings, starts: int, *, report: Report | None = None) -> Settings:
    """Return the settings, of `starts` with other seeds, whose topics tell held-out words best, with these topics to start from.

    Nine tenths of the documents are fitted and the others asked for; all but the first start by chance. Without its topics the fit to all
    documents would be another one: the same seed gives other topics when a tenth of the documents is added.
    """
    from topics.models._fold_in import completion_perplexity

    matrix = as_counts(counts)
    check(settings, matrix.shape[1])
    if starts == 1:
        return settings
    held = blocks.content_order(matrix)[::10]
    rest = np.setdiff1d(np.arange(matrix.shape[0]), held)
    found: list[tuple[float, Settings]] = []
    for number in range(starts):
        each = replace(settings, seed=derived(settings.seed, "start", number), start="random" if number else settings.start)
        fitted = fit_lda(matrix[rest], each, report=report)
        topics = fitted.topic_counts / fitted.topic_counts.sum(axis=1, keepdims=True)
        found.append((completion_perplexity(matrix[held], topics, fitted.alpha), replace(each, topics=topics)))
        stage("LDA start %d: held-out perplexity %.1f", number + 1, found[-1][0])
    return min(found, key=lambda one: one[0])[1]
