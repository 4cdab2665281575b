"""What a fit is told, the state in which it can be left and taken up again, and the perplexity that it watches."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from scipy import sparse

from topics.core.codecs import read_arrays, write_arrays
from topics.core.errors import DataError, UsageError
from topics.core.matrices import Float32, Float64
from topics.models._cvb0_blocks import Int32, padded

MAX_STORED = 2 << 30  # bytes of responsibilities; above it none are kept


@dataclass(frozen=True)
class Settings:
    """What a fit needs.

    Args:
        n_topics: number of topics.
        passes: most sweeps.
        tolerance: stop when the perplexity of tokens given all others falls by less than this share within 10 sweeps.
        alpha: document prior, of all topics alike or (n_topics,); None learns one for each.
        eta: topic prior, of all terms alike or (n_topics, n_terms), where 0 keeps a term out of a topic; None learns one number.
        seed: of the start.
        max_stored: most bytes of responsibilities; above it none are kept.
        start: "nmf" (see `_nmf_start.py`) or "random"; where `eta` is a matrix, it is drawn by that.
        samples: sweeps of Gibbs sampling that are averaged after CVB0 has settled (see `_gibbs.py`); 0 leaves it at that.
    """

    n_topics: int
    passes: int
    tolerance: float
    alpha: float | Float64 | None
    eta: float | Float64 | None
    seed: int
    max_stored: int = MAX_STORED
    start: Literal["nmf", "random"] = "random"
    samples: int = 0

    def stores(self, n_pairs: int) -> bool:
        """Whether the responsibilities of so many pairs are kept."""
        return n_pairs * padded(self.n_topics) * 4 <= self.max_stored


def _none() -> Int32:
    return np.empty(0, dtype=np.int32)


def _nothing() -> Float64:
    return np.empty((0, 0))


@dataclass(frozen=True, eq=False)
class State:
    """All that the next sweep depends on, besides counts and settings. Once sampling has begun, the first four are empty.

    Args:
        gamma: (n_pairs, n_lanes) responsibilities; no rows where none are kept.
        docs: (n_docs, n_lanes) topic masses with their prior.
        terms: (n_terms, n_lanes) topic masses with their prior.
        totals: (n_lanes,) sums of `terms`.
        alpha: (n_topics,) document prior.
        eta: one number, where it is one.
        perplexities: (n_sweeps,) of tokens given all others.
        topics: (n_tokens,) topic of each token, while sampling.
        sums: (n_terms, n_lanes) sums of sampled masses.
        priors: (n_samples, n_topics) document prior after each sampled sweep.
    """

    gamma: Float32
    docs: Float32
    terms: Float32
    totals: Float32
    alpha: Float64
    eta: Float64
    perplexities: Float64
    topics: Int32 = field(default_factory=_none)
    sums: Float64 = field(default_factory=_nothing)
    priors: Float64 = field(default_factory=_nothing)

    def save(self, path: Path) -> None:
        """Write it into a file."""
        write_arrays(path, {**vars(self), "topics": self.topics.astype(np.float32)})  # numbers far below 2^24

    @staticmethod
    def load(path: Path) -> State:
        """Read what `save` wrote."""
        arrays = read_arrays(path, tuple(sorted(State.__dataclass_fields__)))
        gamma, docs, terms, totals = (arrays[name].astype(np.float32) for name in ("gamma", "docs", "terms", "totals"))
        alpha, eta, perplexities, sums, priors = (
            arrays[name].astype(np.float64) for name in ("alpha", "eta", "perplexities", "sums", "priors")
        )
        eta = eta.reshape(()) if eta.size == 1 else eta
        return State(gamma, docs, terms, totals, alpha, eta, perplexities, arrays["topics"].astype(np.int32), sums, priors)


def perplexity(logs: Float64, lengths: Float64, alpha: Float64, number: int) -> float:
    """Return the perplexity of tokens given all others.

    Args:
        logs: (n_rounds, n_parts) sums over tokens of the log of the update's norm.
        lengths: (n_docs,) tokens.
        alpha: (n_topics,) document prior.
        number: of the sweep.

    Raises:
        DataError: a mass is no number any more; the message names sweep and partition.
    """
    bad = np.flatnonzero(~np.isfinite(logs))  # the first: in later rounds it has spread
    if bad.size:
        what = f"the topic masses are no numbers any more after sweep {number}, partition {bad[0] % logs.shape[1] + 1} of {logs.shape[1]}."
        raise DataError(what, where="models.lda", hint="Check alpha and eta, and the counts.")
    whole = np.maximum(lengths - 1, 0) + alpha.sum()
    return float(np.exp(((lengths * np.log(whole)).sum() - logs.sum()) / lengths.sum()))


def _check_prior(name: str, value: float | Float64 | None, shape: tuple[int, ...], least: float) -> None:
    where = f"models.lda.{name}"
    if value is None:
        return
    found = np.asarray(value, dtype=np.float64)
    if found.ndim and found.shape != shape:
        raise UsageError(f"{name} has the shape {found.shape}; one number or {shape} is wanted.", where=where)
    bad = found[~(np.isfinite(found) & (found >= least))]
    if bad.size:
        raise UsageError(f"{name} holds {bad.flat[0]}; every entry must be finite and at least {least:g}.", where=where)


def check(counts: sparse.csr_array, settings: Settings) -> None:
    """Raise where counts or settings are not legal."""
    n_docs, n_terms = counts.shape
    if counts.nnz == 0:
        raise DataError(f"no document of {n_docs} holds a term.", where="models.lda", hint="Loosen the filters of [preprocessing].")
    if not (np.isfinite(counts.data).all() and (counts.data >= 0).all() and (counts.data == np.rint(counts.data)).all()):
        raise DataError("counts must be whole numbers of at least 0.", where="models.lda")
    if settings.n_topics < 2:
        raise UsageError(f"topics is {settings.n_topics}; at least 2 are wanted.", where="models.lda.topics")
    _check_prior("alpha", settings.alpha, (settings.n_topics,), 1e-12)
    _check_prior("eta", settings.eta, (settings.n_topics, n_terms), 1e-12 if isinstance(settings.eta, float) else 0.0)
    if settings.eta is not None and np.ndim(settings.eta):
        nowhere = np.flatnonzero(np.asarray(settings.eta).sum(axis=0) <= 0)
        if nowhere.size:
            raise UsageError(f"eta is 0 in every topic for the term in column {nowhere[0]}.", where="models.lda.eta")
