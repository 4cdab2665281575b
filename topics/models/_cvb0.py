"""LDA by zero-order collapsed variational Bayes.

Source: Asuncion, Welling, Smyth and Teh 2009, "On smoothing and inference for topic models". Every (document, term) pair holds a
responsibility vector gamma over topics; a sweep sets, with the pair's own share taken out of n_dk and n_wk,

    gamma_k  ~  (n_dk + alpha_k) (n_wk + eta_kw) / (n_k + sum_w eta_kw).

The published update takes it out of n_k too. There it stays: of the thousands of tokens of a topic it is one, and the sizes of topics,
which all threads share, are then those at the beginning of a round of work and the same for each of them (`_cvb0_blocks.py`).

The sum over topics, divided by the document's mass, is the chance of a token given all the others. The perplexity that it makes costs
nothing, and inference stops when it settles. Two ways, chosen by size alone: `_cvb0_blocks.py` keeps responsibilities and changes counts in
place; `_cvb0_stream.py` makes them anew at each sweep. Documents are taken in the order of a digest of their counts, in a fixed number of
parts, so the same documents give the same bytes in any order and on any number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from topics.core.errors import DataError
from topics.core.matrices import Float32, Float64
from topics.models import _cvb0_blocks as blocks
from topics.models import _cvb0_stream as stream
from topics.models._cvb0_priors import eta_step, learn_alpha, learn_eta, step
from topics.models._cvb0_settings import Settings, perplexity
from topics.models._fold_in import fold_in
from topics.models._nmf_start import start_topics
from topics.models._state import State

MAX_FRESH = 1 << 30  # bytes of topic-term counts that the parts of a sweep without responsibilities may take together
BURN_IN, EVERY = 10, 5  # sweeps before priors are first learned, and between two times
WINDOW, MIN_SWEEPS = 10, 40  # sweeps over which the perplexity must settle, and those that are always made
ALPHA_SUM, ETA = 5.0, 0.05  # where learning starts


def has_settled(perplexities: Sequence[float], tolerance: float) -> bool:
    """Whether the perplexity fell by less than the tolerance within the last sweeps."""
    return len(perplexities) >= MIN_SWEEPS and 1 - perplexities[-1] / perplexities[-1 - WINDOW] < tolerance


class Run:
    """The arrays of a fit under way and what can be done with them."""

    def __init__(self, counts: sparse.csr_array, settings: Settings, state: State | None) -> None:
        self.settings, self.n_lanes = settings, blocks.padded(settings.n_topics)
        self.matrix = (counts.indptr.astype(np.int64), counts.indices, counts.data)
        self.stored = settings.stores(counts.nnz)
        self.n_terms = counts.shape[1]
        sums = np.zeros(counts.shape[0], dtype=np.float64)
        np.add.at(sums, np.flatnonzero(np.diff(counts.indptr)), np.add.reduceat(counts.data, self._begins(counts), dtype=np.float64))
        if self.stored:
            self.cut = blocks.cut(counts)
            self.order, self.columns, self.borders = self.cut.order, self.cut.columns, self.cut.docs
            self.pairs = (self.cut.starts, self.cut.terms, self.cut.counts)
        else:
            self.order, self.columns = blocks.content_order(counts), np.arange(self.n_terms)
            arrays = 1 if settings.eta is not None else 2
            parts = int(np.clip(MAX_FRESH // (self.n_terms * self.n_lanes * 4 * arrays), 1, blocks.PARTS))
            self.borders = blocks.even_borders(np.diff(counts.indptr)[self.order].astype(np.int64), parts)
        self.lengths = sums[self.order]
        if state is None:
            self._start(counts)
        else:
            self._take(state, counts.nnz)

    @staticmethod
    def _begins(counts: sparse.csr_array) -> np.ndarray:
        return counts.indptr[:-1][np.diff(counts.indptr) > 0]

    def _start(self, counts: sparse.csr_array) -> None:
        settings, k = self.settings, self.settings.n_topics
        self.alpha = np.broadcast_to(np.float64(ALPHA_SUM / k) if settings.alpha is None else settings.alpha, (k,)).astype(np.float64)
        self.eta = np.asarray(ETA if settings.eta is None else settings.eta, dtype=np.float64)
        self.perplexities: list[float] = []
        seed, start = np.uint64(np.random.default_rng(settings.seed).integers(1 << 63)), self._chances(counts)
        self._priors()
        if self.stored:
            self.gamma = np.zeros((self.pairs[1].size, self.n_lanes), dtype=np.float32)
            blocks.draw(self.pairs, self.borders, seed, start, self.gamma)
            self._rebuild()
        else:
            self.gamma = np.empty((0, self.n_lanes), dtype=np.float32)
            stream.draw((*self.matrix, self.order), seed, start, self.docs, self.terms)
            self._sum()

    def _chances(self, counts: sparse.csr_array) -> tuple[Float32, Float64]:
        """(n_docs or 1, n_topics) and (n_terms or 1, n_topics): a pair's topic is drawn in proportion to their product."""
        alike = np.ones((1, self.settings.n_topics), dtype=np.float32)
        k = self.settings.n_topics
        if self.settings.topics is not None:
            topics = np.where(self.eta > 0, self.settings.topics, 0.0)
        elif self.eta.ndim:  # its rows say which topic is which
            return alike, np.ascontiguousarray(self.eta.T[self.columns])
        elif self.settings.start == "random" or k > min(counts.shape):
            return alike, alike.astype(np.float64)
        else:
            topics = start_topics(counts, k)
        return fold_in(counts, topics, self.alpha)[self.order], np.ascontiguousarray(topics.T[self.columns])

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

    def sweep(self) -> float:
        """One sweep, and the priors learned where it is time to; returns the perplexity of tokens given all others."""
        number, alpha = len(self.perplexities) + 1, self.alpha
        learns = number >= BURN_IN and number % EVERY == 0
        logs = (self._sweep_blocks if self.stored else self._sweep_stream)(learns=learns)
        self.perplexities.append(perplexity(logs, self.lengths, alpha, number))
        return self.perplexities[-1]

    def _sweep_blocks(self, *, learns: bool) -> Float64:
        logs: Float64 = blocks.sweep(self.pairs, self.gamma, self.docs, self.terms, self.totals, self.borders)
        if learns and np.isfinite(logs).all():
            if self.settings.alpha is None:
                self.alpha = learn_alpha(self.cut, self.gamma, self.lengths, self.alpha)
            if self.settings.eta is None:
                self.eta = np.asarray(learn_eta(self.cut, self.gamma, self._topic_sizes(), float(self.eta)))
            self._rebuild()
        return logs

    def _sweep_stream(self, *, learns: bool) -> Float64:
        learns_eta = learns and self.settings.eta is None
        absent = np.ones((self.borders.size - 1, self.n_terms if learns_eta else 0, self.n_lanes), dtype=np.float32)
        masses = (self.docs, self.terms, self.totals)
        fresh, found, logs = stream.sweep((*self.matrix, self.order), self.borders, masses, self.alpha, absent)
        self._term_priors()
        stream.gather(fresh, self.terms)
        self._sum()
        if learns and np.isfinite(logs).all():
            if self.settings.alpha is None:
                alpha = step(self.alpha, found.sum(axis=0), self.lengths)
                self.docs[:, : alpha.size] += (alpha - self.alpha).astype(np.float32)
                self.alpha = alpha
            if learns_eta:
                self._learn_eta(absent)
        return np.asarray(logs)

    def _learn_eta(self, absent: Float32) -> None:
        k, eta = self.settings.n_topics, float(self.eta)
        found = stream.term_evidence(self.terms, absent, eta, k).sum()
        self.eta = np.asarray(eta_step(eta, found, self.n_terms, self._topic_sizes()))
        self.terms[:, :k] += np.float32(float(self.eta) - eta)
        self._sum()

    def _topic_sizes(self) -> Float64:
        sizes = self.totals[: self.settings.n_topics].astype(np.float64) - self.n_terms * float(self.eta)
        return np.asarray(np.maximum(sizes, 0.0))

    @property
    def done(self) -> bool:
        """Whether the perplexity has settled, or as many sweeps as allowed are made."""
        return len(self.perplexities) >= self.settings.passes or has_settled(self.perplexities, self.settings.tolerance)

    def topic_counts(self) -> Float64:
        """(n_topics, n_terms) counts with their prior, columns as in the given counts."""
        counts = np.empty((self.settings.n_topics, self.n_terms))
        counts[:, self.columns] = np.maximum(self.terms[:, : self.settings.n_topics].T, 0.0)
        return np.where(self.eta > 0, np.maximum(counts, self.eta), 0.0)
