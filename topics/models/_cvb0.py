"""LDA by zero-order collapsed variational Bayes, full batch.

Source: Asuncion, Welling, Smyth and Teh 2009, "On smoothing and inference for topic models". Every (document, term) pair holds a
responsibility vector gamma over topics; one sweep sets, with the pair's own share taken out of the counts,

    gamma_k  ~  (n_dk + alpha_k) (n_wk + eta) / (n_k + V eta).

Documents are cut into a fixed number of parts; each part sums its own topic-term counts, and the sums are added in the order of the
parts. So any number of threads gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import psi

from topics.core.errors import DataError
from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64
from topics.progress import stage

PARTS = 8
MAX_STORED = 2 << 30  # bytes of stored responsibilities; above it they are made anew from the counts at each sweep
BURN_IN, EVERY = 20, 10  # sweeps before the document prior is first learned, and between two times
MIN_ALPHA = 1e-4
_BLOCK = 1 << 16

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Matrix = tuple[Int64, Int32, Float32]  # indptr, indices, data of the counts


@dataclass(frozen=True)
class Settings:
    """What a fit needs: number of topics, most sweeps, change of topic mass a token at which to stop, priors (None is learned), seed."""

    n_topics: int
    passes: int
    tolerance: float
    alpha: float | None
    eta: float
    seed: int
    max_stored: int = MAX_STORED


@dataclass(frozen=True, eq=False)
class Fitted:
    """Topic-term counts with their prior (n_topics, n_terms), document prior (n_topics,), sweeps made, change a token at the last one."""

    topic_counts: Float64
    alpha: Float64
    passes: int
    change: float


@numba.njit(cache=CACHE, parallel=True, fastmath={"reassoc", "contract", "nsz"})  # type: ignore[untyped-decorator]
def _sweep_stored(
    matrix: Matrix, gamma: Float32, docs: Float32, terms: Float32, priors: tuple[Float32, np.float32], borders: Int64
) -> Float32:
    indptr, indices, data = matrix
    alpha, eta = priors
    n_topics = alpha.size
    totals = terms.sum(axis=0) + np.float32(eta * terms.shape[0])
    fresh = np.zeros((borders.size - 1, terms.shape[0], n_topics), dtype=np.float32)
    for part in numba.prange(borders.size - 1):
        share, mass = np.empty(n_topics, dtype=np.float32), np.empty(n_topics, dtype=np.float32)
        for doc in range(borders[part], borders[part + 1]):
            for k in range(n_topics):
                mass[k] = docs[doc, k] + alpha[k]
            for at in range(indptr[doc], indptr[doc + 1]):
                term, count, norm = indices[at], data[at], np.float32(0.0)
                for k in range(n_topics):
                    own = gamma[at, k]
                    share[k] = max((mass[k] - own) * (terms[term, k] - own + eta) / (totals[k] - own), np.float32(0.0))
                    norm += share[k]
                scale = np.float32(1.0) / max(norm, np.float32(1e-30))
                for k in range(n_topics):
                    value = share[k] * scale
                    mass[k] += count * (value - gamma[at, k])
                    gamma[at, k] = value
                    fresh[part, term, k] += count * value
            for k in range(n_topics):
                docs[doc, k] = mass[k] - alpha[k]
    return fresh


@numba.njit(cache=CACHE, parallel=True, fastmath={"reassoc", "contract", "nsz"})  # type: ignore[untyped-decorator]
def _sweep_free(matrix: Matrix, docs: Float32, terms: Float32, priors: tuple[Float32, np.float32], borders: Int64) -> Float32:
    indptr, indices, data = matrix
    alpha, eta = priors
    n_topics = alpha.size
    totals = terms.sum(axis=0) + np.float32(eta * terms.shape[0])
    fresh = np.zeros((borders.size - 1, terms.shape[0], n_topics), dtype=np.float32)
    for part in numba.prange(borders.size - 1):
        share, mass = np.empty(n_topics, dtype=np.float32), np.empty(n_topics, dtype=np.float32)
        for doc in range(borders[part], borders[part + 1]):
            mass[:] = 0.0
            for at in range(indptr[doc], indptr[doc + 1]):
                term, count, norm = indices[at], data[at], np.float32(0.0)
                for k in range(n_topics):
                    share[k] = (docs[doc, k] + alpha[k]) * (terms[term, k] + eta) / totals[k]
                    norm += share[k]
                scale = count / max(norm, np.float32(1e-30))
                for k in range(n_topics):
                    mass[k] += share[k] * scale
                    fresh[part, term, k] += share[k] * scale
            for k in range(n_topics):
                docs[doc, k] = mass[k]
    return fresh


def _start(counts: sparse.csr_array, settings: Settings, *, store: bool) -> tuple[Float32, Float32, Float32]:
    """Random responsibilities (nnz, K) and the document (n_docs, K) and term (n_terms, K) masses that they give."""
    generator = np.random.default_rng(settings.seed)
    n_docs, n_terms = counts.shape
    n_topics = settings.n_topics
    rows = np.repeat(np.arange(n_docs), np.diff(counts.indptr))
    gamma = np.empty((counts.nnz if store else 0, n_topics), dtype=np.float32)
    docs, terms = np.zeros((n_docs, n_topics)), np.zeros((n_terms, n_topics))
    for begin in range(0, counts.nnz, _BLOCK):
        block = slice(begin, begin + _BLOCK)
        drawn = generator.standard_exponential((len(rows[block]), n_topics), dtype=np.float32)
        drawn /= drawn.sum(axis=1, keepdims=True)
        if store:
            gamma[block] = drawn
        weighted = drawn * counts.data[block, None]
        np.add.at(docs, rows[block], weighted)
        np.add.at(terms, counts.indices[block], weighted)
    return gamma, docs.astype(np.float32), terms.astype(np.float32)


def learn_alpha(masses: Float64, alpha: Float64, n_steps: int = 5) -> Float64:
    """Return the document prior (n_topics,) after some fixed-point steps (Minka 2000, equation 55) on topic masses (n_docs, n_topics)."""
    lengths = masses.sum(axis=1)
    for _ in range(n_steps):
        total = alpha.sum()
        numerator = (psi(masses + alpha) - psi(alpha)).sum(axis=0)
        alpha = np.maximum(alpha * numerator / (psi(lengths + total) - psi(total)).sum(), MIN_ALPHA)
    return alpha


def fit_cvb0(counts: sparse.csr_array, settings: Settings) -> Fitted:
    """Fit topics to counts (n_docs, n_terms).

    Responsibilities are stored, four bytes a (document, term) pair and topic, where they fit into `max_stored`. Above it a sweep
    makes them anew from the counts, without taking the pair's own share out; planted topics come out the same either way.
    Stops when a sweep moves less than `tolerance` of a token's topic mass on average, or after `passes` sweeps.

    Raises:
        DataError: a count or prior made the masses NaN or infinite; the message names the sweep.
    """
    n_tokens = float(counts.data.sum())
    store = counts.nnz * settings.n_topics * 4 <= settings.max_stored
    gamma, docs, terms = _start(counts, settings, store=store)
    matrix = (counts.indptr.astype(np.int64), counts.indices.astype(np.int32), counts.data.astype(np.float32))
    borders = np.linspace(0, counts.shape[0], PARTS + 1).astype(np.int64)
    alpha = np.full(settings.n_topics, settings.alpha or 0.1)
    change, done = np.inf, 0
    for done in range(1, settings.passes + 1):
        before = docs.copy()
        priors = (alpha.astype(np.float32), np.float32(settings.eta))
        parts = _sweep_stored(matrix, gamma, docs, terms, priors, borders) if store else _sweep_free(matrix, docs, terms, priors, borders)
        terms = parts.sum(axis=0)
        change = float(np.abs(docs - before).sum(dtype=np.float64)) / n_tokens
        if not np.isfinite(change):
            hint = "Check alpha and eta."
            raise DataError(f"the topic masses are no numbers any more after sweep {done}.", where="models.lda", hint=hint)
        if settings.alpha is None and done >= BURN_IN and done % EVERY == 0:
            alpha = learn_alpha(np.maximum(docs, 0.0).astype(np.float64), alpha)
        if change < settings.tolerance and done > BURN_IN + EVERY:
            break
        if done % 50 == 0:
            stage("LDA sweep %d: change a token %.4f", done, change)
    return Fitted(np.ascontiguousarray(np.maximum(terms.T, 0.0), dtype=np.float64) + settings.eta, alpha, done, change)
