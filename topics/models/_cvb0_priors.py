"""Priors learned from responsibilities: the document prior for each topic, the topic prior for all terms alike.

Minka's fixed point (2000, equation 55) wants whole counts. Expected counts put in their place make priors several times too large:
0.01 of a token counts as hardly any evidence of a second topic, and yet psi(a + 0.01) - psi(a) is far above 0.01 times psi(a + 1) - psi(a).
So the digammas' expectation is taken as Teh, Newman and Welling 2007 do, over whether a topic occurs at all and its mean where it does:

    E psi(a + n) - psi(a)  ~  P(n > 0) (psi(a + E[n | n > 0]) - psi(a)),    P(n > 0) = 1 - prod (1 - gamma).

With responsibilities of 0 and 1 this is Minka's step itself.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from scipy.special import psi

from topics.core.jit import CACHE
from topics.core.matrices import Float32, Float64, Int64
from topics.models._cvb0_blocks import Blocks, Int32

MIN_PRIOR, MAX_PRIOR = 1e-5, 1e3
STRIDE = 2.0
_RARE = 1e-3  # a mass below is taken to be one token with that chance


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def _psi(x: float) -> float:
    """Digamma of x > 0, to about 1e-10."""
    value = 0.0
    while x < 6.0:
        value -= 1.0 / x
        x += 1.0
    inverse = 1.0 / (x * x)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))))
    return value + math.log(x) - 0.5 / x - series


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def evidence(mass: float, none: float, prior: float, psi_prior: float) -> float:
    """Return E psi(prior + n) - psi(prior) for a count of that mean and that chance to be 0.

    That chance is at most exp(-mass), as (1 - gamma) is at most exp(-gamma); in single precision it stays 1 for the smallest gammas.
    """
    if mass < _RARE:
        return max(mass, 0.0) / prior
    some = 1.0 - min(none, math.exp(-mass))
    value: float = some * (_psi(prior + mass / some) - psi_prior)
    return value


@numba.njit(cache=CACHE)  # type: ignore[untyped-decorator]
def times_absent(none: Float32, gamma: Float32, count: float) -> None:
    """Multiply (n_topics,) chances that a topic does not occur by (1 - gamma) to the power of `count`."""
    if count == 1.0:
        for k in range(none.size):
            none[k] *= np.float32(1.0) - gamma[k]
        return
    for k in range(none.size):
        rest, power = np.float32(1.0) - gamma[k], int(count)
        while power:
            if power & 1:
                none[k] *= rest
            rest *= rest
            power >>= 1


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def _documents(pairs: tuple[Int64, Int32, Float32], gamma: Float32, borders: Int64, alpha: Float64) -> Float64:
    """(parts, n_topics) sums of the evidence over the documents of each part."""
    starts, _, counts = pairs
    n_topics = alpha.size
    sums = np.zeros((borders.size - 1, n_topics))
    for part in numba.prange(borders.size - 1):
        mass, none = np.empty(gamma.shape[1], dtype=np.float32), np.empty(gamma.shape[1], dtype=np.float32)
        psis = np.array([_psi(value) for value in alpha])
        own = np.zeros(n_topics)
        for doc in range(borders[part], borders[part + 1]):
            mass[:] = 0.0
            none[:] = 1.0
            for other in range(starts.shape[0]):
                for at in range(starts[other, doc], starts[other, doc + 1]):
                    for k in range(gamma.shape[1]):
                        mass[k] += counts[at] * gamma[at, k]
                    times_absent(none, gamma[at], counts[at])
            for k in range(n_topics):
                own[k] += evidence(mass[k], none[k], alpha[k], psis[k])
        sums[part] = own
    return sums


@numba.njit(cache=CACHE, parallel=True)  # type: ignore[untyped-decorator]
def _terms(pairs: tuple[Int64, Int32, Float32], gamma: Float32, parts: Int64, eta: float, n_topics: int) -> Float64:
    """(parts,) sums of the evidence over the terms of each part and all topics."""
    starts, rows, counts = pairs
    sums = np.zeros(parts.size - 1)
    for part in numba.prange(parts.size - 1):
        shape = (parts[part + 1] - parts[part], gamma.shape[1])
        mass, none, psi_eta, total = np.zeros(shape, dtype=np.float32), np.ones(shape, dtype=np.float32), _psi(eta), 0.0
        for at in range(starts[part, 0], starts[part, -1]):
            row = rows[at] - parts[part]
            for k in range(gamma.shape[1]):
                mass[row, k] += counts[at] * gamma[at, k]
            times_absent(none[row], gamma[at], counts[at])
        for row in range(shape[0]):
            for k in range(n_topics):
                total += evidence(mass[row, k], none[row, k], eta, psi_eta)
        sums[part] = total
    return sums


def step(prior: Float64, found: Float64, totals: Float64) -> Float64:
    """Return the prior (n,) after one fixed-point step, made twice as long on the log scale: the plain one creeps up to its end.

    Args:
        prior: (n,) now.
        found: (n,) evidence for each entry, summed over all vectors of counts.
        totals: sums of the vectors of counts.
    """
    whole = prior.sum()
    return np.asarray(np.clip(prior * (found / (psi(totals + whole) - psi(whole)).sum()) ** STRIDE, MIN_PRIOR, MAX_PRIOR), dtype=np.float64)


def learn_alpha(blocks: Blocks, gamma: Float32, lengths: Float64, alpha: Float64) -> Float64:
    """Return the document prior (n_topics,) after a step; `lengths` are the tokens of documents."""
    found = _documents((blocks.starts, blocks.terms, blocks.counts), gamma, blocks.docs, alpha).sum(axis=0)
    return step(alpha, found, lengths)


def learn_eta(blocks: Blocks, gamma: Float32, topic_sizes: Float64, eta: float) -> float:
    """Return the topic prior of every term after a step; `topic_sizes` (n_topics,) are the tokens of topics."""
    found = _terms((blocks.starts, blocks.terms, blocks.counts), gamma, blocks.term_parts, eta, topic_sizes.size).sum()
    return eta_step(eta, found, blocks.columns.size, topic_sizes)


def eta_step(eta: float, found: float, n_terms: int, topic_sizes: Float64) -> float:
    """Return the topic prior of every term after a step as that of `step`; `found` is the evidence over all terms and topics."""
    below = n_terms * (psi(topic_sizes + n_terms * eta) - psi(n_terms * eta)).sum()
    return float(np.clip(eta * (found / below) ** STRIDE, MIN_PRIOR, MAX_PRIOR))
